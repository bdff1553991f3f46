"""VA-Pilote: everything known of one dossier, for who works for its collectivité, and never the name of the redevable."""

from datetime import date
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field

from antai.actes.dossier import connu, origine_de
from antai.actes.paiement import paiements_de
from antai.api.espace.auditer import lire
from antai.api.espace.perimetre import perimetre, qui_suit, suivi
from antai.api.vues import DossierVu, Numero
from antai.domain.dossier import Dossier
from antai.domain.refus import HorsPerimetre
from antai.domain.titre_annulation import Appariement
from antai.store import dossiers as store
from fps.confiance.refus import HorsPerimetre as HorsPerimetreCertificat
from fps.kit.engine.service import Reading, Service
from fps.kit.trust.acces import ADMINISTRATION
from fps.kit.web.body import Router
from fps.messages.formats import InstantVu
from fps.messages.mfps import CreationFps
from fps.messages.parties_prenantes import Agent, Lieu, Vehicule


class Vu(BaseModel):
    """A part read from a case file."""

    model_config = ConfigDict(from_attributes=True)


class ConstatVu(Vu):
    """Ce que la collectivité a dit du constat ; le redevable, par sa seule qualité."""

    date_heure_constat: InstantVu
    lieu: Lieu
    vehicule: Vehicule
    agent: Agent | None
    fin_effets: InstantVu | None
    montant_deduit: int
    qualite_redevable: str | None


class AvisVu(Vu):
    """Un avis envoyé, en centimes."""

    numero_avis: str
    nature: str
    date_envoi: date
    montant: int


class PaiementVu(Vu):
    """Un paiement, en centimes."""

    reference: str
    moyen: str
    montant: int
    minore: bool
    le: date
    sort: str


class AnnulationSuivie(Vu):
    """Une ligne d'un titre d'annulation, en centimes."""

    numero_annulation: str
    rang: int
    etendue: str
    motif: str
    montant_fps_annule: int
    majoration_annulee: int
    reste_du: int


class RapprochementVu(BaseModel):
    """Une requête : ce qu'en a dit la juridiction, ce qu'en a dit la collectivité, et si elles s'accordent."""

    numero_requete: str
    decision_le: date | None
    sens: str | None
    annulation_le: date | None
    relance_le: date | None
    attend_la_collectivite: bool = Field(
        description="La juridiction a déchargé, et la collectivité n'a rien transmis que l'ANTAI ait accepté"
    )
    attend_la_decision: bool = Field(
        description="Un titre est annulé par une décision dont la juridiction n'a encore rien dit (flux 14) : rien ne l'appuie"
    )
    ecart: bool = Field(description="Ce que la collectivité transmet n'est pas ce qui est jugé, ou ne peut pas être annulé")
    refus: str | None = Field(description="Code du dernier refus opposé à l'annulation transmise, tant qu'aucune n'est acceptée")
    refuse_le: date | None
    a_regler: bool = Field(description="Rien n'appuie l'annulation, ou la décision la contredit, et personne n'en a répondu")
    reglee_le: date | None = Field(description="Jour où quelqu'un en a répondu (hypothèse H118)")
    reglee_par: str | None
    reglee_motif: str | None


class ActeVu(Vu):
    """Une ligne du journal."""

    date: InstantVu
    acte: str
    article: str
    donnees: dict[str, Any]


class EcheanceVue(BaseModel):
    """Ce qui arrivera de soi-même."""

    acte: str
    le: date


class DossierComplet(BaseModel):
    """Tout ce qui est su d'un dossier."""

    dossier: DossierVu
    zone: str
    constat: ConstatVu
    avis: list[AvisVu]
    paiements: list[PaiementVu]
    annulations: list[AnnulationSuivie]
    decisions: list[RapprochementVu]
    echeances: list[EcheanceVue]
    journal: list[ActeVu] = Field(description="Les actes de l'ANTAI, dans leur ordre")


class Relance(BaseModel):
    """Un titre déchargé par la juridiction, dont la collectivité n'a pas dit l'annulation à temps (hypothèse H13)."""

    numero_fps: str
    numero_requete: str
    relance_le: date


def routes(service: Service) -> Router:
    """The routes of VA-Pilote."""
    router = Router(dependencies=[suivi(service)])

    @router.get("/va-pilote/dossiers/{numero}", tags=["VA-Pilote"], summary="Suivre un dossier de bout en bout")
    async def suivre(
        request: Request,
        numero: Numero,
        siret: Annotated[str, Query(pattern=r"^[0-9]{14}$", description="Collectivité pour laquelle on travaille")],
        zone: Annotated[list[str] | None, Query(description="Zones du périmètre, sinon toutes")] = None,
    ) -> DossierComplet:
        qui = qui_suit(request)

        async def run(lecture: Reading) -> DossierComplet:
            permis = await perimetre(qui, siret, zone or (), lecture.work)
            dossier = await connu(numero, lecture.work)
            if dossier.siret != siret or not permis.voit(dossier.zone):
                raise (HorsPerimetre if qui is None else HorsPerimetreCertificat)(f"FPS {numero}, demandé pour {siret}.")
            return await _complet(dossier, lecture)

        return await lire(service, request, "va-pilote", siret, run, qui or ADMINISTRATION, note=qui is not None)

    @router.get("/va-pilote/relances", tags=["VA-Pilote"], summary="Les titres déchargés dont l'annulation n'est pas parvenue")
    async def relances(
        request: Request, siret: Annotated[str, Query(pattern=r"^[0-9]{14}$", description="Collectivité pour laquelle on travaille")]
    ) -> list[Relance]:
        qui = qui_suit(request)

        async def run(lecture: Reading) -> list[Appariement]:
            permis = await perimetre(qui, siret, (), lecture.work)
            return await store.relances(lecture.tx, lecture.work.bac.nom, siret, permis.zones)

        found = await lire(service, request, "va-pilote", siret, run, qui or ADMINISTRATION, note=qui is not None)
        return [
            Relance(numero_fps=a.numero, numero_requete=a.numero_requete, relance_le=a.relance_le)
            for a in found
            if a.relance_le is not None and a.attend_le_flux_8
        ]

    return router


async def _complet(dossier: Dossier, lecture: Reading) -> DossierComplet:
    bac, tx, numero = lecture.work.bac.nom, lecture.tx, dossier.numero
    origine = await origine_de(numero, lecture.work)
    message = origine.message
    creation = message if isinstance(message, CreationFps) else None
    return DossierComplet(
        dossier=DossierVu.voir(dossier, lecture.work.today),
        zone=dossier.zone,
        constat=ConstatVu(
            date_heure_constat=message.date_heure_constat,
            lieu=message.lieu,
            vehicule=message.vehicule,
            agent=creation.agent if creation else None,
            fin_effets=creation.fin_effets if creation else None,
            montant_deduit=creation.montant_deduit if creation else 0,
            qualite_redevable=origine.redevable.qualite if origine.redevable else None,
        ),
        avis=[AvisVu.model_validate(one) for one in await store.avis_de(tx, bac, numero)],
        paiements=[PaiementVu.model_validate(one) for one in await paiements_de(numero, lecture.work)],
        annulations=[AnnulationSuivie.model_validate(one) for one in await store.annulations_de(tx, bac, numero)],
        decisions=[rapprochement(one) for one in await store.appariements_de(tx, bac, numero)],
        echeances=[EcheanceVue(acte=acte, le=le) for acte, le in await store.echeances_de(tx, bac, numero)],
        journal=[ActeVu.model_validate(one) for one in await store.journal_de(tx, bac, numero)],
    )


def rapprochement(juge: Appariement) -> RapprochementVu:
    """What is known of a petition, as it is shown."""
    return RapprochementVu(
        numero_requete=juge.numero_requete,
        decision_le=juge.decision_le,
        sens=juge.decision.sens if juge.decision else None,
        annulation_le=juge.annulation_le,
        relance_le=juge.relance_le,
        attend_la_collectivite=juge.attend_le_flux_8,
        attend_la_decision=juge.attend_la_decision,
        ecart=juge.ecart,
        refus=juge.refus,
        refuse_le=juge.refuse_le,
        a_regler=juge.a_regler,
        reglee_le=juge.reglee_le,
        reglee_par=juge.reglee_par,
        reglee_motif=juge.reglee_motif,
    )
