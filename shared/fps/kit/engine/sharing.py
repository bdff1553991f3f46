"""Which acts a replica does beside the others, and which it does alone in their bac: learnt from what they touch."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from fps.kit.data.scope import Scope

FIRST, LAST = 8, 4_096  # how many acts of a kind are done alone in their bac, once one of them had to be, and once many had to
NOBODY: Final = frozenset[str]()
T = TypeVar("T")
# What is to be done: the thing itself, its kind, its bac, its dossiers (None: nobody knows which).
Asked = tuple[T, str, str, frozenset[str] | None]


class Sharing:
    """How the acts of one service are cut between transactions. Without it (one part) each transaction has the whole database."""

    def __init__(self, parts: int):
        self.parts = parts
        self._left: dict[str, int] = {}
        self._last: dict[str, int] = {}

    def learn(self, kind: str) -> None:
        """An act of this kind touched more than the dossiers of its part: the next ones are done alone in their bac at once."""
        self._last[kind] = self._left[kind] = min(LAST, 2 * self._last.get(kind, FIRST // 2))

    def wide(self, kind: str) -> bool:
        """Whether an act of this kind is done alone in its bac this time."""
        left = self._left.get(kind, 0)
        if left:
            self._left[kind] = left - 1
        return left > 0

    def cut(self, asked: Iterable[Asked[T]]) -> tuple[list[T], list[T]]:
        """What is done beside others, then what is done alone; what follows of a dossier never overtakes what is before it."""
        narrow: list[T] = []
        alone: list[T] = []
        held: set[tuple[str, str]] = set()
        for one, kind, bac, dossiers in asked:
            those = {(bac, dossier) for dossier in dossiers or NOBODY}
            if not dossiers or not held.isdisjoint(those) or self.wide(kind):
                held |= those
                alone.append(one)
            else:
                narrow.append(one)
        return narrow, alone

    def scope(self, asked: Sequence[tuple[str, frozenset[str] | None]], *, alone: bool) -> Scope:
        """What a transaction holds for these bacs and dossiers."""
        if alone or not all(dossiers for _, dossiers in asked):
            return Scope(frozenset(bac for bac, _ in asked), None)
        return Scope.of(((bac, one) for bac, dossiers in asked for one in dossiers or NOBODY))
