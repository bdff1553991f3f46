"""What a titre exécutoire still bears, that the town does not hold: it never tells ANTAI to cancel more."""

from collectivite.domain.forfait import Forfait
from fps.droit.calculs import majoration


def reste_au_titre(forfait: Forfait) -> int:
    """The part of the FPS that the title still bears, in centimes: what was paid before it is not in it (cycle partiel)."""
    return max(forfait.du - (forfait.montant_paye - forfait.rembourse), 0)


def majoration_au_titre(forfait: Forfait) -> int:
    """The majoration that the title still bears, in centimes: on what remained due at its date, less what was cancelled of it.

    CGCT, art. R. 2333-120-16.
    """
    impaye = reste_au_titre(forfait) + forfait.titre_fps_annule
    if impaye <= 0 or forfait.titre_le is None:
        return 0
    return max(majoration(impaye, forfait.titre_le) - forfait.titre_majoration_annulee, 0)
