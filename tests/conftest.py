"""What the tests share: databases of both engines, made and dropped around each test."""

import gc
import os
import secrets
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import pytest
import pytest_asyncio

from fps.kit.ground.memory import patient

# The services and the clients of the servers take a second to import: only the fixtures that need them do, and the law waits for none.
if TYPE_CHECKING:
    from argon2 import PasswordHasher

    from fps_simulateur.pilote.world import World
    from tests.parler.antai import Antai
    from tests.parler.dgfip import Tresorerie
    from tests.parler.editeur import Editeur
    from tests.parler.greffe import Greffe
    from tests.parler.mondes import Monde
    from tests.parler.ville import Ville

pytest_plugins = ["tests.exigence", "tests.demain", "tests.temoin", "tests.partage"]

patient()  # else a fifth of the suite's CPU goes to looking through the worlds that the tests keep


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL server on which tests make databases of their own."""

    admin: str

    def url(self, name: str) -> str:
        """The URL of a database, as the services want it."""
        parts = urlsplit(self.admin)
        return urlunsplit(("postgresql+asyncpg", parts.netloc, f"/{name}", "", ""))

    async def create(self) -> str:
        """A new empty database; gives its name."""
        name = f"fps_test_{os.getpid()}_{secrets.token_hex(4)}"
        await self._run(f'CREATE DATABASE "{name}"')
        await self._run(f'ALTER DATABASE "{name}" SET synchronous_commit = off')  # no test cuts the power
        return name

    async def empty(self, name: str) -> None:
        """Take everything out of a database, whoever is still connected: quicker than another one."""
        await self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        await self._run("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name)

    async def drop(self, name: str) -> None:
        """Delete a database, whoever is still connected."""
        await self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def _run(self, sql: str, database: str | None = None) -> None:
        import asyncpg

        connection = await asyncpg.connect(self.admin, timeout=10, database=database)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


@pytest.fixture(scope="session", autouse=True)
def vrai_hacheur() -> Iterator["PasswordHasher | None"]:
    """Passwords are computed by the least argon2 there is, since hundreds are typed here; gives the true one, for its own test."""
    if (personnes := sys.modules.get("fps.kit.trust.personnes")) is None:
        yield None
        return
    from argon2 import PasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        vrai = personnes.HACHEUR
        patch.setattr(personnes, "HACHEUR", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield vrai


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def monde() -> AsyncIterator["World"]:
    """The four services in memory, the same for all the tests of a process; each test has its own bac in it."""
    from fps_simulateur.pilote.world import open_world

    async with open_world(token="essai") as opened:
        yield opened


# Who speaks in it, each in a bac of its own. Tests of the session's loop only: `pytestmark = pytest.mark.asyncio(loop_scope="session")`.


@pytest_asyncio.fixture(loop_scope="session")
async def ville(monde: "World") -> "Ville":
    """A town, on 15 June 2026, where nothing happened."""
    from tests.parler.ville import Ville

    return await Ville.ouvrir(monde, date(2026, 6, 15))


@pytest_asyncio.fixture(loop_scope="session")
async def antai(monde: "World") -> "Antai":
    """ANTAI, which has just received one FPS of Lille."""
    from tests.parler.antai import Antai

    return await Antai.avec_un_fps(monde)


@pytest_asyncio.fixture(loop_scope="session")
async def dgfip(monde: "World") -> "Tresorerie":
    """The DGFiP, which has just received the title of that FPS."""
    from tests.parler.dgfip import Tresorerie

    return await Tresorerie.ouvrir(monde)


@pytest_asyncio.fixture(loop_scope="session")
async def tribunal(monde: "World") -> "Greffe":
    """The court, before which nobody came yet."""
    from tests.parler.greffe import Greffe

    return await Greffe.ouvrir(monde)


@pytest_asyncio.fixture(loop_scope="session")
async def editeur() -> AsyncIterator["Editeur"]:
    """The system of an editor, that listens."""
    from tests.parler.editeur import editeur

    async with editeur() as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def monde_reel(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator["Monde"]:
    """The four services on PostgreSQL and RabbitMQ, for the tests of the group "vrai"; each has its own bac in it."""
    from tests.parler.mondes import ouvrir

    async with ouvrir("real", tmp_path_factory.mktemp("vrai")) as opened:
        yield opened


@pytest.fixture
def postgres() -> Postgres:
    """The real PostgreSQL, or a skip with the reason."""
    from tests.real import postgres_url

    return Postgres(postgres_url())


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def une_base() -> AsyncIterator[tuple[Postgres, str]]:
    """A PostgreSQL database of this process, which each test finds and leaves empty."""
    from tests.real import postgres_url

    server = Postgres(postgres_url())
    name = await server.create()
    yield server, name
    await server.drop(name)


@pytest.fixture
async def base_vide(une_base: tuple[Postgres, str]) -> AsyncIterator[str]:
    """An empty PostgreSQL database."""
    server, name = une_base
    yield server.url(name)
    await server.empty(name)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each engine."""
    if request.param == "memory":
        return "sqlite+aiosqlite://"
    return f"sqlite+aiosqlite:///{tmp_path / 'essai.db'}" if request.param == "sqlite" else str(request.getfixturevalue("base_vide"))


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look at it again."""
    gc.collect()
    gc.freeze()
