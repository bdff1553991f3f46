"""Whole first lives in one process, on files and in memory, against the same rows written by executemany; their size, and their growth."""

import sqlite3
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import Bench, Figure, expect, say
from benchmarks.lives import Deployment, lived
from fps.kit.data.sqlite import connect
from fps.parties import SERVICES
from fps_simulateur.pilote.world import World, open_world

BATCH = 500
KB = 18.0  # what a dossier may take of a file: half of what the same life took before its texts were packed
PARTS = ("establish", "accuses", "notices", "pay FPS", "titles", "pay titles", "quiet")
SCHEMA = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


@dataclass
class Inside(Deployment):
    """The four services in this process: what is posted to them goes through no network."""

    async def post(self, party: Any, path: str, bodies: list[bytes], content: str = "application/json") -> list[bytes]:
        found = []
        for body in bodies:
            answer = await self.pilot.client.post(f"{self.pilot.addresses[party]}{path}", content=body, headers={"Content-Type": content})
            expect(
                f"the answer of {party} to {path}",
                (answer.status_code in (200, 201), answer.text[:300] * (answer.status_code > 201)),
                (True, ""),
            )
            found.append(answer.content)
        return found

    async def _has_batch(self) -> bool:
        return True


@dataclass
class Side:
    """Lives played in a new world each time: on files of a folder, or in memory."""

    folder: Path | None
    clock: Mapping[str, float]
    written: float = 0.0
    size: int = 0

    async def played(self, count: int) -> float:
        """Dossiers a second of `count` lives; then the seconds of their rows written again, and the bytes of their files."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            async with open_world(data_dir=Path(folder) / "lived" if self.folder else None) as monde:
                inside = Inside({}, {}, monde.pilot, monde.token, None, {})  # type: ignore[arg-type]
                found = await lived(inside, "vies", count)
                self.clock = inside.clock
                self.written = sum(
                    _rewritten(one, Path(folder) / f"{n}.db" if self.folder else None) for n, one in enumerate(_bases(monde))
                )
            self.size = sum(path.stat().st_size for path in (Path(folder) / "lived").glob("*.db")) if self.folder else 0
        return found


def _bases(monde: World) -> list[sqlite3.Connection]:
    return [monde.services[party].service.database._writer for party in SERVICES]  # type: ignore[attr-defined]


def _rewritten(source: sqlite3.Connection, path: Path | None) -> float:
    """Seconds to write all the rows of a database in another, up to 500 of each table in a transaction."""
    with closing(connect("" if path is None else str(path))) as target:
        for (sql,) in source.execute(SCHEMA).fetchall():
            target.execute(sql)
        rows = {name: source.execute(f"SELECT * FROM {name}").fetchall() for (name,) in source.execute(TABLES).fetchall()}
        writes = {name: f"INSERT INTO {name} VALUES ({', '.join('?' * len(found[0]))})" for name, found in rows.items() if found}
        start = time.perf_counter()
        for first in range(0, max(map(len, rows.values())), BATCH):
            target.execute("BEGIN")
            for name, sql in writes.items():
                target.executemany(sql, rows[name][first : first + BATCH])
            target.execute("COMMIT")
        return time.perf_counter() - start


async def inside(bench: Bench) -> list[Figure]:
    """Dossiers a second of whole lives on files and in memory; milliseconds of one among many, and among few; what it takes of a file."""
    few, many = bench.sizes.inside
    with tempfile.TemporaryDirectory() as folder:
        file, memory = Side(Path(folder), {}), Side(None, {})
        await memory.played(2)  # plans and caches are warm
        small: list[float] = []
        first: dict[str, float] = {}

        async def among_few() -> float:
            found = await file.played(few)
            first.update(file.clock)
            small.append(file.size)
            return 1000 / found

        async def on_file() -> float:
            return await file.played(many)

        async def limit() -> float:
            return many / file.written

        async def in_memory() -> float:
            return await memory.played(many)

        async def its_limit() -> float:
            return many / memory.written

        short, ours, rows, quick, quick_rows = await bench.medians("life-embedded", among_few, on_file, limit, in_memory, its_limit)
    for name in PARTS:
        say(f"  {name:<12} {first[name] / few * 1000:6.3f} ms a dossier among {few}, {file.clock[name] / many * 1000:6.3f} among {many}")
    return [
        Figure("life-embedded", ours, rows, "dossiers/s"),
        Figure("life-memory", quick, quick_rows, "dossiers/s"),
        Figure("life-linear", 1000 / ours, short, "ms/dossier"),
        Figure("dossier-kb", (file.size - small[-1]) / (many - few) / 1000, KB, "kB/dossier"),
    ]
