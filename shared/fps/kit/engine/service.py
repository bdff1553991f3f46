"""A service assembled: its records, its handlers, its deadlines, and the one transaction behind each door."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from fps.confiance.habilitation import INTERNE, Identite
from fps.confiance.refus import AccesRefuse
from fps.errors import Introuvable, Refus
from fps.kit.data import tables
from fps.kit.data.database import Croisement, Database, LigneEnDouble, Transaction
from fps.kit.data.records import Record
from fps.kit.data.scope import HorsPartage, Scope
from fps.kit.data.shares import Shares
from fps.kit.data.sql import Insert, Row, Upsert
from fps.kit.engine import audit, following
from fps.kit.engine.acts import BacInconnu
from fps.kit.engine.clocks import Clocks
from fps.kit.engine.collector import Collector, Item
from fps.kit.engine.days import Days
from fps.kit.engine.definition import Definition
from fps.kit.engine.extension import Extension
from fps.kit.engine.sharing import Sharing
from fps.kit.engine.villes import Directories
from fps.kit.engine.work import Batch, Key, Work
from fps.kit.ground.bac_path import trace_en_cours
from fps.kit.ground.clock import civil_date, wall_now
from fps.kit.ground.faults import HorlogeEnRetard, LettreAttendue, Malformed, Unavailable
from fps.kit.ground.partage import part_of
from fps.kit.ground.settings import Settings
from fps.kit.web.geste import Geste, geste_en_cours
from fps.kit.web.keys import reused
from fps.kit.web.problems import refus_body
from fps.kit.wire.envelope import Letter, canonical, digest
from fps.messages.message import Message
from fps.parties import SERVICES, Channel, Party
from fps.releves import VENUES

if TYPE_CHECKING:
    from fps.kit.ground.traces import Traces

log = logging.getLogger(__name__)
T = TypeVar("T")
E = TypeVar("E", bound=Extension)
# The door by which the request in progress came in, when its act must be kept in the audit journal.
porte_en_cours: ContextVar[tuple[str, str] | None] = ContextVar("porte_en_cours", default=None)
SLICE = 5.0  # seconds that one call lives a day for: a client gives an answer thirty
INTERNAL = frozenset(f"/services/{party}" for party in SERVICES)  # letters written by a service of the simulator: they are counted
POST, DAY = "courrier", "jour"  # what a replica tells the others of
INBOX = ("bac", "id", "type", "subject", "digest", "outcome", "answer", "body", "time", "wall_time")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a letter: received or refused, the answer given, and whether it had already come."""

    outcome: str
    answer: str | None = None
    again: bool = False


class Service(Days):
    """A definition at work on a database: letters, requests and days go through it, each all or nothing."""

    def __init__(self, definition: Definition, settings: Settings, database: Database, extensions: Sequence[Extension] = ()):
        self.definition, self.settings, self.database = definition, settings, database
        self.extensions = {type(one): one for one in extensions}
        self.party = definition.party
        brought = (record for one in extensions for record in one.records)
        self.records: dict[type, Record[Any]] = {r.cls: r for r in (*definition.records, *brought)}
        self.kinds = frozenset(definition.deadlines)
        self.directories = Directories()
        self.clocks = Clocks()
        self.sharing = Sharing(settings.parts) if settings.parts > 1 else None
        self.shares = database.shares(settings.parts) if settings.parts > 1 else None
        cut = None if self.sharing is None else partial(self._cut, self.sharing)
        self.collector = Collector(self._process, cut, settings.patience)
        self._helping: set[asyncio.Task[None]] = set()
        self.committed = asyncio.Event()  # set after each commit that wrote letters: the relay sleeps on it
        self.moved = asyncio.Event()  # set at the next commit, then another takes its place: who looks at a bac again sleeps on it
        self.observe: Callable[[str, str, int], None] = lambda what, kind, n: None  # telemetry
        self.saved: Callable[[float, str], None] = lambda seconds, trace: None
        self.traces: Traces | None = None

    def batch(self, tx: Transaction, scope: Scope | None = None) -> Batch:
        """What one transaction of this service loads and will save."""
        return Batch(self.party, self.records, self.kinds, tx, self.directories, self.clocks, scope=scope)

    def extension(self, kind: type[E]) -> E:
        """What a room above the engine brought to this service."""
        return self.extensions[kind]  # type: ignore[return-value]

    async def receive(self, letters: Sequence[tuple[Letter, Message]], qui: Identite | None = INTERNE) -> list[Receipt | BaseException]:
        """Handle letters, in order; each gets its receipt, or the exception that kept it out. Nothing is half stored.

        `qui` brought them: None for nobody known, by default who the broker let in.
        """
        items = [Item(x.bac, self._keys(message, qui), _nothing, x, message, qui, cause=x.traceparent) for x, message in letters]
        for item in items:
            item.ours = qui is INTERNE
        if self.sharing is not None:
            for item, (_, message) in zip(items, letters, strict=True):
                item.dossiers = self._dossiers(message.sujet, item.keys)
        return await self.do(items)

    def _dossiers(self, subject: str, keys: Iterable[Key]) -> frozenset[str]:
        """The dossiers that an act about one of them is known to touch."""
        return frozenset((subject, *(str(key[0]) for cls, key in keys if self.records[cls].par_dossier)))

    def _cut(self, sharing: Sharing, items: list[Item]) -> Sequence[list[Item]]:
        done = sharing.cut((item, _kind(item), item.bac, item.dossiers) for item in items)
        for item in done[1]:
            item.alone = True
        return [part for part in done if part]

    async def do(self, items: Sequence[Item]) -> list[Any]:
        """Let items join the next batch, or the transaction that the request in progress holds; a result may be an exception."""
        return await (self.collector.do(items) if self.database.held() is None else self.collector.now(items))

    async def note(self, bac: str, acte: str, qui: Identite | str | None, objet: str, *, code: str = "", **details: Any) -> None:
        """Keep a line of audit on its own; under no bac when that one does not exist."""
        async with self.database.write() as tx:
            known = await tx.load(tables.bacs, [(bac,)])
            line = audit.note(bac if known else audit.SANS_BAC, acte, qui, objet, code=code, **details)
            await tx.apply(await audit.ops(tx, [line], wall_now()))

    def _keys(self, message: Message, qui: Identite | None) -> list[Key]:
        extra = self.definition.message_keys.get(type(message))
        keys = list(self.definition.subject_keys(message.sujet, date.min))
        for one in self.extensions.values():
            keys += one.keys(self.definition, message, qui)
        return keys + list(extra(message)) if extra else keys

    async def ask(
        self,
        bac: str,
        run: Callable[[Work], Awaitable[T]],
        keys: Sequence[Key] = (),
        dossiers: frozenset[str] | None = None,
        *,
        ours: bool = False,
    ) -> T:
        """What a person or the pilot asks: `run` joins the next batch; raises what it raises, and then changes nothing.

        `dossiers`: the only ones that it touches, when they are known. `ours`: see `Item`.
        """
        item = self._asked(bac, keys, run, dossiers)
        item.ours = ours
        result = (await self.do([item]))[0]
        if isinstance(result, BaseException):
            raise result
        return result  # type: ignore[no-any-return]

    def _asked(self, bac: str, keys: Sequence[Key], run: Callable[[Work], Awaitable[Any]], dossiers: frozenset[str] | None) -> Item:
        here = (geste_en_cours.get(), porte_en_cours.get(), trace_en_cours.get())
        return Item(bac, keys, run, geste=here[0], porte=here[1], cause=here[2], dossiers=dossiers)

    @asynccontextmanager
    async def reading(self, bac: str) -> AsyncIterator["Reading"]:
        """Read what is committed, at the bac's date; raises BacInconnu."""
        async with self.database.read() as tx:
            batch = self.batch(tx)
            await batch.open([bac], [])
            yield Reading(batch, Work(batch, batch.bac(bac)))

    async def _process(self, items: list[Item]) -> list[Any]:
        """One batch, one transaction. Raises when it must be rolled back whole.

        What touches more than the parts that it holds, or met another writer, is done again alone in its bacs.
        """
        if self.sharing is None or self.database.held() is not None:
            return await self._transact(items, None)
        scope = self.sharing.scope([(i.bac, i.dossiers) for i in items], alone=any(i.alone for i in items))
        try:
            return await self._transact(items, scope)
        except (HorsPartage, Croisement, LigneEnDouble):
            if scope.mine is None:
                raise
            return await self._transact(items, scope.whole())

    async def _transact(self, items: list[Item], scope: Scope | None) -> list[Any]:
        started = perf_counter()
        async with self.database.write(scope) as tx:
            batch = self.batch(tx, scope)
            await batch.open((i.bac for i in items), ((i.bac, key) for i in items for key in i.keys))
            ids = dict.fromkeys((i.letter.bac, one) for i in items if i.letter is not None for one in (i.letter.id, i.letter.apres) if one)
            inbox = {r[:2]: r for r in await tx.load(tables.inbox, list(ids))}
            known, fresh = frozenset(inbox), list[Row]()
            results = [await self._one(batch, item, inbox, fresh) for item in items]
            begun = 0 if self.traces is None else self.traces.now()
            latest = {row[:2]: row for row in fresh}  # a letter refused on another day has its line already
            if scope is None:
                batch.ops.append(Upsert(tables.inbox, INBOX, list(latest.values())))
            else:  # the same identifier that came meanwhile to another replica, about another dossier, is not taken for this one
                batch.ops.append(Upsert(tables.inbox, INBOX, [row for key, row in latest.items() if key in known]))
                batch.ops.append(Insert(tables.inbox, INBOX, [row for key, row in latest.items() if key not in known]))
            batch.notes += [note for one in self.extensions.values() for note in one.notes(batch, items, results)]
            await batch.save()
        if self.traces is not None:
            self.traces.since("transaction", begun, [i.act for i in items if i.act], lot=len(items))
        self.saved(perf_counter() - started, next((i.act for i in items if i.act), ""))
        batch.noted()
        self.announce(batch)
        for row in fresh:
            self.observe("lettre", row[5], 1)
        return results

    def announce(self, batch: Batch) -> None:
        """Tell that a transaction was done, once it is committed."""
        if batch.sent:
            self.database.after(self.committed.set)
        if self.shares is not None and batch.posted:
            self.database.after(partial(self.shares.say, {f"{POST} {one}" for one in self._away(self.shares, batch.posted)}))
        self.database.after(self._move)

    def _away(self, shares: Shares, posted: Iterable[tuple[str, str]]) -> Iterable[int]:
        return {part_of(bac, subject, shares.parts) for bac, subject in posted} - shares.mine

    def _heard(self, word: str) -> None:
        """What another replica says: letters wait in a part, or a day is to be lived."""
        what, _, which = word.partition(" ")
        if what == POST:
            self.committed.set()
        elif what == DAY and self.shares is not None and self.shares.mine:
            self._helping.add(task := asyncio.create_task(self._help(which, self.shares.mine), name=f"jour-{which}"))
            task.add_done_callback(self._helping.discard)

    async def _help(self, bac: str, mine: frozenset[int]) -> None:
        """Live the parts of this replica, while the one that was asked lives the day."""
        try:
            await self.live(bac, SLICE, mine)
        except (Unavailable, Introuvable) as error:
            log.info("le jour est laissé à qui le demande", extra={"bac": bac, "cause": repr(error)})
        except Exception:
            log.exception("échéances", extra={"bac": bac})

    def call(self, bac: str) -> None:
        if self.shares is not None:
            self.shares.say([f"{DAY} {bac}"])

    def _move(self) -> None:
        self.moved.set()
        self.moved = asyncio.Event()

    async def _one(self, batch: Batch, item: Item, inbox: dict[Row, Row], fresh: list[Row]) -> Any:
        try:
            if self.traces is None or not (item.letter or item.cause):
                return await self._act(batch, item, inbox, fresh)
            with following.acting(self.traces, batch, item):
                return await self._act(batch, item, inbox, fresh)
        except HorsPartage:
            if self.sharing is not None:
                self.sharing.learn(_kind(item))
            raise

    async def _act(self, batch: Batch, item: Item, inbox: dict[Row, Row], fresh: list[Row]) -> Any:
        if item.letter is not None and item.message is not None:
            return await self._letter(batch, item, item.letter, item.message, inbox, fresh)
        try:
            work = Work(batch, batch.bac(item.bac), 0, item.act)
        except BacInconnu as error:
            return error
        try:
            with work.noting():
                result = await item.run(work)
        except (Refus, Malformed) as error:
            work.undo()
            if isinstance(error, Refus):
                batch.count(item.bac, f"refus:{error.code}")
            if item.porte is not None:
                work.audit("acte", *item.porte, code=error.code)
            return error
        if work.keep():  # who only looks asks nothing that is worth being done again
            batch.noter(work.bac, item.geste)
        return result

    async def _letter(self, batch: Batch, item: Item, letter: Letter, message: Message, inbox: dict[Row, Row], fresh: list[Row]) -> Any:
        try:
            bac = batch.bac(letter.bac)
            door = Work(batch, bac)
            for one in self.extensions.values():
                await one.guard(self.definition, message, item.qui, door)
        except AccesRefuse as error:
            Work(batch, bac).audit("lettre", item.qui, letter.type, code=error.code, id=letter.id, sujet=message.sujet)
            return error
        except BacInconnu as error:
            return error
        if letter.time > bac.horloge.now(batch.wall) and letter.source in INTERNAL:
            # Written by a service whose clock is ahead: nothing is dated here before it was written there.
            return HorlogeEnRetard(f"écrite le {letter.time.isoformat()}, bac « {letter.bac} » en retard")
        mark = digest(f"{letter.type}\n{letter.body}")
        seen = inbox.get((letter.bac, letter.id))
        if seen is not None:
            if seen[4] != mark:
                return reused()
            if seen[5] == "recu" or letter.source in INTERNAL or civil_date(seen[8]) == civil_date(bac.horloge.now(batch.wall)):
                return Receipt(seen[5], seen[6], again=True)
            # What was refused to somebody on another day of the bac is looked at again: its cause may have been the date.
        if letter.apres is not None and letter.source in INTERNAL and (letter.bac, letter.apres) not in inbox:
            return LettreAttendue(letter.apres)
        work = Work(batch, bac, letter.rang, item.act or item.cause)
        identity = {"id": letter.id, "type": letter.type}
        work.record(message.sujet, "reception", message.law, **identity)
        outcome, answer = "recu", None
        try:
            with work.noting():
                reply = await self.definition.handlers[type(message)](message, work)
            answer = None if reply is None else reply.model_dump_json()
            work.keep()
            batch.count(letter.bac, f"recu:{letter.type}")
        except Introuvable as error:
            # Not stored: the dossier may come later (letters can overtake one another), the sender tries again.
            work.undo()
            return error
        except Refus as error:
            work.undo()
            outcome, answer = "refuse", canonical(refus_body(error))
            refusal = Work(batch, bac, letter.rang)
            refusal.record(message.sujet, "refus", error.article or message.law, code=error.code, detail=error.detail, **identity)
            refusal.keep()
        row = (letter.bac, letter.id, letter.type, message.sujet, mark, outcome, answer, letter.body, work.now, batch.wall)
        inbox[letter.bac, letter.id] = row
        fresh.append(row)
        if letter.source not in INTERNAL:
            batch.noter(bac, Geste("POST", message.path, lettre=letter.id))
        if message.channel is not Channel.REPONSE and letter.source in INTERNAL:
            batch.count(letter.bac, "recues" if outcome == "recu" else "refusees")
            batch.count(letter.bac, VENUES[Party(letter.source.removeprefix("/services/"))])
        return Receipt(outcome, answer)

    async def start(self) -> None:
        """Connect to the database and open the doors to the collector."""
        await self.database.start(self.settings.start_timeout)
        if ":memory:" in self.database.url or self.database.url == "sqlite+aiosqlite://":
            await self.database.create(tables.metadata, self.definition.metadata)
        self.collector.start()

    def share(self) -> None:
        """Take its parts, where replicas share them: nobody else serves them from now on, so everything that does is there."""
        if self.shares is not None:
            self.shares.told = self._heard
            self.shares.start()

    async def stop(self) -> None:
        """Finish what was accepted and close."""
        with contextlib.suppress(Unavailable):
            await self.collector.stop()
        if self.shares is not None:
            await self.shares.stop()
        for task in self._helping:
            task.cancel()
        await asyncio.gather(*self._helping, return_exceptions=True)
        await self.database.stop()


@dataclass(frozen=True)
class Reading:
    """A read at the bac's date: the transaction for SQLAlchemy selects, the case files by key."""

    batch: Batch
    work: Work

    @property
    def tx(self) -> Transaction:
        """Where to run a select."""
        return self.batch.tx


def _kind(item: Item) -> str:
    """Of what sort an item is, for who learns what each sort touches."""
    return "" if item.letter is None else item.letter.type


async def _nothing(work: Work) -> None:
    """A letter has no request of its own."""
