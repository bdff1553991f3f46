"""What every request meets before any route, and every answer after: the host and the origin, the texts of the address, the seals."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fps.confiance.refus import AccesRefuse
from fps.kit.ground.faults import Malformed
from fps.kit.web import problems
from fps.kit.wire.envelope import INTERDITS

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
HOST: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::[0-9]{1,5})?")
# What an answer that says nothing else lets a browser do with it: nothing.
SEALS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
RAW_SEALS: Final = tuple((name.lower().encode(), value.encode()) for name, value in SEALS.items())
PDF_SEALS: Final = ((RAW_SEALS[0][0], b"frame-ancestors 'none'"), *RAW_SEALS[1:])


class HoteInconnu(AccesRefuse):
    """Cette machine ne répond pas à ce nom"""

    code, statut = "hote-inconnu", 421
    que_faire = "Appelez par l'une des adresses du simulateur, ou déclarez ce nom dans FPS_HOSTS."


class OrigineRefusee(AccesRefuse):
    """Une page d'un autre site ne peut rien changer ici"""

    code = "origine-refusee"
    que_faire = "Appelez depuis un programme, ou depuis une page de ce service."


class Gate:
    """ASGI wrapper: refuses the hosts that are not its own and the pages of other sites, answers HEAD as GET, seals every answer.

    What an application raises ends here: told once in the log, answered, and the connection goes on.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str], *, texts: bool = True):
        """`texts`: whether the texts of the address are looked at here; pages that keep nothing say by themselves what does not exist."""
        self._texts = texts
        self.app, self._hosts = app, LOOPBACK | {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send, head=scope["method"] == "HEAD")
        if answer.head:
            scope = {**scope, "method": "GET"}
        try:
            refused = self._refused(scope)
            await (self.app if refused is None else problems.of(refused))(scope, receive, answer)
        except Exception as error:
            if not answer.started:
                await problems.of(error)(scope, receive, answer)
            elif not answer.complete:  # nothing more can be said: who listens sees the connection end
                problems.tell(error)

    def _refused(self, scope: Scope) -> Exception | None:
        given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        host = _host(given[0]) if len(given) == 1 else None
        # The address that the connection reached is ours, whatever it is: a page of another site cannot make a browser write it there.
        if host is None or (host not in self._hosts and host != _reached(scope)):
            return HoteInconnu(f"Host « {' '.join(given)[:80]} ».")
        if scope["method"] not in READS and not self._same_site(headers := Headers(scope=scope), given[0]):
            return OrigineRefusee(f"Origin « {headers.get('origin', '')[:80]} ».")
        if not self._texts:
            return None
        if INTERDITS.search(scope["path"]):
            return Malformed("adresse-illisible", "Le chemin contient un caractère qui n'est d'aucun texte : retirez-le.", status=404)
        if INTERDITS.search(unquote(scope["query_string"].decode("latin-1"), errors="replace")):
            return Malformed("caractere-interdit", "Un paramètre contient un caractère qui n'est d'aucun texte : retirez-le.")
        return None

    def _same_site(self, headers: Headers, host: str) -> bool:
        origin = headers.get("origin")
        if origin is not None:
            return urlsplit(origin).netloc.lower() == host.lower()
        return headers.get("sec-fetch-site", "none") in ("none", "same-origin")


def _reached(scope: Scope) -> str:
    return str((scope.get("server") or ("",))[0]).lower().removeprefix("::ffff:")


@lru_cache(maxsize=1_024)
def _host(given: str) -> str | None:
    found = HOST.fullmatch(given)
    return None if found is None else (found[1] or found[2]).lower().removesuffix(".")


class _Answer:
    """Where an answer goes: sealed, without a body when only its head was asked."""

    def __init__(self, send: Send, head: bool):
        self._send, self.head, self.started, self.complete = send, head, False, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = list(message.get("headers", ()))
            said = {name.lower(): value for name, value in headers}
            # What shows a PDF in a browser is a page of the browser's own.
            seals = PDF_SEALS if said.get(b"content-type") == b"application/pdf" else RAW_SEALS
            headers += [seal for seal in seals if seal[0] not in said]
            message = {**message, "headers": headers}
        elif message["type"] == "http.response.body":
            self.complete = not message.get("more_body", False)
            if self.head:
                message = {**message, "body": b""}
        await self._send(message)
