"""Whether a petition can be examined: every reason why not, from its pieces, its dates and the law of the day (hypotheses H66 and H68)."""

from collections.abc import Iterator
from datetime import date

from ccsp.domain import refus
from ccsp.domain.delais import limite_recours
from ccsp.domain.refus import Irrecevabilite
from ccsp.domain.requete import Requete
from fps.droit import droit
from fps.messages.recours_usager import Requete as Depot

MOTIFS: dict[str, type[Irrecevabilite]] = {
    cls.code: cls
    for cls in (
        refus.AvisAbsent,
        refus.RapoAbsent,
        refus.AccuseRapoAbsent,
        refus.DateDecisionAbsente,
        refus.DecisionRapoAbsente,
        refus.AvertissementAbsent,
        refus.PaiementPrealableAbsent,
        refus.MandatAbsent,
        refus.SignatureAbsente,
        refus.MoyensAbsents,
        refus.RequeteTardive,
        refus.RequetePrematuree,
        refus.TelecopieNonConfirmee,
    )
}
CONTRE_RAPO = (("avis-paiement", refus.AvisAbsent), ("rapo", refus.RapoAbsent), ("avis-reception-rapo", refus.AccuseRapoAbsent))


def motifs(requete: Requete, le: date) -> tuple[str, ...]:
    """The codes of what makes the petition inadmissible that day, in the order of the articles."""
    return tuple(cls.code for cls in _motifs(requete, le))


def regularisables(codes: tuple[str, ...]) -> bool:
    """True when all that is wrong can be put in order."""
    return all(MOTIFS[code].regularisable for code in codes)


def _motifs(requete: Requete, le: date) -> Iterator[type[Irrecevabilite]]:
    depot = requete.depot
    if requete.objet == "decision-rapo":
        yield from (motif for nature, motif in CONTRE_RAPO if nature not in requete.pieces)
        if depot.date_decision_rapo is None and "decision-rapo" not in requete.pieces:
            yield refus.DateDecisionAbsente
        if depot.date_notification_decision_rapo is not None and "decision-rapo" not in requete.pieces:
            yield refus.DecisionRapoAbsente  # it was received: it is express, and its copy is owed
    elif "avertissement" not in requete.pieces:
        yield refus.AvertissementAbsent
    # The decision of the Conseil constitutionnel applied at once to the pending petitions; a petition keeps the law of its filing.
    if droit(requete.date_depot).paiement_prealable and droit(le).paiement_prealable and "justificatif" not in requete.pieces:
        yield refus.PaiementPrealableAbsent
    if depot.requerant.qualite == "mandataire" and "mandat" not in requete.pieces:
        yield refus.MandatAbsent
    if not depot.signee and requete.canal != "portail" and requete.repondue_le is None:
        yield refus.SignatureAbsente
    if not (depot.conclusions and depot.moyens) and not requete.complements:
        yield refus.MoyensAbsents
    yield from _delai(requete)
    if requete.confirmer_avant_le is not None and requete.confirmee_le is None and le > requete.confirmer_avant_le:
        yield refus.TelecopieNonConfirmee


def formee_le(requete: Requete) -> date:
    """The day that tells whether it is in time: that of the postmark, as the case law of its arrival has it (CE, 13 May 2024)."""
    cachet = requete.depot.date_cachet_poste
    return cachet if cachet is not None and droit(requete.date_depot).cachet_juridiction else requete.date_depot


def verifier_cachet(depot: Depot, le: date) -> None:
    """Raises CachetPosterieur: only a letter has a postmark, that is not after its arrival nor before what it contests."""
    cachet = depot.date_cachet_poste
    attaquee = depot.date_notification_avertissement if depot.objet == "titre" else depot.date_decision_rapo
    if cachet is None:
        return
    if depot.canal != "courrier" or cachet > le or (attaquee is not None and cachet < attaquee):
        raise refus.CachetPosterieur(f"Cachet du {cachet:%d/%m/%Y}, canal « {depot.canal} », reçue le {le:%d/%m/%Y}.", "date_cachet_poste")


def verifier_cachet_reponse(requete: Requete, canal: str, cachet: date | None, le: date) -> None:
    """Raises CachetPosterieur: an answer is posted after the petition, not after its arrival, and only a letter has a postmark."""
    if cachet is not None and (canal != "courrier" or not requete.date_depot <= cachet <= le):
        raise refus.CachetPosterieur(f"Cachet du {cachet:%d/%m/%Y}, canal « {canal} », reçue le {le:%d/%m/%Y}.", "date_cachet_poste")


def _delai(requete: Requete) -> Iterator[type[Irrecevabilite]]:
    attaquee_le = requete.depot.date_decision_rapo if requete.objet == "decision-rapo" else None
    if attaquee_le is not None and attaquee_le > requete.date_depot:
        yield refus.RequetePrematuree
    limite = limite_recours(requete)
    if limite is not None and formee_le(requete) > limite:
        yield refus.RequeteTardive
