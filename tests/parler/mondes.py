"""The same four services in every way they can be run: memory, SQLite, real servers in one process, real servers in four processes."""

import asyncio
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import httpx

from fps.kit.app.migrate import upgrade
from fps.kit.trust.pki import Pki
from fps.kit.trust.tls import between_services
from fps.kit.wire.carrier import bearer
from fps.parties import SERVICES, Party
from fps_simulateur.pilote.pilot import Pilot
from fps_simulateur.pilote.world import DEFINITIONS, World, open_world
from tests import fourche
from tests.conftest import Postgres
from tests.real import amqp_url, forget, postgres_url

WAYS = ("memory", "sqlite", "real", "processes")


@dataclass(frozen=True)
class Monde:
    """What a scenario needs: a client, the addresses, the pilot."""

    client: httpx.AsyncClient
    addresses: Mapping[Party, str]
    pilot: Pilot
    processes: "Mapping[Party, Process]" = field(default_factory=dict)
    repliques: "Mapping[Party, list[Process]]" = field(default_factory=dict)  # all of them; `processes` has the first of each service

    def url(self, party: Party, bac: str, path: str) -> str:
        return f"{self.addresses[party]}/bacs/{bac}{path}"

    async def post(self, party: Party, bac: str, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.client.post(self.url(party, bac, path), json=body, headers=headers)

    async def get(self, party: Party, bac: str, path: str, **params: Any) -> Any:
        response = await self.client.get(self.url(party, bac, path), params=params)
        assert response.status_code == 200, response.text
        return response.json()


def monde_de(world: World) -> Monde:
    """The services of this process, as a scenario needs them."""
    return Monde(world.client, world.addresses, world.pilot)


@asynccontextmanager
async def databases(server: Postgres) -> AsyncIterator[dict[Party, str]]:
    """Four empty databases with the tables of each service."""
    names = {party: await server.create() for party in SERVICES}
    try:
        urls = {party: server.url(name) for party, name in names.items()}
        for party, url in urls.items():
            await asyncio.to_thread(upgrade, url, DEFINITIONS[party])
        yield urls
    finally:
        for name in names.values():
            await server.drop(name)


@asynccontextmanager
async def broker(*, shared: bool = False) -> AsyncIterator[tuple[str, str]]:
    """The broker's URL and a prefix of its own, forgotten at the end; `shared`: replicas share what travels on it."""
    url, prefix = amqp_url(), f"essai-{secrets.token_hex(4)}"
    try:
        yield url, prefix
    finally:
        await forget(url, prefix, shared=shared)


@asynccontextmanager
async def ouvrir(way: str, folder: Path) -> AsyncIterator[Monde]:
    """The four services, run that way."""
    async with AsyncExitStack() as stack:
        if way in ("memory", "sqlite"):
            world = await stack.enter_async_context(open_world(data_dir=folder if way == "sqlite" else None))
            yield monde_de(world)
            return
        urls = await stack.enter_async_context(databases(Postgres(postgres_url())))
        bus, prefix = await stack.enter_async_context(broker())
        if way == "real":
            world = await stack.enter_async_context(open_world(databases=urls, bus_url=bus, bus_prefix=prefix))
            yield monde_de(world)
            return
        yield await stack.enter_async_context(processes(urls, bus, prefix, folder))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Process:
    """One service, or the console, in a process of its own; it can be killed without warning and started again."""

    def __init__(self, module: str, environment: dict[str, str], log: Path, command: str = "serve"):
        self.command = [sys.executable, "-m", module, command]
        self.environment, self.log = environment, log
        self._running: fourche.Processus | None = None

    @property
    def adresse(self) -> str:
        """Where this service listens itself, whatever stands before it."""
        return f"https://127.0.0.1:{self.environment['FPS_PORT']}"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._running = fourche.lancer(self.command, os.environ | self.environment, stdout=log, stderr=log)

    def send(self, how: signal.Signals) -> None:
        """Send a signal that it may survive: SIGSTOP, SIGCONT."""
        if self._running is not None:
            self._running.send_signal(how)

    @property
    def ended(self) -> int | None:
        """The status of a process that ended though nobody ended it; None while it runs, or when it was ended."""
        return None if self._running is None else self._running.poll()

    def wait(self, seconds: float) -> int:
        """The exit status of a command that ends by itself."""
        return 0 if self._running is None else self._running.wait(seconds)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait; gives the exit status."""
        if self._running is None:
            return 0
        self._running.send_signal(how)
        status = self._running.wait(20)
        self._running = None
        return status


@asynccontextmanager
async def processes(
    urls: Mapping[Party, str],
    bus: str,
    prefix: str,
    folder: Path,
    devant: Mapping[Party, tuple[str, Sequence[int]]] | None = None,
    partitions: int = 1,
) -> AsyncIterator[Monde]:
    """Four processes, each with its own command and environment, as on four machines; they know one another by their certificates.

    `devant`: the address of a service that is reached through something else, and the ports where it listens, one for each replica.
    """
    addresses = {party: f"https://127.0.0.1:{free_port()}" for party in SERVICES} | {p: a for p, (a, _) in (devant or {}).items()}
    token, pki = secrets.token_urlsafe(16), Pki(folder / "pki")
    pki.preparer()
    running: dict[Party, list[Process]] = {party: [] for party in SERVICES}
    ports = {party: devant[party][1] if devant and party in devant else [int(addresses[party].rpartition(":")[2])] for party in SERVICES}
    for party, port in ((party, port) for party, those in ports.items() for port in those):
        environment = {
            "FPS_DATABASE_URL": urls[party],
            "FPS_BUS_URL": bus,
            "FPS_BUS_PREFIX": prefix,
            "FPS_PARTITIONS": str(partitions),
            "FPS_PORT": str(port),
            "FPS_ADDRESSES": ",".join(f"{p.value}={a}" for p, a in addresses.items()),
            "FPS_PILOTAGE_TOKEN": token,
            "FPS_PKI_DIR": str(pki.dossier),
            "FPS_TLS": "1",
        }
        running[party].append(Process(party.value, environment, folder / f"{party.value}.log"))
    try:
        for process in chain(*running.values()):
            process.start()
        own = between_services(pki, Party.COLLECTIVITE)
        async with httpx.AsyncClient(timeout=60, trust_env=False, verify=own, headers=bearer(token)) as client:
            await asyncio.gather(*(ready(client, process.adresse) for process in chain(*running.values())))
            first = {party: those[0] for party, those in running.items()}
            yield Monde(client, addresses, Pilot(client, addresses, token), first, running)
    finally:
        await asyncio.gather(*(asyncio.to_thread(process.end) for process in chain(*running.values())))


async def ready(client: httpx.AsyncClient, url: str, seconds: float = 40.0) -> None:
    """Wait until a service says that it is ready."""
    for _ in range(int(seconds / 0.1)):
        try:
            if (await client.get(f"{url}/sante/pret")).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        await asyncio.sleep(0.1)
    raise AssertionError(f"{url} never became ready")
