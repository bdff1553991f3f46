"""The products under `examples/` that are not in Python: each is tried as its page says, up to a signed evidence."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from fps_certification.plans.plan import Plan, livres
from fps_certification.sujets.personne import FAIT, REFUSE, AFaire
from fps_console.commandes.a_la_main import Terminal
from tests.certification.test_reprise import anonyme, tuer
from tests.console.simulator import Simulator, clean_environment, free_base, here, up

EXEMPLES = Path(__file__).resolve().parents[2] / "examples"
OUTILS = ("node", "curl", "jq", "flock")
LILLE, BAC = "21590350100017", "exemples"
EN_JAVASCRIPT = [
    "EX-002",
    "EX-050",
    "EX-070..EX-074",
    "EX-076",
    "EX-078",
    "EX-079",
    "EX-083",
    "EX-101..EX-104",
    "EX-305",
    "EX-702",
    "EX-802",
]
ENROLEMENTS = [f"connexion-enrolement-{service}" for service in ("antai", "dgfip", "ccsp")]
EN_SHELL = ["EX-002", "EX-101..EX-104", "EX-190", "EX-193", "EX-510"]
# A first product in one file; what its language needs is on few machines, and continuous integration installs none of it.
PREMIERS = [langue for langue, outil in (("php", "php"), ("java", "javac")) if shutil.which(outil)]
ENTIERS = (
    [(langue, "plan.yaml") for langue in PREMIERS]
    + [("javascript", plan) for plan in ("cycle-complet", "rapo", "contentieux", "comptable")]
    + [("shell", "plan.yaml")]
)

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

    def certifier(self, place: Path, quoi: dict[str, Any], *options: str, bac: str = BAC, **env: str) -> str:
        """Try a product against a plan of a few checks, up to its evidence, which is verified."""
        plan, preuve = place / "plan.yaml", place / "preuve"
        plan.write_text(yaml.safe_dump({"plan": "court", "titre": "Un essai court", **quoi}), "utf-8")
        said = self.fps("certifier", plan, "--bac", bac, "--preuve", preuve, *options, **env)
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


@contextmanager
def en_javascript(certificat: Path, *options: str) -> Iterator[str]:
    """The product in JavaScript, as a process of its own; its address."""
    command = ["node", "serveur.mjs", "--port", "0", "--certificat", str(certificat), *options]
    node = subprocess.Popen(command, cwd=EXEMPLES / "javascript", stdout=subprocess.PIPE, text=True)
    try:
        assert node.stdout is not None
        yield node.stdout.readline().strip()
    finally:
        node.terminate()
        node.communicate(timeout=10)


def ouvrir(certificat: Path, bac: str) -> None:
    """The letters of the town wait for the product in that bac."""
    command = ["node", "serveur.mjs", "--certificat", str(certificat), "--ouvrir", bac]
    subprocess.run(command, cwd=EXEMPLES / "javascript", check=True, timeout=60)


@pytest.fixture(scope="module")
def produit(enrole: Enrole) -> Iterator[str]:
    """The address of the product in JavaScript, whose letters wait for it in the bac of the tests."""
    ouvrir(enrole.certificat, BAC)
    with en_javascript(enrole.certificat) as adresse:
        yield adresse


def test_a_product_in_javascript_driven_by_http_reaches_a_signed_evidence(enrole: Enrole, produit: str, tmp_path: Path) -> None:
    quoi = {
        "epreuves": ["rapo-accepte-en-partie", "contentieux-decharge", "connexion-controle", "connexion-desactivee", *ENROLEMENTS],
        "exigences": EN_JAVASCRIPT,
    }
    said = enrole.certifier(tmp_path, quoi, "--pilote", produit)
    assert "CONFORME : 18 exigences conformes." in said, said


def test_a_run_on_a_product_driven_by_http_that_is_killed_goes_on_and_leaves_no_bac(enrole: Enrole, produit: str, tmp_path: Path) -> None:
    """What it judged is not asked of the product again; its report is the one of a run that nobody cut."""
    place = tmp_path / "coupe.yaml"
    epreuves = ["amiable-paye", "rapo-accepte-en-partie", "amiable-baisse", "connexion-controle"]
    coupe = {"plan": "coupe-par-http", "titre": "Un passage coupé", "epreuves": epreuves}
    place.write_text(yaml.safe_dump(coupe | {"exigences": ["EX-002", "EX-101..EX-104", "EX-190", "EX-193", "EX-305"]}), "utf-8")
    command = ["certifier", str(place), "--bac", BAC, "--pilote", produit]
    entiere = json.loads(enrole.fps(*command, "--json"))
    tuer(2, *command, "--parallele", "2", "--data-dir", str(enrole.simulateur.data_dir))
    assert "certif-" in enrole.fps("bac", "lister", "--json")  # who was killed deleted nothing
    reprise = json.loads(enrole.fps(*command, "--reprendre", "--json", "--preuve", tmp_path / "preuve"))
    for rapport in (entiere, reprise):  # what was written there holds signatures, which are drawn
        for echange in (un for epreuve in rapport["epreuves"] for un in epreuve["echanges"]):
            del echange["requete"], echange["reponse"]
    assert anonyme(reprise) == anonyme(entiere) and reprise["code"] == 0
    assert "certif-" not in enrole.fps("bac", "lister", "--json")
    assert here("verifier", tmp_path / "preuve").returncode == 0


class Quelquun(Terminal):
    """Somebody in front of the product in JavaScript: does there what the terminal says, and types what it shows."""

    produit, tape = "", list[str]()

    async def demander(self, quoi: AFaire) -> None:
        """Do it."""
        self.tape = ["n"]
        async with httpx.AsyncClient(timeout=60) as client:
            dit = await client.post(f"{self.produit}/{quoi.action}", json={"bac": quoi.bac, **quoi.donnees})
        if dit.status_code == 200:
            fait = [] if quoi.attend else [FAIT]
            self.tape = [dit.json()["etat"]] if quoi.action == "lire" else fait
        elif dit.status_code == 409:
            self.tape = [REFUSE]

    async def repondre(self) -> str | None:
        """What is typed."""
        if not self.tape:
            await asyncio.Event().wait()
        return self.tape.pop()


def test_the_same_product_driven_by_hand_then_only_observed_reaches_a_signed_evidence(
    enrole: Enrole, produit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Quelquun, "produit", produit)
    monkeypatch.setattr("fps_console.commandes.certifier.Terminal", Quelquun)
    bac = "a-la-main"
    enrole.fps("bac", "creer", bac, "--le", "2024-01-02T08:00")
    enrole.fps("enroler", LILLE, "--bac", bac, "--sortie", enrole.certificat)
    ouvrir(enrole.certificat, bac)
    quoi = {"epreuves": ["amiable-transmis", "rapo-accepte-en-partie"], "exigences": ["EX-101..EX-104", "EX-190", "EX-305"]}
    said = enrole.certifier(tmp_path, quoi, "--a-la-main", bac=bac)
    assert "CONFORME : 6 exigences conformes." in said, said
    said = enrole.certifier(tmp_path, {"exigences": quoi["exigences"][:-1]}, "--observer", bac=bac)
    assert "CONFORME : 5 exigences conformes." in said, said


def test_two_products_in_javascript_are_certified_together_each_with_its_certificate(enrole: Enrole, tmp_path: Path) -> None:
    bac = "duel"
    enrole.fps("bac", "creer", bac, "--le", "2024-01-02T08:00")
    for role in ("emission", "rapo"):
        droits = ["--droit", role, "--droit", "suivi", "--prestataire", f"Fournisseur {role}"]
        enrole.fps("enroler", LILLE, "--bac", bac, "--sortie", tmp_path / role, *droits)
    quoi = {"epreuves": ["amiable-baisse", "rapo-accepte-en-partie"], "exigences": ["EX-002", "EX-101..EX-105", "EX-193", "EX-305"]}
    with en_javascript(tmp_path / "emission") as un, en_javascript(tmp_path / "rapo", "--sans-lettres") as autre:
        ouvrir(tmp_path / "emission", bac)
        said = enrole.certifier(tmp_path, quoi, "--pilote", f"emission={un},rapo={autre}", bac=bac)
    assert "CONFORME : 8 exigences conformes." in said, said


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
    ici = {"FPS_DATA_DIR": str(enrole.simulateur.data_dir), "PREUVE": str(tmp_path / "preuve"), "PORT": str(free_base())}
    environment = clean_environment(**ici, PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    command = [str(EXEMPLES / langue / "essayer"), plan]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, env=environment, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
