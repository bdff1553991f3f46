"""How ANTAI found each date and amount of a dossier: the rules it applied, told by themselves; or the letter that told it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from fastapi import Path, Request

from antai.api.vues import Numero
from antai.domain.avis import envoi_le
from antai.domain.dossier import Constat, Dossier, Impaye, minoration_du_constat
from antai.domain.espace.espace import Espace
from antai.domain.etats import Etat
from antai.domain.paiement import montant_minore as minore_du_jour
from antai.domain.refus import DossierInconnu
from antai.domain.sommes import date_envoi_eavis_non_lu, minore_payable, reste_du_titre
from fps.droit.calculs import (
    Cycle,
    date_envoi_apa,
    date_limite_minoration,
    date_limite_minoration_lue,
    date_limite_paiement,
    date_limite_rapo,
    date_notification_electronique,
    date_notification_pare_brise,
    date_notification_postale,
    emission_titre_le,
    majoration,
)
from fps.droit.numero import jour_du_numero
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.kit.web.explication import Explication, Fait, ValeurPasEncoreConnue, expliquer, venu_de
from fps.villes.communes import Commune, HorsBareme
from fps.villes.reductions import Reduction

Champ = Annotated[str, Path(max_length=60, description="La date ou le montant : payer_avant_le, majoration…")]
ALIAS = {"payer_avant_le": "date_limite_paiement"}

CREATION, IMPAYE, PAIEMENT = "CGCT, art. L. 2333-87, II", "CGCT, art. R. 2333-120-17-2", "CGCT, art. L. 2333-87, IV"
VILLE = Fait(phrase="Dit par la collectivité : message FPS (flux 1), ou FPS impayé (flux 11).", article=CREATION)
FLUX_11 = Fait(phrase="Dite par la collectivité, qui a notifié l'avis elle-même (flux 11).", article=IMPAYE)
ANNULE = Fait(phrase="Annulé par l'information de la collectivité (flux 8), ou par une annulation (flux 1).", article=IMPAYE)
PAYE = Fait(phrase="Un paiement reçu par l'ANTAI (flux 4), ou dit par la DGFiP pour un titre (flux 5).", article=PAIEMENT)
# Where a value comes from when no rule gives it.
FAITS: Final[Mapping[str, Fait]] = {
    "montant_initial": VILLE,
    "montant": Fait(phrase="Dit par la collectivité : message FPS, avis rectificatif ou décision (flux 1, 8, 11).", article=CREATION),
    "minoration_montant": VILLE,
    "montant_minore": VILLE,
    "minoration_jusqu_au": VILLE,
    "recu_le": Fait(phrase="Réception du message de la collectivité.", article=CREATION),
    "date_envoi": Fait(phrase="Le jour où l'avis est parti.", article=CREATION),
    "lu_le": Fait(phrase="Le redevable a lu son avis électronique.", article=CREATION),
    "pli_revenu_le": Fait(phrase="La poste a rendu le pli.", article=CREATION),
    "date_notification": FLUX_11,
    "date_limite_paiement": FLUX_11,
    "date_limite_rapo": FLUX_11,
    "montant_paye": PAYE,
    "paye_le": PAYE,
    "trop_percu": Fait(phrase="Un second chèque a payé le FPS (hypothèse H53).", article=PAIEMENT),
    "a_rembourser": PAYE,
    "annule_le": ANNULE,
    "titre_fps_annule": ANNULE,
    "titre_majoration_annulee": ANNULE,
    "date_titre": Fait(phrase="Émis le jour où l'ANTAI a reçu le FPS impayé (flux 11).", article=IMPAYE),
    "rang_annexe": Fait(phrase="La place du FPS dans l'annexe du titre collectif du jour.", article="CGCT, art. R. 2333-120-16"),
    "majoration": Fait(phrase="Portée par le titre exécutoire.", article="CGCT, art. R. 2333-120-16"),
    "titre_reste_du": PAYE,
}


@dataclass(frozen=True)
class Recit:
    """One dossier, its town on the day of the finding, the message that opened it, the minoration declared in the espace, the day asked."""

    dossier: Dossier
    ville: Commune
    origine: Constat | Impaye | None
    declaree: Reduction | None
    le: date

    @property
    def constat(self) -> Constat | None:
        """The message FPS; None in cycle partiel."""
        return self.origine if isinstance(self.origine, Constat) else None

    def envoi(self) -> date:
        """The send date of the first notice: at once, after a windscreen notice, or by post when nobody read it on the screen."""
        dossier, constat = self.dossier, self.constat

        def prevu() -> date:
            if constat is None:
                return date_envoi_apa(dossier.recu_le, self.ville.envoi_avis_jours)
            return envoi_le(constat.message, self.ville, dossier.recu_le)

        if dossier.date_envoi is None or dossier.date_envoi == prevu():
            return venu_de(dossier.date_envoi, prevu)
        return venu_de(dossier.date_envoi, lambda: date_envoi_eavis_non_lu(prevu()))

    def notification(self) -> date:
        """The notification of the first notice: on the windscreen, the day its electronic form is read, or by post."""
        dossier, origine = self.dossier, self.origine
        if isinstance(origine, Impaye):
            apposition, fuseau = origine.message.date_heure_constat, self.ville.fuseau
            return venu_de(dossier.date_notification, lambda: date_notification_pare_brise(apposition, fuseau))
        if (lu_le := dossier.lu_le) is not None:
            return venu_de(dossier.date_notification, lambda: date_notification_electronique(lu_le))
        return venu_de(dossier.date_notification, lambda: date_notification_postale(self.envoi()))

    def limite(self) -> date:
        """The payment limit of the first notice."""
        return venu_de(self.dossier.date_limite_paiement, lambda: date_limite_paiement(self.notification()))

    def titre(self) -> date:
        """The date of the titre exécutoire."""
        cycle: Cycle = "partiel" if self.dossier.cycle == "partiel" else "complet"
        return venu_de(self.dossier.date_titre, lambda: emission_titre_le(self.limite(), cycle))

    def minore(self) -> int:
        """The reduced amount of the message, as the town's rate gives it."""
        accordee = self.declaree or self.ville.reduction(jour_du_numero(self.dossier.numero))
        montant = self.dossier.montant
        return venu_de(self.dossier.minoration_montant, lambda: montant if accordee is None else accordee.reduire(montant))

    def minore_jusqu_au(self) -> date:
        """The last day of the reduced amount, from the sending, or from the reading of an electronic notice."""
        dossier, delai = self.dossier, self.dossier.minoration_delai
        if delai is None:
            raise ValeurPasEncoreConnue("Aucune minoration n'est accordée.")
        if (constat := self.constat) is not None and minoration_du_constat(constat.message) is not None:
            return venu_de(dossier.minoration_jusqu_au, lambda: minoration_du_constat(constat.message))
        if dossier.lu_le is not None:
            return venu_de(dossier.minoration_jusqu_au, lambda: date_limite_minoration_lue(self.notification(), delai))
        return venu_de(dossier.minoration_jusqu_au, lambda: date_limite_minoration(self.envoi(), delai))

    def minore_du_jour(self) -> int | None:
        """The reduced amount payable that day."""
        jusqu_au = None if self.dossier.minoration_jusqu_au is None else self.minore_jusqu_au()
        return minore_payable(self.minore(), jusqu_au, self.le)

    def bareme(self) -> int | None:
        """The amount of the message FPS, from the tariff of its zone; None when no tariff gives it."""
        if self.constat is None:
            return None
        message = self.constat.message
        jour = self.ville.jour(message.date_heure_constat)
        try:
            return self.ville.montant_fps(message.lieu.zone, message.vehicule.categorie, jour, message.montant_deduit)
        except HorsBareme:
            return None

    def calculs(self) -> dict[str, Callable[[], Any]]:
        """The rule of each field."""
        return {
            "montant_initial": self.bareme,
            "montant": self.bareme,
            "minoration_montant": self.minore,
            "montant_minore": self.minore_du_jour,
            "minoration_jusqu_au": self.minore_jusqu_au,
            "date_envoi": self.envoi,
            "date_notification": self.notification,
            "date_limite_paiement": self.limite,
            "date_limite_rapo": lambda: date_limite_rapo(self.notification()),
            "date_titre": self.titre,
            "majoration": lambda: majoration(self.dossier.montant, self.titre()),
            "a_rembourser": lambda: self.dossier.a_rembourser,
            "titre_reste_du": lambda: reste_du_titre(self.dossier.titre_restes),
        }

    def valeurs(self) -> dict[str, Any]:
        """The fields as they are kept, printed or shown; a sum that does not exist (yet) is absent."""
        dossier = self.dossier
        sommes = ("majoration", "trop_percu", "titre_fps_annule", "titre_majoration_annulee", "a_rembourser")
        ouvert = dossier.etat in (Etat.APA_ENVOYE, Etat.NOTIFIE)
        return {
            **vars(dossier),
            **{nom: getattr(dossier, nom) or None for nom in sommes},
            "date_limite_rapo": None if dossier.date_notification is None else date_limite_rapo(dossier.date_notification),
            "montant_minore": minore_du_jour(dossier, self.le) if ouvert else None,
            "titre_reste_du": None if dossier.date_titre is None else dossier.titre_reste_du,
        }


def routes(service: Service) -> Router:
    """The route that explains."""
    router = Router(dependencies=[administration(service)])

    @router.get("/dossiers/{numero}/explication/{champ}", tags=["Dossiers"], summary="Expliquer une date ou un montant")
    async def explication(request: Request, numero: Numero, champ: Champ) -> Explication:
        async with service.reading(bac_of(request)) as lecture:
            work = lecture.work
            dossier, espace = await work.find(Dossier, numero), await work.find(Espace, numero[:14])
            origine: Constat | Impaye | None = await work.find(Constat, numero)
            if origine is None:
                origine = await work.find(Impaye, numero)
            if dossier is None:
                raise DossierInconnu(f"Numéro {numero}", "numero")
            ville = work.ville(dossier.siret, jour_du_numero(numero))
        recit = Recit(dossier, ville, origine, espace.reglages.minoration if espace else None, work.today)
        return expliquer(numero, ALIAS.get(champ, champ), recit.valeurs(), recit.calculs(), FAITS)

    return router
