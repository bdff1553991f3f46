"""Alembic for one service: its own database, its own history, run by the one-shot command `python -m SERVICE migrate`."""

import asyncio
from collections.abc import Callable
from importlib.resources import as_file
from typing import Any

from alembic import command, context
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData, create_engine, event
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import create_async_engine

from fps.kit.app.revision import BaseAbimee, BaseEtrangere
from fps.kit.data import schema, tables
from fps.kit.data.database import BaseSansPlace, DatabaseUnavailable
from fps.kit.data.opening import engine_of
from fps.kit.data.sqlite import FERMEES, private
from fps.kit.engine.definition import Definition
from fps.kit.ground.retry import attempts

# What a server that starts answers; a wrong statement (ProgrammingError) is not waited for.
LOST = (OperationalError, InterfaceError, OSError, TimeoutError)


def run_env(metadata: MetaData) -> None:
    """What the env.py of every service calls: the kit's tables and the service's, on the connection given by `upgrade`."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=[tables.metadata, metadata],
        render_as_batch=True,
        compare_type=False,
        transactional_ddl=True,  # both engines have it: what `upgrade` opened is all or nothing
    )
    with context.begin_transaction():
        context.run_migrations()


def configuration(folder: str) -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _on(connection: Connection, definition: Definition, action: Any) -> None:
    if definition.migrations is None:
        raise ValueError(f"{definition.party} has no migrations")
    with as_file(definition.migrations) as folder:
        config = configuration(str(folder))
        config.attributes["connection"] = connection
        try:
            action(config)
        except (CommandError, ProgrammingError) as error:  # a revision that this version does not know; a table that is already there
            raise BaseEtrangere(str(error)) from error


def _last(connection: Connection, definition: Definition) -> None:
    """Bring to the last revision, and look at what is there; raises BaseEtrangere."""
    _on(connection, definition, lambda config: command.upgrade(config, "head"))
    engine = connection.dialect.name
    columns, indexes = (connection.exec_driver_sql(query).all() for query in schema.QUERIES[engine])
    expected = schema.declared(engine, tables.metadata, definition.metadata)
    if gap := schema.gaps(expected, schema.facts(columns, indexes)):
        raise BaseEtrangere(gap)


async def _postgres(url: str, act: Callable[[Connection], None], timeout: float) -> None:
    engine = create_async_engine(url)
    try:
        async for attempt in attempts(LOST, timeout):
            with attempt:
                async with engine.begin() as connection:
                    await connection.run_sync(act)
    except LOST as error:
        raise DatabaseUnavailable(str(error)) from error
    finally:
        await engine.dispose()


def _sqlite(url: str, act: Callable[[Connection], None], _: float) -> None:
    """One transaction, DDL included: left to itself, Python's sqlite3 opens none before a CREATE TABLE."""
    engine = create_engine(url.replace("+aiosqlite", ""))
    if engine.url.database:
        private(engine.url.database)
    event.listen(engine, "connect", _by_hand)
    event.listen(engine, "begin", _begin)
    try:
        with engine.begin() as connection:
            act(connection)
    except OperationalError as error:
        if "already exists" in str(error):  # made by another version, cut short in its first migration
            raise BaseEtrangere(str(error.orig)) from error
        full = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in FERMEES
        raise (BaseSansPlace if full else DatabaseUnavailable)(str(error.orig)) from error  # full, or another process holds the file
    except DatabaseError as error:
        if type(error) is not DatabaseError:
            raise
        raise BaseAbimee(f"{engine.url.database} : {error.orig}") from error
    finally:
        engine.dispose()


def _by_hand(connection: Any, record: Any) -> None:
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


_RUN: dict[str, Callable[[str, Callable[[Connection], None], float], None]] = {
    "sqlite": _sqlite,
    "postgresql": lambda url, act, timeout: asyncio.run(_postgres(url, act, timeout)),
}


def upgrade(url: str, definition: Definition, timeout: float = 60.0, action: Any = None) -> None:
    """Bring a database to the last revision, waiting for it if need be; raises DatabaseUnavailable, BaseEtrangere, BaseAbimee.

    `action`: another command of Alembic, given its configuration.
    """

    def act(connection: Connection) -> None:
        if action is None:
            _last(connection, definition)
        else:
            _on(connection, definition, action)

    _RUN[engine_of(url)](url, act, timeout)
