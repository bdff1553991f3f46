"""The life of a kind of case file in one table: its acts, the states that permit them, where they lead, the refusal elsewhere."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from fps.errors import Refus

E = TypeVar("E", bound=StrEnum)


class Passage(NamedTuple):
    """One act of a machine that changed a state, or kept it: what the journal keeps of it."""

    machine: str
    acte: str
    de: str
    vers: str


_passages: ContextVar[list[Passage] | None] = ContextVar("passages", default=None)


@contextmanager
def noter_passages(dans: list[Passage]) -> Iterator[None]:
    """Let every machine that is asked meanwhile add there what it did."""
    jeton = _passages.set(dans)
    try:
        yield
    finally:
        _passages.reset(jeton)


@dataclass(frozen=True, eq=False)
class Machine(Generic[E]):
    """From `depart` on, whence and whither each act leads; `refus`: what the service answers to an act that the state does not permit.

    `nom`: that of the case file, in the journal of its service.
    """

    nom: str
    depart: E
    transitions: Mapping[str, tuple[frozenset[E], E]]
    refus: type[Refus]

    @property
    def etats(self) -> tuple[E, ...]:
        """Every state, the first one first, then in the order of the acts that lead there."""
        return tuple(dict.fromkeys((self.depart, *(vers for _, vers in self.transitions.values()))))

    @property
    def actes(self) -> tuple[str, ...]:
        """Every act, in the order of the table."""
        return tuple(self.transitions)

    @property
    def finaux(self) -> frozenset[E]:
        """The states that no act leaves."""
        return frozenset(self.etats).difference(*(depuis for depuis, _ in self.transitions.values()))

    def permet(self, acte: str, etat: E) -> bool:
        """Whether this act is possible in this state."""
        return etat in self.transitions[acte][0]

    def apres(self, acte: str, etat: E) -> E:
        """The state after this act; raises the refusal of the machine when it is not possible in this one."""
        if not self.permet(acte, etat):
            raise self.refus(f"« {acte.replace('_', ' ')} » est impossible dans l'état « {etat} ».")
        vers = self.transitions[acte][1]
        if (notes := _passages.get()) is not None:
            notes.append(Passage(self.nom, acte, etat.value, vers.value))
        return vers
