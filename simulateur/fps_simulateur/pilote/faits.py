"""What happened in a bac, told in order as a stream: the journals of the four services merged, in a memory that does not grow with them."""

import heapq
import json
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import IO, Any, Final

LOT: Final = 20_000  # lines sorted at once; beyond, sorted runs wait in temporary files
Ligne = Mapping[str, Any]


def order(line: Ligne) -> tuple[Any, ...]:
    """Simulated time, then the dossier, then the Lamport rank: causes before effects, the same whatever carried the letters."""
    return (datetime.fromisoformat(line["date"]), line["sujet"], line["rang"], line["service"])


async def en_ordre(
    lines: AsyncIterator[dict[str, Any]], cle: Callable[[Ligne], tuple[Any, ...]] = order
) -> AsyncGenerator[dict[str, Any], None]:
    """The same lines in the order of this key."""
    lot: list[dict[str, Any]] = []
    runs: list[IO[str]] = []
    try:
        async for line in lines:
            lot.append(line)
            if len(lot) >= LOT:
                runs.append(_kept(sorted(lot, key=cle)))
                lot.clear()
        for line in heapq.merge(*map(_read, runs), sorted(lot, key=cle), key=cle):
            yield line
    finally:
        for run in runs:
            run.close()


async def premier_ecart(
    a: AsyncGenerator[dict[str, Any], None], b: AsyncGenerator[dict[str, Any], None], dite: Callable[[Ligne], Any]
) -> tuple[Ligne, Ligne | None, Ligne | None] | None:
    """Where two journals in order part: a line, then that of each, or None where one has it not; None when `dite` says the same."""
    async with aclosing(a), aclosing(b):
        while True:
            x, y = await anext(a, None), await anext(b, None)
            if x is not None and (y is None or order(x) < order(y)):
                return x, x, None
            if y is not None and (x is None or order(y) < order(x)):
                return y, None, y
            if x is None or y is None:
                return None
            if dite(x) != dite(y):
                return x, x, y


def _kept(lines: list[dict[str, Any]]) -> IO[str]:
    run = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 (closed, hence deleted, when all was told)
    run.writelines(f"{json.dumps(line)}\n" for line in lines)
    run.seek(0)
    return run


def _read(run: IO[str]) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in run)
