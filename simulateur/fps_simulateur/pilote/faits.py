"""What happened in a bac, told in order as a stream: the journals of the four services merged, in a memory that does not grow with them."""

import heapq
import json
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from typing import IO, Any, Final

LOT: Final = 20_000  # lines sorted at once; beyond, sorted runs wait in temporary files
Ligne = Mapping[str, Any]


def order(line: Ligne) -> tuple[Any, ...]:
    """Simulated time, then the dossier, then the Lamport rank: causes before effects, the same whatever carried the letters."""
    return (datetime.fromisoformat(line["date"]), line["sujet"], line["rang"], line["service"])


async def en_ordre(lines: AsyncIterator[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    """The same lines in order."""
    lot: list[dict[str, Any]] = []
    runs: list[IO[str]] = []
    try:
        async for line in lines:
            lot.append(line)
            if len(lot) >= LOT:
                runs.append(_kept(sorted(lot, key=order)))
                lot.clear()
        for line in heapq.merge(*map(_read, runs), sorted(lot, key=order), key=order):
            yield line
    finally:
        for run in runs:
            run.close()


def _kept(lines: list[dict[str, Any]]) -> IO[str]:
    run = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 (closed, hence deleted, when all was told)
    run.writelines(f"{json.dumps(line)}\n" for line in lines)
    run.seek(0)
    return run


def _read(run: IO[str]) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in run)
