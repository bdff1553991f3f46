"""The dates and amounts of a dossier, computed from the dated law: the law that counts is that of the day which starts the delay (H07)."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

from fps.droit import droit
from fps.droit.calendar import (
    PARIS,
    ajouter_annees,
    ajouter_jours,
    ajouter_mois,
    jour_civil,
    jours_francs,
    paris_date,
    reporter,
)
from fps.droit.explication import regle
from fps.droit.limites import limite, limite_juridiction
from fps.droit.money import au_moins, au_plus, pourcent
from fps.droit.periodes import avis_possible, prescription_possible, proroge, rejet_possible, titre_possible

MINORATION = "Délibération de la collectivité et convention avec l'ANTAI"  # the law knows no minoration
REMBOURSEMENT = "FAQ du Cerema, remboursement d'un FPS"  # no text says who gives back, nor by which document
Cycle = Literal["complet", "partiel"]
Eloignement = Literal["metropole", "outre-mer", "etranger"]


@regle("CGCT, art. L. 2333-87, II", "Notification par la poste, en jours francs de l'envoi")
def date_notification_postale(envoi: date) -> date:
    """Five jours francs from the send date printed on the letter: send + 6 (CGCT, art. L. 2333-87, II)."""
    return jours_francs(envoi, droit(envoi).notification_postale_jours_francs)


@regle("CGPPP, art. L. 2323-7-1", "Notification de l'avertissement par la poste, en jours francs de l'envoi")
def date_notification_avertissement(envoi: date) -> date:
    """Five jours francs from the send date printed on the avertissement: send + 6 (CGPPP, art. L. 2323-7-1)."""
    return jours_francs(envoi, droit(envoi).avertissement_notification_jours_francs)


@regle("CGCT, art. L. 2333-87, II", "Notification par apposition sur le véhicule")
def date_notification_pare_brise(apposition: datetime, fuseau: str | None = None) -> date:
    """The day the notice is put on the windscreen, there (CGCT, art. L. 2333-87, II). `fuseau`: of a town overseas (H127)."""
    return jour_civil(apposition, fuseau)


@regle("CGCT, art. L. 2333-87, II", "Notification par la lecture de l'avis électronique")
def date_notification_electronique(lecture: datetime) -> date:
    """The day the redevable reads the e-APA; nothing runs before (CGCT, art. L. 2333-87, II)."""
    return paris_date(lecture)


@regle("Réglage de la collectivité ; hypothèse H125", "Jour où le message FPS part, après les jours que la collectivité le garde")
def date_transmission(etablissement: date, garde_jours: int) -> date:
    """The day a message FPS leaves the town that keeps it some days (hypothesis H125)."""
    return ajouter_jours(etablissement, garde_jours)


@regle("Hypothèse H08", "Date d'envoi imprimée sur l'avis de paiement")
def date_envoi_apa(reception: date, envoi_ville_jours: int = 0) -> date:
    """The send date printed on the notice of a message received that day: the town's days, else those of hypothesis H08."""
    return avis_possible(ajouter_jours(reception, envoi_ville_jours or droit(reception).apa_envoi_jours))


@regle("Hypothèse H08", "Jour où le message de la collectivité est traité")
def date_de_traitement(reception: date, envoi_ville_jours: int = 0) -> date:
    """The day a message received that day is ready for its notice, sent or not: the town's days, else those of hypothesis H08."""
    return ajouter_jours(reception, envoi_ville_jours or droit(reception).apa_envoi_jours)


@regle("Convention de cycle complet ; hypothèses H08 et H36", "Date d'envoi de l'avis, après le délai de paiement rapide de la notice")
def date_envoi_apres_notice(reception: date, delai_ville_jours: int = 0, envoi_ville_jours: int = 0) -> date:
    """The send date after a windscreen notice: the days of the quick payment are the town's, else those of the convention (H36)."""
    rapide = delai_ville_jours or droit(reception).paiement_rapide_jours
    return avis_possible(ajouter_jours(date_de_traitement(reception, envoi_ville_jours), rapide))


@regle("Convention de cycle complet ; hypothèse H36", "Dernier jour du paiement rapide, du constat")
def date_limite_paiement_rapide(constat: date, delai_ville_jours: int = 0) -> date:
    """Last day of the quick payment after a windscreen notice: the notice leaves after it (H36)."""
    return ajouter_jours(constat, delai_ville_jours or droit(constat).paiement_rapide_jours)


@regle("CGCT, art. L. 2333-87, IV", "Dernier jour pour payer, de la notification du premier avis")
def date_limite_paiement(notification: date) -> date:
    """Last day to pay: three months from the first notice's notification; a rectificatif never moves it (CGCT, art. L. 2333-87, IV)."""
    mois = droit(notification).delai_paiement_mois
    return limite(ajouter_mois(notification, mois), mois)


@regle(f"{MINORATION} ; hypothèse H26", "Dernier jour du montant minoré, de la date d'envoi de l'avis")
def date_limite_minoration(envoi: date, delai_jours: int) -> date:
    """Last day of the reduced amount, from the send date printed on the notice (decision of the collectivité; hypothesis H26)."""
    return ajouter_jours(envoi, delai_jours)


@regle(f"{MINORATION} ; hypothèse H26", "Dernier jour du montant minoré, du constat")
def date_limite_minoration_constat(constat: date, delai_jours: int) -> date:
    """Last day of the reduced amount that the town counts from the finding, whatever the day its notice leaves (hypothesis H26)."""
    return ajouter_jours(constat, delai_jours)


@regle(f"{MINORATION} ; hypothèses H26 et H48", "Dernier jour du montant minoré, de la lecture de l'avis électronique")
def date_limite_minoration_lue(lecture: date, delai_jours: int) -> date:
    """Last day of the reduced amount of an electronic notice, from the day it is read (hypotheses H26 and H48)."""
    return ajouter_jours(lecture, delai_jours)


@regle("CGCT, art. R. 2333-120-13", "Dernier jour du RAPO, de la notification")
def date_limite_rapo(notification: date) -> date:
    """Last day of the RAPO: one month from the notification (CGCT, art. R. 2333-120-13)."""
    mois = droit(notification).rapo_delai_mois
    return limite(ajouter_mois(notification, mois), mois)


@regle("CGCT, art. R. 2333-120-13 ; hypothèse H16", "Dernier jour pour décider du RAPO ; le silence vaut rejet")
def date_limite_decision_rapo(avis_reception: date) -> date:
    """Last day to decide on a RAPO, and the date of the implicit rejection (CGCT, art. R. 2333-120-13; hypothesis H16)."""
    mois = droit(avis_reception).rapo_decision_mois
    return rejet_possible(avis_reception, ajouter_mois(avis_reception, mois), mois)


@regle("CRPA, art. L. 114-5 ; hypothèse H119", "Le délai donné pour compléter ne compte pas dans le mois du silence")
def suspendre_silence(limite: date, demande: date, completer_avant_le: date) -> date:
    """The last day to decide on a RAPO that its author was asked to complete: later by the days that he was given."""
    return ajouter_jours(limite, (completer_avant_le - demande).days)


@regle("CRPA, art. L. 114-5 ; hypothèse H119", "Ce qui manquait est produit avant la fin du délai : le mois du silence reprend")
def reprendre_silence(limite: date, complete: date, completer_avant_le: date) -> date:
    """The last day to decide once what was missing has come: the days given and not used are not added."""
    return ajouter_jours(limite, -max((completer_avant_le - complete).days, 0))


@regle("CGCT, art. L. 2333-87, IV", "Émission du titre exécutoire, après la limite et l'attente")
def emission_titre_le(limite_paiement: date, cycle: Cycle = "complet") -> date:
    """The day a titre exécutoire is issued: the day after the limit, and after ten days left to tell a cancellation in cycle complet."""
    lendemain = ajouter_jours(limite_paiement, 1) if cycle == "complet" else lendemain_sans_attente(limite_paiement)
    return titre_possible(ajouter_jours(lendemain, droit(limite_paiement).titre_attente_jours) if cycle == "complet" else lendemain)


@regle("Hypothèse H27", "Cycle partiel : le titre est émis le lendemain de la limite, sans attente")
def lendemain_sans_attente(limite_paiement: date) -> date:
    """The day after the limit: nothing is waited for in cycle partiel (hypothesis H27)."""
    return ajouter_jours(limite_paiement, 1)


@regle("Hypothèse H09", "Date d'envoi imprimée sur l'avertissement")
def date_envoi_avertissement(titre: date) -> date:
    """The send date printed on the avertissement of a title of that day (hypothesis H09)."""
    return ajouter_jours(titre, droit(titre).avertissement_envoi_jours)


@regle("CGPPP, art. L. 2323-7-1", "Dernier jour du rabais, de l'envoi de l'avertissement")
def date_limite_rabais(envoi: date) -> date:
    """Last day of the rebate: one month from the sending of the avertissement (CGPPP, art. L. 2323-7-1)."""
    mois = droit(envoi).rabais_delai_mois
    return limite(ajouter_mois(envoi, mois), mois)


def _distance(depart: date, eloignement: Eloignement) -> int:
    """The months of distance of who lives far from a court that sits in metropolitan France (CGCT, R. 2333-120-33; CJA, R. 421-7)."""
    loi = droit(depart)
    return {"metropole": 0, "outre-mer": loi.recours_outre_mer_mois, "etranger": loi.recours_etranger_mois}[eloignement]


@regle("CGCT, art. R. 2333-120-33", "Dernier jour du recours devant la juridiction")
def date_limite_recours(depart: date, eloignement: Eloignement = "metropole") -> date:
    """Last day before the court, from the notified decision on the RAPO, the implicit rejection, or the notified avertissement.

    CGCT, art. R. 2333-120-33.
    """
    mois = droit(depart).recours_delai_mois + _distance(depart, eloignement)
    return limite_juridiction(depart, ajouter_mois(depart, mois), mois)


@regle("CGCT, art. R. 2333-120-33 ; hypothèse H97", "Notification d'une décision expresse sur le RAPO")
def date_notification_decision_rapo(decision: date, declaree: date | None = None) -> date:
    """The day from which the month before the court runs after an express decision (CGCT, art. R. 2333-120-33).

    The day that the applicant declares, when a letter of that decision may have been received then; else that of the post (hypothesis H97).
    """
    dernier = ajouter_jours(decision, droit(decision).rapo_notification_maximum_jours)
    if declaree is not None and decision <= declaree <= dernier:
        return declaree
    return date_notification_postale(decision)


@regle("CGCT, art. R. 2333-120-39", "Dernier jour pour régulariser la requête")
def date_limite_regularisation(notification: date) -> date:
    """Last day to regularise a petition (CGCT, art. R. 2333-120-39)."""
    mois = droit(notification).regularisation_mois
    return limite_juridiction(notification, ajouter_mois(notification, mois), mois)


@regle("CGCT, art. R. 2333-120-32", "Dernier jour pour confirmer par écrit une télécopie")
def date_limite_confirmation_telecopie(depot: date) -> date:
    """Last day to confirm in writing a petition sent by fax (CGCT, art. R. 2333-120-32)."""
    jours = droit(depot).telecopie_confirmation_jours
    dernier = proroge(ajouter_jours(depot, jours), 0, jours)
    return reporter(dernier, actif=droit(dernier).report_jour_ouvrable)


@regle("CGCT, art. R. 2333-120-44", "Dernier jour du mémoire en défense")
def date_limite_defense(communication: date) -> date:
    """Last day of the mémoire en défense: one month (CGCT, art. R. 2333-120-44)."""
    mois = droit(communication).defense_mois
    return limite(ajouter_mois(communication, mois), mois)


@regle("CGCT, art. R. 2333-120-60", "Notification électronique : première consultation, ou fin du délai")
def date_notification_decision(mise_a_disposition: date, consultation: date | None = None) -> date:
    """Electronic notification: first consultation, or eight days after availability (CGCT, art. R. 2333-120-60)."""
    fiction = ajouter_jours(mise_a_disposition, droit(mise_a_disposition).notification_electronique_jours)
    return min(consultation, fiction) if consultation else fiction


@regle("Site du tribunal, les suites du recours", "Dernier jour pour exécuter la décision")
def date_limite_execution(notification: date) -> date:
    """Last day for the collectivité to execute a decision: three months."""
    return ajouter_mois(notification, droit(notification).execution_mois)


@regle("LPF, art. L. 274", "Jour où le titre est prescrit")
def date_prescription(signature: date, interruptions: tuple[date, ...] = ()) -> date:
    """The day from which a title can no longer be recovered: four years from its signature, or from the last act that interrupted them.

    LPF, art. L. 274; the acts of recovery and of recognition: its second paragraph.
    """
    depart = signature
    for acte in interruptions:
        depart = interrompre(depart, acte)
    annees = droit(depart).prescription_annees
    return prescription_possible(depart, ajouter_annees(depart, annees), annees)


@regle(
    "LPF, art. L. 274, al. 2 ; hypothèse H122",
    "Un acte de recouvrement ou de reconnaissance interrompt la prescription : elle recommence ce jour",
)
def interrompre(depart: date, acte: date) -> date:
    """The day from which the four years run, once an act of recovery or of recognition has interrupted them."""
    return max(depart, acte)


@regle("Hypothèse H42", "Relance d'un titre impayé, de la fin du rabais")
def date_relance_titre(limite_rabais: date) -> date:
    """The day an unpaid title is reminded (hypothesis H42)."""
    return ajouter_jours(limite_rabais, droit(limite_rabais).relance_titre_jours)


@regle("LPF, art. L. 262 ; hypothèse H42", "Saisie administrative à tiers détenteur, de la relance")
def date_saisie(relance: date) -> date:
    """The day of the saisie administrative à tiers détenteur (LPF, art. L. 262; pace: hypothesis H42)."""
    return ajouter_jours(relance, droit(relance).saisie_jours)


@regle("LPF, art. L. 262", "Versement du tiers saisi")
def date_versement_saisie(saisie: date) -> date:
    """The day the seized third party pays (LPF, art. L. 262)."""
    return ajouter_jours(saisie, droit(saisie).saisie_versement_jours)


@regle("Hypothèse H43", "Remboursement d'un FPS, de la pièce comptable")
def date_remboursement_fps(piece: date) -> date:
    """The day a FPS is refunded (hypothesis H43)."""
    return ajouter_jours(piece, droit(piece).remboursement_fps_jours)


@regle("Hypothèse H43", "Remboursement d'un titre annulé, du titre d'annulation")
def date_remboursement_titre(annulation: date) -> date:
    """The day a paid title is refunded (hypothesis H43)."""
    return ajouter_jours(annulation, droit(annulation).remboursement_titre_jours)


@regle("Arrêté du 1er septembre 2016, art. 2 ; hypothèse H44", "Reversement d'un mois à la collectivité")
def date_reversement(encaissement: date) -> date:
    """The day what is collected that month is reversed, the next month (arrêté of 1 September 2016; hypothesis H44)."""
    return ajouter_mois(encaissement.replace(day=1), 1).replace(day=droit(encaissement).reversement_jour)


@regle("CGCT, art. R. 2333-120-38 ; hypothèse H45", "Examen de la requête par le greffe")
def date_examen_requete(depot: date) -> date:
    """The day the registry examines a petition (CGCT, art. R. 2333-120-38; hypothesis H45)."""
    return ajouter_jours(depot, droit(depot).greffe_examen_jours)


@regle("CGCT, art. R. 2333-120-66", "Dernier jour pour corriger une erreur matérielle de la décision")
def date_limite_rectification(notification: date) -> date:
    """Last day to correct a clerical error of a decision: one month from its notification (CGCT, art. R. 2333-120-66)."""
    mois = droit(notification).rectification_mois
    return limite_juridiction(notification, ajouter_mois(notification, mois), mois)


@regle("CGCT, art. R. 2333-120-64 ; CJA, art. R. 821-1 et R. 821-2", "Dernier jour du pourvoi en cassation")
def date_limite_pourvoi(notification: date, eloignement: Eloignement = "metropole") -> date:
    """Last day of the appeal in cassation of a party (CGCT, art. R. 2333-120-64; CJA, art. R. 821-1; its distance: R. 821-2)."""
    mois = droit(notification).cassation_mois + _distance(notification, eloignement)
    return limite_juridiction(notification, ajouter_mois(notification, mois), mois)


@regle("CGCT, art. R. 2333-120-74", "Ouverture de la phase juridictionnelle de l'exécution")
def date_phase_juridictionnelle(demande: date) -> date:
    """The day the judge takes over an execution that was asked for (CGCT, art. R. 2333-120-74)."""
    return ajouter_mois(demande, droit(demande).execution_juridictionnelle_mois)


@regle("CGCT, art. R. 2333-120-59", "Amende maximale pour recours abusif")
def amende_abus_maximum(le: date) -> int:
    """The highest fine for an abusive petition, in centimes (CGCT, art. R. 2333-120-59)."""
    return droit(le).amende_abus_maximum


@regle("CGCT, art. R. 2333-120-16", "Majoration due à l'État : part du reste dû, avec un minimum")
def majoration(impaye: int, le: date) -> int:
    """What the State is owed on top, in centimes: 20 % of what remains due, never below 50 € (CGCT, art. R. 2333-120-16).

    Nothing is owed on nothing: raises ValueError when `impaye` is not positive.
    """
    if impaye <= 0:
        raise ValueError("une majoration suppose un reste dû")
    return au_moins(pourcent(impaye, droit(le).majoration_pourcent), droit(le).majoration_minimum)


@regle("CGPPP, art. L. 2323-7-1", "Rabais du paiement volontaire, imputé sur la majoration et plafonné par elle")
def rabais(impaye: int, majoration_due: int, le: date) -> int:
    """The rebate, in centimes: 20 % of the sums due, charged on the majoration and never above it (CGPPP, art. L. 2323-7-1)."""
    return au_plus(pourcent(impaye + majoration_due, droit(le).rabais_pourcent), majoration_due)


@regle("Hypothèse H17", "Partage d'un paiement du titre : la collectivité, puis l'État")
def repartir_paiement_titre(montant: int, impaye: int, majoration_due: int) -> tuple[int, int]:
    """How a payment of a title is shared, in centimes: the collectivité first, then the State (hypothesis H17).

    Raises ValueError when the payment exceeds what is due.
    """
    if montant > impaye + majoration_due:
        raise ValueError("le paiement dépasse ce qui est dû")
    collectivite = min(montant, impaye)
    return collectivite, montant - collectivite


@regle("CGCT, art. L. 2333-87, I et R. 2333-120-5", "Montant du FPS : barème de la zone moins le dernier paiement justifié")
def montant_fps(bareme: int, deja_paye: int = 0) -> int:
    """The FPS due, in centimes: the zone's amount less what the latest proof shows (CGCT, art. L. 2333-87, I and R. 2333-120-5)."""
    return max(bareme - deja_paye, 0)


@regle(f"{MINORATION} ; hypothèse H26", "Montant minoré : le montant du FPS moins la réduction de la collectivité")
def montant_minore(montant: int, reduction_pourcent: int) -> int:
    """The reduced amount, in centimes: the FPS less the town's rate (decision of the collectivité, H26; rounding: hypothesis H06)."""
    return montant - pourcent(montant, reduction_pourcent)


@regle("Délibération de la collectivité", "Montant minoré : la somme que la collectivité fixe, jamais plus que le FPS")
def montant_minore_fixe(montant: int, somme: int) -> int:
    """The reduced amount, in centimes, when the town has set a sum and not a rate."""
    return min(somme, montant)


@regle("CGCT, art. R. 2333-120-16", "Total du titre : le reste dû et la majoration")
def total_titre(impaye: int, majoration_due: int) -> int:
    """What a title claims, in centimes (CGCT, art. R. 2333-120-16)."""
    return impaye + majoration_due


@regle("CGPPP, art. L. 2323-7-1", "Somme à payer : le total du titre moins le rabais")
def net_de_rabais(total: int, rabais_accorde: int) -> int:
    """What is paid within the month of the rebate, in centimes (CGPPP, art. L. 2323-7-1)."""
    return total - rabais_accorde


@regle("CGCT, art. R. 2333-120-6", "Laisser de côté des heures où le stationnement n'est pas payant")
def laisser_de_cote(terme: datetime, de: datetime, a: datetime) -> datetime:
    """The end of the effects, later by a time that is not charged: a break, a night, a day off (CGCT, art. R. 2333-120-6)."""
    return (terme.astimezone(UTC) + (a.astimezone(UTC) - de.astimezone(UTC))).astimezone(PARIS)


@regle("CGCT, art. R. 2333-120-6", "Fin des effets du FPS : la durée maximale de stationnement payant, heures non payantes exclues")
def fin_effets(depart: datetime, duree_minutes: int, interruptions: tuple[tuple[datetime, datetime], ...] = ()) -> datetime:
    """When a FPS ceases to produce its effects: departure plus the longest paid duration, free times left out (CGCT, art. R. 2333-120-6).

    `depart` is the hour of the finding, or of the latest proof of payment; `interruptions` the free times from then on, in order.
    """
    terme = (depart.astimezone(UTC) + timedelta(minutes=duree_minutes)).astimezone(PARIS)
    for de, a in interruptions:
        if de.astimezone(UTC) < terme.astimezone(UTC):
            terme = laisser_de_cote(terme, de, a)
    return terme
