"""Draws that a text decides: the same text gives the same ones, whatever the machine, the order or the day."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Urne(Generic[T]):
    """What may be drawn, each with its weight."""

    def __init__(self, poids: Mapping[T, float]):
        self.valeurs = tuple(poids)
        self._cumul = tuple(accumulate(poids.values()))

    def tirer(self, hasard: "Tirages") -> T:
        """One of them, by the next number."""
        rang = bisect_right(self._cumul, hasard.nombre() * self._cumul[-1])
        return self.valeurs[min(rang, len(self.valeurs) - 1)]


class Tirages:
    """The numbers drawn from a text, one after the other."""

    def __init__(self, texte: str):
        # random(), seeded with a text, gives the same numbers on every version of Python; its other methods promise it less.
        self.nombre = Random(texte).random  # noqa: S311 (nothing is kept secret by it)

    def vrai(self, part: float) -> bool:
        """True in that part of the cases."""
        return self.nombre() < part

    def entre(self, de: int, a: int) -> int:
        """An integer, both ends included."""
        return de + int(self.nombre() * (a - de + 1))

    def parmi(self, valeurs: Sequence[T]) -> T:
        """One of a sequence, each as likely."""
        return valeurs[int(self.nombre() * len(valeurs))]
