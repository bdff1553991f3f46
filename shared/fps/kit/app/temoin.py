"""The witness of a service: what passes on the wire of an observed bac is kept before it is answered, and told to the pilot."""

import asyncio
import base64
import json
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fps.confiance.refus import AccesRefuse
from fps.kit.engine import bacs, observation
from fps.kit.engine.observation import LIMITE, Vu
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import DEFAUT
from fps.kit.ground.clock import PARIS, wall_now
from fps.kit.ground.faults import Unavailable
from fps.kit.trust.identity import Trust
from fps.kit.web.body import Router
from fps.kit.web.problems import tell
from fps.parties import Party

AGE: Final = 1.0  # seconds during which whether a bac is observed is not asked again
CONNUS: Final = 1_000  # bacs of which it is remembered
ANONYME: Final = "anonyme"
TU: Final = "(tu)"
# What a request says of itself beside its body; never what it is trusted for.
DITS: Final = frozenset({"accept", "content-length", "content-type", "host", "idempotency-key", "prefer", "user-agent", "x-request-id"})
TUS: Final = frozenset({"set-cookie", "content-security-policy", "referrer-policy", "x-content-type-options"})
SECRETS: Final = re.compile(r'("(?:mot_de_passe|ancien|nouveau|jeton)"\s*:\s*)"(?:[^"\\]|\\.)*"')
CODES: Final = re.compile(r"/portail/[^/]+/(?:activation|inscriptions|comptes/[^/]+/code)")  # what is said there opens an account
REFUSES: Final = frozenset({401, 403})
RESTE: Final = 1.0  # seconds for what is left of the body of who is refused
AILLEURS: Final = ("/pilotage", "/sante", "/metrics", "/static", "/docs", "/openapi.json", "/asyncapi.json")


class EtatObservation(BaseModel):
    """Ce que l'on garde d'un bac."""

    observe: bool
    rang: int = Field(description="Le rang du dernier échange gardé")


class EchangeVu(BaseModel):
    """Un échange tel qu'il a passé sur le fil, gardé avant d'être répondu ; aucun jeton ni mot de passe n'y est."""

    service: Party
    rang: int
    wall_time: datetime = Field(description="En temps réel")
    date: datetime = Field(description="À l'horloge du bac")
    duree_ms: int = Field(description="En millisecondes, en temps réel")
    qui: str = Field(description="SHA-256 du certificat présenté, « service:<nom> », « anonyme », ou le code de son refus")
    methode: str
    chemin: str = Field(description="Sans le bac, avec ses paramètres")
    entetes: dict[str, str]
    corps: str = Field(description="En UTF-8 ; sinon « base64: » et les octets ; « … » à la fin : coupé ; « (tu) » : un secret")
    statut: int
    entetes_reponse: dict[str, str]
    reponse: str
    empreinte: str = Field(description="SHA-256 de l'échange et de celui d'avant")


class PageEchanges(BaseModel):
    """Une page des échanges gardés."""

    lignes: list[EchangeVu]
    suite: bool = Field(description="Vrai quand la page est pleine : il y a peut-être une suite")


def _annonce(scope: Scope) -> int:
    """The bytes that a request says it has, none when it does not."""
    said = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
    return int(said) if said.isdigit() else 0


class Temoin:
    """ASGI wrapper: keeps the exchanges of the bacs that are observed, as they were; the pilot's own are left out."""

    def __init__(self, app: ASGIApp, service: Service):
        self.app, self.service = app, service
        self._connus: dict[str, tuple[float, bool]] = {}  # when a bac was asked, and whether it was observed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(AILLEURS) or not await self._observe(scope.get("fps.bac", DEFAUT)):
            await self.app(scope, receive, send)
            return
        asked, answered, begun = _Ecoute(), _Ecoute(), wall_now()
        held: list[Message] = []
        whole = False  # the body was read to its end

        async def hear() -> Message:
            nonlocal whole
            message = await receive()
            asked.take(message.get("body", b""))
            whole = not message.get("more_body", False)
            return message

        async def hold(message: Message) -> None:
            answered.take(message.get("body", b""))
            held.append(message)
            if answered.size > LIMITE:  # a stream is not held: what is kept of it is its beginning
                while held:
                    await send(held.pop(0))

        try:
            await self.app(scope, hear, hold)
        finally:
            start = next((m for m in held if m["type"] == "http.response.start"), None)
            if start is not None:
                if not whole and start["status"] in REFUSES and _annonce(scope) <= LIMITE:  # a door reads no body of who may not pass
                    with suppress(TimeoutError):
                        async with asyncio.timeout(RESTE):
                            while not whole:
                                await hear()
                await self._garder(scope, asked, answered, start, int((wall_now() - begun).total_seconds() * 1_000))
            for message in held:
                await send(message)

    async def _observe(self, nom: str) -> bool:
        now = asyncio.get_running_loop().time()
        asked, observed = self._connus.get(nom, (float("-inf"), False))
        if now - asked < AGE:
            return observed
        if len(self._connus) >= CONNUS:
            self._connus.clear()
        try:
            async with self.service.database.read() as tx:
                observed = await observation.observe(tx, nom)
        except Unavailable:  # whoever asks is told so by the application
            return False
        self._connus[nom] = now, observed
        return observed

    def relire(self) -> None:
        """What is observed has changed here."""
        self._connus.clear()

    async def _garder(self, scope: Scope, asked: "_Ecoute", answered: "_Ecoute", start: Message, duree: int) -> None:
        query, tu = scope["query_string"].decode("latin-1"), CODES.fullmatch(scope["path"]) is not None
        vu = Vu(
            duree,
            self._qui(scope),
            scope["method"],
            scope["path"] + (f"?{query}" if query else ""),
            _entetes(scope["headers"], DITS.__contains__),
            TU if tu else asked.text(),
            start["status"],
            _entetes(start.get("headers", ()), lambda nom: nom not in TUS),
            TU if tu else answered.text(),
        )
        try:
            await observation.garder(self.service, scope.get("fps.bac", DEFAUT), vu)
        except Exception as error:  # the act is done: its answer is due whatever becomes of what was seen of it
            tell(error)

    def _qui(self, scope: Scope) -> str:
        try:
            identite = self.service.extension(Trust).identifier(scope)
        except AccesRefuse as error:
            return error.code
        return ANONYME if identite is None else identite.cle


class _Ecoute:
    """A body as it passes: its beginning, and its size in bytes."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []

    def take(self, part: bytes) -> None:
        if self.size < LIMITE:
            self._parts.append(part[: LIMITE - self.size])
        self.size += len(part)

    def text(self) -> str:
        """The body as it is kept: without NUL, which a database does not keep."""
        whole = b"".join(self._parts)
        try:
            found = whole.decode()
            if "\0" in found:
                raise ValueError
        except ValueError:
            found = f"base64:{base64.b64encode(whole).decode()}"
        return SECRETS.sub(rf'\1"{TU}"', found) + ("…" if self.size > LIMITE else "")


def _entetes(headers: Iterable[tuple[bytes, bytes]], keep: Any) -> dict[str, str]:
    found = ((k.decode("latin-1").lower(), v.decode("latin-1").replace("\0", "")) for k, v in headers)
    return {k: v[:1_000] for k, v in found if keep(k)}


def routes(service: Service, temoin: Temoin, router: Router) -> None:
    """What is observed of a bac: to begin, to end, to read."""

    @router.put("/bacs/{nom}/observation", summary="Garder les échanges d'un bac à partir de maintenant")
    async def observer(nom: str) -> EtatObservation:
        """Tout ce qui passe dans ce service pour ce bac, hors pilotage : qui, quoi, et la réponse, sans jeton ni mot de passe. Chacun
        est chaîné au précédent, et se lit par `GET …/echanges`."""
        rang = await observation.observer(service, nom)
        temoin.relire()
        return EtatObservation(observe=True, rang=rang)

    @router.delete("/bacs/{nom}/observation", status_code=204, summary="Ne plus garder les échanges d'un bac")
    async def cesser(nom: str) -> None:
        """Ceux qui sont gardés restent, jusqu'à la suppression du bac."""
        await observation.cesser(service, nom)
        temoin.relire()

    @router.get("/bacs/{nom}/echanges", summary="Lire les échanges gardés d'un bac")
    async def lire(
        nom: str,
        apres: Annotated[int, Query(ge=0, lt=1 << 40, description="le dernier rang déjà lu")] = 0,
        limite: Annotated[int, Query(ge=1, le=1_000)] = 200,
    ) -> PageEchanges:
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            found = await observation.lines(tx, nom, apres, limite)
        return PageEchanges(lignes=[_voir(service.party, row) for row in found], suite=len(found) == limite)


def _voir(party: Party, row: Any) -> EchangeVu:
    _, rang, wall, duree, instant, qui, methode, chemin, entetes, corps, statut, entetes_reponse, reponse, hash_ = row
    return EchangeVu(
        service=party,
        rang=rang,
        wall_time=wall.astimezone(PARIS),
        date=instant.astimezone(PARIS),
        duree_ms=duree,
        qui=qui,
        methode=methode,
        chemin=chemin,
        entetes=json.loads(entetes),
        corps=corps,
        statut=statut,
        entetes_reponse=json.loads(entetes_reponse),
        reponse=reponse,
        empreinte=hash_,
    )
