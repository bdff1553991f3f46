"""The door of the usager: with the number and the plate, the dates, the amounts of the day, the history, the state of the RAPO."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from fastapi import Query, Request
from pydantic import BaseModel, Field

from collectivite.actes.dossier import demande
from collectivite.actes.suivi import ouvrir
from collectivite.domain.calendrier import limite_rapo
from collectivite.domain.forfait import Etat, Forfait
from collectivite.domain.mentions import Mention
from collectivite.domain.rapo import PAR_CODE, EtatRapo, Rapo
from collectivite.domain.suivi import SUITES, a_payer, minore_jusqu_au, montant_minore, ou_payer, titre, titre_presume
from collectivite.store import dernier_avis
from fps.droit import droit
from fps.droit.calendar import PARIS, instant_paris
from fps.droit.numero import cle, telepaiement
from fps.kit.engine import journal
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import publique
from fps.kit.web.body import Router
from fps.messages.formats import InstantVu
from fps.messages.plaques import SAISIE
from fps.villes.communes import Commune

# What a person may read of the journal: acts, never names nor letters between services.
HISTOIRE: dict[str, str] = {
    Mention.ETABLISSEMENT: "FPS établi",
    Mention.NOTIFICATION: "Avis apposé sur le véhicule",
    Mention.ACCUSE_ACCEPTE: "FPS transmis à l'ANTAI",
    Mention.ACCUSE_ABANDONNE: "FPS abandonné",
    Mention.PAIEMENT_RAPIDE: "Paiement reçu avant l'envoi de l'avis",
    Mention.PAYE: "Paiement reçu",
    Mention.PAYE_EN_PARTIE: "Paiement partiel reçu",
    Mention.PAYE_MINORE: "Paiement reçu au montant minoré",
    Mention.PAIEMENT_REJETE: "Paiement rejeté",
    Mention.PAIEMENT_ANNULE: "Paiement annulé",
    Mention.TITRE_PAYE: "Paiement du FPS majoré reçu",
    Mention.TITRE_PAIEMENT_REJETE: "Paiement du FPS majoré rejeté",
    Mention.DEPOT_RAPO: "Recours administratif préalable reçu",
    Mention.DEMANDE_PIECES_RAPO: "Pièces demandées pour le recours",
    Mention.COMPLEMENT_RAPO: "Recours complété",
    Mention.DECISION_RAPO_IRRECEVABLE: "Recours déclaré irrecevable",
    Mention.DECISION_RAPO_REJET: "Recours rejeté",
    Mention.DECISION_RAPO_ACCEPTATION_PARTIELLE: "Recours accepté en partie",
    Mention.DECISION_RAPO_ACCEPTATION_TOTALE: "Recours accepté",
    Mention.REJET_IMPLICITE_RAPO: "Recours rejeté par le silence de la collectivité",
    Mention.RECTIFICATION: "Montant rectifié",
    Mention.REDUCTION: "Montant réduit après une décision de la juridiction",
    Mention.ANNULATION: "FPS annulé",
    Mention.COMMUNICATION_REQUETE: "Requête communiquée par la juridiction",
    Mention.DECISION_JURIDICTION: "Décision de la juridiction",
    Mention.EXECUTION: "Décision de la juridiction exécutée",
    Mention.IMPAYE: "FPS impayé au terme",
    Mention.ABANDON: "FPS abandonné par l'ANTAI",
    Mention.ACTE_REFUSE: "Décision de la collectivité refusée par l'ANTAI, à corriger",
    Mention.REMBOURSEMENT: "Remboursement demandé au comptable",
}


class RapoSuivi(BaseModel):
    """Où en est un RAPO, pour qui l'a déposé."""

    numero_rapo: str
    etat: EtatRapo
    date_avis_reception: date
    date_limite_decision: date
    expose: str | None = Field(description="Le texte du recours, tel que son auteur l'a écrit et complété")
    pieces: tuple[str, ...] = Field(description="Les pièces reçues, nature et nom de fichier")
    manquants: list[str] = Field(description="Les conditions que le recours ne remplit pas encore")
    completer_avant_le: date | None = Field(description="Dernier jour pour le compléter, s'il reste à l'être")
    decide_le: date | None
    montant_rectifie: int | None
    juridiction: str = Field(description="Juridiction devant laquelle la décision se conteste")


class Evenement(BaseModel):
    """Une ligne de l'histoire."""

    le: InstantVu
    libelle: str


class Suivi(BaseModel):
    """Ce qu'une personne peut savoir d'un FPS ; montants en centimes."""

    numero: str
    telepaiement: str = Field(description="28 chiffres : numéro de l'avis à payer et clé")
    cle: str
    collectivite: str
    etat: Etat
    date_heure_constat: InstantVu
    zone: str
    date_envoi: date | None
    date_notification: date | None
    dates_presumees: bool = Field(description="Vrai quand la collectivité suppose un avis posté, non un avis électronique")
    montant_normal: int
    montant_minore: int | None = Field(description="Montant minoré encore payable aujourd'hui")
    minore_jusqu_au: date | None
    a_payer: int = Field(description="Ce qui reste à payer aujourd'hui, au meilleur tarif")
    montant_paye: int
    date_limite_paiement: date | None
    date_limite_rapo: date | None
    titre_executoire: bool | None = Field(
        description="Vrai quand un titre a été émis : le montant est celui de l'avertissement ; vide quand la collectivité ne le sait pas"
    )
    ou_payer: str = Field(description="Où payer ce jour-là, ou comment être remboursé")
    a_rembourser: int = Field(description="Ce que la collectivité doit rendre")
    en_cours: str | None = Field(description="Ce que l'ANTAI n'a pas encore enregistré")
    rapo: RapoSuivi | None
    historique: list[Evenement]


def voir(forfait: Forfait, ville: Commune, rapo: Rapo | None, numero_avis: str, le: date, lignes: list[journal.Line]) -> Suivi:
    """What the door shows that day."""
    return Suivi(
        numero=forfait.numero,
        telepaiement=telepaiement(numero_avis),
        cle=cle(numero_avis),
        collectivite=ville.nom,
        etat=forfait.etat,
        date_heure_constat=forfait.date_heure_constat.astimezone(PARIS),
        zone=forfait.lieu.zone,
        date_envoi=forfait.date_envoi,
        date_notification=forfait.date_notification,
        montant_normal=forfait.du,
        montant_minore=montant_minore(forfait, le),
        minore_jusqu_au=minore_jusqu_au(forfait),
        a_payer=a_payer(forfait, le),
        montant_paye=forfait.paye,
        date_limite_paiement=forfait.date_limite_paiement,
        date_limite_rapo=limite_rapo(forfait),
        dates_presumees=forfait.cycle == "complet",
        titre_executoire=titre(forfait, le),
        ou_payer=ou_payer(forfait, le),
        a_rembourser=forfait.dette,
        en_cours=SUITES[forfait.suite],
        rapo=_rapo(rapo, le) if rapo else None,
        historique=sorted((*_vecus(lignes), *_titre(forfait, le)), key=lambda evenement: evenement.le),
    )


def _rapo(rapo: Rapo, le: date) -> RapoSuivi:
    return RapoSuivi.model_validate(
        {
            **vars(rapo),
            "juridiction": droit(le).juridiction,
            "manquants": [PAR_CODE[code].phrase for code in rapo.manquants],
            "completer_avant_le": rapo.a_completer(le),
        }
    )


def _vecus(lignes: list[journal.Line]) -> Iterator[Evenement]:
    for ligne in lignes:
        if ligne.acte in HISTOIRE:
            yield Evenement(le=ligne.time.astimezone(PARIS), libelle=HISTOIRE[ligne.acte])


def _titre(forfait: Forfait, le: date) -> Iterator[Evenement]:
    emis = titre_presume(forfait, le)
    if emis is not None:
        sauf = "" if forfait.titre_certain(le) and forfait.cycle == "partiel" else " (plus tard pour un avis électronique)"
        yield Evenement(le=instant_paris(emis), libelle=f"Titre exécutoire émis{sauf}")


def routes(service: Service) -> Router:
    """GET /suivi."""
    router = Router(dependencies=[publique()])

    @router.get("/suivi", tags=["Usager"], summary="Suivre son FPS avec le numéro de l'avis et l'immatriculation")
    async def suivre(
        request: Request,
        numero: Annotated[str, Query(pattern=r"^[0-9]{26}([0-9]{2})?$", description="26 chiffres, ou 28 avec la clé")],
        immatriculation: Annotated[str, Query(min_length=1, max_length=SAISIE)],
    ) -> Suivi:
        return await consulter(service, request, numero, immatriculation)

    return router


async def consulter(service: Service, request: Request, numero: str, immatriculation: str) -> Suivi:
    """What the door shows of the FPS of a notice; raises SuiviInconnu."""
    bac = bac_of(request)
    premier = await service.ask(bac, lambda work: ouvrir(numero, immatriculation, work))
    async with service.reading(bac) as lecture:
        forfait = await demande(premier, lecture.work)
        rapo = await lecture.work.find(Rapo, premier)
        lignes = await journal.lines(lecture.tx, bac, subject=premier)
        avis_du = await dernier_avis(lecture.tx, bac, premier)
        ville = lecture.work.ville(forfait.siret)
        return voir(forfait, ville, rapo, avis_du, lecture.work.today, lignes)
