"""TLS as an editor meets it: `fps up --tls` called by curl and by openssl s_client, with every good and bad certificate."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchmarks.donnees import mfps
from fps.kit.trust import psce
from fps.kit.trust.pki import PSCE, SERVICE_URI, SERVICES_AC, AutoriteDeCertification, Pki, nom
from fps.messages.information_paiement import FpsPaye
from fps.messages.mfps import CreationFps
from fps.messages.rapo import DepotRapo
from fps.parties import Party
from tests.console.simulator import DEMANDE, VEHICULE, Simulator, fps, here, parsed, up
from tests.parler.certificats import HEURE, Essai, auto_signe, autre_autorite, certificat

pytestmark = pytest.mark.xdist_group("tls")
SIRET = "73282932000074"
LETTRE = json.dumps(mfps(1), ensure_ascii=False)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One simulator in TLS, with a bac at the day of the letter."""
    for tool in ("curl", "openssl"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    with up(tmp_path_factory.mktemp("tls") / "fps", "--tls") as simulator:
        assert simulator.fps("bac", "creer", "essai", "--le", "2026-06-12T20:00").returncode == 0
        yield simulator


@dataclass(frozen=True)
class Fichiers:
    """A certificate and its key as files, as tools want them."""

    certificat: Path
    cle: Path

    @property
    def curl(self) -> list[str]:
        return ["--cert", str(self.certificat), "--key", str(self.cle)]

    @property
    def openssl(self) -> list[str]:
        return ["-cert", str(self.certificat), "-key", str(self.cle)]


def written(folder: Path, qui: Essai | AutoriteDeCertification) -> Fichiers:
    found = Fichiers(folder / "essai.crt", folder / "essai.key")
    found.certificat.write_bytes(qui.certificat.public_bytes(Encoding.PEM))
    found.cle.write_bytes(qui.cle.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return found


def of_service(pki: Pki, party: Party) -> Fichiers:
    return Fichiers(pki.fichier_chaine(party), pki.fichier_cle(party.value))


@dataclass(frozen=True)
class Answer:
    """What curl got: its exit status, the HTTP status, the body, what it said."""

    exit: int
    status: int
    body: dict[str, Any]
    said: str


def curl(simulator: Simulator, path: str, *options: str, to: str = "", body: str = LETTRE, ca: Path | None = None) -> Answer:
    command = ["curl", "-sS", "--max-time", "20", "--cacert", str(ca or simulator.pki.fichier_racine), "-w", "\n%{http_code}"]
    command += ["-X", "POST", "-H", "Content-Type: application/json", "--data-binary", "@-", *options, f"{to or simulator.antai}{path}"]
    done = subprocess.run(command, input=body, capture_output=True, text=True, check=False, timeout=30)
    text, _, status = done.stdout.rpartition("\n")
    return Answer(done.returncode, int(status or 0), json.loads(text) if text else {}, done.stderr.lower())


def letter(simulator: Simulator, *options: str, bac: str = "essai", **more: Any) -> Answer:
    return curl(simulator, f"/bacs/{bac}{CreationFps.path}", *options, **more)


def refused_handshakes(simulator: Simulator) -> list[str]:
    """The codes that ANTAI's audit journal keeps of the handshakes it refused."""
    lines = parsed(simulator.fps("audit", "lire", "--bac", "?", "--json"))
    return [line["code"] for line in lines if (line["acte"], line["service"]) == ("tls", "antai")]


@contextmanager
def one_more_refused_handshake(simulator: Simulator, code: str) -> Iterator[None]:
    """What is done inside leaves exactly one line of audit, with this code."""
    before = refused_handshakes(simulator)
    yield
    deadline = time.monotonic() + 10
    while (found := refused_handshakes(simulator)[len(before) :]) != [code] and time.monotonic() < deadline:
        pass
    assert found == [code]


# ------------------------------------------------------------------------------------------------------------- let in


def test_a_letter_with_an_active_certificate_is_received_over_mutual_tls(running: Simulator) -> None:
    found = letter(running, *of_service(running.pki, Party.COLLECTIVITE).curl)
    assert (found.status, found.body["statut"]) == (200, "accepte"), found


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_tls_from_1_2_on_is_spoken(running: Simulator, version: str, tmp_path: Path) -> None:
    found = letter(running, "--tlsv" + version, "--tls-max", version, *written(tmp_path, certificat(running.pki)).curl)
    assert (found.exit, found.body["code"]) == (0, "certificat-non-depose")


def test_a_certificate_of_the_psce_is_recognised_whatever_made_its_key(running: Simulator, tmp_path: Path) -> None:
    key, csr = tmp_path / "e.key", tmp_path / "e.csr"
    command = ["openssl", "req", "-new", "-utf8", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(csr), "-subj"]
    subprocess.run([*command, f"/C=FR/O=Éditeur Essai/OU=0002 {SIRET}/CN=SI de l'éditeur"], check=True, capture_output=True)
    url = [f"{running.antai}/psce/certificats?siret={SIRET}", "-o", str(tmp_path / "e.crt"), "--cacert", str(running.pki.fichier_racine)]
    token = running.bearer["Authorization"]
    accept = ["-H", f"Authorization: {token}", "-H", "Accept: application/pem-certificate-chain"]
    subprocess.run(["curl", "-sS", "--fail-with-body", "--data-binary", f"@{csr}", *accept, *url], check=True)
    found = letter(running, *Fichiers(tmp_path / "e.crt", key).curl)
    assert (found.status, found.body["code"]) == (403, "certificat-non-depose")


def test_openssl_is_told_who_signs_and_that_a_certificate_is_asked(running: Simulator) -> None:
    where = running.antai.removeprefix("https://")
    command = ["openssl", "s_client", "-connect", where, "-CAfile", str(running.pki.fichier_racine), "-verify_return_error"]
    said = subprocess.run([*command, "-verify_ip", "127.0.0.1"], input="", capture_output=True, text=True, check=False).stdout
    assert "Verify return code: 0 (ok)" in said, said
    assert "Requested Signature Algorithms" in said  # what comes with the request of a certificate
    assert "New, TLSv1.3" in said


# -------------------------------------------------------------------------------------- refused in words, after TLS


def test_without_a_certificate_people_come_in_and_letters_do_not(running: Simulator) -> None:
    found = letter(running)
    assert (found.status, found.body["code"]) == (401, "certificat-requis")
    assert httpx.get(f"{running.antai}/sante/pret", verify=running.verify).status_code == 200


@pytest.mark.parametrize(
    ("code", "when"),
    [
        ("certificat-expire", {"du": -2 * HEURE, "au": -HEURE}),
        ("certificat-pas-encore-valide", {"du": HEURE, "au": 2 * HEURE}),
        ("certificat-non-depose", {}),
    ],
)
def test_a_certificate_that_does_not_count_is_refused_by_its_code(
    running: Simulator, tmp_path: Path, code: str, when: dict[str, Any]
) -> None:
    found = letter(running, *written(tmp_path, certificat(running.pki, **when)).curl)
    assert (found.status, found.body["code"]) == (403, code)


def test_the_name_of_a_service_in_a_certificate_of_the_psce_gives_nothing(running: Simulator, tmp_path: Path) -> None:
    uris = tuple(x509.UniformResourceIdentifier(f"{SERVICE_URI}{party}") for party in (Party.COLLECTIVITE, Party.ANTAI))
    forged = written(tmp_path, certificat(running.pki, noms=uris))
    assert letter(running, *forged.curl).body["code"] == "certificat-non-depose"
    body = FpsPaye.exemplaire().model_dump_json()
    to_the_town = curl(running, f"/bacs/essai{FpsPaye.path}", *forged.curl, to=running.collectivite, body=body)
    assert (to_the_town.status, to_the_town.body["code"]) == (403, "certificat-autre-role")
    nameless = written(tmp_path, certificat(running.pki, siret=None, noms=uris))
    assert letter(running, *nameless.curl).body["code"] == "certificat-usage"


def test_the_certificate_of_another_simulated_service_may_not_send_what_is_not_its_own(running: Simulator) -> None:
    antai = of_service(running.pki, Party.ANTAI)
    assert letter(running, *antai.curl).body["code"] in ("certificat-non-depose", "certificat-autre-role")
    body = FpsPaye.exemplaire().model_dump_json()
    to_the_town = curl(running, f"/bacs/essai{FpsPaye.path}", *of_service(running.pki, Party.CCSP).curl, to=running.collectivite, body=body)
    assert (to_the_town.status, to_the_town.body["code"]) == (403, "certificat-autre-role")


def test_revoked_in_the_middle_of_a_connection_the_next_request_is_refused(running: Simulator, tmp_path: Path) -> None:
    """One connection of `openssl s_client`, kept open: a request, the revocation, the same request."""
    emis = psce.emettre(running.pki, demande(key := rsa.generate_private_key(65537, 2048)), SIRET)
    files = written(tmp_path, Essai(x509.load_pem_x509_certificate(emis.certificat.encode()), key))
    where = running.antai.removeprefix("https://")
    command = ["openssl", "s_client", "-quiet", "-no_ign_eof", "-connect", where, "-CAfile", str(running.pki.fichier_racine)]
    head = f"POST /bacs/essai{CreationFps.path} HTTP/1.1\r\nHost: {where}\r\nContent-Type: application/json\r\n"
    raw = f"{head}Content-Length: {len(LETTRE.encode())}\r\n\r\n".encode() + LETTRE.encode()
    with subprocess.Popen([*command, *files.openssl], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as one:
        try:
            before = asked(one, raw)
            psce.revoquer(running.pki, emis.serie)
            after = asked(one, raw)
        finally:
            one.kill()
    assert [before["code"], after["code"]] == ["certificat-non-depose", "certificat-revoque"]


def demande(key: Any) -> bytes:
    return psce.demander(key, nom("SI de l'éditeur", "Éditeur Essai", SIRET))


def asked(connection: "subprocess.Popen[bytes]", raw: bytes) -> dict[str, Any]:
    """The JSON of the answer to one request on an open connection."""
    assert connection.stdin is not None and connection.stdout is not None
    connection.stdin.write(raw)
    connection.stdin.flush()
    size = 0
    while (line := connection.stdout.readline().strip()) or not size:
        if line.lower().startswith(b"content-length:"):
            size = int(line.split(b":")[1])
    found: dict[str, Any] = json.loads(connection.stdout.read(size))
    return found


# --------------------------------------------------------------------------------------------- refused by a TLS alert


@pytest.mark.parametrize("version", ["1.2", "1.3"])
@pytest.mark.parametrize(
    ("code", "alert", "make"),
    [
        ("certificat-autorite-inconnue", "alert unknown ca", lambda pki: certificat(pki, de=autre_autorite())),
        ("certificat-auto-signe", "alert unknown ca", lambda pki: auto_signe()),
        ("certificat-usage", "alert unsupported certificate", lambda pki: pki.autorite(PSCE)),
        ("certificat-usage", "alert unsupported certificate", lambda pki: pki.autorite(SERVICES_AC)),
    ],
)
def test_who_is_of_no_known_authority_gets_an_alert_and_a_line_of_audit(
    running: Simulator, tmp_path: Path, version: str, code: str, alert: str, make: Any
) -> None:
    files = written(tmp_path, make(running.pki))
    with one_more_refused_handshake(running, code):
        found = letter(running, "--tls-max", version, *files.curl)
    assert found.exit in (35, 56) and found.status == 0 and alert in found.said, found


def test_tls_1_1_is_refused(running: Simulator) -> None:
    with one_more_refused_handshake(running, "tls-refuse"):
        found = letter(running, "--tlsv1.1", "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0")
    assert found.exit == 35 and "alert protocol version" in found.said, found


@pytest.mark.parametrize("suite", ["AES128-SHA", "ECDHE-RSA-AES256-SHA384", "NULL-SHA256"])
def test_old_suites_are_refused(running: Simulator, suite: str) -> None:
    found = letter(running, "--tls-max", "1.2", "--ciphers", suite)
    assert found.exit == 35 and found.status == 0, found


def test_a_weak_key_is_refused(running: Simulator, tmp_path: Path) -> None:
    """The PSCE issues none: this one is signed with its key, and openssl told to accept to present it."""
    files = written(tmp_path, certificat(running.pki, cle=rsa.generate_private_key(65537, 1024)))
    where = running.antai.removeprefix("https://")
    command = ["openssl", "s_client", "-tls1_2", "-connect", where, "-cipher", "DEFAULT@SECLEVEL=0", *files.openssl]
    with one_more_refused_handshake(running, "certificat-cle-faible"):
        said = subprocess.run(command, input="GET / HTTP/1.0\r\n\r\n", capture_output=True, text=True, check=False)
    assert "alert" in said.stderr and "HTTP/1" not in said.stdout, said


def test_who_speaks_plain_http_to_a_tls_port_is_told_to_speak_tls(running: Simulator) -> None:
    with one_more_refused_handshake(running, "tls-refuse"):
        found = httpx.get(f"{running.antai.replace('https', 'http')}/sante/pret")
    assert (found.status_code, found.text) == (400, "Cette adresse parle TLS : appelez https:// au lieu de http://\n")


def test_a_client_that_does_not_know_the_root_does_not_speak(running: Simulator, tmp_path: Path) -> None:
    other = written(tmp_path, autre_autorite())
    with one_more_refused_handshake(running, "tls-refuse"):
        found = letter(running, ca=other.certificat)
    assert found.exit == 60


def test_handshakes_that_are_cut_or_nonsense_harm_nobody(running: Simulator) -> None:
    import socket

    host, port = running.antai.removeprefix("https://").split(":")
    for nonsense in (b"", b"\x16\x03\x01", b"\x00" * 4096, b"\x16\x03\x01\xff\xff" + b"A" * 70_000):
        with socket.create_connection((host, int(port)), timeout=5) as one:
            one.sendall(nonsense)
    assert letter(running).body["code"] == "certificat-requis"


# ------------------------------------------------------------------------------------------------ the other commands


def test_the_other_commands_find_and_believe_the_simulator_by_its_directory(running: Simulator, tmp_path: Path) -> None:
    assert "https://127.0.0.1" in (running.data_dir / "adresses").read_text()
    assert running.fps("bac", "etat", "essai").returncode == 0
    healthy = running.fps("doctor")
    assert healthy.returncode == 0, healthy.stdout
    assert f"racine : {running.pki.fichier_racine}" in running.said


def test_a_command_that_does_not_have_the_pki_says_so(running: Simulator, tmp_path: Path) -> None:
    (tmp_path / "adresses").write_text((running.data_dir / "adresses").read_text())
    (tmp_path / "pilotage.token").write_text("x")
    found = fps("bac", "lister", data_dir=tmp_path)
    assert found.returncode == 1 and "L'autorité des services ne peut pas être lue" in found.stderr
    Pki(tmp_path / "pki").preparer()  # another simulator's
    found = fps("bac", "lister", data_dir=tmp_path)
    assert found.returncode == 69 and "CERTIFICATE_VERIFY_FAILED" in found.stderr
    found = fps("doctor", data_dir=tmp_path)
    assert found.returncode == 1 and "n'est pas de cette PKI" in found.stdout


def test_the_console_stays_plain_and_shows_the_dossiers(running: Simulator) -> None:
    numero = running.establish()
    assert httpx.get(f"{running.console}/sante/pret").json()["statut"] == "pret"
    assert running.wait_state(numero, "transmis")["numero"] == numero


# ------------------------------------------------------------------------------------------------ what the letters say


def test_the_letters_name_the_real_doors_which_are_no_destination(running: Simulator) -> None:
    """With `--port` and `--tls`: what people read leads somewhere, and no letter of a bac is taken to the door of another one."""
    collectivite, running.collectivite = running.collectivite, f"{running.collectivite}/bacs/essai"
    numero = running.establish()
    running.collectivite = collectivite
    moved = parsed(running.fps("advance", "--bac", "essai", "--de", "P6D", "--json"))
    avis = next(e["donnees"]["id"] for e in moved["evenements"] if (e["acte"], e["sujet"]) == ("courrier", numero))
    with httpx.Client(headers=running.bearer, verify=running.verify) as client:
        said = client.get(f"{running.antai}/pilotage/bacs/essai/courriers/{avis}").text
        assert f"{running.antai}/bacs/essai/payer" in said and "localhost" not in said and ".invalid" not in said
        for port in range(running.base, running.base + 5):
            for hote in ("127.0.0.1", "localhost", "127.9.9.9"):
                choix = {"mode": "adresse", "adresse": f"https://{hote}:{port}/bacs/autre"}
                refus = client.put(f"{running.antai}/pilotage/bacs/essai/destinations/21590350100017", json=choix)
                assert (refus.status_code, refus.json()["code"]) == (422, "adresse-interdite"), choix


# ---------------------------------------------------------------------------------------------------- enrolled everywhere


def test_one_command_enrols_at_the_three_parties_or_says_what_is_left(running: Simulator, tmp_path: Path) -> None:
    lille, partis = "21590350100017", (running.antai, running.ccsp, running.dgfip)
    done = running.fps("enroler", lille, "--bac", "essai", "--sortie", str(tmp_path / "plein"))
    assert (done.returncode, "Il reste" in done.stdout) == (0, False), done.stdout + done.stderr
    qui = Fichiers(tmp_path / "plein/certificat.pem", tmp_path / "plein/cle.pem").curl
    fronts = [curl(running, f"/bacs/essai/front?siret={lille}", "--get", "-X", "GET", *qui, to=url, body="") for url in partis]
    assert [f.body["manques"] for f in fronts] == [[], [], []]
    assert [f.body["collectivites"][0]["certificat"]["etat"] for f in fronts] == ["active"] * 3
    assert running.fps("bac", "creer", "neuf", "--le", "2026-06-12T20:00", "--vierge").returncode == 0
    for _ in range(2):  # the second time, nothing is done twice
        left = running.fps("enroler", lille, "--bac", "neuf", "--sortie", str(tmp_path / "neuf"), "--json")
        assert (left.returncode, left.stderr) == (3, "")
        told = json.loads(left.stdout)
        absents = {m["code"] for m in told["manques"] if m["service"] == "Juridiction du stationnement payant"}
        assert len(told["manques"]) == len(absents) == 3
        assert absents == {"homologation-absente", "convention-juridiction-absente", "certificat-non-active"}
        assert all(m["que_faire"] for m in told["manques"])


def test_a_town_of_a_file_of_thirty_lines_goes_from_its_enrolment_to_its_title(running: Simulator, tmp_path: Path) -> None:
    """`fps` alone enrols it step by step and gives its file; then a FPS, a RAPO that is refused, a title."""
    val, bac = "21000400800012", "fichier"
    assert running.fps("bac", "creer", bac, "--le", "2023-09-28T10:30").returncode == 0
    fichier, modele = tmp_path / "val.yaml", here("ville", "modele").stdout
    assert len(modele.splitlines()) <= 32 and fichier.write_text(modele, "utf-8")
    enrole = running.fps("enroler", val, "--bac", bac, "--nom", "Mairie de Val", "--sortie", str(tmp_path / "val"))
    assert (enrole.returncode, "Espace numérique" in enrole.stdout) == (0, True), enrole.stdout + enrole.stderr
    assert "Mairie de Val a la configuration par défaut" in enrole.stdout
    assert running.fps("ville", "ajouter", str(fichier), "--bac", bac).returncode == 0
    with httpx.Client(verify=running.verify, headers=running.bearer, timeout=30) as client:

        def poster(url: str, corps: dict[str, Any]) -> dict[str, Any]:
            fait = client.post(url, json=corps, headers={"Idempotency-Key": url})
            assert fait.status_code < 300, fait.text
            return dict(fait.json())

        ville = f"{running.collectivite}/bacs/{bac}"
        fps_ = poster(f"{ville}/fps", {**DEMANDE, "siret": val, "zone": "centre", "voie": "1 rue de l'Exemple"})
        assert (fps_["montant"], fps_["minoration_montant"]) == (2500, 1750)
        assert running.fps("advance", "--bac", bac, "--jusqua", "2023-10-10").returncode == 0
        rapo = {**DepotRapo.example, "numero_fps": fps_["numero"], "immatriculation": VEHICULE["immatriculation"]}
        assert poster(f"{ville}{DepotRapo.path}", rapo)["manquants"] == []
        rejet = {"agent": "90", "sens": "rejet", "motif": "Rien ne couvre l'heure du constat."}
        assert poster(f"{ville}/rapos/{fps_['numero']}/decision", rejet)["etat"] == "rejete"
        assert running.fps("advance", "--bac", bac, "--jusqua", "2024-02-10").returncode == 0
        dossier = client.get(f"{running.antai}/bacs/{bac}/dossiers/{fps_['numero']}").json()
        prise = client.get(f"{running.dgfip}/bacs/{bac}/prises-en-charge/{fps_['numero']}").json()
    assert (dossier["etat"], prise["siret"], prise["numero_titre"]) == ("titre-emis", val, dossier["numero_titre"])


def test_any_siret_is_enrolled_in_a_blank_bac_and_what_is_left_is_told(running: Simulator, tmp_path: Path) -> None:
    seul, bac = "21690123100011", "blanc"
    assert running.fps("bac", "creer", bac, "--le", "2023-09-28T20:00", "--vierge").returncode == 0
    assert parsed(running.fps("ville", "lister", "--bac", bac, "--json")) == []
    left = running.fps("enroler", seul, "--bac", bac, "--nom", "Ville d'Exemple", "--sortie", str(tmp_path / "seul"), "--json")
    assert (left.returncode, {m["service"] for m in json.loads(left.stdout)["manques"]}) == (3, {"Juridiction du stationnement payant"})
    faux = running.fps("enroler", "21690123100012", "--bac", bac, "--sortie", str(tmp_path / "faux"))
    assert faux.returncode == 1 and "SIRET" in faux.stderr and not (tmp_path / "faux").exists()
