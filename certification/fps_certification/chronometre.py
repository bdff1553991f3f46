"""What a run took, in the time of the machine: said beside the verdict, never what a verdict is computed from."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter


class Chronometre:
    """Seconds since it was made, and those of each check by its name; checks that are played together overlap.

    `deja`: seconds of the same run before it was stopped.
    """

    def __init__(self, deja: float = 0.0) -> None:
        self._debut = perf_counter() - deja
        self.epreuves: dict[str, float] = {}

    @property
    def secondes(self) -> float:
        """Seconds since the start, to the millisecond."""
        return round(perf_counter() - self._debut, 3)

    @contextmanager
    def mesurer(self, epreuve: str, deja: float | None = None) -> Iterator[None]:
        """Time what is done here, whatever becomes of it; `deja`: what it took already, when it had ended before."""
        debut = perf_counter()
        try:
            yield
        finally:
            self.epreuves[epreuve] = round(perf_counter() - debut, 3) if deja is None else deja
