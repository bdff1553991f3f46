"""The dates of a petition, each by the rule of the law that gives it: examined, put in order, notified, contested."""

from datetime import date

from ccsp.domain.requete import Requete
from fps.droit import droit
from fps.droit.calculs import (
    Eloignement,
    date_examen_requete,
    date_limite_execution,
    date_limite_pourvoi,
    date_limite_recours,
    date_limite_rectification,
    date_notification_decision,
    date_notification_decision_rapo,
    date_notification_postale,
)
from fps.villes.communes import Commune


def limite_recours(requete: Requete) -> date | None:
    """Last day of the petition itself (CGCT, art. R. 2333-120-33); None when nothing tells from which day it runs."""
    depot = requete.depot
    depart = depot.date_notification_avertissement if requete.objet == "titre" else connaissance_decision_rapo(requete)
    return None if depart is None else date_limite_recours(depart, depot.eloignement)


def connaissance_decision_rapo(requete: Requete) -> date | None:
    """The notification of an express decision on the RAPO, or the birth of the implicit rejection (CGCT, art. R. 2333-120-33).

    A decision is express when it is produced, or when the day it was received is declared (hypothesis H97).
    """
    decision, declaree = requete.depot.date_decision_rapo, requete.depot.date_notification_decision_rapo
    if decision is None or (declaree is None and "decision-rapo" not in requete.pieces):
        return decision
    return date_notification_decision_rapo(decision, declaree)


def postee_a_temps(limite: date | None, cachet: date | None, arrivee: date) -> bool:
    """Whether what arrives that day is in time by its postmark, as the law of its arrival has it (CE, Section, 13 May 2024, n° 466541)."""
    return limite is not None and cachet is not None and droit(arrivee).cachet_juridiction and cachet <= limite


def examen(requete: Requete) -> date:
    """The day the registry reads it; a fax waits for its written confirmation (CGCT, art. R. 2333-120-32 and -38)."""
    return date_examen_requete(requete.confirmee_le or requete.confirmer_avant_le or requete.date_depot)


def notification_requerant(requete: Requete, envoi: date, consultation: date | None = None) -> date:
    """When the applicant is notified of what leaves that day: on the portal (CGCT, art. R. 2333-120-60), else by post (hypothesis H67)."""
    return date_notification_decision(envoi, consultation) if requete.canal == "portail" else date_notification_postale(envoi)


def notification_collectivite(envoi: date, *, electronique: bool, consultation: date | None = None) -> date:
    """When the defendant is notified of what leaves that day (CGCT, art. R. 2333-120-60; by post: hypothesis H67)."""
    return date_notification_decision(envoi, consultation) if electronique else date_notification_postale(envoi)


def limite_execution(requete: Requete, notification: date) -> date | None:
    """Last day for the defendant to execute, counted from its own notification; None when nothing is discharged."""
    return date_limite_execution(notification) if requete.decision is not None and requete.decision.decharge else None


def limite_rectification(requete: Requete) -> date | None:
    """Last day to correct a clerical error, from the later of the two notifications (CGCT, art. R. 2333-120-66)."""
    dates = [d for d in (requete.notifiee_requerant_le, requete.notifiee_collectivite_le) if d is not None]
    return date_limite_rectification(max(dates)) if dates else None


def limite_pourvoi(requete: Requete, ville: Commune | None) -> date | None:
    """Last day of the appeal in cassation, the later of those of the two parties (CGCT, art. R. 2333-120-64; CJA, art. R. 821-1).

    The notification of the correction of a clerical error opens it again to both (art. R. 2333-120-66). Who lives overseas or abroad has
    its distance, the town too (CJA, art. R. 821-2; hypothesis H127).
    """
    siege: Eloignement = "outre-mer" if ville is not None and ville.outre_mer else "metropole"
    rectifiee = None if requete.decision is None else requete.decision.rectification_notifiee_le
    parties = (
        (requete.notifiee_requerant_le, requete.depot.eloignement),
        (requete.notifiee_collectivite_le, siege),
        (rectifiee, requete.depot.eloignement),
        (rectifiee, siege),
    )
    notifiees = [(le, eloignement) for le, eloignement in parties if le is not None]
    return date_limite_pourvoi(*max(notifiees, key=lambda partie: date_limite_pourvoi(*partie))) if notifiees else None
