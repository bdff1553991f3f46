"""Each payment of a FPS majoré, known by its reference: a cheque may come back unpaid (hypothesis H82)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from dgfip.domain.prise_en_charge import PriseEnCharge
from dgfip.domain.refus import RejetImpossible
from fps.messages.moyens import Moyen

MoyenRecu = Moyen | Literal["saisie", "compensation"]
D_OFFICE: Final = frozenset({"saisie", "compensation"})  # what the redevable does not pay by himself: it recognises nothing (H122)


class Sort(StrEnum):
    """What became of a payment."""

    ENCAISSE = "encaisse"
    REJETE = "rejete"
    RENDU = "rendu"  # with the title that it had paid, which is cancelled


@dataclass
class Encaissement:
    """One payment that the DGFiP took, in centimes; `le` is the day that counts for the rebate."""

    numero_fps: str
    rang: int
    reference: str
    moyen: MoyenRecu
    montant: int
    le: date
    sort: Sort = Sort.ENCAISSE

    @classmethod
    def noter(cls, prise: PriseEnCharge, reference: str, moyen: MoyenRecu, montant: int, le: date) -> "Encaissement":
        """The next payment of a title."""
        prise.paiements += 1
        return cls(prise.numero_fps, prise.paiements, reference, moyen, montant, le)

    def rendre(self) -> None:
        """The title that it paid is cancelled and given back: no cheque of it bounces any more."""
        if self.sort is Sort.ENCAISSE:
            self.sort = Sort.RENDU

    def rejeter(self, prise: PriseEnCharge) -> int:
        """The bank sends the cheque back; gives the rebate lost, in centimes. Raises RejetImpossible: only a cheque bounces, once."""
        if self.moyen != "cheque" or self.sort is not Sort.ENCAISSE:
            raise RejetImpossible(f"Paiement {self.reference} par « {self.moyen} », « {self.sort} ».", "reference")
        rabais = prise.rejeter_paiement(self.montant)
        self.sort = Sort.REJETE
        return rabais
