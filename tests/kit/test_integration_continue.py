"""The files of examples/ci are true: each of their steps is run where nothing is but the wheels, the product and what they install."""

import os
import re
import shlex
import shutil
import subprocess
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.console.simulator import free_base

LONG = bool(os.environ.get("FPS_TEST_LONG"))
SERVICES = ("antai", "dgfip", "ccsp", "collectivite")
ROOT = Path(__file__).resolve().parents[2]
EDITEUR = ROOT / "examples/editeur"
OURS = re.compile(r"(fps|antai|dgfip|ccsp|collectivite)[_-]|(pytest_\w+|hypothesis|schemathesis)-")  # and the plugins of our own pytest
PORT = re.compile(r"http://(?:127\.0\.0\.1|fps):800(\d)")

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("distributions")]


def lu(nom: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "examples/ci" / nom).read_text("utf-8"))
    return found


GITHUB, GITLAB = lu("github-actions.yml")["jobs"], lu("gitlab-ci.yml")


def github(job: str) -> list[str]:
    """What a job types, in order, whatever the step."""
    return [line for step in GITHUB[job]["steps"] for line in step.get("run", "").splitlines()]


def gitlab(job: str) -> list[str]:
    return [*GITLAB[job]["script"], *GITLAB[job].get("after_script", [])]


@pytest.mark.parametrize("job", ["produit", "vies"])
def test_both_files_type_the_same_commands(job: str) -> None:
    assert github(job) == gitlab(job) != []
    kept = {name: GITHUB["vies"]["services"]["fps"]["env"].get(name) for name in ("FPS_PILOTAGE_TOKEN",)}
    assert kept.items() <= GITLAB["vies"]["variables"].items() and kept.items() <= GITHUB["vies"]["env"].items()


def test_what_a_job_keeps_and_shows_is_what_its_commands_write() -> None:
    for job in ("produit", "vies"):
        written = {word for line in gitlab(job) for word in shlex.split(line) if word.endswith(".xml")}
        assert {GITLAB[job]["artifacts"]["reports"]["junit"]} == written
    (upload,) = (step for step in GITHUB["produit"]["steps"] if "upload-artifact" in step.get("uses", ""))
    assert upload["with"]["path"].split() == ["produit.xml", ".fps/simulateur.log"]
    assert all(step["if"] == "always()" for step in GITHUB["produit"]["steps"] if step.get("run") == "fps down" or step is upload)


@pytest.fixture(scope="module")
def tiers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an index would give: the third parties alone, and nothing of this project."""
    found = tmp_path_factory.mktemp("tiers")
    for one in Path(sysconfig.get_path("purelib")).iterdir():
        if not OURS.match(one.name) and one.suffix != ".pth":
            (found / one.name).symlink_to(one)
    return found


@contextmanager
def atelier(where: Path, roues: Path, tiers: Path) -> Iterator[dict[str, str]]:
    """A clone of the product with the wheels, and a fresh environment; gives that of its commands, and leaves nothing running."""
    shutil.copytree(EDITEUR, where, ignore=shutil.ignore_patterns("__pycache__"))
    (where / "roues").symlink_to(roues)
    home = where.parent / f"{where.name}-venv"
    venv.EnvBuilder(with_pip=False, symlinks=True).create(home)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    (site / "tiers.pth").write_text(f"{tiers}\n", "utf-8")
    # pip reads that variable upside down: 0 is what --no-build-isolation says.
    pip = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_COMPILE": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("FPS_", "PIP_", "PYTEST_", "PYTHON", "VIRTUAL_"))}
    # The build backend of the product is among the third parties, and its program beside our Python.
    env = {**kept, **pip, "PATH": f"{home / 'bin'}:{Path(sysconfig.get_path('scripts'))}:{os.environ['PATH']}"}
    try:
        yield env
    finally:
        subprocess.run(["fps", "down"], cwd=where, env=env, capture_output=True, check=False)


def typed(lines: list[str], where: Path, env: dict[str, str]) -> str:
    """The commands, one after the other, as a runner does: the first that fails stops; gives what they said."""
    script = "\n".join(["set -euo pipefail", *lines])
    ran = subprocess.run(["bash", "-c", script], cwd=where, env=env, capture_output=True, text=True, timeout=240, check=False)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-3000:]
    return ran.stdout


def test_the_steps_of_both_jobs_do_what_they_say_in_an_empty_environment(roues: Path, tiers: Path, tmp_path: Path) -> None:
    """The product and its own tests against a simulator that the job starts and stops; then lives, in the image of the whole world.

    The second job, which plays what other tests play, only when there is time.
    """
    with atelier(tmp_path / "produit", roues, tiers) as env:
        said = typed(github("produit"), tmp_path / "produit", env)
        assert re.search(r"\d+ passed", said) and "failed" not in said, said
        assert "prêt, dans le processus" in said and said.rstrip().endswith("est arrêté.")
        for kept in GITHUB["produit"]["steps"][-1]["with"]["path"].split():
            assert (tmp_path / "produit" / kept).is_file(), kept
        if not LONG:
            return
        install, *lines = github("vies")
        assert install == "python -m pip install --find-links roues fps-console"
        sans_services(tmp_path / "produit-venv")
        with monde_en_image(tmp_path) as base:
            asked = {name: PORT.sub(lambda m: f"http://127.0.0.1:{base + int(m[1])}", str(v)) for name, v in GITHUB["vies"]["env"].items()}
            said = typed(lines, tmp_path / "produit", {**env, **asked})
            assert "dans le bac « vies »" in said and (tmp_path / "produit/vies.xml").is_file(), said


def sans_services(home: Path) -> None:
    """What `pip install fps-console` alone would have left: the same environment, installed once, without the extra `monde`."""
    for wheel in home.glob("lib/python3*/site-packages/fps_*.dist-info"):
        if (name := wheel.name.removeprefix("fps_").partition("-")[0]) in SERVICES:
            shutil.rmtree(wheel)
            shutil.rmtree(wheel.parent / name)
    absent = subprocess.run([home / "bin/python", "-c", "import antai"], cwd=home, capture_output=True, text=True, check=False)
    assert "No module named 'antai'" in absent.stderr


@contextmanager
def monde_en_image(where: Path) -> Iterator[int]:
    """The command and the environment of the Dockerfile for SERVICE=monde, on five free ports; gives the first, and stops it."""
    dockerfile = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    command = yaml.safe_load(re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)[-1])
    (members,) = re.findall(r'monde\) members="([^"]+)"', dockerfile)
    every = {path.parent for pattern in ("*", "services/*") for path in ROOT.glob(f"{pattern}/pyproject.toml")}
    assert {path.parent for one in members.split() for path in ROOT.glob(f"{one}/pyproject.toml")} == every
    base = free_base()
    image = {"SERVICE": "monde", "FPS_HOST": "127.0.0.1", "FPS_PORT": str(base), "FPS_DATA_DIR": str(where / "image")}
    given = {name: str(value) for name, value in GITHUB["vies"]["services"]["fps"]["env"].items()}
    path = f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}"
    with (where / "image.log").open("wb") as log:
        conteneur = subprocess.Popen(command, cwd=where, env={"PATH": path, **image, **given}, stdout=log, stderr=log)
    try:
        yield base
    finally:
        conteneur.terminate()
        status = conteneur.wait(30)
    assert status == 0, (where / "image.log").read_text("utf-8")
