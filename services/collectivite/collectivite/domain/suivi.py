"""What the follow-up door says of the amounts: the reduced one while it lasts, and what is to be paid that day."""

from datetime import date

from collectivite.domain.calendrier import limite_minoration
from collectivite.domain.forfait import AMIABLES, Forfait
from collectivite.domain.sommes import meilleur_prix, minore_payable


def minore_jusqu_au(forfait: Forfait) -> date | None:
    """Last day of the reduced amount; a rectified FPS has none any more (hypothesis H51)."""
    return limite_minoration(forfait) if forfait.montant_rectifie is None else None


def montant_minore(forfait: Forfait, le: date) -> int | None:
    """The reduced amount that can still be paid that day, in centimes."""
    limite = minore_jusqu_au(forfait)
    if forfait.etat not in AMIABLES or limite is None or forfait.minoration_montant is None:
        return None
    return minore_payable(forfait.minoration_montant, limite, le)


def a_payer(forfait: Forfait, le: date) -> int:
    """What is to be paid that day, in centimes; nothing to the town once a title exists."""
    reste = forfait.creance if forfait.etat in AMIABLES and not forfait.titre_emis(le) else 0
    return meilleur_prix(reste, montant_minore(forfait, le))
