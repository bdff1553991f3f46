"""A slow network: each service and the broker answer late, at random and by seed, one of them much later than the others."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from fps.kit.wire.bus import Bus, MemoryBus
from fps.kit.wire.carrier import InProcess
from fps.kit.wire.envelope import Letter
from fps_simulateur.pilote.world import World, open_world

SHORT, LONG = 0.001, 0.04  # seconds: what anybody may take, and what the slow ones may


class Lenteur:
    """Who is slow, and how long each thing takes; drawn from a seed."""

    def __init__(self, seed: int):
        self.rng = Random(seed)
        self.slow: set[str] = set()
        self.pilot_wires = self.rng.random() < 0.7  # whether it is the pilot who is slow to reach them, or the letters

    async def wait(self, who: str) -> None:
        """Take the time that this one takes."""
        await asyncio.sleep(self.rng.random() * (LONG if who in self.slow else SHORT))


class SlowBus(MemoryBus):
    """Letters stay on the broker for a while, each for its own time."""

    def __init__(self, inner: Bus, lenteur: Lenteur):
        super().__init__()
        self.inner, self.lenteur = inner, lenteur

    async def publish(self, routing_key: str, packs: Sequence[Sequence[Letter]]) -> list[Letter]:
        await self.lenteur.wait("courtier")
        return await self.inner.publish(routing_key, packs)


class FileEnRetard(MemoryBus):
    """A broker that has confirmed: what goes to one of its queues reaches its consumer after what goes to the others."""

    def __init__(self, inner: Bus, file: str):
        super().__init__()
        self.inner, self.file, self.tasks = inner, file, set[asyncio.Task[None]]()

    async def publish(self, routing_key: str, packs: Sequence[Sequence[Letter]]) -> list[Letter]:
        if routing_key != self.file:
            return await self.inner.publish(routing_key, packs)
        self.tasks.add(task := asyncio.create_task(self.later(routing_key, packs)))
        task.add_done_callback(self.tasks.discard)
        return []

    async def later(self, routing_key: str, packs: Sequence[Sequence[Letter]]) -> None:
        left: Sequence[Sequence[Letter]] = packs
        while any(left):
            await asyncio.sleep(LONG)
            left = [await self.inner.publish(routing_key, left)]


def slow(app: Any, who: str, lenteur: Lenteur) -> Any:
    """An application that takes its time before it is asked, and before it answers."""

    async def late(scope: Any, receive: Any, send: Any) -> None:
        # The way of the pilot and the way of the letters are not the same wires: what is slow for one may be quick for the other.
        wire = who if scope["path"].startswith("/pilotage/") == lenteur.pilot_wires else ""
        await lenteur.wait(wire)

        async def answer(message: Any) -> None:
            if message["type"] == "http.response.start":
                await lenteur.wait(wire)
            await send(message)

        await app(scope, receive, answer)

    return late


@asynccontextmanager
async def slow_world(lenteur: Lenteur, **options: Any) -> AsyncIterator[World]:
    """The four services in memory, on that network."""
    async with open_world(token="essai", **options) as world:
        transport = world.client._transport
        assert isinstance(transport, InProcess)
        for party, address in world.addresses.items():
            transport.applications[address] = slow(transport.applications[address], party.value, lenteur)  # type: ignore[index]
        for one in world.services.values():
            one.relay.bus = SlowBus(one.relay.bus, lenteur)
        yield world
