"""A transaction held open for all that one request does: its acts, its readings and its answer are committed together, or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from contextvars import ContextVar
from typing import Any

from fps.kit.data.scope import Scope
from fps.kit.ground.faults import Unavailable


class Held:
    """What a request holds: whatever it writes or reads meanwhile joins this transaction, one thing at a time."""

    def __init__(self, database: "Holding", tx: Any):
        self.database, self.tx = database, tx
        self.over = False
        self.lost: Unavailable | None = None  # a part failed because the server did: nothing of the whole can be kept
        self.then: list[Callable[[], None]] = []
        self._turn = asyncio.Lock()  # the tasks of one request take turns: a connection does one thing at a time

    @asynccontextmanager
    async def part(self) -> AsyncIterator[Any]:
        """A part that is undone alone when it raises."""
        async with self._turn:
            if self.lost is not None:
                raise self.lost
            try:
                await self.tx.command("SAVEPOINT part")
                try:
                    yield self.tx
                except BaseException:
                    with suppress(Unavailable):
                        await self.tx.command("ROLLBACK TO SAVEPOINT part")
                        await self.tx.command("RELEASE SAVEPOINT part")
                    raise
                await self.tx.command("RELEASE SAVEPOINT part")
            except Unavailable as error:
                self.lost = error
                raise

    @asynccontextmanager
    async def look(self) -> AsyncIterator[Any]:
        """A reading, which sees what the parts before it wrote."""
        async with self._turn:
            yield self.tx


_HELD: ContextVar[Held | None] = ContextVar("transaction_tenue", default=None)


class Holding:
    """What both engines do alike."""

    def write(self, scope: Scope | None = None) -> AbstractAsyncContextManager[Any]:
        """Of the engine."""
        raise NotImplementedError

    def held(self) -> Held | None:
        """The transaction that the request in progress holds on this database, or None."""
        held = _HELD.get()
        return held if held is not None and held.database is self and not held.over else None

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[Any]:
        """Until the end, every `write` and `read` of this request joins one transaction of the only writer; others wait.

        Raises DatabaseUnavailable when any part failed so: then nothing is kept.
        """
        async with self.write() as tx:
            held = Held(self, tx)
            token = _HELD.set(held)
            try:
                yield tx
            finally:
                held.over = True
                _HELD.reset(token)
            if held.lost is not None:
                raise held.lost
        for told in held.then:
            told()

    def after(self, tell: Callable[[], None]) -> None:
        """Tell that something was written, once it is committed: now, or when the held transaction is."""
        held = self.held()
        if held is None:
            tell()
        else:
            held.then.append(tell)
