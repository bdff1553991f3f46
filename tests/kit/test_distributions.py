"""Each distribution stands alone: its wheel holds all its files, and nothing of another service is there when it runs."""

import os
import socket
import subprocess
import sys
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

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("distributions")]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel of each member, built here without the network."""
    directory = tmp_path_factory.mktemp("wheels")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "--wheel-dir",
        str(directory),
    ]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # where the build backend finds its program
    members = [str(ROOT / member) for member in MEMBERS.values()]
    built = subprocess.run([*command, *members], capture_output=True, text=True, env={**os.environ, "PATH": path})
    assert built.returncode == 0, built.stderr
    found = {path.name.split("-")[0]: path for path in directory.glob("*.whl")}
    return {package: found[f"fps_{Path(member).name}"] for package, member in MEMBERS.items()}


@pytest.fixture(scope="module")
def pythons(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """For each service and the console, an interpreter that has the third parties, the shared distribution and that one only.

    The console comes with the simulator and the certification, which it drives.
    """
    made = {}
    for package in ALONE:
        home = tmp_path_factory.mktemp(package)
        venv.EnvBuilder(with_pip=False, symlinks=True).create(home)
        site = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
        for wheel in (wheels["fps"], *(wheels[tool] for tool in (TOOLS if package in TOOLS else (package,)))):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(site)
        # A line of a .pth file adds a directory, but not the .pth files in it: the editable members do not come along.
        (site / "third_parties.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
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
