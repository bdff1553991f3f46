"""Every row of the table, what the project promises of it, and how to run some of them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from benchmarks import embedded, flat, ingestion, inside, letters, lives, pages, pairs, statements
from benchmarks.figures import Absent, Bench, Faux, Figure, say, shaken

Row = Callable[[Bench], Awaitable[list[Figure]]]
# What is measured together: the names of the rows, and the measure.
ROWS: tuple[tuple[tuple[str, ...], Row], ...] = (
    (("first-life-ms",), embedded.first_life),
    (("fixture-ms",), embedded.fixture),
    (("catalogue-s",), embedded.whole_catalogue),
    (("city",), embedded.city),
    (("life-embedded", "life-memory", "life-linear", "dossier-kb"), inside.inside),
    (("ready-s", "rss-mb"), embedded.up),
    (("letter-amqp",), letters.letter_amqp),
    (("life-servers",), lives.life_servers),
    (("mfps-http", "mfps-batch"), ingestion.ingestion),
    (("deadline-linear",), statements.deadline_linear),
    (("sql-per-batch",), statements.sql_per_batch),
    (("lists-sqlite", "pages-sqlite", "start-sqlite", "rss-sqlite"), pages.sur_sqlite),
    (("lists-postgresql", "pages-postgresql"), pages.sur_postgresql),
    (("acts-sqlite",), flat.on_sqlite),
    (("acts-postgresql",), flat.on_postgresql),
    (("deadline-million",), statements.deadline_million),
    *(((name,), pairs.beside(name)) for name in pairs.PAIRS),
)
NAMES = tuple(name for names, _ in ROWS for name in names)
# Less than a minute, without any server: what CI prints, for information.
QUICK = ("first-life-ms", "fixture-ms", "sql-per-batch", "ready-s", "rss-mb")
# Measured when they are named: each makes a bac of 100,000 dossiers first, or a million deadlines.
GRAND = ("lists-sqlite", "pages-sqlite", "start-sqlite", "rss-sqlite", "lists-postgresql", "pages-postgresql")
FLAT = ("acts-sqlite", "acts-postgresql", "deadline-million")
LONG = (*GRAND, *FLAT, *pairs.PAIRS)
BUSY = 0.7  # processes that ran during the minute before the run, beyond which something else is going on
PATIENCE, LONG_PATIENCE = 300, 1_200  # seconds given to a row
# The promise on the ratio: at most, or at least.
AT_MOST: Mapping[str, float] = {
    "first-life-ms": 1.0,
    "fixture-ms": 1.0,
    "catalogue-s": 1.0,
    "city": 1.2,
    "life-linear": 1.2,
    "dossier-kb": 1.0,
    "ready-s": 1.0,
    "rss-mb": 1.0,
    "deadline-linear": 1.2,
    "sql-per-batch": 1.0,
    **dict.fromkeys(GRAND, 1.0),
    **dict.fromkeys(FLAT, 1.2),
}
AT_LEAST: Mapping[str, float] = {
    "letter-amqp": 0.25,
    "life-servers": 0.15,
    "life-embedded": 0.08,
    "life-memory": 0.03,
    "mfps-http": 0.4,
    "mfps-batch": 0.4,
    "pair-prism": 1.0,
}
UNITS = {
    "first-life-ms": "ms",
    "fixture-ms": "ms",
    "catalogue-s": "s",
    "city": "ms/dossier",
    "life-embedded": "dossiers/s",
    "life-memory": "dossiers/s",
    "life-linear": "ms/dossier",
    "dossier-kb": "kB/dossier",
    "ready-s": "s",
    "rss-mb": "MiB",
    "letter-amqp": "letters/s",
    "life-servers": "dossiers/s",
} | {
    "mfps-http": "messages/s",
    "mfps-batch": "messages/s",
    "deadline-linear": "us/deadline",
    "sql-per-batch": "statements",
    **dict.fromkeys(GRAND, "ms"),
    "start-sqlite": "s",
    "rss-sqlite": "MiB",
    "acts-sqlite": "ms/dossier",
    "acts-postgresql": "ms/dossier",
    "deadline-million": "us/deadline",
    **dict.fromkeys(pairs.PAIRS, "messages/s"),
}


def unsure(spins: Mapping[str, Sequence[float]], load: float) -> frozenset[str]:
    """The rows that nothing is concluded from: all where a core was at work before, else the shaken, and what was measured with them."""
    if load > BUSY:
        return frozenset(NAMES)
    first = set(shaken(spins))
    return frozenset(name for names, _ in ROWS if names[0] in first or first & set(names) for name in names)


def promise(figure: Figure) -> str:
    """What is missing from the promise, in words; nothing when it is kept."""
    ratio = figure.ratio
    if ratio is None:
        return ""
    if figure.name in AT_MOST and ratio > AT_MOST[figure.name]:
        return f"{figure.name}: {ratio:.3g}, promised at most {AT_MOST[figure.name]:g}"
    if figure.name in AT_LEAST and ratio < AT_LEAST[figure.name]:
        return f"{figure.name}: {ratio:.3g}, promised at least {AT_LEAST[figure.name]:g}"
    return ""


def measure(bench: Bench, names: Iterable[str], runner: "asyncio.Runner") -> tuple[list[Figure], dict[str, str], bool]:
    """Run the rows asked for; gives the figures, why some have none, and whether something went wrong."""
    wanted, wrong = set(names), False
    found: list[Figure] = []
    why: dict[str, str] = {}
    for group, row in ROWS:
        asked = [name for name in group if name in wanted]
        if not asked:
            continue
        say(f"… {', '.join(asked)}")
        try:
            figures = runner.run(_bounded(row, bench, LONG_PATIENCE if group[0] in LONG else PATIENCE))
        except (Absent, Faux, TimeoutError) as error:
            wrong = wrong or not isinstance(error, Absent)
            figures = [Figure(name, None, None, UNITS[name]) for name in group]
            why |= dict.fromkeys(asked, str(error) or repr(error))
        found += [f for f in figures if f.name in asked]
    return found, why, wrong


async def _bounded(row: Row, bench: Bench, patience: float) -> list[Figure]:
    async with asyncio.timeout(patience):
        return await row(bench)
