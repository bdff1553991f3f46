"""The days of a bac: what falls due is lived in chunks, each all or nothing; what cannot be lived is buried."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from itertools import groupby
from operator import itemgetter
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, Text, bindparam, select

from fps.kit.data import tables
from fps.kit.data.database import Croisement, Database, LigneEnDouble, Transaction
from fps.kit.data.scope import HorsPartage, Scope, in_parts
from fps.kit.data.shares import Shares
from fps.kit.data.sql import SHORT, Row
from fps.kit.engine import buried, following
from fps.kit.engine.buried import EcheanceInconnue
from fps.kit.engine.definition import Definition
from fps.kit.engine.sharing import Sharing
from fps.kit.engine.work import Batch, Key, Work
from fps.kit.ground.clock import civil_date, wall_now
from fps.kit.ground.faults import Unavailable
from fps.kit.ground.partage import part_of
from fps.parties import Party
from fps.regles.echeances import Nature

if TYPE_CHECKING:
    from fps.kit.ground.traces import Traces

log = logging.getLogger(__name__)
CHUNK = 1_000  # deadlines per transaction
FEW = 200  # deadlines that are lived in one transaction, whatever their parts
_D = tables.deadlines.c
DUE: Any = (
    select(_D.subject, _D.kind, _D.due)
    .where(_D.bac == bindparam("nom", type_=Text), _D.due <= bindparam("today", type_=Date))
    .order_by(_D.due, _D.subject, _D.kind)
    .limit(CHUNK)
    .execution_options(**SHORT)
)


@cache
def _due_in(parts: int) -> Any:
    """The same in some parts."""
    return DUE.where(in_parts(tables.deadlines, parts))


class Days:
    """What a service lives when a day comes, whatever anybody asks: the half of `Service` that no letter and no request calls."""

    definition: Definition
    party: Party
    kinds: frozenset[str]
    database: Database
    sharing: Sharing | None
    shares: Shares | None
    observe: Callable[[str, str, int], None]
    saved: Callable[[float, str], None]
    traces: "Traces | None"

    def batch(self, tx: Transaction, scope: Scope | None = None) -> Batch:
        """Of the service."""
        raise NotImplementedError

    def call(self, bac: str) -> None:
        """Of the service: the other replicas may live their parts of this day."""
        raise NotImplementedError

    def announce(self, batch: Batch) -> None:
        """Of the service."""
        raise NotImplementedError

    async def live(self, bac: str, seconds: float | None = None, mine: frozenset[int] | None = None) -> int:
        """Do everything due on or before the bac's date, in chunks; gives how many deadlines were lived. Raises BacInconnu.

        `seconds`: no chunk is begun after so long, and the rest is for another call. `mine`: in these parts only.
        """
        done, clock = 0, asyncio.get_running_loop()
        end = None if seconds is None else clock.time() + seconds
        while rows := await self._due(bac, mine):
            if mine is None and len(rows) >= FEW:
                self.call(bac)
            for some in self._turns(bac, rows):
                await self._live(bac, some)
                done += len(some)
                if end is not None and clock.time() >= end:
                    return done
        return done

    def _turns(self, bac: str, rows: list[Row]) -> Iterator[list[Row]]:
        """A chunk as it is lived: whole, or where dossiers are shared day after day, since those of a day are not lived in their order.

        Of many, those of this replica's parts come first, so that the others have theirs meanwhile.
        """
        if self.sharing is None or self.shares is None:
            yield rows
            return
        for _, those in groupby(rows, key=itemgetter(2)):
            day = list(those)
            cut: tuple[list[Row], list[Row]] = ([], [])
            for row in day:
                cut[len(day) >= FEW and part_of(bac, row[0], self.sharing.parts) not in self.shares.mine].append(row)
            yield from filter(None, cut)

    async def _due(self, bac: str, mine: frozenset[int] | None) -> list[Row]:
        async with self.database.read() as tx:
            batch = self.batch(tx)
            await batch.open([bac], [])
            today = civil_date(batch.bac(bac).horloge.now())
            if mine is None or self.sharing is None:
                return await tx.select(DUE, nom=bac, today=today)
            return await tx.select(_due_in(self.sharing.parts), nom=bac, today=today, mine=sorted(mine))

    async def _live(self, bac: str, rows: list[Row]) -> None:
        try:
            await self._live_chunk(bac, rows)
        except Unavailable:
            raise
        except Exception as error:
            if len(rows) > 1:
                middle = len(rows) // 2
                await self._live(bac, rows[:middle])
                await self._live(bac, rows[middle:])
            else:
                log.exception("échéance impossible", extra={"bac": bac})
                await self._bury_deadline(bac, rows[0], error)

    async def _live_chunk(self, bac: str, rows: list[Row]) -> None:
        """The deadlines that may be lived beside other replicas, then those that are lived alone in the bac."""
        if self.sharing is None:
            return await self._live_together(bac, rows, None)
        asked = [(row, row[1], bac, frozenset((row[0],))) for row in rows]
        for alone, those in enumerate(self.sharing.cut(asked)):
            if those:
                await self._live_shared(bac, those, self.sharing.scope([(bac, frozenset(r[0] for r in those))], alone=bool(alone)))

    async def _live_shared(self, bac: str, rows: list[Row], scope: Scope) -> None:
        try:
            await self._live_together(bac, rows, scope)
        except (HorsPartage, Croisement, LigneEnDouble):
            if scope.mine is None:
                raise
            await self._live_together(bac, rows, scope.whole())

    async def _live_together(self, bac: str, rows: list[Row], scope: Scope | None) -> None:
        started = perf_counter()
        async with self.database.write(scope) as tx:
            batch = self.batch(tx, scope)
            # A letter committed since the rows were read may have moved or removed a deadline: only what still stands is lived.
            standing = await tx.load(tables.deadlines, [(bac, r[0], r[1]) for r in rows])
            due = {(r[1], r[2]): r[3] for r in standing}
            rows = [r for r in rows if due.get((r[0], r[1])) == r[2]]
            await batch.open([bac], [])
            today = civil_date(batch.bac(bac).horloge.now(batch.wall))
            await batch.open([], ((bac, key) for key in self._deadline_keys(rows, today)))
            lived: list[str] = []
            for subject, kind, _ in rows:
                if kind not in self.kinds:
                    raise EcheanceInconnue(f"« {kind} » : le service {self.party} n'a pas d'échéance de ce nom")
                lived.append(await self._live_one(batch, bac, subject, kind))
            begun = 0 if self.traces is None else self.traces.now()
            await batch.save()
        self.saved(perf_counter() - started, lived[0] if lived else "")
        if self.traces is not None:
            self.traces.since("transaction", begun, lived, bac=bac, lot=len(rows))
        self.announce(batch)
        self.observe("echeance", "vecue", len(rows))

    async def _live_one(self, batch: Batch, bac: str, subject: str, kind: Nature) -> str:
        """One deadline; gives the `traceparent` of its span, "" where no traces are asked for."""
        try:
            if self.traces is None:
                await self._lived(Work(batch, batch.bac(bac)), subject, kind)
                return ""
            with following.living(self.traces, batch, bac, subject, kind) as trace:
                await self._lived(Work(batch, batch.bac(bac), 0, trace), subject, kind)
                return trace
        except HorsPartage:
            if self.sharing is not None:
                self.sharing.learn(kind)
            raise

    async def _lived(self, work: Work, subject: str, kind: Nature) -> None:
        work.unschedule(subject, kind)
        with work.noting():
            await self.definition.deadlines[kind](subject, work)
        work.keep()

    def _deadline_keys(self, rows: list[Row], today: date) -> Iterable[Key]:
        for subject in dict.fromkeys(r[0] for r in rows):
            yield from self.definition.subject_keys(subject, today)
        for kind, keys in self.definition.deadline_keys.items():
            if subjects := [r[0] for r in rows if r[1] == kind]:
                yield from keys(subjects, today)

    async def _bury_deadline(self, bac: str, row: Row, error: Exception) -> None:
        async with self.database.write() as tx:
            if await tx.load(tables.bacs, [(bac,)]):  # a bac deleted meanwhile leaves nothing behind
                await tx.apply(buried.bury(bac, row, error, wall_now()))
        self.observe("echeance", "enterree", 1)
