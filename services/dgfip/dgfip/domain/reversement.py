"""The monthly reversal to a collectivité: what was collected for it, less the précomptes (arrêté of 1 September 2016)."""

from dataclasses import dataclass
from datetime import date


def mois_de(jour: date) -> str:
    """The month of a day, as the statements name it (AAAA-MM)."""
    return f"{jour:%Y-%m}"


@dataclass
class Reversement:
    """The account of a month, open until its reversal; amounts in centimes. `encaisse`: titles; `encaisse_amiable`: before them."""

    siret: str
    mois: str
    due: date
    paiements: int = 0
    encaisse: int = 0
    annulations: int = 0
    precompte: int = 0
    report: int = 0
    verse: int = 0
    verse_le: date | None = None
    paiements_amiables: int = 0
    encaisse_amiable: int = 0

    def inscrire(self, montant: int) -> None:
        """A payment for the collectivité, or, below zero, a sum reversed for nothing that must be taken back."""
        if montant >= 0:
            self.paiements += 1
            self.encaisse += montant
        else:
            self.annulations += 1
            self.precompte -= montant

    def inscrire_amiable(self, montant: int) -> None:
        """What ANTAI collected for the collectivité, or, below zero, what a bank refused since (hypothesis H96)."""
        if montant >= 0:
            self.paiements_amiables += 1
            self.encaisse_amiable += montant
        else:
            self.inscrire(montant)

    def verser(self, report: int, le: date) -> int:
        """Close the month with what former précomptes left to take (`report`); gives what stays to take the next month."""
        solde = self.encaisse + self.encaisse_amiable - self.precompte - report
        self.report, self.verse, self.verse_le = report, max(solde, 0), le
        return max(-solde, 0)


@dataclass
class CompteCollectivite:
    """What a collectivité still owes because its précomptes passed what was collected, in centimes."""

    siret: str
    a_precompter: int = 0
