"""PostgreSQL ends connections that nobody uses, as its restart does: whoever asks next is told that it does not answer, never a fault."""

import asyncio
from collections import Counter

import asyncpg
from sqlalchemy import Column, MetaData, Table, Text, select

from fps.kit.data.database import Database, DatabaseUnavailable
from fps.kit.data.opening import open_database
from fps.kit.data.sql import Upsert
from tests.real import postgres_url

metadata = MetaData()
choses = Table("choses", metadata, Column("bac", Text, primary_key=True), Column("nom", Text))
CUTS = 25


async def toujours(database: Database, rang: int, fin: asyncio.Event, dit: Counter[str]) -> None:
    """Read and write again and again; note how each ended."""
    while not fin.is_set():
        try:
            if rang % 2:
                async with database.read() as tx:
                    await tx.select(select(choses))
            else:
                async with database.hold(), database.write() as tx:
                    await tx.apply([Upsert(choses, ("bac", "nom"), [(str(rang), "x")])])
            dit["fait"] += 1
        except DatabaseUnavailable:
            dit["ne répond pas"] += 1
        except Exception as error:
            dit[repr(error)] += 1
        await asyncio.sleep(0)


async def test_a_connection_that_the_server_ends_is_a_database_that_does_not_answer(base_vide: str) -> None:
    database = open_database(base_vide)
    await database.start(10)
    await database.create(metadata)
    fin, dit = asyncio.Event(), Counter[str]()
    tasks = [asyncio.create_task(toujours(database, rang, fin, dit)) for rang in range(6)]
    admin = await asyncpg.connect(postgres_url(), timeout=10)
    try:
        for _ in range(CUTS):
            await asyncio.sleep(0.02)
            await admin.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{base_vide.rpartition('/')[2]}'")
        before = dit["fait"]
        while dit["fait"] < before + 20:  # noqa: ASYNC110 (and it answers again)
            await asyncio.sleep(0.01)
    finally:
        fin.set()
        await asyncio.gather(*tasks)
        await admin.close()
    assert set(dit) == {"fait", "ne répond pas"}, dit
    await database.stop()
