"""Run apart: the collectivité takes requests that write, and is killed (-9) once it has committed, before a byte of its answer leaves."""

import asyncio
import json
import os
import signal
import sys
from typing import Any

import httpx
from pydantic import SecretStr

from collectivite.app import DEFINITION
from fps.kit.app.application import Running, build, running
from fps.kit.ground.settings import Settings
from fps.kit.wire.carrier import bearer

TOKEN = "essai"


def service(url: str) -> Running:
    """The collectivité alone on a database, whose letters nobody takes."""
    return build(DEFINITION, Settings(database_url=url, pilotage_token=SecretStr(TOKEN)))


async def ask(app: Any, method: str, path: str, body: bytes, content: str, key: str) -> httpx.Response:
    """One request to an application of this process, as the pilot makes it."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ville") as client:
        entetes = {**bearer(TOKEN), "Content-Type": content, "Idempotency-Key": key}
        return await client.request(method, path, content=body, headers=entetes)


async def die(url: str, path: str, content: str, body: bytes) -> None:
    """Take the request, and die before the answer."""
    one = service(url)

    async def killed(scope: Any, receive: Any, send: Any) -> None:
        async def cut(message: Any) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        await one.asgi(scope, receive, cut)

    async with running(one):
        await ask(killed, "POST", path, body, content, path)


def main(url: str, requests: list[tuple[str, str, str]]) -> None:
    """Each request in a process of its own; raises SystemExit when one of them was not killed."""
    for path, content, body in requests:
        child = os.fork()
        if child == 0:
            asyncio.run(die(url, path, content, body.encode()))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            raise SystemExit(f"{path} was answered")


if __name__ == "__main__":
    main(sys.argv[1], json.load(sys.stdin))
