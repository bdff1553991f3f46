"""Each distribution stands alone: its wheel holds all its files, and nothing of another service is there when it runs."""

import socket
import subprocess
import sysconfig
import time
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("antai", "dgfip", "ccsp", "collectivite")
TOOLS = {"fps_simulateur": "simulateur", "fps_certification": "certification", "fps_console": "console"}
MEMBERS = {"fps": "shared", **{service: f"services/{service}" for service in SERVICES}, **TOOLS}
ALONE = (*SERVICES, "fps_console")
ENSEMBLE = "monde"  # what an editor's tests install: fps-simulateur[monde]
README = ROOT / "simulateur/README.md"
EXTRAS = (
    "asyncpg",
    "aio_pika",
    "aiormq",
    "opentelemetry.sdk",
    "opentelemetry.exporter",
)  # as they are imported; FastAPI itself imports the API of OpenTelemetry

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("distributions")]


@pytest.fixture(scope="module")
def wheels(roues: Path) -> dict[str, Path]:
    """The wheel of each member."""
    found = {path.name.split("-")[0]: path for path in roues.glob("*.whl")}
    return {package: found[f"fps_{Path(member).name}"] for package, member in MEMBERS.items()}


def parts(package: str) -> tuple[str, ...]:
    """What is installed beside the shared distribution."""
    if package == ENSEMBLE:
        return (*SERVICES, "fps_simulateur")
    return tuple(TOOLS) if package in TOOLS else (package,)


@pytest.fixture(scope="module")
def pythons(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """For each service and the console, an interpreter that has the third parties, the shared distribution and that one only.

    The console comes with the simulator and the certification, which it drives.
    """
    made = {}
    for package in (*ALONE, ENSEMBLE):
        home = tmp_path_factory.mktemp(package)
        venv.EnvBuilder(with_pip=False, symlinks=True).create(home)
        site = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
        for wheel in (wheels["fps"], *(wheels[one] for one in parts(package))):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(site)
        # A line of a .pth file adds a directory, but not the .pth files in it: the editable members do not come along.
        (site / "third_parties.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        # What an extra asks (PostgreSQL, RabbitMQ, traces) is not there for who did not ask it, who installs as the README says.
        (site / "no_extra.pth").write_text(f"import sys; sys.modules.update(dict.fromkeys({EXTRAS!r}))\n", encoding="utf-8")
        made[package] = home / "bin" / "python"
    return made


def ran(python: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run a program in isolation: no PYTHONPATH, no current directory on the path."""
    return subprocess.run([str(python), "-I", "-c", code], capture_output=True, text=True, timeout=60, cwd="/")


@pytest.mark.parametrize("package", MEMBERS)
def test_a_wheel_holds_every_file_of_its_package(wheels: dict[str, Path], package: str) -> None:
    source = ROOT / MEMBERS[package] / package
    wanted = {
        path.relative_to(source.parent).as_posix() for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheels[package]) as archive:
        assert wanted - set(archive.namelist()) == set()
        assert f"{package}/py.typed" in wanted, "its types are for whoever imports it"


@pytest.mark.parametrize("package", ALONE)
def test_a_distribution_is_there_without_the_other_services(pythons: dict[str, Path], package: str) -> None:
    own = ran(pythons[package], f"import fps, {package}; print({package}.__file__)")
    assert own.returncode == 0 and str(pythons[package].parents[1]) in own.stdout, own.stderr
    for other in set(ALONE) - {package}:
        answer = ran(pythons[package], f"import {other}")
        assert answer.returncode == 1 and f"No module named '{other}'" in answer.stderr


@contextmanager
def serving(python: Path, package: str, directory: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start `python -m package serve` in memory, alone; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"FPS_PORT": str(port), "FPS_DATABASE_URL": "sqlite+aiosqlite://", "FPS_BUS_URL": "memory://", "FPS_PILOTAGE_TOKEN": "essai"}
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(python), "-I", "-m", package, "serve"], cwd=directory, env=settings, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize("package", ALONE)
def test_a_distribution_starts_alone(pythons: dict[str, Path], package: str, tmp_path: Path) -> None:
    with serving(pythons[package], package, tmp_path) as (address, process):
        limit = time.monotonic() + 30
        while time.monotonic() < limit and process.poll() is None:
            try:
                answer = httpx.get(address + "/sante/vivant", timeout=5)
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            assert answer.status_code == 200, answer.text
            return
        pytest.fail(f"{package} does not start (exit code {process.poll()}):\n{(tmp_path / 'log').read_text(encoding='utf-8')[-4000:]}")


@pytest.mark.parametrize("package", SERVICES)
def test_a_service_finds_its_documents_and_its_migrations_where_it_is_installed(pythons: dict[str, Path], package: str) -> None:
    wanted = ["fps", "kit/web/static/swagger-ui/swagger-ui-bundle.js"], ["fps", "droit/delais.yaml"], [package, "migrations"]
    code = f"""
from importlib.resources import files
places = [files(package) / name for package, name in {wanted!r}]
print([str(place) for place in places if not (place.is_file() or place.is_dir())])
"""
    answer = ran(pythons[package], code)
    assert answer.stdout == "[]\n", answer.stdout + answer.stderr


EXEMPLE = """
from datetime import date

def test_premier(fps):
    dossier = fps.etablir()
    assert dossier.numero.endswith("001") and fps.date == date(2024, 1, 2)

def test_second(fps):
    fps.advance("2024-02-01")
    assert fps.etablir().numero.endswith("001")  # the first of its bac: what the other test did is not there

def test_faux(fps):
    fps.etablir().attendre(antai={"etat": "paye"})
"""


def test_the_plugin_is_found_by_pytest_gives_each_test_its_bac_and_shows_its_line(pythons: dict[str, Path], tmp_path: Path) -> None:
    """With what the readme shows, in an environment where nothing is but the wheels."""
    montre = README.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    (tmp_path / "test_editeur.py").write_text(EXEMPLE + montre, encoding="utf-8")
    command = [str(pythons[ENSEMBLE]), "-m", "pytest", "-p", "no:cacheprovider", "-q", str(tmp_path)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 1 and "1 failed, 3 passed" in ran.stdout, ran.stdout + ran.stderr
    assert "'transmis' au lieu de 'paye'" in ran.stdout
    assert "FPS : ce qui est arrivé" in ran.stdout and "accuse-accepte" in ran.stdout  # the history of its bac, beside
    assert ">   " in ran.stdout and "portal" not in ran.stdout.lower()  # the line of the test, and nothing of how it was asked
