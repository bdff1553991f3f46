"""What a measure is: two sides taken in turn, their medians, the noise of the machine beside them, a table and a JSON file."""

import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

SPIN = 400_000  # turns of the loop that tells how fast the machine is just now
NOISE = 1.5  # slowest spin over fastest, beyond which nothing can be concluded
HEADS = ("name", "ours", "limit", "unit", "ratio")
Side = Callable[[], Awaitable[float]]


class Absent(Exception):
    """What a row needs is not on this machine: the row says so, the others run."""


class Faux(Exception):
    """The work that was timed was not done right: its time means nothing."""


def expect(what: str, found: object, wanted: object) -> None:
    """Raises Faux unless the work gave exactly what it must."""
    if found != wanted:
        raise Faux(f"{what}: {found!r} instead of {wanted!r}")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: `ratio` is ours over the limit; null when it could not be measured."""

    name: str
    ours: float | None
    limit: float | None
    unit: str

    @property
    def ratio(self) -> float | None:
        """Ours over the limit."""
        return self.ours / self.limit if self.ours is not None and self.limit else None

    def values(self) -> dict[str, str | float | None]:
        """The object of the JSON file."""
        numbers = {"ours": self.ours, "limit": self.limit, "ratio": self.ratio}
        rounded = {k: None if v is None else float(f"{v:.4g}") for k, v in numbers.items()}
        return {"name": self.name, "ours": rounded["ours"], "limit": rounded["limit"], "unit": self.unit, "ratio": rounded["ratio"]}


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of each thing is measured: the whole run stays under six minutes on two cores."""

    rounds: int = 3
    lives: int = 9  # first lives in memory, one after the other
    fixtures: int = 20
    played: int | None = None  # lives of the catalogue, in its order; all of them
    street: tuple[int, int] = (300, 1_200)  # FPS of a town, few then many in as many days
    days: int = 90
    inside: tuple[int, int] = (300, 1_500)  # whole lives in one process, few then many
    starts: int = 3
    letters: int = 5_000
    dossiers: int = 1_000  # whole lives through the servers, each round
    singles: int = 4_000
    lots: int = 10  # of 500 messages
    few: int = 1_000
    many: int = 100_000  # due deadlines
    million: int = 1_000_000  # the same, of the long row
    grand: int = 100_000  # dossiers of the bac whose pages are asked, or among which others live
    acted: int = 400  # lives among them, each round
    lived: int = 240  # days of those of them that were lived: some titles, some payments of titles


@dataclass
class Bench:
    """One run: the sizes, where the real servers are (or why they are not), the spins of each row, and what each of its sides gave."""

    sizes: Sizes = field(default_factory=Sizes)
    postgres: str | None = None
    amqp: str | None = None
    spins: dict[str, list[float]] = field(default_factory=dict)
    rounds: dict[str, list[list[float]]] = field(default_factory=dict)

    def need_postgres(self) -> str:
        """The URL of a superuser of PostgreSQL; raises Absent."""
        if self.postgres is None:
            raise Absent("needs PostgreSQL (FPS_TEST_POSTGRES, else localhost:5432)")
        return self.postgres

    def need_amqp(self) -> str:
        """The URL of RabbitMQ; raises Absent."""
        if self.amqp is None:
            raise Absent("needs RabbitMQ (FPS_TEST_AMQP, else localhost:5672)")
        return self.amqp

    def spin(self, name: str) -> None:
        """Time the fixed loop before a round of a row."""
        gc.collect()
        start = time.perf_counter()
        total = 0
        for i in range(SPIN):
            total += i & 7
        self.spins.setdefault(name, []).append((time.perf_counter() - start) * 1000)

    async def medians(self, name: str, *sides: Side, rounds: int | None = None) -> list[float]:
        """The median of each side; the rounds are interleaved: ours, limit, ours, limit…"""
        found: list[list[float]] = [[] for _ in sides]
        for _ in range(rounds or self.sizes.rounds):
            self.spin(name)
            for side, values in zip(sides, found, strict=True):
                values.append(await side())
        self.rounds[name] = found
        return [median(values) for values in found]


def say(text: str = "") -> None:
    """The one output of the benchmarks."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def table(figures: Sequence[Figure]) -> str:
    """The figures in columns."""

    def shown(value: object) -> str:
        return (
            "-"
            if value is None
            else value
            if isinstance(value, str)
            else f"{value:,.4g}"
            if abs(float(str(value))) < 1000
            else f"{value:,.0f}"
        )

    lines = [HEADS, *(tuple(shown(f.values()[h]) for h in HEADS) for f in figures)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADS))]
    rows = [
        "  ".join(cell.ljust(w) if i in (0, 3) else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))).rstrip()
        for line in lines
    ]
    return "\n".join([rows[0], "-" * len(rows[0]), *rows[1:]])


def spread(rounds: dict[str, list[list[float]]]) -> list[str]:
    """How far the rounds of each side are from one another: the least and the most, in parts of the median."""

    def side(values: Sequence[float]) -> str:
        middle = median(values)
        return f"{min(values) / middle:.2f} to {max(values) / middle:.2f}" if middle else "-"

    told = [f"  {name:<16} {', '.join(side(values) for values in sides)}" for name, sides in rounds.items() if len(sides[0]) > 1]
    return ["spread of the rounds of each side, its median being 1:", *told] if told else []


def shaken(spins: Mapping[str, Sequence[float]]) -> list[str]:
    """The rows during which the machine was not the same from one round to the other: nothing can be concluded from them."""
    return [name for name, found in spins.items() if max(found) > NOISE * min(found)]


def noise(spins: dict[str, list[float]]) -> list[str]:
    """The spin of each round of each row, and a line that says which rows cannot conclude."""
    lines = [f"  {name:<16} {' '.join(f'{s:.1f}' for s in found)}" for name, found in spins.items()]
    every = [s for found in spins.values() for s in found]
    if not every:
        return []
    head = ["spin loop before each round, ms:", *lines]
    if rows := shaken(spins):
        return [*head, f"too noisy to conclude (spins of one row differ by more than x{NOISE}): {', '.join(rows)}"]
    if max(every) > NOISE * min(every):
        return [*head, f"too noisy to compare rows with one another (spins from {min(every):.1f} to {max(every):.1f} ms); each row stands"]
    return [*head, f"quiet enough to conclude (spins from {min(every):.1f} to {max(every):.1f} ms)"]


def write(path: Path, figures: Sequence[Figure]) -> None:
    """The JSON file: a list of objects with the heads of the table as keys."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([f.values() for f in figures], indent=1) + "\n", "utf-8")
