"""The products under `examples/` that are not in Python: each is tried as its page says, up to a signed evidence."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from fps_certification.plans.plan import Plan, livres
from tests.console.simulator import Simulator, clean_environment, here, up

EXEMPLES = Path(__file__).resolve().parents[2] / "examples"
OUTILS = ("node", "curl", "jq", "flock")
LILLE, BAC = "21590350100017", "exemples"
EN_JAVASCRIPT = ["EX-002", "EX-050", "EX-070..EX-074", "EX-076", "EX-101..EX-104", "EX-305", "EX-702", "EX-802"]
EN_SHELL = ["EX-002", "EX-101..EX-104", "EX-190", "EX-193", "EX-510"]
ENTIERS = [("javascript", plan) for plan in ("cycle-complet", "rapo", "contentieux", "comptable")] + [("shell", "plan.yaml")]

pytestmark = [pytest.mark.xdist_group("exemples"), pytest.mark.timeout(300)]


@dataclass
class Enrole:
    """A simulator in TLS, a bac where Lille is enrolled, and where its certificate is."""

    simulateur: Simulator
    certificat: Path

    def fps(self, *arguments: str | Path, **env: str) -> str:
        """A command, in this process; gives what it says."""
        done = here(*arguments, data_dir=self.simulateur.data_dir, **env)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def certifier(self, place: Path, quoi: dict[str, Any], *options: str, **env: str) -> str:
        """Try a product against a plan of a few checks, up to its evidence, which is verified."""
        plan, preuve = place / "plan.yaml", place / "preuve"
        plan.write_text(yaml.safe_dump({"plan": "court", "titre": "Un essai court", **quoi}), "utf-8")
        said = self.fps("certifier", plan, "--bac", BAC, "--preuve", preuve, *options, **env)
        verified = here("verifier", preuve)
        assert verified.returncode == 0, verified.stderr
        return said + verified.stdout


@pytest.fixture(scope="module")
def enrole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Enrole]:
    for outil in OUTILS:
        if shutil.which(outil) is None:
            pytest.skip(f"{outil} is not on this machine")
    place = tmp_path_factory.mktemp("exemples")
    with up(place / "donnees", "--tls", "--memory") as found:
        enrole = Enrole(found, place / "certificat")
        enrole.fps("bac", "creer", BAC, "--le", "2024-01-02T08:00")
        enrole.fps("enroler", LILLE, "--bac", BAC, "--sortie", enrole.certificat)
        yield enrole


def test_a_product_in_javascript_driven_by_http_reaches_a_signed_evidence(enrole: Enrole, tmp_path: Path) -> None:
    command = ["node", "serveur.mjs", "--port", "0", "--certificat", str(enrole.certificat)]
    subprocess.run([*command, "--ouvrir", BAC], cwd=EXEMPLES / "javascript", check=True, timeout=60)
    node = subprocess.Popen(command, cwd=EXEMPLES / "javascript", stdout=subprocess.PIPE, text=True)
    try:
        assert node.stdout is not None
        adresse = node.stdout.readline().strip()
        quoi = {
            "epreuves": ["rapo-accepte-en-partie", "contentieux-decharge", "connexion-controle", "connexion-desactivee"],
            "exigences": EN_JAVASCRIPT,
        }
        said = enrole.certifier(tmp_path, quoi, "--pilote", adresse)
    finally:
        node.terminate()
        node.communicate(timeout=10)
    assert "CONFORME : 15 exigences conformes." in said, said


def test_a_product_in_shell_driven_by_commands_reaches_a_signed_evidence(
    enrole: Enrole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    produit = yaml.safe_load((EXEMPLES / "shell/plan.yaml").read_text("utf-8"))["produit"]
    monkeypatch.chdir(EXEMPLES / "shell")
    ouvrir = json.dumps({"action": "ouvrir", "bac": BAC})
    ici = {**os.environ, "CERTIFICAT": str(enrole.certificat), "ETAT": str(tmp_path / "etat")}
    subprocess.run(["./produit"], input=ouvrir, text=True, env=ici, check=True, timeout=60, stdout=subprocess.DEVNULL)
    quoi = {"epreuves": ["amiable-paye", "amiable-baisse"], "exigences": EN_SHELL, "produit": produit}
    said = enrole.certifier(tmp_path, quoi, CERTIFICAT=str(enrole.certificat), ETAT=str(tmp_path / "etat"))
    assert "CONFORME : 8 exigences conformes." in said, said


def test_a_life_that_writes_the_letters_of_a_town_is_played_in_a_simulator_that_runs_as_in_memory(enrole: Enrole) -> None:
    """Its letters go to the services with the certificate of the reference system; it is in no other request."""
    said = enrole.fps("play", "numero-de-piece-deja-pris", "creation-refusee", "--bac", "lettres")
    assert "2 vies jouées, aucune fausse." in said


def test_the_plan_of_the_product_in_shell_is_the_shipped_one() -> None:
    sien = Plan.model_validate(yaml.safe_load((EXEMPLES / "shell/plan.yaml").read_text("utf-8")))
    assert sien.eprouve_comme(livres()["cycle-complet"]) and sien.produit is not None


@pytest.mark.parametrize(("langue", "plan"), ENTIERS, ids=["-".join(un) for un in ENTIERS])
def test_a_product_passes_a_shipped_plan_whole_by_one_command(langue: str, plan: str, enrole: Enrole, tmp_path: Path) -> None:
    ici = {"FPS_DATA_DIR": str(enrole.simulateur.data_dir), "PREUVE": str(tmp_path / "preuve")}
    environment = clean_environment(**ici, PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    command = [str(EXEMPLES / langue / "essayer"), plan]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, env=environment, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
