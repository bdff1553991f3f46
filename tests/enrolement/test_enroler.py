"""The enrolment of a town, step by step, with openssl and curl only: the script that the specification shows, run on a simulator in TLS."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fps.messages.mfps import CreationFps
from tests.console.simulator import Simulator, up

SCRIPT = Path(__file__).with_name("enroler.sh")
OUTILS = ("bash", "curl", "openssl")

pytestmark = pytest.mark.xdist_group("enrolement")


@pytest.fixture
def en_tls(tmp_path: Path) -> Iterator[Simulator]:
    for outil in OUTILS:
        if shutil.which(outil) is None:
            pytest.skip(f"{outil} is not on this machine")
    with up(tmp_path / "donnees", "--tls") as found:
        yield found


def enroler(found: Simulator, dossier: Path) -> "subprocess.CompletedProcess[str]":
    creation = dossier / "creation.json"
    dossier.mkdir()
    creation.write_text(json.dumps(CreationFps.example, ensure_ascii=False), "utf-8")
    services = [url.replace("http://", "https://") for url in (found.antai, found.dgfip, found.ccsp, found.collectivite)]
    data = found.data_dir
    arguments = [*services, data / "pki" / "public" / "racine.crt", data / "pilotage.token", creation, dossier / "sortie"]
    return subprocess.run(["bash", str(SCRIPT), *map(str, arguments)], capture_output=True, text=True, timeout=100, check=False)


def test_a_new_town_is_enrolled_with_openssl_and_curl_alone_and_every_missing_step_is_refused(en_tls: Simulator, tmp_path: Path) -> None:
    done = enroler(en_tls, tmp_path / "enrolement")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    codes = set(re.findall(r"\d{3}:([a-z-]+)", done.stdout))
    assert codes >= {
        "certificat-requis",
        "espace-absent",
        "convention-absente",
        "convention-non-deposee",
        "certificat-non-active",
        "certificat-hors-perimetre",
        "certificat-desactive",
        "certificat-revoque",
    }
    assert json.loads((tmp_path / "enrolement/sortie/accuse.json").read_text())["statut"] == "accepte"
    whole = en_tls.fps("audit", "verifier")
    assert whole.returncode == 0, whole.stdout + whole.stderr
    refused = {line["code"] for line in json.loads(en_tls.fps("audit", "lire", "--bac", "enrolement", "--json").stdout)}
    assert codes - refused <= {"csr-siret-different", "bac-inconnu"}, "a refusal left no line of audit"


def test_the_script_fails_as_soon_as_an_answer_is_not_the_expected_one(en_tls: Simulator, tmp_path: Path) -> None:
    assert enroler(en_tls, tmp_path / "une").returncode == 0
    again = enroler(en_tls, tmp_path / "deux")  # the bac exists: the first expectation is wrong
    assert again.returncode == 1
    assert "OBTENU 409" in again.stderr
