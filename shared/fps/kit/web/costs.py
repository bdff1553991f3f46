"""What each kind of request costs a server, learned: its own steps in the loop, and its share of the batches of the writer."""

import re
from collections.abc import Coroutine, Generator
from functools import lru_cache
from time import perf_counter
from typing import Any, Final, Protocol

UNIT: Final = 1024  # bytes of a body
GUESS: Final = 0.005  # seconds of a request, until its kind is measured
GUESS_UNIT: Final = 0.001  # and of each KiB of its body
KINDS: Final = 1_024  # remembered: those that came last
SLOWEST: Final = 1 / 16  # of what is remembered, that one more request changes
WORD: Final = re.compile(r"(?:[0-9]{2}-)?[a-z][a-z-]*")  # a segment that an address of ours is written with; others name somebody's thing

Kind = tuple[str, str, int]


@lru_cache(1_024)
def shape(path: str) -> str:
    """The address without what it names: `/dossiers/2604…/journal` and that of another dossier are one."""
    return "/".join(part if not part or WORD.fullmatch(part) else "#" for part in path.split("/")[:8])


def kind_of(method: str, path: str, size: int) -> Kind:
    """Requests that cost alike: the same act, a body as long within a factor of two."""
    return method, shape(path), (size // UNIT).bit_length()


class Costs:
    """Seconds of a request of each kind, on the mean of those that came lately."""

    def __init__(self) -> None:
        self._of: dict[Kind, tuple[float, int]] = {}

    def of(self, kind: Kind, size: int) -> float:
        """What one of this kind will take; a guess for what never came."""
        known = self._of.get(kind)
        return GUESS + GUESS_UNIT * (size / UNIT) if known is None else known[0]

    def learn(self, kind: Kind, seconds: float) -> None:
        """One of this kind took that long."""
        mean, count = self._of.pop(kind, (0.0, 0))
        count += 1
        self._of[kind] = mean + (seconds - mean) * max(1 / count, SLOWEST), count
        if len(self._of) > KINDS:
            del self._of[next(iter(self._of))]


class Bears(Protocol):
    """What the seconds of a request are counted on."""

    spent: float


class Stepped:
    """A coroutine whose steps are timed: what it keeps the loop from doing something else."""

    def __init__(self, work: Coroutine[Any, Any, None], on: Bears):
        self._work, self._on = work, on

    def __await__(self) -> Generator[Any, Any, None]:
        given: Any = None
        raised: BaseException | None = None
        while True:
            begun = perf_counter()
            try:
                wanted = self._work.send(given) if raised is None else self._work.throw(raised)
            except StopIteration:
                return
            finally:
                self._on.spent += perf_counter() - begun
            given = raised = None
            try:
                given = yield wanted
            except GeneratorExit:
                self._work.close()
                raise
            except BaseException as error:
                raised = error
