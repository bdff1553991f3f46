"""The certificate in a header: believed from the declared proxies only, refused from anybody else, never beside another one."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from benchmarks.donnees import mfps
from fps.kit.app.listening import listening
from fps.kit.engine.audit import lines
from fps.kit.ground.clock import PARIS
from fps.kit.ground.settings import Settings
from fps.messages.mfps import CreationFps
from fps.parties import Party
from fps_simulateur.pilote.world import World, open_world
from tests.parler.certificats import certificat

pytestmark = pytest.mark.asyncio(loop_scope="module")
URL = f"http://antai/bacs/essai{CreationFps.path}"
PROXY, ELSEWHERE = "10.4.0.1", "203.0.113.9"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with open_world(proxys=("10.4.0.0/16", "2001:db8::1")) as opened:
        await opened.pilot.creer("essai", datetime(2026, 6, 12, 20, tzinfo=PARIS))
        yield opened


def rfc9440(pem: str) -> str:
    return f":{base64.b64encode(x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)).decode()}:"


async def post(world: World, *headers: tuple[str, str], client: str = PROXY, app: Any = None) -> tuple[int, str]:
    """The status and the code (or the statut) of a letter that comes from an address with these headers."""
    transport = httpx.ASGITransport(app or world.services[Party.ANTAI].asgi, client=(client, 4321))
    async with httpx.AsyncClient(transport=transport) as http:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        answer = await http.post(URL, json=mfps(1), headers=[(b"Content-Type", b"application/json"), *raw])
    body = answer.json()
    return answer.status_code, body.get("code") or body["statut"]


async def test_a_declared_proxy_is_believed_in_both_forms(world: World) -> None:
    town = world.pki.chaine(Party.COLLECTIVITE)[0]
    assert await post(world, ("Client-Cert", rfc9440(town))) == (200, "accepte")
    assert await post(world, ("X-SSL-Client-Cert", quote(town, safe=""))) == (200, "accepte")
    unknown = certificat(world.pki).pem
    for client in ("10.4.255.1", "2001:db8::1", "::ffff:10.4.0.1"):
        assert await post(world, ("Client-Cert", rfc9440(unknown)), client=client) == (403, "certificat-non-depose")


async def test_a_header_from_any_other_address_is_refused_and_kept_in_the_audit_journal(world: World) -> None:
    town = rfc9440(world.pki.chaine(Party.COLLECTIVITE)[0])
    before = await refusals(world)
    for client in (ELSEWHERE, "127.0.0.1", "10.5.0.1", "::1", "", "socket"):
        assert await post(world, ("Client-Cert", town), client=client) == (401, "entete-certificat-non-cru")
    assert await refusals(world) == before + ["entete-certificat-non-cru"] * 6


async def refusals(world: World) -> list[str]:
    async with world.services[Party.ANTAI].service.database.read() as tx:
        return [row[6] for row in await lines(tx, "essai") if row[4] == "porte"]


async def test_no_proxy_is_believed_when_none_is_declared() -> None:
    async with open_world() as alone:
        await alone.pilot.creer("essai", datetime(2026, 6, 12, 20, tzinfo=PARIS))
        town = rfc9440(alone.pki.chaine(Party.COLLECTIVITE)[0])
        assert await post(alone, ("Client-Cert", town), client="127.0.0.1") == (401, "entete-certificat-non-cru")


async def test_a_header_beside_another_certificate_is_refused(world: World) -> None:
    town = world.pki.chaine(Party.COLLECTIVITE)[0]
    header, nginx = ("Client-Cert", rfc9440(town)), ("X-SSL-Client-Cert", quote(town))
    for headers in ([header, header], [header, nginx], [nginx, ("X-SSL-Client-Cert", "")]):
        assert await post(world, *headers) == (401, "entete-certificat-non-cru")

    async def behind_tls(scope: Any, receive: Any, send: Any) -> None:
        shown = {"tls": {"client_cert_chain": (certificat(world.pki).pem,)}}
        await world.services[Party.ANTAI].asgi({**scope, "extensions": shown}, receive, send)

    assert await post(world, header, app=behind_tls) == (401, "entete-certificat-non-cru")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Client-Cert", "::"),
        ("Client-Cert", ":"),
        ("Client-Cert", "MIIB"),
        ("Client-Cert", ":é:"),
        ("Client-Cert", ":MII B=:"),
        ("Client-Cert", ":AAAA:"),
        ("Client-Cert", ":AAAA:;q=1"),
        ("X-SSL-Client-Cert", "-----BEGIN%20CERTIFICATE-----%0AAAAA%0A-----END%20CERTIFICATE-----"),
        ("X-SSL-Client-Cert", "%ff%00"),
        ("X-SSL-Client-Cert", "(null)"),
    ],
)
async def test_a_header_that_holds_no_certificate_is_said_unreadable(world: World, name: str, value: str) -> None:
    assert await post(world, (name, value)) == (401, "certificat-illisible")


async def test_an_empty_header_says_that_the_client_showed_none(world: World) -> None:
    assert await post(world, ("X-SSL-Client-Cert", "")) == (401, "certificat-requis")


async def test_a_forwarded_address_is_never_that_of_the_client(world: World) -> None:
    """On a real socket: whoever writes X-Forwarded-For does not become a proxy."""
    server = uvicorn.Server(listening(world.services[Party.ANTAI].asgi, "127.0.0.1", 0, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:  # noqa: ASYNC110 (uvicorn tells that it has started by an attribute only)
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        forged = {"Client-Cert": rfc9440(world.pki.chaine(Party.COLLECTIVITE)[0])}
        forged |= {"X-Forwarded-For": PROXY, "Forwarded": f"for={PROXY}", "X-Real-Ip": PROXY}
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.post(f"http://127.0.0.1:{port}/bacs/essai{CreationFps.path}", json=mfps(1), headers=forged)
        assert (answer.status_code, answer.json()["code"]) == (401, "entete-certificat-non-cru")
    finally:
        server.should_exit = True
        await serving


@pytest.mark.parametrize("value", ["10.4.0.1/16", "proxy.example", "10.4.0.0/33", "300.0.0.1"])
async def test_an_address_of_a_proxy_that_is_none_stops_the_start(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FPS_PROXYS", value)
    with pytest.raises(ValueError, match="proxys"):
        Settings()
