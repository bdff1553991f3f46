"""A post that shuffles: each service's letters leave in any order, arrive twice, and some come back long after."""

import json
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from sqlalchemy import select

from fps.kit.data import tables
from fps.kit.engine.service import Service
from fps.kit.ground.clock import wall_now
from fps.kit.post.relay import Relay, _letter
from fps.kit.wire.bus import Bus, MemoryBus
from fps.kit.wire.carrier import Carrier, Delivery
from fps.kit.wire.envelope import Letter
from fps.parties import SERVICES
from fps_simulateur.pilote.world import World, open_world
from tests.parler.exports import monde_exporte

ECHOES = 3  # old letters that come again with each delivery
READY = select(tables.outbox).order_by(tables.outbox.c.position)


class ChaosBus(MemoryBus):
    """Every pack arrives twice, and old ones come again."""

    def __init__(self, inner: Bus, rng: Random):
        super().__init__()
        self.inner, self.rng = inner, rng
        self.seen: list[tuple[str, Letter]] = []

    async def publish(self, routing_key: str, packs: Sequence[Sequence[Letter]]) -> list[Letter]:
        letters = [letter for letters in packs for letter in letters]
        self.rng.shuffle(letters)
        later = [late for letter in letters for late in await self.inner.publish(routing_key, [[letter]])]
        self.seen += [(routing_key, letter) for letter in letters]
        for key, letter in [(routing_key, x) for x in letters] + self.rng.sample(self.seen, min(ECHOES, len(self.seen))):
            if letter.id not in {x.id for x in later}:
                await self.inner.publish(key, [[letter]])
        return later


class ChaosCarrier(Carrier):
    """Every letter is delivered twice by its own route, and old ones come again; the first answer counts, the second must be the same."""

    def __init__(self, inner: Carrier, rng: Random):
        super().__init__(inner.party, inner.addresses, inner.client)
        self.rng = rng
        self.seen: list[tuple[Letter, Delivery]] = []

    async def deliver(self, letters: Sequence[Letter]) -> list[Delivery]:
        order = list(enumerate(letters))
        self.rng.shuffle(order)
        found = {i: (await super(ChaosCarrier, self).deliver([letter]))[0] for i, letter in order}
        self.seen += [(letter, found[i]) for i, letter in order if found[i].fate in ("recue", "refusee")]
        fresh = [(letter, found[i]) for i, letter in order if found[i].fate in ("recue", "refusee")]
        for letter, first in fresh + self.rng.sample(self.seen, min(ECHOES, len(self.seen))):
            again = (await super().deliver([letter]))[0]
            assert (again.fate, again.answer) == (first.fate, first.answer), (letter.type, again, first)
        return [found[i] for i in range(len(letters))]


CONTENUS = "contenus"  # the files of the filings, by their numbers, which follow the order of arrival
Ready = tuple[dict[int, Letter], dict[int, Letter]]


def shuffled(relay: Relay, rng: Random) -> Callable[[], Coroutine[Any, Any, Ready]]:
    """What leaves now: some of the letters, in any order, even those of one dossier; no editor stands for a town here."""

    async def ready() -> Ready:
        async with relay.service.database.read() as tx:
            rows = [r for r in await tx.select(READY) if r[10] <= wall_now()]
        rng.shuffle(rows)
        return {r[0]: _letter(r, relay.service) for r in rows[: rng.randint(1, len(rows))]} if rows else {}, {}

    return ready


@asynccontextmanager
async def shuffling_world(seed: int) -> AsyncIterator[World]:
    """The four services in memory, with the shuffling post."""
    async with open_world(token="essai", retry_delays=(0.002,) * 60) as world:
        rng = Random(seed)
        for one in world.services.values():
            one.relay._ready = shuffled(one.relay, rng)  # type: ignore[method-assign]
            one.relay.bus = ChaosBus(one.relay.bus, rng)
            one.relay.carrier = ChaosCarrier(one.relay.carrier, rng)
        yield world


async def final_state(world: World, bac: str) -> dict[str, Any]:
    """What must not depend on the post: case files, deadlines, letters to people, balances. Ranks and instants of arrival may."""
    export = await monde_exporte(world, bac)
    found: dict[str, Any] = {}
    for party in SERVICES:
        service: Service = world.services[party].service
        tables = export[party.value]["tables"]
        for name in service.definition.metadata.tables:
            rows = tables[name]["lignes"]
            found[f"{party}.{name}"] = sorted(_timeless(row[1:] if name == CONTENUS else row) for row in rows)
        found[f"{party}.deadlines"] = sorted(map(str, tables["deadlines"]["lignes"]))
        columns = tables["courriers"]["colonnes"]
        kept = [columns.index(c) for c in ("type", "subject", "body")]
        found[f"{party}.courriers"] = sorted(str([row[i] for i in kept]) for row in tables["courriers"]["lignes"])
        found[f"{party}.mortes"] = tables["dead_letters"]["lignes"]
        found[f"{party}.soldes"] = balances(tables["ecritures"])
    return found


def _timeless(row: list[Any]) -> str:
    """A row without what the order of arrival decides: the machine's time, the number that a filing takes at the court."""
    values = [json.loads(v) if isinstance(v, str) and v.startswith('[{"') else v for v in row]
    for i, value in enumerate(values):
        if isinstance(value, list):
            lines = [{k: v for k, v in line.items() if k != "wall_time"} for line in value if isinstance(line, dict)]
            values[i] = sorted(str({k: v for k, v in x.items() if k != "numero" or "horodatage" not in x}) for x in lines)
    return str(values)


def balances(table: dict[str, Any]) -> dict[str, int]:
    """The balance of each account of each dossier that has one: whether money only passed through an account is the order's doing."""
    found: dict[str, int] = {}
    for row in table["lignes"]:
        line = dict(zip(table["colonnes"], row, strict=True))
        name = f"{line['subject']}/{line['compte']}"
        found[name] = found.get(name, 0) + line["debit"] - line["credit"]
    return {name: balance for name, balance in found.items() if balance}
