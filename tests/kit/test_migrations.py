"""The migrations of each service make exactly the tables its code uses, on both engines, and may be run again."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from fps.kit.app.migrate import upgrade
from fps.kit.app.revision import is_current
from fps.kit.data import tables
from fps.kit.engine.definition import Definition
from fps_simulateur.pilote.world import DEFINITIONS
from tests.conftest import Postgres

SERVICES = list(DEFINITIONS.values())


def differences(connection: Any, definition: Definition) -> list[Any]:
    context = MigrationContext.configure(connection)
    found: list[Any] = compare_metadata(context, [tables.metadata, definition.metadata])  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("definition", SERVICES, ids=lambda d: d.party.value)
def test_the_migrations_of_a_service_make_its_tables_on_sqlite(definition: Definition, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'base.db'}"
    assert not is_current(url, definition)
    upgrade(url, definition)
    upgrade(url, definition)
    assert is_current(url, definition)
    engine = create_engine(url.replace("+aiosqlite", ""))
    with engine.connect() as connection:
        assert differences(connection, definition) == []
    engine.dispose()


@pytest.mark.parametrize("definition", SERVICES, ids=lambda d: d.party.value)
async def test_the_migrations_of_a_service_make_its_tables_on_postgresql(definition: Definition, postgres: Postgres) -> None:
    name = await postgres.create()
    try:
        for _ in range(2):
            await asyncio.to_thread(upgrade, postgres.url(name), definition)
        engine = create_async_engine(postgres.url(name))
        async with engine.connect() as connection:
            assert await connection.run_sync(differences, definition) == []
        await engine.dispose()
    finally:
        await postgres.drop(name)
