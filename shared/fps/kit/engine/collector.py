"""Group commit: whatever knocks at any door of a service joins the next batch of its only writer."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from math import ceil
from time import monotonic
from typing import Any

from fps.confiance.habilitation import Identite
from fps.kit.engine.work import Key, Work
from fps.kit.ground.faults import Overloaded, Unavailable
from fps.kit.web.geste import Geste
from fps.kit.web.load import LONGEST, PATIENCE, SOME, Part, en_cours
from fps.kit.wire.envelope import Letter
from fps.messages.message import Message

log = logging.getLogger(__name__)
BATCH = 500
LINGER = 5  # milliseconds at most, and none when idle
WAITING = 20_000  # requests that may wait for their turn; more are told to come back
LATE = 20.0  # seconds after which who has waited for its turn is told to come back instead: a client gives up at thirty
FULL = 50  # items from which a batch says what one of them takes; a shorter one would be as long with so many
BYTES = 64 << 20  # characters of the letters among them


@dataclass(slots=True, eq=False)
class Item:
    """One thing to do: a letter to handle, or a request (`run`). Its future gets the result after the commit."""

    bac: str
    keys: Sequence[Key]
    run: Callable[[Work], Awaitable[Any]]
    letter: Letter | None = None
    message: Message | None = None
    qui: Identite | None = None  # who brought the letter
    geste: Geste | None = None  # what it asks, as it may be asked again
    porte: tuple[str, str] | None = None  # by which door a request came, and what it asks: kept in the audit journal
    dossiers: frozenset[str] | None = None  # the only dossiers that it touches, when that is known before
    cause: str = ""  # the `traceparent` of what asks for it
    act: str = ""  # that of its act, where traces are asked for
    ours: bool = False  # what this service asks of itself, one thing after the other: never refused, the rest would be carried again
    alone: bool = False  # whether it is done with its bac to itself, where several replicas write
    put: int = 0  # with which others it was brought
    request: Part | None = field(default_factory=en_cours.get)  # what its server counts of the request that brings it
    since: float = field(default_factory=lambda: monotonic())
    future: "asyncio.Future[Any]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


Process = Callable[[list[Item]], Awaitable[list[Any]]]
Cut = Callable[[list[Item]], Sequence[list[Item]]]


def _whole(batch: list[Item]) -> Sequence[list[Item]]:
    return (batch,)


def _size(item: Item) -> int:
    return 0 if item.letter is None else len(item.letter.body)


def _count(batch: Sequence[Item], seconds: float) -> None:
    """Say to each request what it had of a batch, for what the next one like it will take."""
    share = seconds / max(len(batch), FULL)
    for item in batch:
        if item.request is not None:
            item.request.spent += share


def _told(item: Item, result: Any) -> None:
    """Answer an item."""
    with contextlib.suppress(asyncio.InvalidStateError):  # the caller went away: what was done stays done
        if isinstance(result, BaseException):
            item.future.set_exception(result)
            item.future.exception()  # read once: a caller that left must not raise a warning
        else:
            item.future.set_result(result)


class Collector:
    """A queue, a writer, and a rule: a batch that fails is split by halves down to the one item that fails."""

    def __init__(self, process: Process, cut: Cut | None = None, patience: float = PATIENCE):
        """`cut`: in which transactions a batch is done, one after the other. `patience`: seconds that one more may have to wait."""
        self._process, self._cut, self.patience = process, cut or _whole, patience
        self._puts = self._begun = 0  # how many times something was brought; which one the last batch ended with
        self._queue: deque[Item] = deque()
        self._cost = 0.0  # seconds that an item of a fuller batch took lately
        self._size = 0  # characters of the letters that wait
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def start(self) -> None:
        """Begin to take batches."""
        self._closed = False
        self._task = asyncio.create_task(self._run(), name="collector")

    async def stop(self) -> None:
        """Finish what was accepted, then stop."""
        self._closed = True
        self._wake.set()
        if self._task is not None:
            await self._task
            self._task = None

    @property
    def waiting(self) -> int:
        """How many items wait for the next batch."""
        return len(self._queue)

    def expect(self) -> None:
        """Whether one more may come, asked before it is read: raises Overloaded when too many wait, or when the service is closing."""
        if self._closed:
            raise Overloaded("le service ferme")
        some = len(self._queue) > BATCH and self._puts - self._begun >= SOME
        wait = len(self._queue) * self._cost if some else 0.0
        if len(self._queue) >= WAITING or self._size >= BYTES or wait > self.patience:
            raise Overloaded(f"{len(self._queue)} demandes attendent", ceil(min(max(wait, 2.0), LONGEST)))

    def put(self, items: Sequence[Item]) -> None:
        """Queue items; raises Overloaded as `expect` does.

        What is brought is not counted: else who brings a thousand letters would be kept out for ever by those who bring one.
        """
        if self._closed or not all(item.ours for item in items):
            self.expect()
        self._puts += 1
        for item in items:
            item.put = self._puts
        self._queue.extend(items)
        self._size += sum(map(_size, items))
        self._wake.set()

    async def do(self, items: Sequence[Item]) -> list[Any]:
        """Queue items and wait for all of them; a result may be an exception."""
        self.put(items)
        return await asyncio.gather(*(item.future for item in items), return_exceptions=True)

    async def now(self, items: Sequence[Item]) -> list[Any]:
        """Do items at once, in the transaction that the caller holds: it is the writer."""
        refused: Unavailable | None = None
        for start in range(0, len(items), BATCH):
            refused = await self._settle(list(items[start : start + BATCH]), refused)
        return await asyncio.gather(*(item.future for item in items), return_exceptions=True)

    async def _run(self) -> None:
        last = 0  # items of the batch before: more than one says that the service is under load
        while not (self._closed and not self._queue):
            if not self._queue:
                self._wake.clear()
                await self._wake.wait()
                continue
            if last > 1:
                await self._fill(last)
            batch = self._next()
            last = len(batch)
            if not batch:
                continue
            refused: Unavailable | None = None
            begun = since = monotonic()
            for part in self._cut(batch):
                refused = await self._settle(part, refused)
                since, before = monotonic(), since
                _count(part, since - before)
            if last >= FULL:
                self._cost += ((since - begun) / last - self._cost) / 2

    def _next(self) -> list[Item]:
        """The next batch, without who has waited for so long that nobody may listen any more: told so, and nothing of it is done."""
        batch, many = list[Item](), len(self._queue) > BATCH
        late = monotonic() - (min(2 * self.patience, LATE) if many else LATE)
        while self._queue and len(batch) < BATCH:
            item = self._queue.popleft()
            self._size -= _size(item)
            # The rest of what is begun is done: it has waited for its own beginning, and half of a lot would be refused.
            if item.ours or item.since >= late or item.put == self._begun or (batch and item.put == batch[-1].put):
                batch.append(item)
            else:
                _told(item, Overloaded("la demande a trop attendu", LONGEST))
        self._begun = batch[-1].put if batch else 0
        return batch

    async def _fill(self, wanted: int) -> None:
        """Under load, leave those who have just been answered a few milliseconds to come back: fuller batches, fewer commits."""
        for _ in range(LINGER):
            if len(self._queue) >= wanted or self._closed:
                return
            await asyncio.sleep(0.001)

    async def _settle(self, batch: list[Item], refused: Unavailable | None = None) -> Unavailable | None:
        """Do items and answer them; gives why the database did not. `refused`: why it did not do what came before, which goes first."""
        try:
            results: list[Any] = await self._process(batch) if refused is None else [refused] * len(batch)
        except Unavailable as error:
            refused, results = error, [error] * len(batch)
        except Exception as error:
            if len(batch) > 1:
                middle = len(batch) // 2
                return await self._settle(batch[middle:], await self._settle(batch[:middle]))
            log.exception("traitement impossible", extra={"bac": batch[0].bac})
            results = [error]
        for item, result in zip(batch, results, strict=True):
            _told(item, result)
        return refused
