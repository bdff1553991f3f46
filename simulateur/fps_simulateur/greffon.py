"""The pytest plugin: the fixture `fps`, a bac of its own for each test, in a world that a process of pytest opens once."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # the services take a second to import: only the tests that ask for them wait
    from fps_simulateur.client import BacSync, MondeSync


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--fps-dossier`, `--fps-adresses`: the services that run elsewhere, in the place of those of this process."""
    group = parser.getgroup("fps")
    aide = "services à essayer : antai=http://…,dgfip=… (sinon FPS_ADDRESSES ; sinon les quatre, en mémoire, dans le processus de pytest)"
    group.addoption("--fps-adresses", metavar="LISTE", help=aide)
    aide = "services à essayer : ceux du « fps up » dont c'est le dossier de données (.fps), avec son jeton et sa PKI"
    group.addoption("--fps-dossier", metavar="DOSSIER", type=Path, help=aide)


@pytest.fixture(scope="session")
def fps_monde(request: pytest.FixtureRequest) -> "Iterator[MondeSync]":
    """The four services: in this process, in memory; or those of --fps-dossier; or of --fps-adresses, with FPS_PILOTAGE_TOKEN."""
    from fps.kit.ground.settings import Settings
    from fps_simulateur.client import ouvrir_sync
    from fps_simulateur.pilote.trace import TraceAbsente, lire

    if (dossier := request.config.getoption("--fps-dossier")) is not None:
        try:
            trace = lire(dossier)
        except TraceAbsente as error:
            pytest.exit(str(error), pytest.ExitCode.USAGE_ERROR)
        with ouvrir_sync(trace.adresses, trace.jeton, trace.pki) as monde:
            yield monde
        return
    asked = request.config.getoption("--fps-adresses")
    settings = Settings() if asked is None else Settings(addresses=asked)
    jeton = settings.pilotage_token
    given = settings.addresses if "addresses" in settings.model_fields_set else None
    with ouvrir_sync(given, None if jeton is None else jeton.get_secret_value(), settings.pki_dir) as monde:
        yield monde


@pytest.fixture
def fps(fps_monde: "MondeSync") -> "Iterator[BacSync]":
    """A new bac, on 2 January 2024; forgotten at the end. No other test sees it, in this process nor in another."""
    bac = fps_monde.bac()
    yield bac
    fps_monde.oublier(bac)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Beside a test that failed, what happened in its bac."""
    report = yield
    bac: Any = getattr(item, "funcargs", {}).get("fps")
    if report.when == "call" and report.failed and hasattr(bac, "raconter"):
        report.sections.append(("FPS : ce qui est arrivé", _recit(bac)))
    return report


def _recit(bac: "BacSync") -> str:
    try:
        return bac.raconter()
    except Exception as error:  # the services may be what failed: the test has already said why
        return f"Le bac « {bac.nom} » ne se lit plus : {error}"
