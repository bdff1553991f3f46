"""What the boxes bring to a service: their records, what waits in them, and the bell that rings when something was put in one."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from fps.kit.boxes import boites
from fps.kit.boxes.pannes import PANNES
from fps.kit.boxes.remise import REMISES
from fps.kit.boxes.reveil import REVEILS
from fps.kit.boxes.usager import USAGERS
from fps.kit.engine.extension import Extension


class Sonnette:
    """Rings when a box has something new, for who waits at it; and when there is something to push, for who carries it."""

    def __init__(self) -> None:
        self.a_porter = asyncio.Event()
        self.fermee = False
        self._ecoutes: dict[tuple[str, str], set[asyncio.Event]] = {}
        self._appelants: Counter[str] = Counter()

    @property
    def ecoutes(self) -> int:
        """How many callers wait."""
        return sum(map(len, self._ecoutes.values()))

    def ecoutes_de(self, qui: str) -> int:
        """How many calls of the same caller wait."""
        return self._appelants.get(qui, 0)

    def sonner(self, bac: str, sirets: Iterable[str] = ()) -> None:
        """Something was committed for these boxes."""
        self.a_porter.set()
        for siret in sirets:
            for event in self._ecoutes.get((bac, siret), ()):
                event.set()

    @contextmanager
    def ecoute(self, bac: str, siret: str, qui: str = "") -> Iterator[asyncio.Event]:
        """An event that rings for one box: cleared before each look, so that nothing falls between the look and the wait."""
        event = asyncio.Event()
        self._ecoutes.setdefault((bac, siret), set()).add(event)
        self._appelants[qui] += 1
        try:
            yield event
        finally:
            self._appelants[qui] -= 1
            if not self._appelants[qui]:
                del self._appelants[qui]
            self._ecoutes[bac, siret].discard(event)
            if not self._ecoutes[bac, siret]:
                del self._ecoutes[bac, siret]

    def fermer(self) -> None:
        """The service stops: nobody waits any longer."""
        self.fermee = True
        for events in self._ecoutes.values():
            for event in events:
                event.set()


class Boites(Extension):
    """The boxes of the editors, as the engine sees them."""

    records = (boites.DESTINATIONS, boites.RECORD, REVEILS, REMISES, PANNES, USAGERS)
    waiting = boites.NOMBRE_DUES

    def __init__(self) -> None:
        self.sonnette = Sonnette()  # rung after each commit that put something in a box

    def moved(self, bac: str) -> None:
        """The time of a letter that waits for its next try may have come."""
        self.sonnette.sonner(bac)
