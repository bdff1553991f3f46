"""An act told to ANTAI, and what follows when it is accepted, refused or given up: each kind of act says what is its own."""

from collections.abc import Mapping
from typing import Generic, TypeVar

from collectivite.domain.acte import Acte, Transmis
from collectivite.domain.forfait import Forfait
from collectivite.domain.refus import CorrectionImpossible
from fps.kit.engine.work import Work

M = TypeVar("M", bound=Transmis)


class ActeTransmis(Generic[M]):
    """One act of one FPS; a kind that says nothing changes nothing."""

    def __init__(self, forfait: Forfait, acte: Acte, message: M):
        self.forfait, self.acte, self.message = forfait, acte, message

    async def appliquer(self, work: Work) -> None:
        """ANTAI has accepted: what the act makes of the FPS here."""

    async def refuser(self, work: Work) -> None:
        """ANTAI has refused, and no other way is left: what is to be done again."""

    async def abandonner(self, motif: str, work: Work) -> None:
        """ANTAI gives the FPS up: what becomes of it."""

    def autre_voie(self, work: Work) -> Transmis | None:
        """The same act by the way that ANTAI says, when it was sent by the wrong one."""
        return None

    def corrige(self, sommes: Mapping[str, int], work: Work) -> M:
        """The refused message as it is told again. Raises CorrectionImpossible."""
        if sommes:
            raise CorrectionImpossible(f"Acte {self.acte.rang}, {self.acte.nature}.", next(iter(sommes)))
        return self.message

    def baisse(self, corrige: M) -> int:
        """What the message told again takes off the FPS, in centimes."""
        return self.acte.baisse
