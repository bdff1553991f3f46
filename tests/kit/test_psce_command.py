"""`fps psce …`: a key and a certificate for who has no openssl, from a directory or from the simulator that runs."""

import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fps.kit.trust.identity import Trust
from fps.kit.trust.pki import PSCE, Pki
from fps_console.cli.psce import app
from tests.console.simulator import Simulator, here, parsed, up

pytestmark = pytest.mark.xdist_group("psce")
SIRET = "73282932000074"
QUI = ("--siret", SIRET, "--organisation", "Éditeur Essai", "--nom", "SI de l'éditeur")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with up(tmp_path_factory.mktemp("psce") / "fps", "--tls", "--memory") as simulator:
        yield simulator


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A directory with a PKI, where no simulator runs."""
    assert here("psce", "initialiser", data_dir=tmp_path / "d").returncode == 0
    return tmp_path / "d"


@pytest.fixture(params=["directory", "simulator"])
def where(request: pytest.FixtureRequest) -> tuple[Path, Pki]:
    """The data directory to give, and its PKI."""
    found: Path = request.getfixturevalue("alone") if request.param == "directory" else request.getfixturevalue("running").data_dir
    return found, Pki(found / "pki")


def psce(data_dir: Path, *words: str | Path) -> "subprocess.CompletedProcess[str]":
    return here("psce", *words, data_dir=data_dir)


def serials(data_dir: Path) -> dict[str, str]:
    """What each certificate of the list is worth."""
    listed: list[dict[str, Any]] = parsed(psce(data_dir, "lister", "--json"))
    return {x["serie"]: x["statut"] for x in listed}


def test_one_command_gives_a_key_and_a_certificate_that_is_recognised(where: tuple[Path, Pki], tmp_path: Path) -> None:
    data_dir, pki = where
    found = psce(data_dir, "emettre", *QUI, "--hote", "si.editeur.example", "--hote", "127.0.0.1", "--sortie", tmp_path / "e")
    assert found.returncode == 0, found.stderr
    assert sorted(p.name for p in (tmp_path / "e").iterdir()) == ["autorites.crt", "certificat.crt", "cle.pem", "demande.csr"]
    assert stat.S_IMODE((tmp_path / "e/cle.pem").stat().st_mode) == 0o600
    text = (tmp_path / "e/certificat.crt").read_text()
    identite = Trust(pki).reconnaitre(text)
    assert (identite.siret, identite.nom) == (SIRET, "SI de l'éditeur")
    certificat = x509.load_pem_x509_certificate(text.encode())
    assert load_pem_private_key((tmp_path / "e/cle.pem").read_bytes(), None).public_key() == certificat.public_key()
    names = certificat.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["si.editeur.example"]
    checked = ["openssl", "verify", "-CAfile", str(tmp_path / "e/autorites.crt"), str(tmp_path / "e/certificat.crt")]
    assert subprocess.run(checked, capture_output=True, text=True, check=False).stdout.strip().endswith(": OK")


def test_a_key_is_never_replaced(where: tuple[Path, Pki], tmp_path: Path) -> None:
    data_dir, _ = where
    assert here("psce", "cle", *QUI, "--sortie", tmp_path).returncode == 0
    before, issued = (tmp_path / "cle.pem").read_bytes(), serials(data_dir)
    found = psce(data_dir, "emettre", *QUI, "--sortie", tmp_path)
    assert found.returncode == 1 and "une clé n'est jamais remplacée" in found.stderr
    assert (tmp_path / "cle.pem").read_bytes() == before and serials(data_dir) == issued
    found = psce(data_dir, "emettre", "--siret", SIRET, "--csr", tmp_path / "demande.csr")
    assert found.returncode == 0 and found.stdout.startswith("-----BEGIN CERTIFICATE-----")


def test_a_certificate_is_revoked_once_for_all_and_the_list_says_so(where: tuple[Path, Pki], tmp_path: Path) -> None:
    data_dir, pki = where
    before = serials(data_dir)
    assert psce(data_dir, "emettre", *QUI, "--sortie", tmp_path).returncode == 0
    (serie,) = serials(data_dir).keys() - before.keys()
    found = psce(data_dir, "revoquer", serie, "--motif", "cle-compromise")
    assert found.returncode == 0 and "est révoqué" in found.stdout
    assert serials(data_dir)[serie] == "revoque" and int(serie, 16) in pki.revoques()
    assert "révoqué" in psce(data_dir, "lister", "--siret", SIRET).stdout
    assert psce(data_dir, "crl", tmp_path / "crl.der", "--der").returncode == 0
    crl = x509.load_der_x509_crl((tmp_path / "crl.der").read_bytes())
    assert crl.get_revoked_certificate_by_serial_number(int(serie, 16)) is not None
    assert x509.load_pem_x509_crl(psce(data_dir, "crl").stdout.encode()) == crl
    assert len(x509.load_pem_x509_certificates(psce(data_dir, "autorites").stdout.encode())) == 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("emettre", "--siret", SIRET), "Dites où écrire"),
        (("emettre", "--siret", SIRET, "--sortie", "e"), "Il manque --organisation."),
        (("emettre", "--siret", "73282932000075", "--organisation", "X", "--sortie", "e"), "n'existe pas"),
        (("emettre", "--siret", SIRET, "--organisation", "X" * 65, "--sortie", "e"), "Ce sujet ne peut pas être écrit"),
        (("emettre", "--siret", SIRET, "--organisation", "X", "--hote", "é.fr", "--sortie", "e"), "Ce sujet ne peut pas être écrit"),
        (("emettre", "--siret", SIRET, "--organisation", "X", "--sortie", "e", "--duree", "demain"), "n'est pas une durée"),
        (("emettre", "--siret", SIRET, "--organisation", "X", "--sortie", "e", "--debut", "hier"), "n'est pas une date"),
        (("emettre", *QUI, "--sortie", "e", "--duree", "P4Y"), "La durée ou la date de début n'est pas permise"),
        (("emettre", *QUI, "--csr", "absent.csr"), "absent.csr : ce chemin n'existe pas"),
        (("revoquer", "12"), "Le PSCE de test n'a émis aucun certificat"),
        (("revoquer", "../bacs"), "Le PSCE de test n'a émis aucun certificat"),
        (("revoquer", "12", "--motif", "ennui"), "« ennui » n'est pas un motif"),
        (("crl", "--der"), "Une liste en DER"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence_and_leaves_nothing(
    where: tuple[Path, Pki], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = serials(where[0])
    found = psce(where[0], *words)
    assert found.returncode == (2 if "hier" in words else 1) and sentence in found.stderr, found.stderr
    assert serials(where[0]) == before
    assert not (tmp_path / "e/cle.pem").exists()


def test_what_the_counter_did_is_in_the_audit_journal(running: Simulator, tmp_path: Path) -> None:
    def kept() -> list[dict[str, Any]]:
        return [line for line in parsed(running.fps("audit", "lire", "--bac", "?", "--json")) if line["acte"] == "psce"]

    before = len(kept())
    assert psce(running.data_dir, "emettre", *QUI, "--sortie", tmp_path).returncode == 0
    assert psce(running.data_dir, "emettre", *QUI, "--sortie", tmp_path / "f", "--duree", "P4Y").returncode == 1
    assert [(line["resultat"], line["code"]) for line in kept()[before:]] == [("accepte", ""), ("refuse", "certificat-validite")]


def test_without_the_key_of_the_psce_nothing_is_issued_from_a_directory(alone: Path, tmp_path: Path) -> None:
    Pki(alone / "pki").fichier_cle(PSCE).unlink()
    found = psce(alone, "emettre", *QUI, "--sortie", tmp_path / "e")
    assert found.returncode == 1 and "Le PSCE de test n'est pas dans" in found.stderr
    nowhere = psce(tmp_path / "vide", "lister")
    assert nowhere.returncode == 1 and "fps psce initialiser" in nowhere.stderr


def test_the_pki_is_made_for_the_hosts_that_are_named(tmp_path: Path) -> None:
    found = psce(tmp_path, "initialiser", "--hote", "fps.example", "--hote", "192.0.2.7")
    assert found.returncode == 0, found.stderr
    names = Pki(tmp_path / "pki").certificat("ccsp").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"fps.example", "ccsp", "localhost"} <= set(names.get_values_for_type(x509.DNSName))
    assert "192.0.2.7" in map(str, names.get_values_for_type(x509.IPAddress))


def test_every_command_of_the_psce_tells_its_use_in_french() -> None:
    names = {command.callback.__name__ for command in app.registered_commands if command.callback is not None}
    assert names == {"initialiser", "cle", "emettre", "revoquer", "lister", "crl", "autorites"}
    for name in names:
        found = here("psce", name, "--help")
        assert found.returncode == 0 and "Usage :" in found.stdout and "Options :" in found.stdout


def test_the_tour_of_the_pages_has_a_certificate_issued_deposited_and_activated(running: Simulator) -> None:
    with httpx.Client(base_url=running.console, follow_redirects=True, timeout=60) as browser:
        browser.get(running.fps("pages").stdout.split()[0])
        page = ""
        for etape in ("ouvrir", "espace", "convention", "certificat", "depot"):
            cachees = dict(re.findall(r'name="(jeton|cle)" value="([^"]*)"', browser.get("/apprendre/visite").text))
            page = browser.post("/apprendre/visite", data=cachees | {"etape": etape}).text
        assert "Certificat actif\u00a0: Éditeur Essai." in page and "Le déposer et l’activer<" in page
    serie, etat = next((serie, etat) for serie, etat in serials(running.data_dir).items() if serie in page)
    assert serie and etat == "valide"
    running.fps("bac", "supprimer", "visite")
