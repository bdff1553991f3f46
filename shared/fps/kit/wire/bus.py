"""One bus, two transports, chosen by URL: memory:// hands letters over inside the process, amqp:// through RabbitMQ."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from fps.flows import MESSAGES, by_type
from fps.kit.ground.faults import Unavailable
from fps.kit.ground.partage import part_of
from fps.kit.wire.envelope import Letter, pack
from fps.parties import Channel, Party

# Packs, and who brought each of them when the bus proves it: the only service whose letters are believed in that pack; "" for nobody.
Take = Callable[[Sequence[bytes], Sequence[str | None]], Awaitable[list[Letter]]]


class BusUnavailable(Unavailable):
    """Le courtier de messages ne répond pas"""

    code = "courtier-indisponible"


def routing_keys(party: Party | None = None) -> list[str]:
    """The addresses of the flows that travel on the broker: all of them, or those one service receives."""
    return sorted({m.routing_key for m in MESSAGES if m.channel is Channel.AMQP and party in (None, m.receiver)})


def address(letter: Letter, parts: int) -> str:
    """Where a letter goes on the broker: the address of its flow, and the part of its dossier where the work is shared."""
    key = by_type(letter.type).routing_key
    return key if parts == 1 else f"{key}.{part_of(letter.bac, letter.subject, parts)}"


class Mine(Protocol):
    """The parts that a process serves now (`fps.kit.data.shares.Shares`)."""

    mine: frozenset[int]
    losses: int
    changed: asyncio.Event


class Bus(Protocol):
    """A letter given to `publish` is safe when it returns; `consume` feeds a service."""

    async def start(self, timeout: float) -> None: ...
    async def stop(self) -> None: ...
    def ready(self) -> bool: ...

    async def publish(self, routing_key: str, packs: Sequence[Sequence[Letter]]) -> list[Letter]:
        """Hand packs over; gives the letters that must be tried again later. Raises BusUnavailable."""

    async def consume(self, party: Party, take: Take, shares: Mine | None = None) -> None:
        """Feed a service with what is addressed to it; in its parts only, where it has some."""

    async def left(self, party: Party, parts: frozenset[int]) -> None:
        """Wait until nothing of these parts is in the hands of this process."""


class MemoryBus:
    """The broker of one process: a letter stays in its sender's outbox until its receiver has committed, so a stop loses nothing."""

    def __init__(self) -> None:
        self.receivers: dict[str, Take] = {}

    async def start(self, timeout: float) -> None: ...

    async def stop(self) -> None: ...

    def ready(self) -> bool:
        return True

    async def publish(self, routing_key: str, packs: Sequence[Sequence[Letter]]) -> list[Letter]:
        take = self.receivers.get(routing_key)
        if take is None:
            raise BusUnavailable(f"personne ne reçoit « {routing_key} » dans ce processus : donnez à chacun le même FPS_BUS_URL=amqp://…")
        return await take([pack(letters) for letters in packs], [None] * len(packs))

    async def left(self, party: Party, parts: frozenset[int]) -> None: ...

    async def consume(self, party: Party, take: Take, shares: Mine | None = None) -> None:
        for key in routing_keys(party):
            self.receivers[key] = take
