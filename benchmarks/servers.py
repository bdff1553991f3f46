"""The real servers and the processes of a run: found, made, and ended by their own pid."""

import asyncio
import contextlib
import itertools
import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import aio_pika
import asyncpg
import psutil

from benchmarks.figures import Faux
from benchmarks.http1 import get
from fps.kit.data import tables
from fps.kit.data.opening import open_database
from fps.kit.engine.definition import Definition
from fps.kit.ground.partage import PARTS
from fps.kit.ground.settings import Settings
from fps.kit.trust.pki import Pki
from fps.kit.wire.bus import routing_keys
from fps.parties import SERVICES

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 180.0  # seconds given to a process to be ready, and to stop


def found(variable: str, default: str) -> str | None:
    """The URL of a server that answers, or None."""
    url = os.environ.get(variable) or default
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=2).close()
    except OSError:
        return None
    return url


def find_postgres() -> str | None:
    """A superuser's URL: FPS_TEST_POSTGRES, else localhost."""
    return found("FPS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


def find_amqp() -> str | None:
    """RabbitMQ's URL: FPS_TEST_AMQP, else localhost."""
    return found("FPS_TEST_AMQP", "amqp://guest:guest@127.0.0.1:5672/")


@asynccontextmanager
async def databases(admin: str, count: int = 1) -> AsyncIterator[list[str]]:
    """New empty databases, dropped at the end; gives their plain URLs (postgresql://…)."""
    names = [f"fps_bench_{os.getpid()}_{secrets.token_hex(4)}" for _ in range(count)]
    try:
        await _run(admin, [f'CREATE DATABASE "{name}"' for name in names])
        parts = urlsplit(admin)
        yield [urlunsplit(("postgresql", parts.netloc, f"/{name}", "", "")) for name in names]
    finally:
        await _run(admin, [f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in names])


async def _run(admin: str, statements: Sequence[str]) -> None:
    connection = await asyncpg.connect(admin, timeout=10)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def service_url(url: str) -> str:
    """The same URL as the services want it."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


async def create_tables(url: str, definition: Definition) -> None:
    """The tables of a service, in an empty database."""
    database = open_database(service_url(url))
    await database.start(10)
    try:
        await database.create(tables.metadata, definition.metadata)
    finally:
        await database.stop()


@asynccontextmanager
async def balanced(port: int, behind: Sequence[int]) -> AsyncIterator[None]:
    """A port whose connections go to those behind, each in its turn."""
    turn = itertools.cycle(behind)

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(1 << 16):
                writer.write(chunk)
                await writer.drain()
        writer.close()

    async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", next(turn))
        await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer))

    server = await asyncio.start_server(passed, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()


@asynccontextmanager
async def queues(url: str, *, shared: bool = False) -> AsyncIterator[str]:
    """A prefix of exchanges and queues of this run only, deleted at the end; `shared`: those of the parts too."""
    prefix = f"bench-{secrets.token_hex(4)}"
    try:
        yield prefix
    finally:
        waiting = [f"{prefix}.retard.{round(delay * 1000)}ms" for delay in Settings().retry_delays]
        async with await aio_pika.connect(url, timeout=10) as connection:
            channel = await connection.channel()
            parts = [f"{prefix}.{party}.part-{part}" for party in SERVICES for part in range(PARTS[-1])] if shared else []
            for queue in [*(f"{prefix}.{key}" for key in routing_keys()), *parts, *waiting]:
                await channel.queue_delete(queue)
            for exchange in [prefix, *waiting]:
                await channel.exchange_delete(exchange)


def secured(pki: Pki) -> dict[str, str]:
    """The environment of a service that listens in TLS, with a PKI that all the processes of a run share."""
    return {"FPS_TLS": "1", "FPS_PKI_DIR": str(pki.dossier)}


def new_pki(folder: Path) -> Pki:
    """A PKI of this run only."""
    pki = Pki(folder / "pki")
    pki.preparer()
    return pki


def free_ports(count: int) -> list[int]:
    """Ports that follow one another and that nobody uses now."""
    for _ in range(100):
        first = 20_000 + secrets.randbelow(10_000)
        with contextlib.ExitStack() as stack:
            try:
                for port in range(first, first + count):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return list(range(first, first + count))
    raise Faux("no free ports")


class Process:
    """A process of this run; what it says goes to a file, told when it fails."""

    def __init__(self, arguments: Sequence[str], log: Path, *, program: str = sys.executable, **environment: str):
        # The bytecode is kept, as on a user's machine: a start is not a compilation.
        kept = {k: v for k, v in os.environ.items() if not k.startswith("FPS_") and k != "PYTHONDONTWRITEBYTECODE"}
        self.log = log
        with log.open("wb") as output:
            command = [program, *arguments]
            self.popen = subprocess.Popen(command, cwd=ROOT, env={**kept, **environment}, stdout=output, stderr=subprocess.STDOUT)

    def said(self) -> str:
        """The end of what it wrote."""
        return self.log.read_text("utf-8", errors="replace")[-2000:]

    async def ready(self, *addresses: tuple[int, str], tls: ssl.SSLContext | None = None) -> None:
        """Until every (port, path) answers 200; raises Faux with what the process said."""
        limit, waiting = time.monotonic() + PATIENCE, list(addresses)
        while waiting:
            if self.popen.poll() is not None or time.monotonic() > limit:
                raise Faux(f"{self.popen.args!r} is not ready (exit code {self.popen.poll()}): {self.said()}")
            port, path = waiting[0]
            if await get(port, path, tls) == 200:
                waiting.pop(0)
            else:
                await asyncio.sleep(0.01)

    async def finished(self) -> None:
        """Until it ends well; raises Faux otherwise."""
        code = await asyncio.to_thread(self.popen.wait, PATIENCE)
        if code:
            raise Faux(f"{self.popen.args!r} gave {code}: {self.said()}")

    def rss(self) -> float:
        """Its resident memory and that of its children, in MiB."""
        process = psutil.Process(self.popen.pid)
        return float(sum(p.memory_info().rss for p in [process, *process.children(recursive=True)])) / (1 << 20)

    def stop(self) -> None:
        """End it, and wait for its end."""
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
            try:
                self.popen.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait(PATIENCE)


@contextmanager
def process(arguments: Sequence[str], log: Path, *, program: str = sys.executable, **environment: str) -> Iterator[Process]:
    """A process that is ended when its use is over: of this Python, or of another program."""
    one = Process(arguments, log, program=program, **environment)
    try:
        yield one
    finally:
        one.stop()
