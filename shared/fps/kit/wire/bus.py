"""One bus, two transports, chosen by URL: memory:// hands letters over inside the process, amqp:// through RabbitMQ."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from fps.flows import MESSAGES
from fps.kit.ground.faults import Unavailable
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


class Bus(Protocol):
    """A letter given to `publish` is safe when it returns; `consume` feeds a service."""

    async def start(self, timeout: float) -> None: ...
    async def stop(self) -> None: ...
    def ready(self) -> bool: ...

    async def publish(self, routing_key: str, packs: Sequence[Sequence[Letter]]) -> list[Letter]:
        """Hand packs over; gives the letters that must be tried again later. Raises BusUnavailable."""

    async def consume(self, party: Party, take: Take) -> None:
        """Feed a service with what is addressed to it."""


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

    async def consume(self, party: Party, take: Take) -> None:
        for key in routing_keys(party):
            self.receivers[key] = take
