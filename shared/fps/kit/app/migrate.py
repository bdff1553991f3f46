"""Alembic for one service: its own database, its own history, run by the one-shot command `python -m SERVICE migrate`."""

import asyncio
from importlib.resources import as_file
from typing import Any

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, create_engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

from fps.kit.data import tables
from fps.kit.data.database import DatabaseUnavailable
from fps.kit.engine.definition import Definition
from fps.kit.ground.retry import attempts

# What a server that starts answers; a wrong statement (ProgrammingError) is not waited for.
LOST = (OperationalError, InterfaceError, OSError, TimeoutError)


def run_env(metadata: MetaData) -> None:
    """What the env.py of every service calls: the kit's tables and the service's, on the connection given by `upgrade`."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=[tables.metadata, metadata], render_as_batch=True, compare_type=False)
    with context.begin_transaction():
        context.run_migrations()


def configuration(definition: Definition, folder: str) -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _on(connection: Connection, definition: Definition, action: Any) -> None:
    if definition.migrations is None:
        raise ValueError(f"{definition.party} has no migrations")
    with as_file(definition.migrations) as folder:
        config = configuration(definition, str(folder))
        config.attributes["connection"] = connection
        action(config)


async def _postgres(url: str, definition: Definition, action: Any, timeout: float) -> None:
    engine = create_async_engine(url)
    try:
        async for attempt in attempts(LOST, timeout):
            with attempt:
                async with engine.begin() as connection:
                    await connection.run_sync(_on, definition, action)
    except LOST as error:
        raise DatabaseUnavailable(str(error)) from error
    finally:
        await engine.dispose()


def upgrade(url: str, definition: Definition, timeout: float = 60.0, action: Any = None) -> None:
    """Bring a database to the last revision, waiting for it if need be; raises DatabaseUnavailable."""
    action = action or (lambda config: command.upgrade(config, "head"))
    if url.startswith("postgresql"):
        asyncio.run(_postgres(url, definition, action, timeout))
        return
    engine = create_engine(url.replace("+aiosqlite", ""))
    with engine.begin() as connection:
        _on(connection, definition, action)
    engine.dispose()
