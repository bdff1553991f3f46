"""Whether a database takes what is written: asked by writing, because a full disk still reads."""

import asyncio
import contextlib
import secrets

from fps.kit.data import tables
from fps.kit.data.database import Database
from fps.kit.data.scope import Scope
from fps.kit.data.sql import Delete, Insert
from fps.kit.ground.clock import wall_now
from fps.kit.ground.faults import Unavailable

EVERY = 1.0  # seconds between two tries at most, whoever asks
TURN = 0.5  # seconds that a try may wait for who writes: a probe has a second
BYTES = 1 << 14  # more than one page of either engine: what a small act needs
KEY = ("?", "essai")  # under no bac, as what names none


class Room:
    """The last answer of one database, asked again when it is old."""

    def __init__(self, database: Database):
        self.database = database
        self._why = ""
        self._asked: float | None = None
        self._turn = asyncio.Lock()

    async def refusal(self) -> str:
        """Why the database does not write; empty when it does. While another writer holds it, what was known stays true."""
        async with self._turn:
            clock = asyncio.get_running_loop().time
            if self._asked is None:
                self._why = await self._write()
            elif clock() - self._asked >= EVERY:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TURN):
                        self._why = await self._write()
            self._asked = clock()
            return self._why

    async def _write(self) -> str:
        """Some pages, written and taken away in one transaction: drawn, for what repeats itself would be packed into one."""
        table, pages = tables.reponses_gardees, secrets.token_urlsafe(BYTES)
        columns = tuple(table.columns.keys())
        try:
            async with self.database.write(Scope.of([KEY])) as tx:  # beside those who write
                await tx.apply([Insert(table, columns, [(*KEY, "", pages, wall_now())])])
                await tx.apply([Delete(table, ("bac", "cle"), [KEY])])
        except Unavailable as error:
            return str(error) or error.code
        return ""
