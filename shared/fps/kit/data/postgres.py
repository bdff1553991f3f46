"""PostgreSQL behind the gateway: asyncpg, arrays given to unnest, one writer held by an advisory lock."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache, lru_cache
from typing import Any

import asyncpg
from sqlalchemy import MetaData, Table
from sqlalchemy.dialects.postgresql import asyncpg as pg_dialect
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql import Executable, Select

from fps.kit.data.database import BaseSansPlace, Croisement, DatabaseUnavailable, LigneEnDouble
from fps.kit.data.held import Held, Holding
from fps.kit.data.scope import MOST, TURN, Scope, of_bac
from fps.kit.data.shares import Shares
from fps.kit.data.sql import Engine, Op, Row, Upsert, load, pg_write
from fps.kit.ground.retry import attempts

DIALECT = pg_dialect.dialect()  # type: ignore[no-untyped-call]
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server ended this connection while nobody used it: asyncpg says so of what is asked next
    asyncpg.OperatorInterventionError,  # shutdown, crash recovery, "cannot connect now"
    asyncpg.InsufficientResourcesError,  # a full disk, too many connections
    asyncpg.ReadOnlySQLTransactionError,
    OSError,
    TimeoutError,
)
# The statements are few, always the same, and made for their indexes: planning them again each time would cost more than running them.
# A plan made while a table was empty must not read it whole once it is full: hence no sequential scan where an index will do.
SERVER = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "jit": "off"}
POOL, POOL_SHARED = 6, 4  # connections that read at once, of a service alone and of each of its replicas
COMMAND = 60  # seconds given to a statement that asks for no more
# Asked for by every writer of one database, so that two replicas of a service still write in turn; shared by those that have a scope.
WRITER = zlib.crc32(b"fps: one writer per service")
_TURNS = f"SELECT pg_advisory_xact_lock({TURN}, k) FROM unnest($1::int[]) AS k"


def _begin(scope: Scope | None) -> str:
    """Begin, once those who write the same thing have ended."""
    if scope is None or len(scope.bacs) > MOST:
        return f"BEGIN; SELECT pg_advisory_xact_lock({WRITER})"
    taken = [f"pg_advisory_xact_lock{'_shared' if shared else ''}({space}, {key})" for space, key, shared in scope.locks()]
    return f"BEGIN; SELECT {', '.join([f'pg_advisory_xact_lock_shared({WRITER})', *taken])}"  # from left to right


@cache
def combined(shapes: tuple[tuple[Table, str, tuple[str, ...], tuple[str, ...]], ...]) -> str:
    """Several writes as one statement: data-modifying CTEs, so one round trip."""
    parts, first = [], 1
    for table, kind, columns, add in shapes:
        parts.append(pg_write(table, kind, columns, add, first))
        first += len(columns)
    if len(parts) == 1:
        return parts[0]
    return "WITH " + ", ".join(f"o{i} AS ({part})" for i, part in enumerate(parts)) + " SELECT 1"


class PostgresDatabase(Holding):
    """A pool of connections; the writer takes one and the advisory lock with it."""

    engine: Engine = "postgresql"

    def __init__(self, url: str, dsn: str):
        self.url, self.dsn = url, dsn
        self.statements = 0
        self.pool = POOL
        self.lock = asyncio.Lock()
        self._pool: asyncpg.Pool | None = None
        self._writer: asyncpg.Connection | None = None

    async def start(self, timeout: float) -> None:
        try:
            async for attempt in attempts(LOST, timeout):
                with attempt:
                    self._pool = await asyncpg.create_pool(
                        self.dsn,
                        min_size=1,
                        max_size=self.pool,
                        command_timeout=COMMAND,
                        timeout=5,
                        server_settings=SERVER,
                        reset=_as_it_is,
                    )
        except LOST as error:
            raise _perdue(error) from error

    async def stop(self) -> None:
        if self._writer is not None:
            self._writer.terminate()
        if self._pool is not None:
            pool, self._pool = self._pool, None
            try:
                await asyncio.wait_for(pool.close(), 5)
            except (TimeoutError, *LOST):
                pool.terminate()

    async def create(self, *metadata: MetaData) -> None:
        async with self._connection() as connection:
            for data in metadata:
                for table in data.sorted_tables:
                    await connection.execute(str(CreateTable(table, if_not_exists=True).compile(dialect=DIALECT)))
                    for index in sorted(table.indexes, key=lambda i: str(i.name)):
                        await connection.execute(str(CreateIndex(index, if_not_exists=True).compile(dialect=DIALECT)))

    async def ping(self) -> None:
        async with self._connection() as connection:
            await connection.fetch("SELECT 1")

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        if self._pool is None:
            raise DatabaseUnavailable("la base est fermée")
        try:
            async with self._pool.acquire(timeout=10) as connection:
                yield connection
        except LOST as error:
            raise _perdue(error) from error

    @asynccontextmanager
    async def alone(self, what: str) -> AsyncIterator[bool]:
        """An advisory lock, which a process that dies leaves with its connection."""
        key = zlib.crc32(f"fps: {what}".encode())
        async with self._connection() as connection:
            mine = bool(await connection.fetchval("SELECT pg_try_advisory_lock($1)", key))
            try:
                yield mine
            finally:
                if mine and not connection.is_closed():
                    await self._given_back(connection, key)

    async def _given_back(self, connection: Any, key: int) -> None:
        """The lock is left; when that cannot be told, so is the connection that holds it."""
        try:
            await connection.execute("SELECT pg_advisory_unlock($1)", key)
        except BaseException:
            connection.terminate()
            raise

    def shares(self, parts: int) -> Shares:
        self.pool = POOL_SHARED
        return Shares(self.dsn, parts, LOST)

    async def _writing(self) -> Any:
        """The writer's own connection (a pool would reset it after each use), made again when it was lost."""
        if self._pool is None:
            raise DatabaseUnavailable("la base est fermée")
        if self._writer is None or self._writer.is_closed():
            self._writer = await asyncpg.connect(self.dsn, command_timeout=COMMAND, timeout=5, server_settings=SERVER)
        return self._writer

    @asynccontextmanager
    async def write(self, scope: Scope | None = None) -> AsyncIterator["PostgresTransaction"]:
        if (held := self.held()) is not None:
            async with _of_held(held, held.part()) as tx:
                yield tx
            return
        async with self.lock:
            try:
                connection = await self._writing()
                try:
                    await connection.execute(_begin(scope))
                    yield PostgresTransaction(self, connection)
                    await connection.execute("COMMIT")
                except BaseException:
                    await self._abandon(connection)
                    raise
            except asyncpg.DeadlockDetectedError as error:
                raise Croisement(str(error)) from error
            except LOST as error:
                raise _perdue(error) from error

    async def _abandon(self, connection: Any) -> None:
        """Roll back, or drop a connection that can no longer do it."""
        try:
            if not connection.is_closed():
                await connection.execute("ROLLBACK", timeout=5)
        except (*LOST, asyncio.CancelledError):
            connection.terminate()

    @asynccontextmanager
    async def read(self) -> AsyncIterator["PostgresTransaction"]:
        if (held := self.held()) is not None:
            async with _of_held(held, held.look()) as tx:
                yield tx
            return
        async with self._connection() as connection:
            yield PostgresTransaction(self, connection)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["PostgresTransaction"]:
        async with self._connection() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            yield PostgresTransaction(self, connection)


async def _as_it_is(connection: Any) -> None:
    """A connection goes back to the pool as it is: nothing read here changes its session, and asyncpg itself rolls back what was begun.

    Its own reset is one more round trip for each read, a third of what a page of the console waits for.
    """


def _perdue(error: BaseException) -> DatabaseUnavailable:
    """What PostgreSQL raised, in the words of the gateway: it is away, or it reads and does not write."""
    if isinstance(error, asyncpg.DiskFullError | asyncpg.ReadOnlySQLTransactionError):
        return BaseSansPlace(f"PostgreSQL refuse d'écrire : {error}")
    return DatabaseUnavailable(f"PostgreSQL ne répond pas : {error}")


@asynccontextmanager
async def _of_held(held: Held, way: AbstractAsyncContextManager[Any]) -> AsyncIterator[Any]:
    """A part of, or a look at, the transaction that a request holds; when the connection is lost, so is the whole of it."""
    try:
        async with way as tx:
            yield tx
    except LOST as error:
        held.lost = _perdue(error)
        raise held.lost from error


@lru_cache(maxsize=2048)
def _compiled(statement: Executable) -> tuple[str, tuple[str, ...], dict[str, Any]]:
    """The text of a statement, the order of its parameters, and those it already has."""
    compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    return str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params)


class PostgresTransaction:
    """Statements on one connection."""

    def __init__(self, database: PostgresDatabase, connection: Any):
        self.database, self.connection = database, connection

    async def command(self, sql: str) -> None:
        """A savepoint."""
        await self.connection.execute(sql)

    async def in_turn(self, bacs: Iterable[str]) -> None:
        await self.connection.execute(_TURNS, sorted({of_bac(bac) for bac in bacs}))

    async def load(self, table: Table, keys: Sequence[Row], by: tuple[str, ...] = ()) -> list[Row]:
        if not keys:
            return []
        by = by or tuple(c.name for c in table.primary_key.columns)
        self.database.statements += 1
        return [tuple(r) for r in await self.connection.fetch(load("postgresql", table, by), *map(list, zip(*keys, strict=True)))]

    async def apply(self, ops: Sequence[Op]) -> None:
        ops = [op for op in ops if op.rows]
        if not ops:
            return
        sql = combined(tuple((op.table, type(op).__name__, op.columns, op.add if isinstance(op, Upsert) else ()) for op in ops))
        arrays = [list(column) for op in ops for column in zip(*op.rows, strict=True)]
        self.database.statements += 1
        try:
            await self.connection.execute(sql, *arrays)
        except asyncpg.UniqueViolationError as error:
            raise LigneEnDouble(str(error)) from error

    async def select(self, statement: Select[*tuple[object, ...]], **values: object) -> list[Row]:
        sql, names, params = _compiled(statement)
        self.database.statements += 1
        return [tuple(r) for r in await self.connection.fetch(sql, *(values[n] if n in values else params[n] for n in names))]

    async def stream(self, statement: Select[*tuple[object, ...]], size: int, **values: object) -> AsyncIterator[list[Row]]:
        sql, names, params = _compiled(statement)
        self.database.statements += 1
        cursor = await self.connection.cursor(sql, *(values[n] if n in values else params[n] for n in names))
        while rows := await cursor.fetch(size):
            yield [tuple(r) for r in rows]

    async def execute(self, statement: Executable, patience: float | None = None, **values: object) -> int:
        sql, names, params = _compiled(statement)
        self.database.statements += 1
        status = await self.connection.execute(sql, *(values[n] if n in values else params[n] for n in names), timeout=patience)
        return int(status.rpartition(" ")[2]) if status.rpartition(" ")[2].isdigit() else 0
