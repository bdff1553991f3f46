"""`python -m benchmarks.curve`: how many dossiers a second so many cores would give; a simulation, from what a dossier costs on two.

Each service has replicas of one interpreter each; a replica takes a batch, waits for the locks of ADR 0046, computes when a core is free.
What a dossier costs is measured (`benchmarks.replicas`); the network, the disk and the queues of the broker are left out.
"""

import heapq
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from benchmarks.figures import say

BATCH: Final = 50  # dossiers that a batch is about
SLICE: Final = 5.0  # milliseconds that a replica has a core before another one has it
SECONDS: Final = 20.0
CORES: Final = (1, 2, 4, 8, 16, 32, 64)
BACS: Final = (1, 4, 64)  # played at once
PARTS: Final = 64


@dataclass(frozen=True)
class Cost:
    """Milliseconds of a core that a service spends for a dossier, half of them paid in time and half as titles.

    `beside`: without a lock, or with its part; `alone`: with the whole bac; `turn`: its database, which writes for one at a time in a bac.
    """

    beside: float
    alone: float
    turn: float


# What `benchmarks.replicas` measured with one replica and eight parts, as docs/repliques.md tells it: the services, their databases.
SERVICES, BASES = 3.25, 1.28
# How it is shared, as the time of the transactions was. The court has none.
COSTS: Final[Mapping[str, Cost]] = {
    "collectivite": Cost(0.0935 * SERVICES, 0.2234 * SERVICES, 0.3154 * BASES),
    "antai": Cost(0.3610 * SERVICES, 0.0753 * SERVICES, 0.4363 * BASES),
    "dgfip": Cost(0.1585 * SERVICES, 0.0883 * SERVICES, 0.2483 * BASES),
}
MORE: Final = 0.08  # of a core more for each doubling of the replicas: smaller batches, a lock more


@dataclass
class Gate:
    """So many places; who asks for some of them waits behind who asked before."""

    places: int
    free: int = -1
    waiting: deque[tuple[int, "Replica"]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.free = self.places


Step = tuple[Gate, int] | float  # places taken (or given back, when fewer than none), or milliseconds of a core
Replica = Generator[Step, None, None]


class Simulation:
    """So many cores, and replicas of each service; bacs that are played at once."""

    def __init__(self, cores: int, replicas: int, bacs: int, costs: Mapping[str, Cost] = COSTS):
        self.cores, self.now, self._rank = Gate(cores), 0.0, 0
        self.done = dict.fromkeys(costs, 0)
        self._random = Random(1)
        self._events: list[tuple[float, int, Replica]] = []
        factor = 1 + MORE * (replicas.bit_length() - 1)
        for service, cost in costs.items():
            worlds, turns = [Gate(replicas) for _ in range(bacs)], [Gate(1) for _ in range(bacs)]
            for _ in range(replicas):  # each in its own parts: no two of them want one
                self._go(self._replica(service, Cost(cost.beside * factor, cost.alone * factor, cost.turn), worlds, turns))

    def run(self, seconds: float = SECONDS) -> float:
        """Dossiers a second: what one service writes, the next one reads, so all go at the pace of the slowest."""
        while self._events[0][0] < seconds * 1_000:
            self.now, _, one = heapq.heappop(self._events)
            self._go(one)
        return min(self.done.values()) * BATCH / seconds

    def _replica(self, service: str, cost: Cost, worlds: Sequence[Gate], turns: Sequence[Gate]) -> Replica:
        while True:
            if self.done[service] > min(self.done.values()) + 2 * worlds[0].places:
                yield from self._computing(0.0)  # the others have not followed yet
                continue
            which = self._random.randrange(len(worlds))
            world, turn = worlds[which], turns[which]
            yield world, world.places
            yield from self._computing(cost.alone)
            yield world, -world.places
            yield world, 1
            yield from self._computing(cost.beside)
            yield turn, 1
            yield from self._computing(cost.turn)
            yield turn, -1
            yield world, -1
            self.done[service] += 1

    def _computing(self, cost: float) -> Replica:
        left = cost * BATCH
        if not left:
            yield SLICE
        while left > 0:
            yield self.cores, 1
            yield min(left, SLICE)
            yield self.cores, -1
            left -= SLICE

    def _go(self, one: Replica) -> None:
        for step in one:
            if isinstance(step, float):
                self._later(step, one)
                return
            gate, places = step
            if places > 0 and (gate.waiting or gate.free < places):
                gate.waiting.append((places, one))
                return
            gate.free -= places
            while places < 0 and gate.waiting and gate.waiting[0][0] <= gate.free:
                wanted, other = gate.waiting.popleft()
                gate.free -= wanted
                self._later(0.0, other)

    def _later(self, delay: float, one: Replica) -> None:
        self._rank += 1
        heapq.heappush(self._events, (self.now + delay, self._rank, one))


def best(cores: int, bacs: int) -> tuple[float, int]:
    """The most that these cores give, and with how many replicas of each service."""
    return max((Simulation(cores, replicas, bacs).run(), -replicas) for replicas in (1, 2, 4, 8, 16, 32) if replicas <= max(1, cores))


def row(cores: int) -> str:
    """A line of the table: what these cores give to each number of bacs, and by how many replicas."""
    told = (f"{round(rate, -1):.0f} ({-replicas})" for rate, replicas in (best(cores, bacs) for bacs in BACS))
    return f"| {cores} | " + " | ".join(told) + " |"


def main() -> None:
    """The table of docs/repliques.md."""
    say("| cœurs | " + " | ".join(f"{bacs} bac{'s' * (bacs > 1)}" for bacs in BACS) + " |\n|---|" + "---|" * len(BACS))
    for cores in CORES:
        say(row(cores))


if __name__ == "__main__":
    main()
