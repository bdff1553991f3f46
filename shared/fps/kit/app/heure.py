"""The instant of the bac on every answer that is about one: what a product under test reads to know which day it is there."""

import re
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fps.kit.engine import clocks
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import DEFAUT
from fps.kit.ground.clock import INSTANT, PARIS, BacClock
from fps.kit.ground.faults import Unavailable

DIT: Final = "L'instant du bac quand la réponse est partie, ISO 8601, heure de Paris"
PILOTAGE: Final = re.compile(r"/pilotage/bacs/([^/]+)(?:/.*)?")
# What is of no bac: health, figures, documentation, public keys, the pilot's list, the test PSCE.
DE_PERSONNE: Final = re.compile(
    r"/(?:|sante/.*|metrics|static/.*|docs|openapi\.json|asyncapi\.json|\.well-known/.*|psce(?:/.*)?|pilotage(?:/.*)?)"
)


def bac_de(path: str, bac: str) -> str | None:
    """The bac that an address is about, None for those of no bac."""
    if (found := PILOTAGE.fullmatch(path)) is not None:
        return found[1]
    return None if DE_PERSONNE.fullmatch(path) else bac


class Heure:
    """ASGI wrapper: says `Fps-Instant`, which the act itself has read; it is read once more only when the act read no bac."""

    def __init__(self, app: ASGIApp, service: Service):
        self.app, self.service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        bac = bac_de(scope["path"], scope.get("fps.bac", DEFAUT)) if scope["type"] == "http" else None
        if bac is None:
            await self.app(scope, receive, send)
            return
        nom, place = bac, self.service.clocks.place()

        async def reply(message: Message) -> None:
            if message["type"] == "http.response.start" and (clock := await self._clock(nom, place)) is not None:
                said = clock.now().astimezone(PARIS).isoformat().encode()
                message = {**message, "headers": [*message.get("headers", ()), (INSTANT.lower().encode(), said)]}
            await send(message)

        await self.app(scope, receive, reply)

    async def _clock(self, nom: str, place: int) -> BacClock | None:
        if (clock := self.service.clocks.since(nom, place)) is not None:
            return clock
        try:
            async with self.service.database.read() as tx:
                return await clocks.read(tx, nom)
        except Unavailable:  # a service without its database
            return None
