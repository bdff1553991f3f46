"""The four services in this process: the only place outside the services that imports them."""

import asyncio
import importlib
import pkgutil
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
from pydantic import SecretStr

from antai.app import DEFINITION as ANTAI
from ccsp.app import DEFINITION as CCSP
from collectivite.app import DEFINITION as COLLECTIVITE
from dgfip.app import DEFINITION as DGFIP
from fps.flows import MESSAGES
from fps.kit.app.application import Running, build, open_pki
from fps.kit.app.revision import bacs_of, file_of, is_current
from fps.kit.engine.definition import Definition
from fps.kit.ground.settings import Settings, default_addresses
from fps.kit.trust.pki import Pki
from fps.kit.wire.carrier import Present, always, bearer, open_client
from fps.kit.wire.opening import open_bus
from fps.messages.message import MessageClass
from fps.parties import SERVICES, Channel, Party
from fps_simulateur.pilote.pilot import Pilot

DEFINITIONS: Mapping[Party, Definition] = {d.party: d for d in (COLLECTIVITE, ANTAI, DGFIP, CCSP)}


def simulated(message: MessageClass) -> bool:
    """Whether a message is really played today: its sender writes it, or is a person (a service handles all that it receives)."""
    return message.sender not in SERVICES or message in DEFINITIONS[message.sender].emits


def simulated_messages() -> frozenset[MessageClass]:
    """All the messages that are really played today."""
    return frozenset(m for m in MESSAGES if simulated(m))


def modules(paquet: str) -> tuple[ModuleType, ...]:
    """Every module of a service, or of the common language: itself first, neither its migrations nor what runs it."""
    package = importlib.import_module(paquet)
    noms = (info.name for info in pkgutil.walk_packages(package.__path__, f"{paquet}."))
    lus = (importlib.import_module(nom) for nom in noms if not nom.endswith("__main__") and ".migrations" not in nom)
    return (package, *lus)


@dataclass
class World:
    """The services of this process, a client that reaches them, and the pilot."""

    services: Mapping[Party, Running]
    addresses: Mapping[Party, str]
    client: httpx.AsyncClient
    pilot: Pilot
    token: str
    pki: Pki


def database_urls(data_dir: Path | None) -> dict[Party, str]:
    """One SQLite file per service under a directory, or four databases in memory."""
    if data_dir is None:
        return dict.fromkeys(SERVICES, "sqlite+aiosqlite://")
    return {party: f"sqlite+aiosqlite:///{data_dir.resolve() / party.value}.db" for party in SERVICES}


def assemble(
    *,
    data_dir: Path | None = None,
    token: str = "",
    bus_url: str = "memory://",
    databases: Mapping[Party, str] | None = None,
    addresses: Mapping[Party, str] | None = None,
    spans: Any = None,
    **settings: Any,
) -> World:
    """Build the four services on one bus and one in-process network; nothing is opened yet.

    `addresses` are where they will listen, when they do: what they print, and never write to. `spans` keeps their traces.
    """
    token = token or secrets.token_urlsafe(24)
    addresses = dict(addresses or default_addresses())
    applications: dict[str, Any] = {}
    urls = databases or database_urls(data_dir)
    own_pki = {} if data_dir is None else {"pki_dir": data_dir / "pki"}
    common: dict[str, Any] = {"bus_url": bus_url, "pilotage_token": SecretStr(token), "addresses": addresses, **own_pki, **settings}
    first = Settings(**common)
    pki = open_pki(first)
    client = open_client(applications, present=owner_of_all(pki), headers=bearer(token))
    # One memory bus for the process; with a broker, each service has its own connections, as when it is alone.
    bus = open_bus(bus_url) if bus_url.startswith("memory:") else None
    services: dict[Party, Running] = {}
    for party, definition in DEFINITIONS.items():
        own = first.model_copy(update={"database_url": urls[party]})
        services[party] = build(definition, own, bus, open_client(applications, present=always(pki.chaine(party))), pki, spans)
        applications[addresses[party]] = services[party].asgi
    return World(services, addresses, client, Pilot(client, addresses, token), token, pki)


def owner_of_all(pki: Pki) -> Present:
    """The client of who holds the whole simulator: on the route of a letter, it shows the certificate of the sender of that letter."""
    chains = {cls.path: pki.chaine(cls.sender) for cls in MESSAGES if cls.channel is Channel.REST}

    def present(place: str) -> tuple[str, ...]:
        _, slash, path = place.partition("/flux/")
        return chains.get(f"{slash}{path.removesuffix('/lot')}", ())

    return present


@asynccontextmanager
async def open_world(**options: Any) -> AsyncIterator[World]:
    """The four services at work in this process, without listening on any port; the options are those of `assemble`."""
    world = assemble(**options)
    await asyncio.to_thread(whole, [one.service.settings.database_url for one in world.services.values()])
    for party, one in world.services.items():
        await asyncio.to_thread(prepare, party, one.service.settings.database_url)
    started: list[Any] = []
    try:
        for one in world.services.values():
            context = one.app.router.lifespan_context(one.app)
            await context.__aenter__()
            started.append(context)
        yield world
    finally:
        for context in reversed(started):
            await context.__aexit__(None, None, None)
        await world.client.aclose()


class BaseVidee(Exception):
    """Une base est vide ou absente, alors que les autres contiennent des bacs"""


def whole(urls: Sequence[str]) -> None:
    """The four files of one world go together: one that was emptied or removed is not made again in silence.

    Raises BaseVidee, naming it, and BaseAbimee.
    """
    found = {path: bacs_of(url) for url in urls if (path := file_of(url)) is not None}
    gone = [str(path) for path, bacs in found.items() if bacs is None]
    if gone and any(found.values()):
        raise BaseVidee(", ".join(gone))


def prepare(party: Party, url: str) -> None:
    """Bring a database to its last revision; a memory database is created by the service itself."""
    if url != "sqlite+aiosqlite://" and not is_current(url, DEFINITIONS[party]):
        from fps.kit.app.migrate import upgrade  # Alembic takes a while to import

        upgrade(url, DEFINITIONS[party])
