"""The amounts of a FPS as its collectivité counts them, in centimes: due, paid, owed back, refunded, payable today."""

from datetime import date

from fps.droit.calculs import MINORATION, REMBOURSEMENT
from fps.droit.explication import regle


@regle("CGCT, art. R. 2333-120-14", "Ce que vaut le FPS : le montant rectifié s'il l'a été, rien d'autre que le payé quand il est éteint")
def montant_actuel(etabli: int, rectifie: int | None, eteint: bool, acquis: int = 0) -> int:
    """What the FPS amounts to, payments left out (CGCT, art. R. 2333-120-14); cancelled or given up, what stays acquired."""
    if eteint:
        return acquis
    return etabli if rectifie is None else rectifie


@regle(MINORATION, "Le montant minoré payé à temps solde le FPS")
def solde_minore(du: int, minore: int) -> int:
    """What settles a FPS paid at the reduced amount (decision of the collectivité)."""
    return min(du, minore)


@regle("CGCT, art. L. 2333-87, IV", "Somme des paiements encaissés")
def somme_paiements(paiements: tuple[int, ...]) -> int:
    """What was paid, without the payments that did not stand."""
    return sum(paiements)


@regle(REMBOURSEMENT, "Somme des pièces de remboursement qui n'ont pas été refusées")
def total_rembourse(pieces: tuple[int, ...]) -> int:
    """What was given back (FAQ of the Cerema)."""
    return sum(pieces)


@regle("CGCT, art. L. 2333-87, IV", "Ce qui reste versé : les paiements moins les remboursements")
def verse_net(paye: int, rembourse: int) -> int:
    """What stays paid."""
    return paye - rembourse


@regle("CGPPP, art. L. 2323-7-1", "Ce qui a été payé : le FPS, et la part de la collectivité dans le titre")
def total_paye(paye: int, part_titre: int) -> int:
    """What was paid before and after the title."""
    return paye + part_titre


@regle("CGCT, art. L. 2333-87, IV", "Ce que le redevable doit encore")
def reste_du(du: int, verse: int, part_titre: int) -> int:
    """What is still due to the collectivité."""
    return max(du - verse - part_titre, 0)


@regle(REMBOURSEMENT, "Ce qui a été versé au-dessus de ce qui est dû")
def trop_percu(verse: int, du: int, part_titre: int) -> int:
    """What the collectivité owes back; what came from the title goes back through the Treasury (flow 16)."""
    return max(verse - max(du - part_titre, 0), 0)


@regle(REMBOURSEMENT, "Somme à rembourser : le trop-perçu, ou la partie demandée")
def somme_a_rendre(trop: int, demande: int | None = None) -> int:
    """What one refund gives back."""
    return trop if demande is None else demande


@regle(MINORATION, "Montant minoré, jusqu'à son dernier jour")
def minore_payable(minore: int, jusqu_au: date, le: date) -> int | None:
    """The reduced amount as long as it can be paid."""
    return minore if le <= jusqu_au else None


@regle(
    f"CGCT, art. L. 2333-87, IV ; {MINORATION}",
    "À payer ce jour-là : le montant minoré tant qu'il court, sinon le reste dû à la collectivité avant tout titre",
)
def meilleur_prix(reste: int, minore: int | None) -> int:
    """What is to be paid today."""
    return reste if minore is None else minore
