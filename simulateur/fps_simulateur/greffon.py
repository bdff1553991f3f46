"""The pytest plugin: the fixture `fps`, a bac of its own for each test, in a world that a process of pytest opens once."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # the services take a second to import: only the tests that ask for them wait
    from fps_simulateur.client import BacSync, MondeSync


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--fps-adresses`: the services that run elsewhere, in the place of those of this process."""
    aide = "services à essayer : antai=http://…,dgfip=… (sinon FPS_ADDRESSES ; sinon les quatre, en mémoire, dans le processus de pytest)"
    parser.getgroup("fps").addoption("--fps-adresses", metavar="LISTE", help=aide)


@pytest.fixture(scope="session")
def fps_monde(request: pytest.FixtureRequest) -> "Iterator[MondeSync]":
    """The four services: in this process, in memory; or those of --fps-adresses, with the credential of FPS_PILOTAGE_TOKEN."""
    from fps.kit.ground.settings import Settings
    from fps_simulateur.client import ouvrir_sync

    asked = request.config.getoption("--fps-adresses")
    settings = Settings() if asked is None else Settings(addresses=asked)
    jeton = settings.pilotage_token
    given = settings.addresses if "addresses" in settings.model_fields_set else None
    with ouvrir_sync(given, None if jeton is None else jeton.get_secret_value()) as monde:
        yield monde


@pytest.fixture
def fps(fps_monde: "MondeSync") -> "Iterator[BacSync]":
    """A new bac, on 2 January 2024; forgotten at the end. No other test sees it, in this process nor in another."""
    bac = fps_monde.bac()
    yield bac
    fps_monde.oublier(bac)
