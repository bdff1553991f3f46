"""What the judge may decide, and when; the dates of notification of each party (CGCT, art. R. 2333-120-27, -39, -44, -59 and -60)."""

from dataclasses import replace
from datetime import date, datetime

from ccsp.domain import refus
from ccsp.domain.delais import limite_execution, limite_rectification, notification_collectivite, notification_requerant
from ccsp.domain.recevabilite import motifs
from ccsp.domain.requete import INSTRUITES, Decision, EtatRequete, Requete
from fps.droit import droit
from fps.droit.calculs import amende_abus_maximum
from fps.droit.money import euros
from fps.messages.recours_usager import Sens
from fps.villes.communes import Commune

DECHARGES: frozenset[Sens] = frozenset({"decharge-totale", "decharge-partielle"})
DISPOSITIFS: dict[Sens, str] = {
    "decharge-totale": "Le requérant est déchargé de la somme mise à sa charge. La collectivité en informe l'ANTAI.",
    "decharge-partielle": "Le requérant est déchargé d'une partie de la somme mise à sa charge. La collectivité en informe l'ANTAI.",
    "rejet": "La requête est rejetée.",
    "desistement": "Il est donné acte du désistement.",
    "non-lieu": "Il n'y a pas lieu de statuer sur la requête.",
    "incompetence": "La requête est rejetée comme portée devant une juridiction incompétente pour en connaître.",
}


def voie_electronique(ville: Commune | None, le: date) -> bool:
    """True when the defendant, None when nobody knows it, must file electronically that day (CGCT, art. R. 2333-120-32 quater)."""
    if not droit(le).depot_electronique_obligatoire or ville is None:
        return False
    return ville.type != "commune" or ville.population > droit(le).depot_electronique_seuil_habitants


def verifier(requete: Requete, decision: Decision, le: date) -> None:
    """Raises the refusal that says why the judge cannot decide so that day."""
    if requete.etat not in INSTRUITES | {EtatRequete.REPONSE_TARDIVE}:
        raise refus.DecisionImpossible(f"Requête {requete.numero}, état « {requete.etat} ».")
    _verifier_sommes(requete, decision, le)
    if decision.sens == "desistement" and requete.desistement_le is None and requete.etat is not EtatRequete.REPONSE_TARDIVE:
        raise refus.DesistementAbsent(f"Requête {requete.numero}", "sens")
    if requete.etat is EtatRequete.REPONSE_TARDIVE:
        if decision.nature != "ordonnance" or decision.sens not in ("rejet", "non-lieu", "desistement"):
            raise refus.ClotureParOrdonnance(f"Requête {requete.numero}", "nature")
        return
    limite = requete.limite_regularisation
    if limite is not None and le <= limite and decision.sens != "desistement":
        raise refus.DecisionPrematuree(f"Le délai court jusqu'au {limite:%d/%m/%Y}.")
    if decision.decharge:
        _verifier_decharge(requete, decision, le)
    if decision.sens in DECHARGES | {"rejet"} and requete.etat is EtatRequete.COMMUNIQUEE and requete.defense_le is None:
        raise refus.DefenseEnCours(f"La défense est attendue jusqu'au {requete.limite_defense:%d/%m/%Y}.")
    if requete.etat is EtatRequete.DEPOSEE and decision.sens != "desistement":
        raise refus.DecisionImpossible(f"Requête {requete.numero} : le greffe ne l'a pas encore examinée.")


def _verifier_decharge(requete: Requete, decision: Decision, le: date) -> None:
    if manquent := motifs(requete, le):
        raise refus.DechargeIrrecevable(f"Requête {requete.numero} : {', '.join(manquent)}.", "sens")
    if decision.nature == "ordonnance" and requete.erreur_contestee_le is not None:
        raise refus.OrdonnanceImpossible(f"Contestation du {requete.erreur_contestee_le:%d/%m/%Y}.", "nature")


def _sans_titre(requete: Requete) -> bool:
    return requete.objet == "decision-rapo" and requete.depot.numero_titre is None


def chiffrer(requete: Requete, decision: Decision) -> Decision:
    """The decision with the sums that were claimed: a total discharge bears on all of them, whatever figure came with it.

    They are those that the judge read in the file, else those of the petition (hypothesis H98).
    """
    fps = requete.depot.montant_fps if decision.fps_du is None else decision.fps_du
    majoration = requete.depot.majoration if decision.majoration_due is None else decision.majoration_due
    if _sans_titre(requete) and decision.majoration_due is None:
        majoration = 0
    decision = replace(decision, fps_du=fps, majoration_due=majoration)
    if decision.sens == "decharge-totale" and fps is not None and majoration is not None:
        return replace(decision, fps_decharge=fps, majoration_dechargee=majoration)
    return decision


def _verifier_sommes(requete: Requete, decision: Decision, le: date) -> None:
    maximum = amende_abus_maximum(le)
    if decision.amende_abus > maximum:
        raise refus.AmendeExcessive(f"Amende de {euros(decision.amende_abus)}, maximum {euros(maximum)}.", "amende_abus")
    if decision.amende_abus and decision.sens != "rejet":
        raise refus.AmendeSansRejet(f"Sens « {decision.sens} ».", "amende_abus")
    verifier_frais(decision)
    if _sans_titre(requete) and (decision.majoration_dechargee or decision.majoration_due):
        raise refus.MontantsIncoherents(f"Requête {requete.numero} : sans titre, il n'y a pas de majoration.", "majoration_dechargee")
    if decision.decharge:
        _verifier_montants(requete, decision)
    elif total := decision.fps_decharge + decision.majoration_dechargee:
        raise refus.MontantsIncoherents(f"Sens « {decision.sens} », {euros(total)} déchargés.", "fps_decharge")


def verifier_frais(decision: Decision) -> None:
    """The costs are a sum and who owes it, who is not the party that wins (CGCT, art. L. 2333-87-8; hypothesis H121)."""
    if (decision.frais > 0) != (decision.frais_a_la_charge_de is not None):
        raise refus.FraisIncoherents("Une somme et la partie qui la doit vont ensemble.", "frais")
    gagnante = {"decharge-totale": "requerant", "rejet": "collectivite"}.get(decision.sens)
    if decision.frais and decision.frais_a_la_charge_de == gagnante:
        raise refus.FraisIncoherents(f"{euros(decision.frais)} demandés à la partie qui gagne.", "frais_a_la_charge_de")


def _verifier_montants(requete: Requete, decision: Decision) -> None:
    fps, majoration = decision.fps_du, decision.majoration_due
    if fps is None or majoration is None:
        raise refus.SommesInconnues(f"Requête {requete.numero}", "fps_du" if fps is None else "majoration_due")
    if decision.fps_decharge > fps:
        raise refus.DechargeExcessive(f"FPS : {euros(decision.fps_decharge)} pour {euros(fps)} réclamés.", "fps_decharge")
    if decision.majoration_dechargee > majoration:
        detail = f"Majoration : {euros(decision.majoration_dechargee)} pour {euros(majoration)} réclamés."
        raise refus.DechargeExcessive(detail, "majoration_dechargee")
    total = decision.fps_decharge + decision.majoration_dechargee
    if total == 0:
        raise refus.MontantsIncoherents(f"Sens « {decision.sens} », rien n'est déchargé.", "fps_decharge")
    if decision.sens == "decharge-partielle" and total == fps + majoration:
        raise refus.MontantsIncoherents(f"{euros(total)} sont toute la somme réclamée : la décharge est totale.", "sens")


def rendre(requete: Requete, decision: Decision, ville: Commune | None, instant: datetime, le: date) -> Decision:
    """The decision is made available to all the parties the same day (CGCT, art. R. 2333-120-60; by post: hypothesis H67).

    Gives it with its sums; raises what `verifier` raises.
    """
    decision = chiffrer(requete, decision)
    verifier(requete, decision, le)
    requete.passer("juger")
    requete.decision, requete.jugee_a = decision, instant
    requete.notifiee_requerant_le = notification_requerant(requete, le)
    requete.notifiee_collectivite_le = notification_collectivite(le, electronique=electronique(requete, ville, le))
    requete.limite_execution = limite_execution(requete, requete.notifiee_collectivite_le)
    return decision


def rectifier(requete: Requete, motifs: str | None, dispositif: str | None, ville: Commune | None, le: date) -> Decision:
    """A clerical error of the text is corrected, within the month; what was decided, and its sums, stay (CGCT, art. R. 2333-120-66).

    Its notification to both parties opens the delay of cassation again. Raises RectificationImpossible.
    """
    limite = limite_rectification(requete)
    if requete.decision is None or limite is None or le > limite:
        jusqu_au = f", jusqu'au {limite:%d/%m/%Y}" if limite else ""
        raise refus.RectificationImpossible(f"Requête {requete.numero}, état « {requete.etat} »{jusqu_au}.")
    if motifs is None and dispositif is None:
        raise refus.RectificationImpossible("Ni les motifs ni le dispositif ne sont corrigés.", "motifs")
    ancienne = requete.decision
    par_voie_electronique = electronique(requete, ville, le)
    requete.decision = replace(
        ancienne,
        motifs=motifs or ancienne.motifs,
        dispositif=dispositif or ancienne.dispositif,
        rectifiee_le=le,
        rectification_notifiee_le=max(
            notification_requerant(requete, le), notification_collectivite(le, electronique=par_voie_electronique)
        ),
    )
    return requete.decision


def electronique(requete: Requete, ville: Commune | None, le: date) -> bool:
    """True when the collectivité is notified electronically: it must, or it files so."""
    return voie_electronique(ville, le) or requete.canal_defense not in ("courrier", "telecopie")


def consulter(requete: Requete, partie: str, ville: Commune | None, le: date) -> None:
    """The first consultation of a decision by a party notifies it, before the eight days are over (CGCT, art. R. 2333-120-60)."""
    if requete.decision is None or requete.etat is not EtatRequete.JUGEE:
        raise refus.NotificationImpossible(f"Requête {requete.numero}, état « {requete.etat} ».")
    mise_a_disposition = requete.decision.date_decision
    if partie == "requerant":
        if requete.canal != "portail":
            raise refus.NotificationImpossible(f"Requête {requete.numero} : la décision est notifiée par la poste.")
        requete.notifiee_requerant_le = notification_requerant(requete, mise_a_disposition, le)
        return
    if not electronique(requete, ville, mise_a_disposition):
        raise refus.NotificationImpossible(f"Requête {requete.numero} : la décision est notifiée par la poste.")
    requete.notifiee_collectivite_le = notification_collectivite(mise_a_disposition, electronique=True, consultation=le)
    requete.limite_execution = limite_execution(requete, requete.notifiee_collectivite_le)
