"""The bac of a request: the path prefix /bacs/{bac}, taken off before the routes see it, and the correlation of its log lines."""

import contextvars
import re
import uuid

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DEFAUT = "defaut"
NOM = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
PREFIX = re.compile(r"/bacs/([^/]*)(/.*)?")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,80}")
correlation: contextvars.ContextVar[str] = contextvars.ContextVar("correlation", default="")
bac_courant: contextvars.ContextVar[str] = contextvars.ContextVar("bac", default="")
trace_en_cours: contextvars.ContextVar[str] = contextvars.ContextVar("trace", default="")  # the `traceparent` of the request in progress


def bac_of(request: HTTPConnection) -> str:
    """The bac that the request named, or the default one."""
    bac: str = request.scope.get("fps.bac", DEFAUT)
    return bac


class BacPath:
    """ASGI wrapper: strips /bacs/{bac}, gives every request an identifier that its answer and its log lines carry."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if path.startswith("/bacs/") and (found := PREFIX.fullmatch(path)):
            # A name that cannot exist is left to the bac lookup, which answers « bac-inconnu ».
            scope = {**scope, "path": found[2] or "/", "fps.bac": found[1][:40] if NOM.fullmatch(found[1]) else "?"}
            scope["raw_path"] = scope["path"].encode()
        given = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"x-request-id"), "")
        identifier = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        correlation.set(identifier)
        bac_courant.set(scope.get("fps.bac", DEFAUT))

        async def reply(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (b"x-request-id", identifier.encode())]
            await send(message)

        await self.app(scope, receive, reply)
