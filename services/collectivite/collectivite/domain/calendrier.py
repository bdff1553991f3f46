"""The dates of a FPS as its collectivité computes them: no message of ANTAI tells them."""

from dataclasses import dataclass
from datetime import date

from collectivite.domain.forfait import Forfait
from fps.calculs import (
    date_envoi_apa,
    date_limite_minoration,
    date_limite_paiement,
    date_limite_rapo,
    date_notification_pare_brise,
    date_notification_postale,
)
from fps.calendar import ajouter_jours, paris_date
from fps.communes import Commune
from fps.droit import droit


@dataclass(frozen=True, slots=True)
class Dates:
    """When the notice leaves, is notified, and must be paid."""

    envoi: date
    notification: date
    limite_paiement: date


def delai_paiement_rapide(ville: Commune, le: date) -> int:
    """The days of the quick payment after a windscreen notice: the town's, else those of the convention (H36)."""
    return ville.paiement_rapide_jours or droit(le).paiement_rapide_jours


def limite_paiement_rapide(ville: Commune, forfait: Forfait) -> date:
    """Last day of the quick payment: the notice leaves after it (convention, cycle complet)."""
    constat = paris_date(forfait.date_heure_constat)
    return ajouter_jours(constat, delai_paiement_rapide(ville, constat))


def dates(ville: Commune, forfait: Forfait, reception: date) -> Dates:
    """The dates of the notice of a FPS whose message was received that day (H08, H36; CGCT, art. L. 2333-87, II and IV)."""
    if forfait.cycle == "partiel":
        envoi = notification = date_notification_pare_brise(forfait.date_heure_constat)
    else:
        envoi = date_envoi_apa(reception)
        if forfait.mode_notification == "pare-brise":
            envoi = ajouter_jours(envoi, delai_paiement_rapide(ville, reception))
        notification = date_notification_postale(envoi)
    return Dates(envoi, notification, date_limite_paiement(notification))


def limite_rapo(forfait: Forfait, notification_declaree: date | None = None) -> date | None:
    """Last day of the RAPO (CGCT, art. R. 2333-120-13), None as long as nothing is notified.

    The date that the applicant reads on the notice (an e-APA is notified when read) comes before the one computed here.
    """
    notification = notification_declaree or forfait.date_notification
    return date_limite_rapo(notification) if notification else None


def limite_minoration(forfait: Forfait) -> date | None:
    """Last day of the reduced amount, None when there is none."""
    if forfait.date_envoi is None or forfait.minoration_jours is None:
        return None
    return date_limite_minoration(forfait.date_envoi, forfait.minoration_jours)
