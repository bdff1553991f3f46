"""The amounts and the dates of a dossier that ANTAI computes day after day: payable, to give back, awaited from a title."""

from datetime import date

from fps.droit import droit
from fps.droit.calculs import MINORATION, repartir_paiement_titre
from fps.droit.calendar import ajouter_jours
from fps.droit.explication import regle
from fps.droit.periodes import avis_possible


@regle("Hypothèse H48", "Envoi postal d'un avis électronique que personne n'a lu")
def date_envoi_eavis_non_lu(mise_a_disposition: date) -> date:
    """The day an electronic notice that nobody read goes by post (hypothesis H48)."""
    return avis_possible(ajouter_jours(mise_a_disposition, droit(mise_a_disposition).eavis_papier_jours))


@regle(f"{MINORATION} ; hypothèse H48", "Le montant minoré se paie jusqu'à son dernier jour")
def minore_payable(minore: int, jusqu_au: date | None, le: date) -> int | None:
    """The reduced amount that can be paid that day, in centimes; before an electronic notice is read nothing runs (H48)."""
    return minore if jusqu_au is None or le <= jusqu_au else None


@regle("CGCT, art. R. 2333-120-14 ; hypothèse H55", "À rembourser par la collectivité : ce qui est payé au-dessus de ce que vaut le FPS")
def reste_a_rembourser(paye: int, du: int) -> int:
    """What was paid before the FPS was cancelled or reduced, in centimes (hypothesis H55)."""
    return max(paye - du, 0)


@regle("CGCT, art. R. 2333-120-17-3 ; hypothèse H17", "Ce que le titre attend encore, du FPS et de la majoration")
def restes_du_titre(
    impaye: int, majoration_due: int, fps_annule: int, majoration_annulee: int, paye: int, rabais_accorde: int
) -> tuple[int, int]:
    """What is neither paid, nor let off, nor cancelled: of the FPS, of the majoration, in centimes.

    A payment is shared again at each cancellation: what no longer pays the FPS pays the majoration, in whatever order the letters came.
    """
    fps, majoration = impaye - fps_annule, majoration_due - majoration_annulee
    collectivite, etat = repartir_paiement_titre(min(paye, fps + majoration), fps, majoration)
    return fps - collectivite, majoration - min(etat + rabais_accorde, majoration)


@regle("CGCT, art. R. 2333-120-16", "Reste dû du titre : le FPS et la majoration")
def reste_du_titre(restes: tuple[int, ...]) -> int:
    """What the title still waits for, in centimes."""
    return sum(restes)
