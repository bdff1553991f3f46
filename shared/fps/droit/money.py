"""Money in whole centimes: rates, printing in euros, balanced double entry."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from fps.droit.explication import regle

ESPACE = "\u00a0"
MILLIERS = "\u202f"


@regle("Hypothèse H06", "Prendre un pourcentage, au centime le plus proche")
def pourcent(montant: int, taux: int | Decimal) -> int:
    """`taux` per cent of `montant` centimes, to the nearest centime, half up (hypothesis H06)."""
    return int((Decimal(montant) * Decimal(taux) / 100).quantize(Decimal(1), ROUND_HALF_UP))


@regle("CGCT, art. R. 2333-120-16", "Retenir au moins le minimum")
def au_moins(montant: int, minimum: int) -> int:
    """`montant`, or `minimum` when it is higher, in centimes."""
    return max(montant, minimum)


@regle("CGPPP, art. L. 2323-7-1", "Retenir au plus le maximum")
def au_plus(montant: int, maximum: int) -> int:
    """`montant`, or `maximum` when it is lower, in centimes."""
    return min(montant, maximum)


def euros(centimes: int) -> str:
    """« 1 234,50 € » with non-breaking spaces."""
    signe = "\u2212" if centimes < 0 else ""
    entiers, reste = divmod(abs(centimes), 100)
    return f"{signe}{entiers:,}".replace(",", MILLIERS) + f",{reste:02d}{ESPACE}€"


class EcritureDesequilibree(ValueError):
    """An entry whose debits and credits differ, or whose lines are not well formed."""


@dataclass(frozen=True, slots=True)
class LigneEcriture:
    """One line: an account, and a debit or a credit in centimes."""

    compte: str
    debit: int = 0
    credit: int = 0

    def __post_init__(self) -> None:
        if self.debit < 0 or self.credit < 0 or (self.debit > 0) == (self.credit > 0):
            raise EcritureDesequilibree(f"{self.compte} : une ligne porte un débit ou un crédit, positif, et un seul.")


@dataclass(frozen=True, slots=True)
class EcritureEquilibree:
    """A balanced entry; raises EcritureDesequilibree otherwise."""

    le: date
    libelle: str
    lignes: tuple[LigneEcriture, ...]

    def __post_init__(self) -> None:
        debits, credits = sum(ligne.debit for ligne in self.lignes), sum(ligne.credit for ligne in self.lignes)
        if len(self.lignes) < 2 or debits != credits:
            raise EcritureDesequilibree(f"« {self.libelle} » : débits {euros(debits)}, crédits {euros(credits)}.")

    @classmethod
    def simple(cls, le: date, libelle: str, *, debit: str, credit: str, montant: int) -> "EcritureEquilibree":
        """Two lines: `montant` centimes from the account credited to the account debited."""
        return cls(le, libelle, (LigneEcriture(debit, debit=montant), LigneEcriture(credit, credit=montant)))
