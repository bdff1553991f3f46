"""The doors by which the pilot sets the faults of a bac, and the wrapper that strikes the answers to what a product sends."""

import asyncio
import re
from collections import Counter
from contextlib import nullcontext
from datetime import datetime
from typing import Annotated, Final

from fastapi import Path
from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fps.confiance.refus import AccesRefuse, CertificatRevoque
from fps.errors import Introuvable
from fps.kit.boxes import pannes
from fps.kit.boxes.pannes import VERS, Genre, Panne, Regle
from fps.kit.boxes.retrait import Siret
from fps.kit.engine import bacs
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import DEFAUT
from fps.kit.ground.clock import PARIS
from fps.kit.ground.faults import Unavailable
from fps.kit.trust.acces import administration
from fps.kit.trust.identity import Trust
from fps.kit.web import problems
from fps.kit.web.body import LOT_LIMIT, Router, too_long
from fps.kit.web.load import part_of_request
from fps.kit.wire.envelope import digest
from fps.parties import Party

NUMERO: Final = re.compile(rb'"numero_fps"\s*:\s*"(\d{14})')
DE: Final = frozenset(Genre) - VERS
RETENUS: Final = 10_000  # letters remembered with their tries
Nom = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="nom de la règle")]


class PanneVue(BaseModel):
    """Une panne posée, et depuis quand (à l'horloge du bac)."""

    siret: str
    nom: str
    regle: Regle
    posee_le: datetime


def _vue(panne: Panne) -> PanneVue:
    return PanneVue(siret=panne.siret, nom=panne.nom, regle=panne.regle, posee_le=panne.posee_le.astimezone(PARIS))


def pilotage(service: Service) -> Router:
    """The routes of the pilot."""
    router = Router(prefix="/pilotage/bacs/{nom}", dependencies=[administration(service)], tags=["pilotage"])

    @router.get("/pannes", summary="Lister les pannes posées dans un bac")
    async def lister(nom: str) -> list[PanneVue]:
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            return [_vue(une) for une in await pannes.posees(tx, nom)]

    @router.put("/pannes/{siret}/{regle}", summary="Poser une panne sur les échanges avec le produit d'une collectivité, ou la changer")
    async def poser(nom: str, siret: Siret, regle: Nom, corps: Regle) -> PanneVue:
        async def run(work: Work) -> Panne:
            return await pannes.poser(work, siret, regle, corps)

        return _vue(await service.ask(nom, run))

    @router.delete("/pannes/{siret}/{regle}", status_code=204, summary="Lever une panne")
    async def lever(nom: str, siret: Siret, regle: Nom) -> None:
        async def run(work: Work) -> None:
            await pannes.lever(work, siret, regle)

        await service.ask(nom, run)

    return router


class Derangement:
    """ASGI wrapper: strikes the answers to the letters of products, when the bac has a rule for it; nothing else is even looked at."""

    def __init__(self, app: ASGIApp, service: Service):
        self.app, self.service = app, service
        self._essais: Counter[tuple[str, str, str]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith("/flux/") or not self._produit(scope):
            await self.app(scope, receive, send)
            return
        bac = scope.get("fps.bac", DEFAUT)
        try:
            async with self.service.database.read() as tx:
                posees = [une for une in await pannes.posees(tx, bac) if une.regle.panne in DE]
                graine = (await bacs.find(tx, bac)).graine if posees else ""
        except (Introuvable, Unavailable):  # the application tells it better
            posees = []
        if not posees:
            await self.app(scope, receive, send)
            return
        corps = await _lire(receive)
        cle = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"idempotency-key"), "")
        lettre = digest(corps.decode("latin-1"))  # whoever sends it again under another key sends the same
        siret = found[1].decode() if (found := NUMERO.search(corps)) else ""
        type_ = next((cls for cls in self.service.definition.handlers if scope["path"].removesuffix("/lot") == cls.path), None)
        une = pannes.pour(posees, DE, siret, "" if type_ is None else type_.type, None, graine, cle)
        if une is not None and self._encore(bac, une, lettre):
            await self.service.note(bac, "panne", "produit", siret, panne=une.regle.panne.value, regle=une.nom)
            await self._frapper(une.regle, scope, _donner(corps, receive), send)
        else:
            await self.app(scope, _donner(corps, receive), send)

    def _produit(self, scope: Scope) -> bool:
        try:
            qui = self.service.extension(Trust).identifier(scope)
        except AccesRefuse:
            return False
        return qui is not None and qui.service in (None, Party.COLLECTIVITE)  # the reference system is a product too

    def _encore(self, bac: str, une: Panne, lettre: str) -> bool:
        """Whether this try of the letter is one of those that are struck."""
        if len(self._essais) >= RETENUS:
            self._essais.clear()
        place = (bac, f"{une.siret}/{une.nom}/{une.document}", lettre)
        self._essais[place] += 1
        return self._essais[place] <= une.regle.fois

    async def _frapper(self, regle: Regle, scope: Scope, receive: Receive, send: Send) -> None:
        match regle.panne:
            case Genre.REFUS_503:
                response = _simulee(503, "panne-simulee", "Rien n'a été enregistré.")
                response.headers["Retry-After"] = str(max(1, round(regle.secondes)))
                await response(scope, receive, send)
            case Genre.CERTIFICAT_REVOQUE:
                await problems.of(CertificatRevoque("Révocation simulée par le pilote du bac."))(scope, receive, send)
            case Genre.REPONSE_PERDUE:
                await self.app(scope, receive, _taire)
                await _simulee(500, "panne-simulee", "La réponse s'est perdue.")(scope, receive, send)
            case Genre.REPONSE_LENTE:
                garde: list[Message] = []
                await self.app(scope, receive, _garder(garde))
                part = part_of_request(scope)
                with nullcontext() if part is None else part.resting():
                    await asyncio.sleep(regle.secondes)
                for message in garde:
                    await send(message)
            case _:
                garde = []
                await self.app(scope, receive, _garder(garde))
                await send(garde[0])
                corps = b"".join(message.get("body", b"") for message in garde[1:])
                await send({"type": "http.response.body", "body": corps[: len(corps) // 2], "more_body": True})
                # The answer ends here, before its length: the server closes the connection.


def _simulee(status: int, code: str, detail: str) -> Response:
    body = {
        "type": f"urn:fps-simulateur:probleme:{code}",
        "title": "Panne simulée, demandée par le pilote du bac",
        "status": status,
        "code": code,
        "detail": detail,
        "que_faire": "Renvoyez la même demande plus tard, avec la même Idempotency-Key.",
    }
    return problems.answer(body)


async def _taire(message: Message) -> None:
    """Nobody hears it."""


def _garder(garde: list[Message]) -> Send:
    async def send(message: Message) -> None:
        garde.append(message)

    return send


async def _lire(receive: Receive) -> bytes:
    corps, more = b"", True
    while more:
        part = await receive()
        corps, more = corps + part.get("body", b""), part.get("more_body", False)
        if len(corps) > LOT_LIMIT:
            raise too_long(LOT_LIMIT)
    return corps


def _donner(corps: bytes, receive: Receive) -> Receive:
    """The body that was read, once more; then what comes after it."""
    donne = False

    async def again() -> Message:
        nonlocal donne
        if donne:
            return await receive()
        donne = True
        return {"type": "http.request", "body": corps, "more_body": False}

    return again
