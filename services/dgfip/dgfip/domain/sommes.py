"""The amounts of a FPS majoré as the DGFiP counts them, in centimes: still claimed, rebate of a day, to pay, shared, to give back."""

from datetime import date

from fps.droit.calculs import REMBOURSEMENT
from fps.droit.explication import regle


@regle("CGCT, art. R. 2333-120-16", "Ce que le titre réclame encore : le FPS et la majoration, moins ce qui est annulé ou remis")
def net_reclame(impaye: int, fps_annule: int, majoration_due: int, majoration_annulee: int, majoration_remise: int) -> int:
    """What is still claimed, paid or not (CGCT, art. R. 2333-120-17-3; CGPPP, art. L. 2323-7-1)."""
    return impaye - fps_annule + majoration_due - majoration_annulee - majoration_remise


@regle("CGPPP, art. L. 2323-7-1", "Rabais d'un paiement fait ce jour-là, nul après la limite")
def rabais_du_jour(rabais: int, limite: date | None, le: date) -> int:
    """The rebate of a payment made that day; the limit day is in time (CGPPP, art. L. 2323-7-1)."""
    return rabais if limite is not None and le <= limite else 0


@regle("CGPPP, art. L. 2323-7-1", "Somme à payer ce jour-là : ce qui est réclamé, moins le rabais et ce qui est déjà payé")
def somme_a_payer(reclame: int, rabais: int, deja_paye: int) -> int:
    """What settles the title that day (CGPPP, art. L. 2323-7-1)."""
    return reclame - rabais - deja_paye


@regle("Hypothèse H17", "Part de la collectivité dans ce qui est payé et gardé : le FPS d'abord")
def part_de_la_collectivite(deja_paye: int, trop: int, impaye: int, fps_annule: int) -> int:
    """What the collectivité is owed of what was paid and kept: it comes first (hypothesis H17)."""
    return min(deja_paye - trop, impaye - fps_annule)


@regle(REMBOURSEMENT, "À rendre au redevable : ce qui est payé au-delà de ce qui est réclamé, rabais compris")
def trop_paye(deja_paye: int, reclame: int, rabais_accorde: int) -> int:
    """What must be given back (FAQ of the Cerema)."""
    return max(deja_paye - reclame + rabais_accorde, 0)
