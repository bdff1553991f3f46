"""An act once: a request that writes and carries an Idempotency-Key keeps its answer in the transaction of its act, and gets it again."""

import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet
from fastapi.exceptions import RequestValidationError
from sqlalchemy import bindparam, delete
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from fps.confiance.refus import AccesRefuse
from fps.droit import droit
from fps.errors import Introuvable, Refus
from fps.kit.data import tables
from fps.kit.data.sql import Insert
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.ground.clock import civil_date, wall_now
from fps.kit.ground.faults import Malformed
from fps.kit.web import keys, problems
from fps.kit.web.body import read_body
from fps.kit.web.load import holding
from fps.kit.wire.envelope import digest

AUTEUR = "fps.auteur"  # in the scope: whose keys these are, as the door wrote it
ASKED = "fps.demande"  # in the scope of a request that has a key: its `Asked`, for an act that writes elsewhere than in the database
PORTEUR = "fps.porteur"  # in the scope: the token by which a session came in, which its own act may end
ANONYME = "anonyme"
UNKEPT = ("content-length", "date")
COLUMNS = tuple(tables.reponses_gardees.columns.keys())
_PERIMEES = delete(tables.reponses_gardees).where(tables.reponses_gardees.c.wall_time < bindparam("avant"))
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is remembered of a request: digests only. Whoever reads the database without the request reads no answer."""

    cle: str
    demande: str
    secret: bytes

    @classmethod
    def of(cls, request: Request, key: str, mark: str, *, porteur: str = "") -> "Asked":
        """The same key is the same only for the same caller, in the same bac; the same request has the same method, address and bytes.

        `mark`: the SHA-256 of the body. `porteur`: the caller is who holds that token, whatever it opens now.
        """
        tls = request.scope.get("extensions", {}).get("tls", {}).get("client_cert_chain") or ()
        mine = _de_porteur(porteur, key) if porteur else json.dumps([request.scope.get(AUTEUR, ANONYME), key])
        url = [request.scope["path"], request.scope["query_string"].decode("latin-1")]
        whole = json.dumps([mine, bac_of(request), request.method, url, list(tls[:1]), mark])
        secret = base64.urlsafe_b64encode(bytes.fromhex(digest(f"secret\n{whole}")))
        return cls(digest(f"cle\n{mine}"), digest(f"demande\n{whole}"), secret)


class Once:
    """The keeper of the answers of one service.

    What an act answered is kept, its refusal by the law or by the state too. As for the letters, what may be mended is not: a request that
    cannot be read, an unknown number, a right that misses, a server away. A second request meanwhile waits for the writer, then finds the
    answer of the first.
    """

    def __init__(self, service: Service):
        self.service = service

    async def __call__(self, request: Request, limit: int, handler: Handler) -> Response:
        """The answer of `handler`, kept; or the one that was kept. Raises Malformed (422: a bad key, or one used for another request)."""
        keys.check_key(request.headers[keys.EN_TETE])
        body = await read_body(request, limit)

        async def answer() -> Response:
            return await handler(Request(request.scope, _given(body)))

        return await self.keep(request, hashlib.sha256(body).hexdigest(), answer)

    async def keep(self, request: Request, mark: str, answer: Callable[[], Awaitable[Response]]) -> Response:
        """The same for a body that was read already, whose SHA-256 is `mark`."""
        key = keys.check_key(request.headers[keys.EN_TETE])
        asked, bac, now = Asked.of(request, key, mark), bac_of(request), wall_now()
        request.scope[ASKED] = asked
        table = tables.reponses_gardees
        unkept: Exception | None = None
        async with AsyncExitStack() as counted, self.service.database.hold() as tx:
            counted.enter_context(holding())  # to the end of the commit
            heures = droit(civil_date(now)).idempotence_heures
            await tx.execute(_PERIMEES, avant=now - timedelta(hours=heures))
            for row in await tx.load(table, [(bac, asked.cle)]):
                if row[2] != asked.demande:
                    raise keys.reused()
                return _again(Fernet(asked.secret).decrypt(row[3]))
            try:
                response = await answer()
            except (Introuvable, AccesRefuse, Malformed, HTTPException, RequestValidationError) as error:
                unkept, response = error, Response()
            except Refus as error:
                response = problems.of(error)
            if unkept is None:
                text, token = _text(response), request.scope.get(PORTEUR)
                ways = [asked, Asked.of(request, key, mark, porteur=token)] if token else [asked]
                rows = [(bac, way.cle, way.demande, Fernet(way.secret).encrypt(text).decode(), now) for way in ways]
                await tx.apply([Insert(table, COLUMNS, rows)])
        if unkept is not None:
            raise unkept
        return response

    async def closed(self, request: Request, limit: int) -> Response | None:
        """The answer of an act that closed the door by which it came, for who sends it again with the same token; None otherwise.

        Nothing is read of the body of somebody else. Raises Malformed (422: the key was used for another request).
        """
        token, key, bac = request.headers.get("authorization", ""), request.headers[keys.EN_TETE], bac_of(request)
        now = wall_now()
        since = now - timedelta(hours=droit(civil_date(now)).idempotence_heures)
        async with self.service.database.read() as tx:
            found = await tx.load(tables.reponses_gardees, [(bac, digest(f"cle\n{_de_porteur(token, key)}"))])
        for row in found if token else ():
            if row[4] >= since:
                mark = hashlib.sha256(await read_body(request, limit)).hexdigest()
                asked = Asked.of(request, key, mark, porteur=token)
                if row[2] != asked.demande:
                    raise keys.reused()
                return _again(Fernet(asked.secret).decrypt(row[3]))
        return None


def _de_porteur(token: str, key: str) -> str:
    """Whose a key is when it is that of a token; no name of a caller is made so."""
    return json.dumps([PORTEUR, token, key])


def _given(body: bytes) -> Any:
    """The body, to be read once more as it came."""
    parts = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return parts.pop() if parts else {"type": "http.disconnect"}

    return receive


def _text(response: Response) -> bytes:
    headers = [[k.decode("latin-1"), v.decode("latin-1")] for k, v in response.raw_headers if k.decode("latin-1") not in UNKEPT]
    return json.dumps([response.status_code, headers, base64.b64encode(bytes(response.body)).decode()]).encode()


def _again(text: bytes) -> Response:
    status, headers, body = json.loads(text)
    return Response(base64.b64decode(body), status, {**dict(headers), **keys.REJOUEE})
