"""Mutual TLS between the services: each shows its certificate, and sends nothing to a server that is not one of them."""

import asyncio
import contextlib
import os
import ssl
import subprocess
import sys
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fps.kit.ground.clock import PARIS, wall_now
from fps.kit.trust.identity import Trust
from fps.kit.trust.pki import SERVICE_URI, SERVICES_AC, Pki, bati, feuille, nom
from fps.kit.trust.tls import between_services
from fps.kit.wire.carrier import Carrier, Fate, open_client
from fps.kit.wire.envelope import Letter
from fps.messages.information_paiement import FpsPaye
from fps.parties import Party
from tests.parler.certificats import HEURE, Essai, autre_autorite, certificat

LOOPBACK = x509.IPAddress(ip_address("127.0.0.1"))


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    found = Pki(tmp_path / "pki")
    found.preparer()
    return found


def of_services(pki: Pki, *noms: x509.GeneralName) -> Essai:
    """A certificate of the services' own authority, with these names."""
    de, cle, now = pki.autorite(SERVICES_AC), ec.generate_private_key(ec.SECP256R1()), wall_now()
    builder = bati(nom("Collectivité (simulée)"), cle.public_key(), de.certificat.subject, now - HEURE, now + HEURE)
    return Essai(feuille(builder, cle.public_key(), de, noms), cle)


class Town:
    """A server that answers every letter, and keeps who came and what was said."""

    def __init__(self) -> None:
        self.callers: list[bytes | None] = []
        self.heard = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.callers.append(writer.get_extra_info("ssl_object").getpeercert(binary_form=True))
        self.heard += await reader.read(65_536)
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()


def age(context: ssl.SSLContext) -> None:
    """Speak TLS 1.1 at most, as one did ten years ago."""
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):  # Python warns of what is tried here
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1


def aged(pki: Pki) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    age(context)
    context.load_verify_locations(pki.fichier_autorites)
    context.load_cert_chain(pki.fichier_chaine(Party.ANTAI), pki.fichier_cle(Party.ANTAI))
    return context


@asynccontextmanager
async def town(pki: Pki, folder: Path, qui: Essai, *, old: bool = False) -> AsyncIterator[tuple[Town, str]]:
    """The town of an address, which shows this certificate and asks for one; with an old TLS or not."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if old:
        age(context)
    (folder / "ville.crt").write_bytes(qui.certificat.public_bytes(Encoding.PEM))
    (folder / "ville.key").write_bytes(qui.cle.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context.load_cert_chain(folder / "ville.crt", folder / "ville.key")
    context.load_verify_locations(pki.fichier_autorites)
    context.verify_mode = ssl.CERT_REQUIRED
    found = Town()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0, ssl=context)
    try:
        yield found, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


def letter() -> Letter:
    now, message = wall_now(), FpsPaye.exemplaire()
    le = datetime(2026, 6, 12, 20, tzinfo=PARIS)
    return Letter("1", "essai", FpsPaye.type, "/services/antai", message.sujet, 1, le, now, message.model_dump_json())


async def delivered(pki: Pki, address: str) -> tuple[Fate, str]:
    """What becomes of a letter of ANTAI to a town, and why."""
    async with open_client(verify=between_services(pki, Party.ANTAI)) as client:
        (found,) = await Carrier(Party.ANTAI, {Party.COLLECTIVITE: address}, client).deliver([letter()])
    return found.fate, str((found.problem or {}).get("detail"))


async def test_antai_shows_its_certificate_to_the_town_which_recognises_it(pki: Pki, tmp_path: Path) -> None:
    async with town(pki, tmp_path, of_services(pki, LOOPBACK)) as (found, address):
        assert (await delivered(pki, address))[0] is Fate.RECUE
    assert found.callers[0] is not None
    assert Trust(pki).reconnaitre(ssl.DER_cert_to_PEM_cert(found.callers[0])).service is Party.ANTAI


@pytest.mark.parametrize("wrong", ["psce", "unknown", "host", "nameless"])
async def test_a_server_that_is_not_a_service_gets_not_one_byte_of_a_letter(pki: Pki, tmp_path: Path, wrong: str) -> None:
    uri = x509.UniformResourceIdentifier(f"{SERVICE_URI}{Party.COLLECTIVITE}")
    shown = {
        "psce": lambda: certificat(pki, noms=(LOOPBACK, uri)),
        "unknown": lambda: certificat(pki, de=autre_autorite(), noms=(LOOPBACK, uri)),
        "host": lambda: of_services(pki, x509.DNSName("ailleurs.example"), uri),
        "nameless": lambda: of_services(pki),
    }[wrong]()
    async with town(pki, tmp_path, shown) as (found, address):
        fate, why = await delivered(pki, address)
    assert fate is Fate.PLUS_TARD and "CERTIFICATE_VERIFY_FAILED" in why
    assert found.heard == b""


async def test_a_server_of_an_old_tls_is_not_spoken_to(pki: Pki, tmp_path: Path) -> None:
    async with town(pki, tmp_path, of_services(pki, LOOPBACK), old=True) as (found, address):
        fate, why = await delivered(pki, address)
        assert (fate, found.callers, "ConnectError" in why) == (Fate.PLUS_TARD, [], True)
        # Who still speaks it is answered.
        (_, writer) = await asyncio.open_connection(*address.removeprefix("https://").split(":"), ssl=aged(pki))
        assert writer.get_extra_info("ssl_object").version() == "TLSv1.1"
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def serve(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    clean = {k: v for k, v in os.environ.items() if not k.startswith("FPS_")} | environment
    command = [sys.executable, "-m", "ccsp", "serve"]
    return subprocess.run(command, env=clean, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_tls_without_a_shared_pki_is_refused_at_the_start(tmp_path: Path) -> None:
    found = serve(tmp_path, FPS_TLS="1")
    assert found.returncode == 2 and "FPS_PKI_DIR" in found.stderr


def test_a_service_without_its_own_key_does_not_start(pki: Pki, tmp_path: Path) -> None:
    pki.fichier_cle("ccsp").unlink()
    found = serve(tmp_path, FPS_TLS="1", FPS_PKI_DIR=str(pki.dossier))
    assert found.returncode == 1 and "la PKI ne peut pas être lue" in found.stderr and "Traceback" not in found.stderr


def test_a_setting_that_is_wrong_is_told_alone(tmp_path: Path) -> None:
    found = serve(tmp_path, FPS_TLS="peut-être")
    assert (found.returncode, found.stderr.count("\n")) == (2, 1) and "FPS_TLS" in found.stderr
