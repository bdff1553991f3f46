"""The limit of the lives: the very rows that they left in the four databases, written again by set-based SQL, without broker and HTTP."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import asyncpg
from sqlalchemy import Table

from benchmarks.figures import expect
from benchmarks.servers import create_tables
from fps.kit.data import tables
from fps.kit.data.sql import pg_type
from fps.parties import Party
from fps_simulateur.pilote.world import DEFINITIONS

BATCH = 500
Rows = list[tuple[Any, ...]]


class Copy:
    """Four databases and their copies."""

    def __init__(self, sources: Mapping[Party, str], targets: Mapping[Party, str]):
        self.sources, self.targets = sources, targets

    async def prepare(self) -> None:
        """The same tables, with the same indexes."""
        for party, url in self.targets.items():
            await create_tables(url, DEFINITIONS[party])

    async def rewritten(self, bac: str) -> float:
        """Seconds to write all the rows of a bac, in the four databases at once; what is read and counted is not timed."""
        rows = {party: await self._read(party, bac) for party in self.sources}
        connections = {party: await asyncpg.connect(url) for party, url in self.targets.items()}
        start = time.perf_counter()
        await asyncio.gather(*(_write(connections[party], rows[party]) for party in rows))
        spent = time.perf_counter() - start
        for party, connection in connections.items():
            for table, found in rows[party].items():
                expect(f"{party}.{table}", await connection.fetchval(f"SELECT count(*) FROM {table.name} WHERE bac = $1", bac), len(found))
            await connection.close()
        return spent

    async def _read(self, party: Party, bac: str) -> dict[Table, Rows]:
        connection = await asyncpg.connect(self.sources[party])
        found: dict[Table, Rows] = {}
        for table in [*tables.metadata.sorted_tables, *DEFINITIONS[party].metadata.sorted_tables]:
            rows = await connection.fetch(f"SELECT {', '.join(_columns(table))} FROM {table.name} WHERE bac = $1", bac)
            if rows:
                found[table] = [tuple(row) for row in rows]
        await connection.close()
        return found


def _columns(table: Table) -> list[str]:
    """All but what the database numbers by itself."""
    return [c.name for c in table.columns if c is not table.autoincrement_column]


def _insert(table: Table) -> str:
    names = _columns(table)
    arrays = ", ".join(f"${i}::{pg_type(table.c[name])}[]" for i, name in enumerate(names, 1))
    return f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM unnest({arrays})"


async def _write(connection: asyncpg.Connection, tables: dict[Table, Rows]) -> None:
    """One transaction for up to 500 rows of each table, then the next ones."""
    for first in range(0, max(map(len, tables.values()), default=0), BATCH):
        async with connection.transaction():
            for table, rows in tables.items():
                if part := rows[first : first + BATCH]:
                    await connection.execute(_insert(table), *map(list, zip(*part, strict=True)))
