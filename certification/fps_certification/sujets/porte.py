"""The door by which the reference collectivité receives letters that are pushed to an address, as an editor's product does.

Each letter is believed by its signature (docs/lettres.md), then given to the reference system under its own Idempotency-Key.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
import uvicorn

from fps.kit.boxes.signature import CHEMIN_CLES, EN_TETE, SignatureFausse, ouvrir
from fps.kit.ground.clock import wall_now
from fps.parties import Party

AGE: Final = 300  # seconds after which a signature is not believed
LIMITE: Final = 1 << 20  # bytes of a letter
FERMER: Final = 5  # seconds left to the letters that are being read when the door closes


class LettreNonCrue(Exception):
    """The signature is not that of this letter, at this address."""


def verifier(signature: str, corps: bytes, cles: Mapping[str, Any], url: str, lettre: str) -> dict[str, Any]:
    """The protected header of a letter that is authentic; raises LettreNonCrue."""
    try:
        entete = ouvrir(signature, corps, cles)
    except SignatureFausse as error:
        raise LettreNonCrue(str(error)) from error
    if (entete.get("url"), entete.get("jti")) != (url, lettre) or abs(wall_now().timestamp() - float(entete.get("iat", 0))) > AGE:
        raise LettreNonCrue("elle est celle d'une autre lettre, d'une autre adresse, ou d'un autre jour")
    return entete


class Porte:
    """ASGI application: `client` reaches the services, and gives the letters to the reference system as their sender does."""

    def __init__(self, client: httpx.AsyncClient, adresses: Mapping[Party, str]):
        self._client, self._adresses = client, adresses
        self._cles: dict[str, Any] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Receive one letter: 2xx when it was taken, 401 when it is not believed, else what the reference system answers."""
        entetes = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        corps, suite = b"", True
        while suite and len(corps) <= LIMITE:
            part = await receive()
            if part["type"] == "http.disconnect":  # half a letter is no letter
                return
            corps, suite = corps + part.get("body", b""), part.get("more_body", False)
        statut, dit = await self.recevoir(scope["path"], entetes, corps)
        await send({"type": "http.response.start", "status": statut, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(dit).encode()})

    async def recevoir(self, chemin: str, entetes: Mapping[str, str], corps: bytes) -> tuple[int, Any]:
        """What is answered to a letter."""
        url, lettre = f"http://{entetes.get('host')}{chemin}", entetes.get("idempotency-key", "")
        try:
            dit = verifier(entetes.get(EN_TETE.lower(), ""), corps, await self._publiees(entetes.get("ce-source", "")), url, lettre)
        except LettreNonCrue as error:
            return 401, {"code": "signature-fausse", "detail": str(error)}
        vers = f"{self._adresses[Party.COLLECTIVITE]}/bacs/{dit['bac']}{chemin}"
        siens = {nom: entetes[nom] for nom in ("content-type", "idempotency-key", "ce-source", "ce-rang", "traceparent") if nom in entetes}
        try:
            answer = await self._client.post(vers, content=corps, headers=siens | {"ce-time": entetes.get("fps-instant", "")})
        except httpx.HTTPError:
            return 503, {"code": "systeme-de-reference-injoignable"}
        return answer.status_code, (answer.json() if answer.content else {})

    async def _publiees(self, source: str) -> Mapping[str, Any]:
        """The keys that a service publishes; raises LettreNonCrue when there is no such service."""
        nom = source.rpartition("/")[2]
        if nom not in {p.value for p in self._adresses}:
            raise LettreNonCrue("personne de connu ne l'a écrite")
        if nom not in self._cles:
            try:
                self._cles[nom] = (await self._client.get(f"{self._adresses[Party(nom)]}{CHEMIN_CLES}")).json()
            except (httpx.HTTPError, ValueError) as error:
                raise LettreNonCrue("les clés de son auteur ne se lisent pas") from error
        found: Mapping[str, Any] = self._cles[nom]
        return found


@asynccontextmanager
async def ouverte(client: httpx.AsyncClient, adresses: Mapping[Party, str]) -> AsyncIterator[str]:
    """The door, open on a port of this machine that the system chooses; gives its address."""
    config = uvicorn.Config(Porte(client, adresses), port=0, lifespan="off", log_config=None, access_log=False, ws="none")
    server = uvicorn.Server(config)
    prise = config.bind_socket()
    task = asyncio.create_task(server._serve([prise]), name="porte")
    try:
        yield f"http://127.0.0.1:{prise.getsockname()[1]}"
    finally:
        server.should_exit = True
        try:
            async with asyncio.timeout(FERMER):
                await task
        except TimeoutError:
            server.force_exit = True
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
