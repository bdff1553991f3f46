"""The parts that this process serves, where several share the dossiers of one database: each sees the others, and leaves them theirs.

A part is a session lock of PostgreSQL on a connection of its own: a process that dies leaves its parts with it. It says who carries the
letters of a part and lives its days, no more: what may be written is for `Scope`, and two who carried one letter would carry it once.
"""

import asyncio
import contextlib
import logging
import random
import zlib
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

log = logging.getLogger(__name__)
PERIOD: Final = 1.0  # seconds between two looks at who is there
CHANNEL: Final = "fps_parts"
THERE: Final = zlib.crc32(b"fps: a replica is there") >> 1
HELD: Final = zlib.crc32(b"fps: a replica has a part") >> 1
# In a session of its own, since who is there is looked up among the locks.
_HERE = f"SELECT pg_advisory_lock_shared({THERE}, 0)"
_HOW_MANY = """SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = 0 AND objsubid = 2 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
_TAKE, _LEAVE = f"SELECT pg_try_advisory_lock({HELD}, $1)", f"SELECT pg_advisory_unlock({HELD}, $1)"
Leave = Callable[[frozenset[int]], Awaitable[None]]


class Shares:
    """The parts of this process now; `losses` counts how often they were all lost with their connection."""

    def __init__(self, dsn: str, parts: int, lost: tuple[type[BaseException], ...]):
        self.parts = parts
        self.mine: frozenset[int] = frozenset()
        self.losses = 0
        self.changed = asyncio.Event()  # set at the next change, then another takes its place
        self.leave: list[Leave] = []  # who must have ended with parts before another process has them
        self.told: Callable[[str], None] = lambda word: None  # what another process said
        self._dsn, self._lost = dsn, lost
        self._words: set[str] = set()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name="parts")

    async def stop(self) -> None:
        """Leave everything at once: who used it has stopped."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._set(frozenset())

    def say(self, words: Iterable[str]) -> None:
        """Tell the other processes, in a moment; a word that is lost is for them to find out."""
        self._words |= {*words}
        self._wake.set()

    async def _run(self) -> None:
        import asyncpg  # whose extra only who has PostgreSQL asks

        while True:
            try:
                connection = await asyncpg.connect(self._dsn, command_timeout=10, timeout=5)
                try:
                    await self._serve(connection)
                finally:
                    connection.terminate()
            except self._lost as error:
                log.warning("parts perdues, nouvelle tentative", extra={"cause": repr(error)})
            except Exception:
                log.exception("parts")
            if self.mine:
                self.losses += 1
                self._set(frozenset())
            await asyncio.sleep(0.5)

    async def _serve(self, connection: Any) -> None:
        await connection.add_listener(CHANNEL, self._heard)
        await connection.execute(_HERE)
        while True:
            await self._look(connection)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PERIOD):
                    await self._wake.wait()
            self._wake.clear()
            words, self._words = self._words, set()
            for word in words:
                await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, word)

    async def _look(self, connection: Any) -> None:
        """As many parts as everybody else, one more at most: those too many are left, those that are nobody's taken."""
        share = -(-self.parts // max(1, await connection.fetchval(_HOW_MANY, THERE)))
        if len(self.mine) > share:
            gone = frozenset(sorted(self.mine)[share:])
            self._set(self.mine - gone)
            for leave in self.leave:
                await leave(gone)
            for part in gone:
                await connection.fetchval(_LEAVE, part)
        others = [part for part in range(self.parts) if part not in self.mine]
        random.shuffle(others)
        taken = set[int]()
        for part in others:
            if len(self.mine) + len(taken) >= share:
                break
            if await connection.fetchval(_TAKE, part):
                taken.add(part)
        if taken:
            self._set(self.mine | taken)

    def _heard(self, connection: Any, pid: int, channel: str, word: str) -> None:
        if pid != connection.get_server_pid():
            self.told(word)

    def _set(self, mine: frozenset[int]) -> None:
        self.mine = mine
        self.changed.set()
        self.changed = asyncio.Event()
