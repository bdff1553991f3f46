"""What a town grants to who pays soon: the reduced FPS of the notice, the quick payment after a windscreen notice."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, model_validator

from fps.droit.calculs import montant_minore, montant_minore_fixe
from fps.droit.money import euros
from fps.messages.formats import CentimesDus
from fps.messages.mfps import DepartMinoration, Minoration
from fps.messages.moyens import CanauxMinores, noms
from fps.villes.lecture import Lecture


class _Somme(Lecture):
    """Un taux retiré, ou une somme à la place."""

    pourcent: Annotated[int, Field(ge=1, le=99)] | None = Field(default=None, description="Part retirée, en pour cent du FPS")
    montant: CentimesDus | None = Field(default=None, description="Somme due à la place, en centimes")

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
    """Le montant minoré de l'avis : un taux retiré ou une somme, son délai, de l'envoi ou du constat, et les canaux qui l'acceptent."""

    delai_jours: Annotated[int, Field(ge=1, le=90, description="Délai en jours")]
    depuis: DepartMinoration = Field(default="envoi", description="De l'envoi de l'avis (de la lecture d'un e-avis), ou du constat")
    canaux: CanauxMinores | None = Field(default=None, description="À défaut, tous ceux de l'ANTAI qui le peuvent")

    def minoration(self, montant: int) -> Minoration | None:
        """What the message FPS of `montant` centimes carries; None when nothing would be reduced, or nothing left to pay."""
        reduit = self.reduire(montant)
        if not 0 < reduit < montant:
            return None
        return Minoration(montant=reduit, delai_jours=self.delai_jours, depuis=self.depuis, canaux=self.canaux)

    @property
    def delai_dit(self) -> str:
        """The delay and the channels in a few words."""
        return f"sous {self.delai_jours} jours" + dire_conditions(self)


def dire_conditions(accordee: Reduction | Minoration) -> str:
    """What differs from the usual: the delay counts from the finding, some channels only."""
    depart = " du constat" if accordee.depuis == "constat" else ""
    return depart + (f", par {noms(accordee.canaux)}" if accordee.canaux else "")


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
