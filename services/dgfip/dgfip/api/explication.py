"""How the DGFiP found each date and amount of a FPS majoré: the rules it applied, told by themselves."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import Path, Request

from dgfip.actes.prise_en_charge import designee
from dgfip.api.prises import Numero, PriseVue
from dgfip.domain.articles import ANNULATION, PAIEMENT, SAISIE, TITRE
from dgfip.domain.prise_en_charge import PriseEnCharge
from dgfip.domain.sommes import net_reclame, part_de_la_collectivite, rabais_du_jour, somme_a_payer, trop_paye
from fps.droit.calculs import (
    REMBOURSEMENT,
    date_envoi_avertissement,
    date_limite_rabais,
    date_limite_recours,
    date_notification_avertissement,
    date_prescription,
    date_relance_titre,
    date_saisie,
    majoration,
    net_de_rabais,
    rabais,
    total_titre,
)
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.kit.web.explication import Explication, Fait, expliquer, venu_de

Champ = Annotated[str, Path(max_length=60, description="La date ou le montant : rabais, date_limite_rabais…")]

REPRISE = "La suspension du recouvrement a fait courir à nouveau le délai de cette étape (hypothèse H64)"
SOLDE = "Le titre est soldé, annulé ou prescrit : plus rien n'est réclamé"
FAITS: dict[str, Fait] = {
    "montant_impaye": Fait(phrase="Porté par la ligne du titre exécutoire que l'ANTAI a émis", article=TITRE),
    "date_titre": Fait(phrase="Date du titre exécutoire que l'ANTAI a émis", article=TITRE),
    "rang": Fait(phrase="Rang de la ligne dans l'annexe du titre exécutoire", article=TITRE),
    "fps_annule": Fait(phrase="Somme des lignes de titres d'annulation", article=ANNULATION),
    "majoration_annulee": Fait(phrase="Somme des lignes de titres d'annulation", article=ANNULATION),
    "majoration_remise": Fait(phrase="Remise gracieuse que le comptable a accordée", article=PAIEMENT),
    "montant_paye": Fait(phrase="Somme des paiements encaissés", article=PAIEMENT),
    "paye_le": Fait(phrase="Jour du dernier paiement ; pour un chèque, celui de son envoi", article=PAIEMENT),
    "rabais_accorde": Fait(phrase="Rabais acquis par le paiement qui a soldé le titre", article=PAIEMENT),
    "montant_rembourse": Fait(phrase="Somme de ce qui a été rendu au redevable", article=REMBOURSEMENT),
    "suspendu_le": Fait(phrase="Jour où le recouvrement est suspendu, une annulation étant à l'examen", article=ANNULATION),
    "date_envoi": Fait(phrase=REPRISE, article="Hypothèse H09"),
    "relance_le": Fait(phrase=REPRISE, article="Hypothèse H42"),
    "saisi_le": Fait(phrase=REPRISE, article=SAISIE),
    "a_payer": Fait(phrase=SOLDE, article=PAIEMENT),
    "rabais_du_jour": Fait(phrase=SOLDE, article=PAIEMENT),
    "a_rembourser": Fait(phrase="Rien n'est à rendre", article=REMBOURSEMENT),
}


def envoi(prise: PriseEnCharge) -> date:
    """The send date of the avertissement."""
    return venu_de(prise.date_envoi, lambda: date_envoi_avertissement(prise.date_titre))


def notification(prise: PriseEnCharge) -> date:
    """The notification of the avertissement, by post."""
    return venu_de(prise.date_notification, lambda: date_notification_avertissement(envoi(prise)))


def calculs(prise: PriseEnCharge, le: date) -> dict[str, Callable[[], Any]]:
    """The rule of each field, that day."""

    def majore() -> int:
        return majoration(prise.montant_impaye, prise.date_titre)

    def accorde() -> int:
        return rabais(prise.fps_net, majore() - prise.majoration_annulee - prise.majoration_remise, envoi(prise))

    def reclame() -> int:
        return net_reclame(prise.montant_impaye, prise.fps_annule, majore(), prise.majoration_annulee, prise.majoration_remise)

    def du_jour() -> int:
        return rabais_du_jour(prise.rabais if prise.date_envoi is None else accorde(), prise.date_limite_rabais, le)

    def trop() -> int:
        return trop_paye(prise.encaisse, reclame(), prise.rabais_accorde)

    return {
        "majoration": majore,
        "net_du": reclame,
        "rabais_du_jour": du_jour,
        "a_payer": lambda: somme_a_payer(reclame(), du_jour(), prise.encaisse),
        "part_collectivite": lambda: part_de_la_collectivite(prise.encaisse, trop(), prise.montant_impaye, prise.fps_annule),
        "a_rembourser": trop,
        "relance_le": lambda: None if prise.date_limite_rabais is None else date_relance_titre(prise.date_limite_rabais),
        "saisi_le": lambda: None if prise.relance_le is None else date_saisie(prise.relance_le),
        "total_du": lambda: total_titre(prise.montant_impaye, majore()),
        "rabais": accorde,
        "montant_avec_rabais": lambda: net_de_rabais(total_titre(prise.montant_impaye, majore()), accorde()),
        "date_envoi": lambda: envoi(prise),
        "date_notification": lambda: notification(prise),
        "date_limite_rabais": lambda: date_limite_rabais(envoi(prise)),
        "date_limite_recours": lambda: date_limite_recours(notification(prise)),
        "date_prescription": lambda: date_prescription(prise.date_titre, tuple(acte.le for acte in prise.interruptions)),
    }


def valeurs(prise: PriseEnCharge, le: date) -> dict[str, Any]:
    """The fields as the view shows them that day, and those that the avertissement prints."""
    averti = prise.date_envoi is not None
    return {
        **PriseVue.voir(prise, le).model_dump(exclude={"interruptions"}),
        "total_du": prise.total_du,
        "rabais": prise.rabais if averti else None,
        "montant_avec_rabais": prise.total_du - prise.rabais if averti else None,
        "date_limite_recours": None if prise.date_notification is None else date_limite_recours(prise.date_notification),
    }


def routes(service: Service) -> Router:
    """The route that explains."""
    router = Router(dependencies=[administration(service)])

    @router.get("/prises-en-charge/{numero}/explication/{champ}", tags=["Prises en charge"], summary="Expliquer une date ou un montant")
    async def explication(request: Request, numero: Numero, champ: Champ) -> Explication:
        async with service.reading(bac_of(request)) as lecture:
            prise, le = await designee(numero, lecture.work), lecture.work.today
        return expliquer(numero, champ, valeurs(prise, le), calculs(prise, le), FAITS)

    return router
