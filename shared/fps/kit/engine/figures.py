"""What waits and what is dead in the database of a service, its clocks and its certificates, as `/metrics` says them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Text, bindparam, func, select

from fps.flows import by_type
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.ground.clock import BacClock, Marche, civil_date
from fps.parties import Party

CLOCKS: Final = 50  # bacs whose clock is told: those that moved last, so that a thousand bacs make no thousand series
_OUT, _BOX, _DEAD, _BACS, _DUE = tables.outbox.c, tables.boites.c, tables.dead_letters.c, tables.bacs.c, tables.deadlines.c
_WROTE = tables.journal.c
# A letter has the instant at which it was written in the journal, under its rank: what waits has no column of its own for it.
_OLDEST: Any = select(_OUT.type, func.count().label("n"), func.min(_OUT.position).label("premiere")).group_by(_OUT.type).subquery()
LEAVING: Any = (
    select(_OLDEST.c.type, _OLDEST.c.n, _WROTE.wall_time)
    .join_from(_OLDEST, tables.outbox, _OUT.position == _OLDEST.c.premiere)
    .outerjoin(tables.journal, (_WROTE.bac == _OUT.bac) & (_WROTE.subject == _OUT.subject) & (_WROTE.rang == _OUT.rang))
)
BOXED: Any = (
    select(_BOX.etat, func.count(), func.min(_WROTE.wall_time))
    .join_from(
        tables.boites,
        tables.journal,
        (_WROTE.bac == _BOX.bac) & (_WROTE.subject == _BOX.subject) & (_WROTE.rang == _BOX.rang),
        isouter=True,
    )
    .where(_BOX.etat.in_([bindparam("attente", type_=Text), bindparam("souffrance", type_=Text)]))
    .group_by(_BOX.etat)
)
DEAD: Any = select(_DEAD.sens, func.count()).group_by(_DEAD.sens)
MOVED: Any = select(_BACS.bac, _BACS.mode, _BACS.instant, _BACS.wall, _BACS.vitesse).order_by(_BACS.wall.desc(), _BACS.bac).limit(CLOCKS)
LATE: Any = (
    select(_BACS.bac, _BACS.mode, _BACS.instant, _BACS.wall, _BACS.vitesse, func.min(_DUE.due))
    .join_from(tables.bacs, tables.deadlines, _DUE.bac == _BACS.bac)
    .where(_BACS.mode == Marche.COURANT.value)
    .group_by(_BACS.bac, _BACS.mode, _BACS.instant, _BACS.wall, _BACS.vitesse)
)


@dataclass(frozen=True)
class Waiting:
    """How many letters wait, and for how many seconds the oldest has."""

    number: int
    seconds: float

    def plus(self, other: "Waiting") -> "Waiting":
        """Both together."""
        return Waiting(self.number + other.number, max(self.seconds, other.seconds))


@dataclass(frozen=True)
class State:
    """What a service has in its database at one instant."""

    leaving: Mapping[Party, Waiting] = field(default_factory=dict)  # by who will receive them
    boxed: Mapping[str, Waiting] = field(default_factory=dict)  # in the boxes of the editors, by their state
    dead: Mapping[str, int] = field(default_factory=dict)  # by their way; those of the deadlines are buried deadlines
    clocks: Mapping[str, tuple[Marche, datetime]] = field(default_factory=dict)
    late: int = 0  # days of the latest bac that runs: a deadline of then has not been lived


async def read(tx: Transaction, now: datetime, states: tuple[str, str]) -> State:
    """The state of a service; `now` is real time, `states` those in which a boxed letter waits."""

    def since(wrote: Any) -> float:
        return 0.0 if wrote is None else max((now - wrote).total_seconds(), 0.0)

    leaving: dict[Party, Waiting] = {}
    for type_, number, wrote in await tx.select(LEAVING):
        party = by_type(type_).receiver
        leaving[party] = leaving.get(party, Waiting(0, 0.0)).plus(Waiting(number, since(wrote)))
    boxed = {row[0]: Waiting(row[1], since(row[2])) for row in await tx.select(BOXED, attente=states[0], souffrance=states[1])}
    clocks = {row[0]: (Marche(row[1]), _clock(row).now(now)) for row in await tx.select(MOVED)}
    late = max([0, *((civil_date(_clock(row).now(now)) - row[5]).days for row in await tx.select(LATE))])
    return State(leaving, boxed, {row[0]: row[1] for row in await tx.select(DEAD)}, clocks, late)


def _clock(row: Any) -> BacClock:
    return BacClock(Marche(row[1]), row[2], row[3], row[4])
