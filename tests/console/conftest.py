"""The world of the tests of the console: one for all, and nothing is left in it when a test ends."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from fps.parties import Party
from fps_console.commandes.temps import instant
from fps_console.web.pages import temps
from fps_simulateur.pilote.world import World, open_world


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def lieu() -> AsyncIterator[World]:
    """Not the world of all the tests: the console shows every bac that there is."""
    async with open_world() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def desert(lieu: World) -> AsyncIterator[World]:
    """The four services, without a bac."""
    yield lieu
    partout: dict[Party, list[str]] = await lieu.pilot._all("GET", "/bacs")  # those too that are only half there
    for nom in {nom for noms in partout.values() for nom in noms}:
        await lieu.pilot.supprimer(nom)


@pytest_asyncio.fixture(loop_scope="session")
async def defaut(desert: World) -> World:
    """The four services, with the default bac, where nothing happened."""
    await desert.pilot.creer("defaut", instant("2026-06-28T10:00"))
    return desert


@pytest.fixture
def patiente(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of a page waits for the end of an advance, however slow the machine is: what it tells on the way has tests of its own."""
    monkeypatch.setattr(temps, "VITE", temps.PATIENCE)
