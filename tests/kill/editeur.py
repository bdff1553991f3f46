"""An editor that takes the letters of two towns, one pushed to it and one that it pulls, keeps each once, and is killed like the others.

python -m tests.kill.editeur serve — its settings are EDITEUR_BASE, EDITEUR_PORT, EDITEUR_ANTAI and FPS_PKI_DIR
"""

import asyncio
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import uvicorn

from fps.kit.trust.pki import Pki
from fps.kit.trust.tls import between_services
from fps.parties import Party

TABLES: Final = """
CREATE TABLE IF NOT EXISTS bacs (bac TEXT, siret TEXT, PRIMARY KEY (bac, siret));
CREATE TABLE IF NOT EXISTS lettres (
    ordre INTEGER PRIMARY KEY, bac TEXT, siret TEXT, id TEXT, sujet TEXT, rang INTEGER, corps TEXT, fois INTEGER, UNIQUE (bac, id)
);
"""
KEEP: Final = """
INSERT INTO lettres (bac, siret, id, sujet, rang, corps, fois) VALUES (?, ?, ?, ?, ?, ?, 1)
ON CONFLICT (bac, id) DO UPDATE SET fois = fois + 1
"""
ATTENTE, PAUSE = 2, 0.3  # seconds that a pull waits for a letter; before it asks again after a failure


@contextmanager
def base(path: Path) -> Iterator[sqlite3.Connection]:
    """What the editor keeps: it outlives the process."""
    with closing(sqlite3.connect(path, timeout=30)) as found:
        found.executescript(f"PRAGMA journal_mode = WAL; {TABLES}")
        yield found


class Editeur:
    """The process: a server, and one pull for each box."""

    def __init__(self, kept: sqlite3.Connection, antai: str, client: httpx.AsyncClient):
        self.kept, self.antai, self.client = kept, antai, client

    def garder(self, bac: str, lettre: str, rang: int | None, corps: str) -> None:
        """One letter, known by its identifier: kept once, and committed before anybody is told."""
        dit = json.loads(corps)
        with self.kept:
            self.kept.execute(KEEP, (bac, dit["siret"], lettre, dit["numero_fps"], rang, corps))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        corps, more = b"", True
        while more:
            part = await receive()
            corps, more = corps + part.get("body", b""), part.get("more_body", False)
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        self.garder(scope["path"].split("/")[1], headers["idempotency-key"], int(headers["ce-rang"]), corps.decode())
        await send({"type": "http.response.start", "status": 202, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": b"{}"})

    async def relever(self) -> None:
        """A pull for each box that is to be pulled, those that come later too."""
        pulls: dict[tuple[str, str], asyncio.Task[None]] = {}
        while True:
            for bac, siret in self.kept.execute("SELECT bac, siret FROM bacs").fetchall():
                if (bac, siret) not in pulls:
                    pulls[bac, siret] = asyncio.create_task(self._prendre(bac, siret))
            await asyncio.sleep(PAUSE)

    async def _prendre(self, bac: str, siret: str) -> None:
        url = f"{self.antai}/bacs/{bac}/messages"
        while True:
            try:
                found = await self.client.get(url, params={"siret": siret, "attente": ATTENTE})
                lettres = found.raise_for_status().json()["lettres"]
                for one in lettres:
                    self.garder(bac, one["id"], None, one["corps"])
                if lettres:
                    accuse = {"siret": siret, "ids": [one["id"] for one in lettres]}
                    (await self.client.post(f"{url}/accuses", json=accuse)).raise_for_status()
            except httpx.HTTPError:
                await asyncio.sleep(PAUSE)  # it is away, or not ready: what was not acknowledged is given again


async def serve() -> None:
    """Until it is killed."""
    with base(Path(os.environ["EDITEUR_BASE"])) as kept:
        own = between_services(Pki(Path(os.environ["FPS_PKI_DIR"])), Party.COLLECTIVITE)
        app = Editeur(kept, os.environ["EDITEUR_ANTAI"], httpx.AsyncClient(timeout=30, trust_env=False, verify=own))
        config = uvicorn.Config(app, port=int(os.environ["EDITEUR_PORT"]), lifespan="off", log_level="warning", ws="none")
        relever = asyncio.create_task(app.relever())
        await uvicorn.Server(config).serve()
        relever.cancel()


if __name__ == "__main__":
    asyncio.run(serve())
