"""A database behind a URL: one writer at a time, bulk loads and saves, SQLAlchemy for everything rare."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from sqlalchemy import MetaData, Table
from sqlalchemy.sql import Executable, Select

from fps.kit.data.held import Held
from fps.kit.data.packed import ValeurIllisible
from fps.kit.data.scope import Scope
from fps.kit.data.shares import Shares
from fps.kit.data.sql import Engine, Op, Row
from fps.kit.ground.faults import Unavailable

__all__ = ["PATIENCE", "Croisement", "Database", "DatabaseUnavailable", "LigneEnDouble", "Transaction", "ValeurIllisible"]

PATIENCE = 24 * 3_600.0  # seconds given to one command on a whole bac, however large


class DatabaseUnavailable(Unavailable):
    """La base de données ne répond pas"""

    code = "base-indisponible"


class BaseSansPlace(DatabaseUnavailable):
    """La base de données refuse d'écrire"""

    code = "base-sans-place"
    que_faire = "Faites de la place sur son disque : ce qui est écrit n'est pas perdu, et tout repart ensuite."


class LigneEnDouble(Exception):
    """A row has the key of another, or the values of another in a unique index: the transaction is lost."""


class Croisement(Exception):
    """Two transactions waited for one another: this one was undone, and may be done again."""


class Transaction(Protocol):
    """What may be asked inside one transaction."""

    async def in_turn(self, bacs: Iterable[str]) -> None:
        """From now to the commit, alone to write the journals of these bacs among those who have a part of them."""

    async def load(self, table: Table, keys: Sequence[Row], by: tuple[str, ...] = ()) -> list[Row]:
        """Every row whose `by` columns (the primary key by default) equal one of `keys`: one statement, whatever their number."""

    async def apply(self, ops: Sequence[Op]) -> None:
        """Write everything: one round trip on PostgreSQL, one executemany per operation on SQLite."""

    async def select(self, statement: Select[*tuple[object, ...]], **values: object) -> list[Row]:
        """A read written with SQLAlchemy; `values` fill its bindparams, so that a statement kept in a module is compiled once."""

    def stream(self, statement: Select[*tuple[object, ...]], size: int, **values: object) -> AsyncIterator[list[Row]]:
        """What a select finds, `size` rows at a time, never held whole, `values` as for `select`; in a `write` or a `snapshot`."""

    async def execute(self, statement: Executable, patience: float | None = None, **values: object) -> int:
        """A command written with SQLAlchemy, `values` as for `select`; gives the number of rows touched.

        `patience`: seconds, for what touches a whole bac.
        """


class Database(Protocol):
    """The same on SQLite and on PostgreSQL (one conformance test runs on both)."""

    engine: Engine
    url: str
    statements: int  # statements sent since the start: what the tests count

    async def start(self, timeout: float) -> None:
        """Connect, retrying until `timeout` seconds; raises DatabaseUnavailable."""

    async def stop(self) -> None: ...

    async def create(self, *metadata: MetaData) -> None:
        """Create the tables that are missing (memory databases and tests; elsewhere the migrations do it)."""

    async def ping(self) -> None:
        """Raises DatabaseUnavailable when the database does not answer."""

    def write(self, scope: Scope | None = None) -> AbstractAsyncContextManager[Transaction]:
        """A transaction of the only writer of this database: it waits for its turn, commits at the end or changes nothing.

        `scope`: the only writer of that only, where several processes may write; raises Croisement when it must be done again.
        """

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that only reads what is committed."""

    def snapshot(self) -> AbstractAsyncContextManager[Transaction]:
        """A reading of one committed state, however long it takes: what is written meanwhile is not in it, and does not wait for it."""

    def hold(self) -> AbstractAsyncContextManager[Transaction]:
        """One transaction for all that a request does: its `write` and `read` join it, each undone alone when it raises."""

    def held(self) -> Held | None:
        """The transaction that the request in progress holds, or None."""

    def alone(self, what: str) -> AbstractAsyncContextManager[bool]:
        """Whether no other process of this database is at `what` until the end; who is told False leaves it to the other."""

    def shares(self, parts: int) -> Shares:
        """The parts that this process serves, among those that share the dossiers of this database; raises ValueError on SQLite."""

    def after(self, tell: Callable[[], None]) -> None:
        """Tell that something was written, once it is committed."""
