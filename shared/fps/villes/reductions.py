"""What a town grants to who pays soon: the reduced FPS of the notice, the quick payment after a windscreen notice."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, model_validator

from fps.droit.calculs import montant_minore, montant_minore_fixe
from fps.droit.money import euros
from fps.messages.formats import CentimesDus
from fps.messages.mfps import Minoration
from fps.villes.lecture import Lecture


class _Somme(Lecture):
    """Un taux retiré, ou une somme à la place."""

    pourcent: Annotated[int, Field(ge=1, le=99)] | None = None
    montant: CentimesDus | None = None

    @model_validator(mode="after")
    def _une_seule(self) -> "_Somme":
        if (self.pourcent is None) == (self.montant is None):
            raise ValueError("donnez ou « pourcent » (la part retirée) ou « montant » (la somme due à la place), l'un des deux")
        return self

    @property
    def dite(self) -> str:
        """The reduction in a few words."""
        return f"{self.pourcent} %" if self.montant is None else euros(self.montant)

    def reduire(self, montant: int) -> int:
        """The reduced sum of a FPS of `montant` centimes, never above it."""
        if self.montant is not None:
            return montant_minore_fixe(montant, self.montant)
        return montant_minore(montant, self.pourcent or 0)


class Reduction(_Somme):
    """Le montant minoré de l'avis : un taux ou une somme, et un délai depuis la date d'envoi."""

    delai_jours: Annotated[int, Field(ge=1, le=90)]

    def minoration(self, montant: int) -> Minoration | None:
        """What the message FPS of `montant` centimes carries; None when nothing would be reduced, or nothing left to pay."""
        reduit = self.reduire(montant)
        return Minoration(montant=reduit, delai_jours=self.delai_jours) if 0 < reduit < montant else None


class Reduit(_Somme):
    """Le montant réduit que la collectivité encaisse, compté du constat."""

    heures: Annotated[int, Field(ge=1, le=24 * 30)]


class PaiementRapide(Lecture):
    """Le paiement à la collectivité avant l'envoi de l'avis : le nombre de jours, et la somme réduite des premières heures."""

    jours: Annotated[int, Field(ge=1, le=30)]
    reduit: Reduit | None = None

    @model_validator(mode="after")
    def _dans_le_delai(self) -> "PaiementRapide":
        if self.reduit is not None and self.reduit.heures > 24 * (self.jours + 1):
            raise ValueError(f"le montant réduit dure {self.reduit.heures} heures, plus que les {self.jours} jours du paiement rapide")
        return self

    def somme(self, du: int, constat: datetime, maintenant: datetime) -> int:
        """What settles a FPS of which `du` centimes are due, at that instant."""
        reduit = self.reduit
        if reduit is None or maintenant > constat + timedelta(hours=reduit.heures):
            return du
        return reduit.reduire(du)
