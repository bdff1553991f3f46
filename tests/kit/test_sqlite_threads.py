"""A SQLite file: what is short is done at once, what may be long or waits leaves the loop to the others."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, func, select

from fps.kit.data import sqlite
from fps.kit.data.opening import open_database
from fps.kit.data.sql import SHORT, Insert
from fps.kit.data.sqlite import SqliteDatabase

metadata = MetaData()
things = Table("things", metadata, Column("numero", BigInteger, primary_key=True), Column("texte", Text))
COLUMNS = ("numero", "texte")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    found = open_database(f"sqlite+aiosqlite:///{tmp_path}/une.db")
    assert isinstance(found, SqliteDatabase)
    await found.start(10)
    await found.create(metadata)
    yield found
    await found.stop()


def rows(first: int, count: int) -> list[tuple[Any, ...]]:
    return [(n, "x") for n in range(first, first + count)]


async def test_only_what_may_be_long_and_the_commit_go_through_a_thread(database: SqliteDatabase) -> None:
    seen: dict[str, bool] = {}
    for connection in (database._writer, database._reader):
        assert connection is not None
        connection.set_trace_callback(lambda sql: seen.update({" ".join(sql.split()): threading.current_thread() is here}))
    here = threading.current_thread()
    async with database.write() as tx:
        await tx.apply([Insert(things, COLUMNS, rows(0, 3))])
        assert await tx.load(things, [(1,)]) == [(1, "x")]
    said = {sql.split()[0]: at_once for sql, at_once in seen.items() if not sql.startswith("PRAGMA")}
    assert said == {"BEGIN": True, "INSERT": True, "SELECT": True, "COMMIT": False}
    seen.clear()
    async with database.write() as tx:
        await tx.apply([Insert(things, COLUMNS, rows(10, sqlite.SHORT_ROWS + 1))])
    assert not any(at_once for sql, at_once in seen.items() if sql.startswith("INSERT"))
    for size, at_once in ((sqlite.SHORT_SIZE // 4, True), (sqlite.SHORT_SIZE // 3, False)):  # few rows, that are long
        seen.clear()
        async with database.write() as tx:
            await tx.apply([Insert(things, COLUMNS, [(n, "x" * size) for n in range(size, size + 4)])])
        assert {found for sql, found in seen.items() if sql.startswith("INSERT")} == {at_once}
    seen.clear()
    whole: Any = select(func.count(things.c.numero))
    async with database.read() as tx:
        assert len(await tx.load(things, [(n,) for n in range(sqlite.SHORT_KEYS + 1)])) > 100
        assert await tx.select(whole) == await tx.select(whole.execution_options(**SHORT).limit(1))
    assert list(seen.values()) == [False, False, True]


async def test_nothing_is_done_at_once_on_a_connection_that_its_thread_is_using(database: SqliteDatabase) -> None:
    go = threading.Event()
    assert database._reader is not None
    database._reader.create_function("retenue", 0, lambda: go.wait(5))
    async with database.read() as tx:
        long = asyncio.create_task(tx.select(select(func.retenue())))
        while not database._busy[1]:  # noqa: ASYNC110 (there is no event for it)
            await asyncio.sleep(0)
        short = asyncio.create_task(tx.load(things, [(1,)]))
        for _ in range(3):
            await asyncio.sleep(0)
        assert not short.done()  # done at once, it would hold everybody until the long one is over
        go.set()
        assert (await long, await short) == ([(1,)], [])


async def test_a_file_where_somebody_else_writes_is_waited_for_without_holding_the_loop(database: SqliteDatabase) -> None:
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with database.write() as tx:
            await tx.apply([Insert(things, COLUMNS, rows(0, 1))])

    waiting = asyncio.create_task(write())
    while not database._busy[0]:
        assert not waiting.done()
        await asyncio.sleep(0)
    other.execute("COMMIT")
    other.close()
    await waiting
    async with database.read() as tx:
        assert await tx.load(things, [(0,)]) == [(0, "x")]


async def test_a_writer_that_is_cancelled_again_and_again_leaves_nothing_running_behind_it(database: SqliteDatabase) -> None:
    begun, go, order = threading.Event(), threading.Event(), list[str]()

    def long(connection: sqlite3.Connection) -> None:
        begun.set()
        go.wait(20)
        order.append("long")

    async def first() -> None:
        async with database.write():
            await database._run(0, long)

    async def second() -> None:
        async with database.write() as tx:
            order.append("second")
            await tx.apply([Insert(things, COLUMNS, rows(0, 1))])
            await asyncio.sleep(0)
            await tx.apply([Insert(things, COLUMNS, rows(1, 1))])

    one = asyncio.create_task(first())
    await asyncio.to_thread(begun.wait, 20)
    two = asyncio.create_task(second())
    for _ in range(8):
        one.cancel()
        for _ in range(3):
            await asyncio.sleep(0)
    assert not one.done() and order == []
    go.set()
    await asyncio.gather(one, two, return_exceptions=True)
    assert one.cancelled() and order == ["long", "second"]
    async with database.read() as tx:
        assert await tx.load(things, [(0,), (1,)]) == [(0, "x"), (1, "x")]


async def test_a_writer_that_is_cancelled_while_it_waits_for_another_process_leaves_no_transaction(database: SqliteDatabase) -> None:
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write(numero: int) -> None:
        async with database.write() as tx:
            await tx.apply([Insert(things, COLUMNS, rows(numero, 1))])

    waiting = asyncio.create_task(write(1))
    async with asyncio.timeout(20):
        while not database._busy[0]:  # noqa: ASYNC110  it is no event, and nobody is told of it
            await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)
    other.execute("COMMIT")
    other.close()
    await asyncio.gather(waiting, return_exceptions=True)
    await write(2)
    async with database.read() as tx:
        assert await tx.load(things, [(1,), (2,)]) == [(2, "x")]
