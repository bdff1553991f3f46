"""What a FPS still owes and is owed, found again from its payments and its refunds: the books keep the same (amounts in centimes)."""

from collections.abc import Iterable

from collectivite.domain.forfait import Etat, Forfait
from collectivite.domain.remboursement import Remboursement
from collectivite.domain.sommes import reste_du, solde_minore, total_rembourse, trop_percu, verse_net


def rendu(pieces: Iterable[Remboursement]) -> int:
    """What the accounting documents give back."""
    return total_rembourse(tuple(p.montant for p in pieces if p.etat != "refuse"))


def acquis(f: Forfait) -> int:
    """What settles the FPS: its amount, or the reduced one when it was paid in time."""
    if f.etat is Etat.PAYE_MINORE and f.minoration_montant is not None:
        return solde_minore(f.du, f.minoration_montant)
    return f.du


def reste(f: Forfait) -> int:
    """What is still due."""
    return reste_du(acquis(f), verse_net(f.montant_paye, f.rembourse), f.part_titre)


def trop(f: Forfait) -> int:
    """What is owed back."""
    return trop_percu(verse_net(f.montant_paye, f.rembourse), acquis(f), f.part_titre)
