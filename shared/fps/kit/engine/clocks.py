"""The clocks of the bacs as this process last read them: what tells the instant of an answer without reading it again."""

import itertools
from typing import Final

from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.ground.clock import BacClock, Marche

KEPT: Final = 10_000  # bacs remembered: beyond, all are forgotten, and read again


class Clocks:
    """Each clock with its place in the order of what was read, so that who waits for an act knows whether it read one since."""

    def __init__(self) -> None:
        self._places = itertools.count(1)
        self._known: dict[str, tuple[int, BacClock]] = {}

    def see(self, bac: str, clock: BacClock) -> None:
        """The clock of a bac was just read, or set."""
        if len(self._known) >= KEPT:
            self._known.clear()
        self._known[bac] = (next(self._places), clock)

    def place(self) -> int:
        """The place of what is read now: what comes after it is newer."""
        return next(self._places)

    def since(self, bac: str, place: int) -> BacClock | None:
        """The clock of a bac, when it was read after that place."""
        seen, clock = self._known.get(bac, (0, None))
        return clock if seen > place else None


async def read(tx: Transaction, nom: str) -> BacClock | None:
    """The clock of a bac, None when there is none of that name: who asks refuses nothing."""
    for _, _, mode, instant, wall, vitesse, *_ in await tx.load(tables.bacs, [(nom,)]):
        return BacClock(Marche(mode), instant, wall, vitesse)
    return None
