"""After a fault of ours: the answer is a problem, the connection goes on, and the log tells it once without what the request held."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import Depends, FastAPI
from pydantic import BaseModel
from starlette.types import ASGIApp

from fps.kit.app.listening import listening
from fps.kit.ground.telemetry import _origin
from fps.kit.web import problems
from fps.kit.web.body import Router
from fps.kit.web.gate import Gate
from fps.kit.wire.envelope import BODY_LIMIT
from fps_console.commandes.up import Server

SECRET = "Dupont, 12 rue de l'Exemple"
LONG = b"x" * (BODY_LIMIT + 300_000)
JSON = "Content-Type: application/json"
REFUSED = {
    413: f"POST /faute HTTP/1.1\r\n{JSON}",
    404: f"POST /rien HTTP/1.1\r\n{JSON}",
    405: "POST /bon HTTP/1.1",
    403: f"POST /faute HTTP/1.1\r\n{JSON}\r\nOrigin: http://evil.example",
}


class Corps(BaseModel):
    texte: str


def application() -> ASGIApp:
    app, router = FastAPI(redirect_slashes=False), Router()
    problems.install(app)

    @router.post("/faute")
    async def faute(corps: Corps) -> str:
        try:
            raise KeyError(corps.texte)
        except KeyError as error:
            raise RuntimeError(f"refused by the database: {corps.texte}") from error

    @router.get("/bon")
    async def bon() -> str:
        return "bon"

    app.router.routes.extend(router.routes)
    return Gate(app, ())


@asynccontextmanager
async def connexion(app: ASGIApp) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """One connection to a server of this process."""
    server = Server(listening(app, "127.0.0.1", 0, lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn tells it by an attribute only)
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        server.should_exit = True
        await task


async def reponse(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
    return int(head.split()[1]), await reader.readexactly(length)


async def test_after_a_fault_the_connection_goes_on_and_the_log_tells_it_once(caplog: pytest.LogCaptureFixture) -> None:
    body = json.dumps({"texte": SECRET}).encode()
    head = f"Host: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with caplog.at_level(logging.WARNING):
        async with connexion(application()) as (reader, writer):
            writer.write(b"POST /faute HTTP/1.1\r\n" + head + body)
            statut, dit = await reponse(reader)
            assert (statut, json.loads(dit)["code"]) == (500, "erreur-interne")
            writer.write(b"GET /bon HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert await reponse(reader) == (200, b'"bon"')
            # Refused before the whole body was read, what follows on the connection is the rest of it, then another request.
            for status, first in REFUSED.items():
                writer.write(f"{first}\r\nHost: 127.0.0.1\r\nContent-Length: {len(LONG)}\r\n\r\n".encode() + LONG)
                assert (await reponse(reader))[0] == status
                writer.write(b"GET /bon HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                assert await reponse(reader) == (200, b'"bon"'), status
    (line,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert line.exc_info is None and SECRET not in str(vars(line)) and SECRET not in dit.decode()
    trace = getattr(line, "trace", [])
    assert trace[0] == "RuntimeError" and "KeyError" in trace and any("test_after_a_fault.py" in step for step in trace)


def test_no_line_of_the_log_holds_the_words_of_an_exception() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        for given in (True, error, (type(error), error, error.__traceback__)):
            told = _origin(None, "error", {"event": "échéances", "exc_info": given})
            assert SECRET not in str(told) and told["trace"][0] == "ValueError" and "exc_info" not in told


def test_a_router_that_has_something_of_its_own_takes_no_other() -> None:
    """Its prefix, its door and its tag would be lost in silence: a door that is lost is a route that anybody may use."""
    for own in ({"prefix": "/psce"}, {"tags": ["PSCE"]}, {"dependencies": [Depends(lambda: None)]}):
        with pytest.raises(ValueError, match="of its own"):
            Router(**own).take(Router())
