"""The dates of a FPS as its collectivité presumes them, for a notice sent by post: no message of ANTAI tells them (hypothesis H71)."""

from dataclasses import dataclass
from datetime import date

from collectivite.domain.forfait import Forfait
from fps.droit.calculs import (
    date_envoi_apa,
    date_envoi_apres_notice,
    date_limite_minoration,
    date_limite_minoration_constat,
    date_limite_paiement,
    date_limite_paiement_rapide,
    date_limite_rapo,
    date_notification_pare_brise,
    date_notification_postale,
    date_transmission,
)
from fps.droit.calendar import paris_date
from fps.villes.communes import Commune


@dataclass(frozen=True, slots=True)
class Dates:
    """When the notice leaves, is notified, and must be paid."""

    envoi: date
    notification: date
    limite_paiement: date


def limite_paiement_rapide(ville: Commune, forfait: Forfait) -> date:
    """Last day of the quick payment: the notice leaves after it (convention, cycle complet)."""
    constat = ville.jour(forfait.date_heure_constat)
    return date_limite_paiement_rapide(constat, ville.paiement_rapide_jours(constat))


def transmission(ville: Commune, forfait: Forfait) -> date:
    """The day until which the town keeps the message FPS, of a FPS established on the day of its finding (H125)."""
    return date_transmission(paris_date(forfait.date_heure_constat), ville.envoi_messages_jours)


def reception(ville: Commune, forfait: Forfait) -> date:
    """When ANTAI receives the message FPS: as its accusé tells, else the day that the town keeps it until (H125)."""
    if forfait.accuse_le is not None:
        return paris_date(forfait.accuse_le)
    return transmission(ville, forfait) if forfait.retenu is None else forfait.retenu.le


def envoi(ville: Commune, forfait: Forfait, reception: date) -> date:
    """When the notice leaves (H08, H36); in cycle partiel it is put on the windscreen (CGCT, art. L. 2333-87, II)."""
    if forfait.cycle == "partiel":
        return date_notification_pare_brise(forfait.date_heure_constat, ville.fuseau)
    if forfait.mode_notification == "pare-brise":
        rapide = ville.paiement_rapide_jours(forfait.jour)
        return date_envoi_apres_notice(reception, rapide, ville.envoi_avis_jours)
    return date_envoi_apa(reception, ville.envoi_avis_jours)


def notification(forfait: Forfait, envoye: date) -> date:
    """When the notice that left that day is notified (CGCT, art. L. 2333-87, II)."""
    return envoye if forfait.cycle == "partiel" else date_notification_postale(envoye)


def dates(ville: Commune, forfait: Forfait, reception: date) -> Dates:
    """The dates of the notice of a FPS whose message was received that day (H08, H36; CGCT, art. L. 2333-87, II and IV)."""
    envoye = envoi(ville, forfait, reception)
    notifie = notification(forfait, envoye)
    return Dates(envoye, notifie, date_limite_paiement(notifie))


def limite_rapo(forfait: Forfait, notification_declaree: date | None = None) -> date | None:
    """Last day of the RAPO (CGCT, art. R. 2333-120-13), None as long as nothing is notified.

    The date that the applicant reads on the notice (an e-APA is notified when read) comes before the one presumed here, but not before
    that of a windscreen notice, which the town itself knows.
    """
    connue = forfait.cycle == "partiel" or notification_declaree is None
    notification = forfait.date_notification if connue else notification_declaree
    return date_limite_rapo(notification) if notification else None


def limite_rapo_au_plus_tard(forfait: Forfait) -> date | None:
    """Last day of the RAPO against a notice that was an e-avis never read, and sent by post at last (H48)."""
    notification = forfait.notification_au_plus_tard
    return date_limite_rapo(notification) if notification else None


def limite_minoration(forfait: Forfait) -> date | None:
    """Last day of the reduced amount, None when there is none."""
    if forfait.date_envoi is None or forfait.minoration_jours is None:
        return None
    if forfait.minoration_depuis == "constat":
        return date_limite_minoration_constat(forfait.jour, forfait.minoration_jours)
    return date_limite_minoration(forfait.date_envoi, forfait.minoration_jours)
