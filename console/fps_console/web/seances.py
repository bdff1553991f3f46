"""Who may act from the pages: the key of a link, the session that it opens, the token of its forms, and what each form has done."""

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from fps.kit.ground.clock import wall_now

LIEN: Final = timedelta(hours=12)  # that a link lives, when nobody opens it
OISIVE: Final = timedelta(hours=12)  # that a session lives, when nobody acts
SEANCES: Final = 100  # at once: the oldest goes
FAITS: Final = 200  # forms of one session whose end is remembered


def lien(console: str, jeton: str) -> str:
    """The address that opens a session at a console, once: made of the pilot's credential, of which it says nothing."""
    tete = f"{int((wall_now() + LIEN).timestamp()):x}.{secrets.token_hex(8)}"
    return f"{console}/ouvrir?cle={tete}.{_sceau(jeton, tete)}"


def _sceau(jeton: str, tete: str) -> str:
    return hmac.new(jeton.encode(), f"fps-pages\0{tete}".encode(), hashlib.sha256).hexdigest()[:32]


def _ou(adresse: str) -> tuple[str, list[tuple[str, str]]]:
    """Where an address leads, however it is encoded."""
    lue = urlsplit(adresse)
    return unquote(lue.path), parse_qsl(lue.query)


@dataclass(eq=False)
class Seance:
    """A browser that may act. `jeton` is in each of its forms; a form that comes twice does its act once."""

    jeton: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    vue: datetime = field(default_factory=wall_now)
    bac: str | None = None  # the last one that was looked at
    agents: "dict[tuple[str, ...], Any]" = field(default_factory=dict)  # the sessions of agents that it opened at the desks
    _faits: "OrderedDict[str, asyncio.Task[str]]" = field(default_factory=OrderedDict)

    async def une_fois(self, cle: str, faire: Callable[[], Awaitable[str]]) -> str:
        """Do the act of a form, or wait for the end of the same one; what fails may be tried again. The browser may leave: it goes on."""
        tache = self._faits.get(cle)
        if tache is None:

            async def courir() -> str:
                return await faire()

            tache = asyncio.create_task(courir(), name=f"forme-{cle}")
            self._faits[cle] = tache
            tache.add_done_callback(lambda finie: self._finie(cle, finie))
            while len(self._faits) > FAITS:
                self._faits.popitem(last=False)
        return await asyncio.shield(tache)

    def a_mene(self, adresse: str) -> bool:
        """Whether an act of this session led to an address: what a page tells there of an act was done, and nobody wrote it in a link."""
        menees = (t.result() for t in self._faits.values() if t.done() and not t.cancelled() and t.exception() is None)
        return _ou(adresse) in map(_ou, menees)

    def _finie(self, cle: str, tache: "asyncio.Task[str]") -> None:
        if tache.cancelled() or tache.exception() is not None:
            self._faits.pop(cle, None)


class Seances:
    """The sessions of one console, in its memory: all end with it."""

    def __init__(self, jeton: str):
        self._jeton = jeton
        self._ouvertes: OrderedDict[str, Seance] = OrderedDict()
        self._servies: dict[str, datetime] = {}  # the links that were opened, until they would have died

    def ouvrir(self, cle: str) -> str | None:
        """The name of a new session, for a key that was never used; None for any other."""
        tete, _, sceau = cle.rpartition(".")
        if not tete.isascii() or not hmac.compare_digest(sceau.encode(), _sceau(self._jeton, tete).encode()):
            return None
        now = wall_now()
        self._servies = {k: fin for k, fin in self._servies.items() if fin > now}
        fin = datetime.fromtimestamp(int(tete.partition(".")[0], 16), now.tzinfo)
        if fin <= now or tete in self._servies:
            return None
        self._servies[tete] = fin
        nom = secrets.token_urlsafe(32)
        self._ouvertes[nom] = Seance()
        while len(self._ouvertes) > SEANCES:
            self._ouvertes.popitem(last=False)
        return nom

    def de(self, request: Request) -> Seance | None:
        """The session of a request, when it has one that lives."""
        nom = request.cookies.get(temoin(request), "")
        seance = self._ouvertes.get(nom)
        if seance is None:
            return None
        now = wall_now()
        if now - seance.vue > OISIVE:
            del self._ouvertes[nom]
            return None
        seance.vue = now
        self._ouvertes.move_to_end(nom)
        return seance

    def fermer(self, request: Request) -> None:
        """End the session of a request."""
        self._ouvertes.pop(request.cookies.get(temoin(request), ""), None)


def temoin(request: Request) -> str:
    """The name of the cookie: browsers do not tell the ports of one machine apart, two simulators there do."""
    return f"fps-seance-{request.url.port or 80}"


def poser(request: Request, response: Response, nom: str) -> None:
    """Give a session to a browser: no script reads it, no other site has it sent."""
    response.set_cookie(temoin(request), nom, path="/", secure=request.url.scheme == "https", httponly=True, samesite="strict")
