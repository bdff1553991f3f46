"""A little editor of the tests: a real HTTP server on loopback that keeps what it receives and answers what the test tells it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from fps.kit.trust.pki import AutoriteDeCertification, Pki, pem, pem_cle
from tests.parler.certificats import certificat


@dataclass(frozen=True)
class Recue:
    """One request, as it came."""

    url: str
    headers: dict[str, str]
    corps: bytes

    @property
    def id(self) -> str:
        return self.headers["idempotency-key"]


Reponse = tuple[int, bytes]


@dataclass
class Editeur:
    """`reponse` says what to answer; `lente` holds the answers until it is set."""

    reponse: Callable[[Recue], Reponse] = lambda recue: (202, b"{}")
    recues: list[Recue] = field(default_factory=list)
    lente: asyncio.Event | None = None
    en_tetes: list[tuple[bytes, bytes]] = field(default_factory=list)
    adresse: str = ""
    arrivee: asyncio.Event = field(default_factory=asyncio.Event)
    certificats: list[bytes | None] = field(default_factory=list)  # shown by who connected, in DER

    @property
    def ids(self) -> list[str]:
        return [recue.id for recue in self.recues]

    def refuser(self, statut: int, corps: bytes = b"{}") -> None:
        """From now on, answer this."""
        self.reponse = lambda recue: (statut, corps)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        corps, more = b"", True
        while more:
            part = await receive()
            corps, more = corps + part.get("body", b""), part.get("more_body", False)
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        recue = Recue(f"{scope['scheme']}://{headers['host']}{scope['path']}", headers, corps)
        self.recues.append(recue)
        self.arrivee.set()
        if self.lente is not None:
            await self.lente.wait()
        statut, answer = self.reponse(recue)
        await send({"type": "http.response.start", "status": statut, "headers": [(b"content-type", b"application/json"), *self.en_tetes]})
        await send({"type": "http.response.body", "body": answer})


@asynccontextmanager
async def editeur(port: int = 0, **options: Any) -> AsyncIterator[Editeur]:
    """An editor that listens; `options` are uvicorn's (TLS)."""
    app = Editeur()

    class Connexion(H11Protocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            tls = transport.get_extra_info("ssl_object")
            app.certificats.append(None if tls is None else tls.getpeercert(binary_form=True))

    config = uvicorn.Config(app, port=port, http=Connexion, lifespan="off", log_config=None, access_log=False, ws="none", **options)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.005)
    ouvert = server.servers[0].sockets[0].getsockname()[1]
    app.adresse = f"{'https' if 'ssl_certfile' in options else 'http'}://127.0.0.1:{ouvert}"
    try:
        yield app
    finally:
        if app.lente is not None:
            app.lente.set()
        server.should_exit = True
        await task


def tls(pki: Pki, folder: Path, *noms: Any, de: AutoriteDeCertification | None = None) -> dict[str, Any]:
    """What uvicorn needs to listen with a certificate of the test PSCE, and to ask for that of a simulated service."""
    lui = certificat(pki, noms=noms, de=de)
    (folder / "editeur.crt").write_text(lui.pem + (pem(pki.intermediaires[0]) if de is None else ""))
    (folder / "editeur.key").write_text(pem_cle(lui.cle))
    return {
        "ssl_certfile": str(folder / "editeur.crt"),
        "ssl_keyfile": str(folder / "editeur.key"),
        "ssl_ca_certs": str(pki.fichier_autorites),
        "ssl_cert_reqs": ssl.CERT_REQUIRED,
    }
