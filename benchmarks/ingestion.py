"""The message FPS at ANTAI's door: one by one on PostgreSQL, at the same door without a database, and in batches."""

import asyncio
import json
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import asyncpg
from fastapi import FastAPI

from antai.app import DEFINITION
from benchmarks.donnees import INSTANT
from benchmarks.figures import Bench, Figure, expect
from benchmarks.http1 import Order
from benchmarks.servers import ROOT, create_tables, databases, free_ports, new_pki, process, secured, service_url
from fps.confiance.habilitation import INTERNE, Identite
from fps.kit.app.application import open_pki
from fps.kit.boxes.sonnette import Boites
from fps.kit.data.opening import open_database
from fps.kit.engine.service import Receipt, Service
from fps.kit.ground.bac_path import BacPath
from fps.kit.ground.settings import Settings
from fps.kit.post import door
from fps.kit.trust.identity import Trust
from fps.kit.trust.pki import Pki
from fps.kit.trust.tls import between_services, server_context
from fps.kit.web import problems
from fps.kit.web.prompt import Prompt
from fps.kit.wire.carrier import bearer, open_client
from fps.kit.wire.envelope import Letter
from fps.messages.message import Message
from fps.messages.mfps import AccuseFps

CONNECTIONS = 32
LOT = 500
LOT_CONNECTIONS = 4


class AtOnce(Service):
    """The same door, with nothing behind it: every letter is received at once, and nothing is kept."""

    async def receive(self, letters: Sequence[tuple[Letter, Message]], qui: Identite | None = INTERNE) -> list[Receipt | BaseException]:
        text = AccuseFps.exemplaire().model_copy(update={"statut": "accepte", "erreurs": ()}).model_dump_json()
        return [Receipt("recu", text)] * len(letters)


def serve_at_once(port: int) -> None:
    """Serve ANTAI's letter routes without a database, as the service serves them."""
    from fps.kit.app.handshake import Server
    from fps.kit.app.listening import listening

    settings = Settings()
    app = FastAPI(openapi_url=None)
    problems.install(app)
    service = AtOnce(DEFINITION, settings, open_database(settings.database_url), [Trust(open_pki(settings)), Boites()])
    app.router.routes.extend(door.routes(service))

    @app.get("/sante/pret")
    async def pret() -> dict[str, str]:
        return {"statut": "pret"}

    Server(listening(BacPath(Prompt(app)), "127.0.0.1", port, server_context(service), loop="uvloop", lifespan="off")).run()


async def sent(order: Order) -> float:
    """Messages accepted each second; the client is a process of its own, its messages are built before."""
    arguments = [sys.executable, "-m", "benchmarks.http1", json.dumps(asdict(order))]
    client = await asyncio.create_subprocess_exec(*arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        output, _ = await client.communicate()
    finally:
        if client.returncode is None:
            client.kill()
    expect("the client", client.returncode, 0)
    said = json.loads(output)
    expect(f"messages accepted {said['statuses']} {said['refusal']}", said["accepted"], order.count)
    return float(order.count / said["seconds"])


@dataclass
class Porte:
    """ANTAI at work on PostgreSQL, in TLS, with a bac of this run, and the same door without a database; each message is sent once."""

    port: int
    bare: int
    pki: Pki
    bac: str
    connection: "asyncpg.Connection[Any]"
    position: int = 0
    written: int = 0

    def order(self, target: int, count: int, connections: int, lot: int = 1) -> Order:
        """The next messages, for one of the two."""
        first, self.position = self.position, self.position + count
        self.written += count if target == self.port else 0
        return Order(target, str(self.pki.dossier), self.bac, first, count, connections, lot)

    async def single(self, count: int) -> float:
        """Messages accepted each second, sent one by one."""
        return await sent(self.order(self.port, count, CONNECTIONS))

    async def kept(self) -> None:
        """Everything that was accepted is in the database, and nothing else; raises Faux."""
        for table in ("inbox", "dossiers", "constats", "chains"):
            expect(table, await self.connection.fetchval(f"SELECT count(*) FROM {table}"), self.written)


@asynccontextmanager
async def porte(admin: str, folder: Path) -> AsyncIterator[Porte]:
    """ANTAI and its bare door, ready and warm; the counts are exact at the end."""
    port, bare = free_ports(2)
    bac, pki, token = f"mfps-{secrets.token_hex(2)}", new_pki(folder), secrets.token_urlsafe(16)
    tls, own = between_services(pki), secured(pki)
    async with databases(admin) as (url,):
        await create_tables(url, DEFINITION)
        connection = await asyncpg.connect(url)
        own |= {"FPS_PILOTAGE_TOKEN": token, "FPS_LOG_LEVEL": "ERROR"}
        where = {"FPS_PORT": str(port), "FPS_DATABASE_URL": service_url(url)}
        real = process(["-m", "antai", "serve"], folder / "antai.log", **own, **where)
        without = process(["-m", "benchmarks.ingestion", str(bare)], folder / "bare.log", **own)
        with real as antai, without as empty:
            await antai.ready((port, "/sante/pret"), tls=tls)
            await empty.ready((bare, "/sante/pret"), tls=tls)
            async with open_client(verify=tls, headers=bearer(token)) as client:
                new = {"nom": bac, "instant": INSTANT.isoformat()}
                made = await client.post(f"https://127.0.0.1:{port}/pilotage/bacs", json=new)
                expect("a new bac", made.status_code, 201)
            found = Porte(port, bare, pki, bac, connection)
            await sent(found.order(bare, 200, CONNECTIONS))
            await found.single(200)
            yield found
        await found.kept()
        await connection.close()


async def ingestion(bench: Bench) -> list[Figure]:
    """One by one and in lots, each against the same door that validates and keeps nothing; exact counts in the database at the end."""
    sizes = bench.sizes
    with tempfile.TemporaryDirectory() as folder:
        async with porte(bench.need_postgres(), Path(folder)) as antai:

            async def single() -> float:
                return await antai.single(sizes.singles)

            async def nothing() -> float:
                return await sent(antai.order(antai.bare, sizes.singles, CONNECTIONS))

            async def batch() -> float:
                return await sent(antai.order(antai.port, sizes.lots * LOT, LOT_CONNECTIONS, LOT))

            async def validation() -> float:
                return await sent(antai.order(antai.bare, sizes.lots * LOT, LOT_CONNECTIONS, LOT))

            one, door_alone, many, validated = await bench.medians("mfps-http", single, nothing, batch, validation)
    return [Figure("mfps-http", one, door_alone, "messages/s"), Figure("mfps-batch", many, validated, "messages/s")]


if __name__ == "__main__":
    serve_at_once(int(sys.argv[1]))
