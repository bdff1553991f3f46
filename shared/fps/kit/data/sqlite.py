"""SQLite behind the gateway: what is short is done at once, what may be long or waits for the disk in one thread per connection."""

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import MetaData, Table
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql import Executable, Select

from fps.kit.data.database import BaseSansPlace, DatabaseUnavailable, LigneEnDouble, ValeurIllisible
from fps.kit.data.held import Holding
from fps.kit.data.scope import Scope
from fps.kit.data.shares import Shares
from fps.kit.data.sql import (
    Engine,
    Op,
    Row,
    Upsert,
    decoded,
    encoded,
    load,
    sqlite_one,
    sqlite_places,
    sqlite_reader,
    sqlite_value,
    sqlite_write,
    sqlite_writers,
)

T = TypeVar("T")
DIALECT = pysqlite.dialect()
PATIENCE_MS = 10_000  # left to who else writes in the file
SHORT_KEYS, SHORT_ROWS = 200, 1_000  # keys looked up, rows written that are done at once: a few milliseconds
SHORT_SIZE = 1 << 20  # characters and bytes of these rows: sixty of a mebibyte each are a tenth of a second
DOUBLES = (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_ROWID)
FERMEES = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY)  # what a file answers that can be read, and not written


def private(path: str) -> None:
    """Make a file that its owner alone reads, or close to the others one that is there: it holds people's data."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    Path(path).chmod(0o600)


def connect(path: str) -> sqlite3.Connection:
    """A connection in autocommit mode: the gateway opens and closes its transactions itself."""
    if path:
        private(path)
    connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False, timeout=PATIENCE_MS / 1000)
    if path:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    return connection


class SqliteDatabase(Holding):
    """One file (or memory), one writing connection, one reading connection."""

    engine: Engine = "sqlite"

    def __init__(self, url: str, path: str):
        self.url, self.path = url, path
        self.statements = 0
        self.lock = asyncio.Lock()
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._threads: list[ThreadPoolExecutor] = []
        self._busy = [0, 0]  # what each thread has to do: its connection is left to it meanwhile

    async def start(self, timeout: float) -> None:
        if self.path:
            await asyncio.to_thread(Path(self.path).parent.mkdir, parents=True, exist_ok=True)
            # Memory never waits for a disk: no thread, no hop. A file does: one thread per connection, for what may be long.
            self._threads = [ThreadPoolExecutor(1, thread_name_prefix=f"sqlite-{i}") for i in range(2)]
        try:
            self._writer = connect(self.path)
            self._reader = connect(self.path) if self.path else self._writer
        except sqlite3.Error as error:
            raise DatabaseUnavailable(f"{self.path} : {error}") from error

    async def stop(self) -> None:
        async with self.lock:
            for connection in {self._writer, self._reader}:
                if connection is not None:
                    connection.close()
            self._writer = self._reader = None
        for thread in self._threads:
            thread.shutdown()
        self._threads = []

    async def create(self, *metadata: MetaData) -> None:
        def ddl(connection: sqlite3.Connection) -> None:
            for data in metadata:
                for table in data.sorted_tables:
                    connection.execute(str(CreateTable(table, if_not_exists=True).compile(dialect=DIALECT)))
                    for index in sorted(table.indexes, key=lambda i: str(i.name)):
                        connection.execute(str(CreateIndex(index, if_not_exists=True).compile(dialect=DIALECT)))

        async with self.lock:
            await self._run(0, ddl)

    async def ping(self) -> None:
        async with self.read() as tx:
            await tx._raw("SELECT 1", ())

    @asynccontextmanager
    async def write(self, scope: Scope | None = None) -> AsyncIterator["SqliteTransaction"]:
        if (held := self.held()) is not None:
            async with held.part() as tx:
                yield tx
            return
        async with self.lock:
            try:
                if not await self._run(0, _begun_at_once, short=True):
                    await self._run(0, lambda c: c.execute("BEGIN IMMEDIATE"))
                yield SqliteTransaction(self, 0)
                await self._run(0, lambda c: c.execute("COMMIT"))
            except BaseException:
                await self._run(0, lambda c: c.execute("ROLLBACK") if c.in_transaction else None)
                raise

    @asynccontextmanager
    async def read(self) -> AsyncIterator["SqliteTransaction"]:
        if (held := self.held()) is not None:
            async with held.look() as tx:
                yield tx
            return
        if self.path:
            yield SqliteTransaction(self, 1)
            return
        async with self.lock:  # memory: the one connection must not show an unfinished transaction
            yield SqliteTransaction(self, 0)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["SqliteTransaction"]:
        """A connection of its own, which sees the file as it is now; a memory is copied, so that nobody waits for who reads it."""
        if not self.path:
            async with self.lock:
                copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
                await self._run(0, lambda c: c.backup(copy))
            try:
                yield SqliteSnapshot(self, copy, None)
            finally:
                copy.close()
            return
        thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-vue")
        connection = None
        try:
            with _told(self.path):
                connection = connect(self.path)
            found = SqliteSnapshot(self, connection, thread)
            # The state is taken by the first reading, not by BEGIN.
            await found._do(lambda c: c.execute("BEGIN").execute("SELECT count(*) FROM sqlite_master").fetchone())
            yield found
        finally:
            if connection is not None:
                connection.close()
            thread.shutdown(wait=False)

    @asynccontextmanager
    async def alone(self, what: str) -> AsyncIterator[bool]:
        yield True  # a file is opened by one service

    def shares(self, parts: int) -> Shares:
        raise ValueError("SQLite : un seul processus ouvre le fichier, rien n'est partagé")

    async def _run(self, which: int, work: Callable[[sqlite3.Connection], T], *, short: bool = False) -> T:
        """Do some work on a connection; `short`: it waits for nothing but a page of the file, and is not worth the way to a thread."""
        connection = self._reader if which else self._writer
        if connection is None:
            raise DatabaseUnavailable("la base est fermée")
        try:
            if not self._threads or (short and not self._busy[which]):
                return work(connection)
            self._busy[which] += 1
            try:
                return await _in_thread(self._threads[which], work, connection)
            finally:
                self._busy[which] -= 1
        except sqlite3.Error as error:
            if (told := _words(self.path, error)) is not error:
                raise told from error
            raise


def _begun_at_once(connection: sqlite3.Connection) -> bool:
    """Whether the writing transaction could be opened without waiting: nobody else writes in this file."""
    connection.execute("PRAGMA busy_timeout=0")
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
    return True


async def _in_thread(thread: ThreadPoolExecutor, work: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection) -> T:
    future = asyncio.get_running_loop().run_in_executor(thread, work, connection)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        while not future.done():  # never leave a statement running behind a cancelled caller, however often it is cancelled
            with suppress(asyncio.CancelledError):
                await asyncio.wait([future])
        raise


@contextmanager
def _told(path: str) -> Iterator[None]:
    """What SQLite raises, in the words of the gateway."""
    try:
        yield
    except sqlite3.Error as error:
        if (told := _words(path, error)) is not error:
            raise told from error
        raise


def _words(path: str, error: sqlite3.Error) -> Exception:
    """What SQLite raised, in the words of the gateway; itself when it is no fault of the file."""
    if isinstance(error, sqlite3.OperationalError):
        if str(error).startswith("no such"):  # a table or a column: the fault is in the schema, waiting mends nothing
            return error
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in FERMEES:
            return BaseSansPlace(str(error))
        return ValeurIllisible(str(error)) if str(error).startswith("Could not decode") else DatabaseUnavailable(str(error))
    if getattr(error, "sqlite_errorcode", None) in DOUBLES:
        return LigneEnDouble(str(error))
    # A constraint, a wrong statement: not the file.
    return DatabaseUnavailable(f"{path} : {error}") if type(error) is sqlite3.DatabaseError else error


@lru_cache(maxsize=2048)
def _compiled(statement: Executable) -> tuple[str, tuple[str, ...], dict[str, Any], dict[int, Any], bool]:
    """The text of a statement, the order of its parameters, those it has, how to read the columns that it gives, whether it is short."""
    compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    readers = sqlite_reader(list(statement.selected_columns)) if isinstance(statement, Select) else {}  # type: ignore[arg-type]
    short = bool(statement.get_execution_options().get("short"))
    return str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params), readers, short


class SqliteTransaction:
    """Statements on one of the two connections."""

    def __init__(self, database: SqliteDatabase, which: int):
        self.database, self.which = database, which

    async def _do(self, work: Callable[[sqlite3.Connection], T], *, short: bool = False) -> T:
        return await self.database._run(self.which, work, short=short)

    async def in_turn(self, bacs: Iterable[str]) -> None:
        """A file has one writer, alone already."""

    async def command(self, sql: str) -> None:
        """A savepoint; nothing where SQLite has already given up the whole transaction (a full disk)."""
        await self._do(lambda c: c.execute(sql) if c.in_transaction else None, short=True)

    async def _raw(self, sql: str, values: Sequence[Any], *, short: bool = False) -> list[Row]:
        self.database.statements += 1
        return await self._do(lambda c: c.execute(sql, values).fetchall(), short=short)

    async def load(self, table: Table, keys: Sequence[Row], by: tuple[str, ...] = ()) -> list[Row]:
        if not keys:
            return []
        by = by or tuple(c.name for c in table.primary_key.columns)
        if len(keys) == 1:
            found = await self._raw(sqlite_one(table, by), [sqlite_value(v) for v in keys[0]], short=True)
        else:
            asked = json.dumps([[sqlite_value(v) for v in key] for key in keys])
            found = await self._raw(load("sqlite", table, by), (asked,), short=len(keys) <= SHORT_KEYS)
        return decoded(found, sqlite_places(table))

    async def apply(self, ops: Sequence[Op]) -> None:
        prepared = []
        for op in ops:
            if not op.rows:
                continue
            adds = op.add if isinstance(op, Upsert) else ()
            rows = encoded(op.rows, sqlite_writers(op.table, tuple(op.columns), bool(self.database.path)))
            prepared.append((sqlite_write(op.table, type(op).__name__, op.columns, adds), rows))

        def work(connection: sqlite3.Connection) -> None:
            for sql, rows in prepared:
                connection.executemany(sql, rows)

        self.database.statements += len(prepared)
        if prepared:
            await self._do(work, short=_short([rows for _, rows in prepared]))

    async def select(self, statement: Select[*tuple[object, ...]], **values: object) -> list[Row]:
        sql, names, params, readers, short = _compiled(statement)
        found = [sqlite_value(values[n] if n in values else params[n]) for n in names]
        return decoded(await self._raw(sql, found, short=short), readers)

    async def stream(self, statement: Select[*tuple[object, ...]], size: int, **values: object) -> AsyncIterator[list[Row]]:
        sql, names, params, readers, _ = _compiled(statement)
        self.database.statements += 1
        found = [sqlite_value(values[n] if n in values else params[n]) for n in names]
        cursor = await self._do(lambda c: c.execute(sql, found))
        while rows := await self._do(lambda c: cursor.fetchmany(size)):
            yield decoded(rows, readers)

    async def execute(self, statement: Executable, patience: float | None = None, **values: object) -> int:
        sql, names, params, _, short = _compiled(statement)
        found = [sqlite_value(values[n] if n in values else params[n]) for n in names]
        self.database.statements += 1
        return await self._do(lambda c: c.execute(sql, found).rowcount, short=short)


def _short(written: Sequence[Sequence[Row]]) -> bool:
    """Whether rows are few enough, and small enough together, to be written at once."""
    if sum(map(len, written)) > SHORT_ROWS:
        return False
    size = 0
    for rows in written:
        for row in rows:
            size += sum([len(value) for value in row if type(value) is str or type(value) is bytes])
            if size > SHORT_SIZE:
                return False
    return True


class SqliteSnapshot(SqliteTransaction):
    """Statements on a connection of its own, which only reads."""

    def __init__(self, database: SqliteDatabase, connection: sqlite3.Connection, thread: ThreadPoolExecutor | None):
        super().__init__(database, 1)
        self._connection, self._thread = connection, thread

    async def _do(self, work: Callable[[sqlite3.Connection], T], *, short: bool = False) -> T:
        with _told(self.database.path):
            return work(self._connection) if self._thread is None else await _in_thread(self._thread, work, self._connection)
