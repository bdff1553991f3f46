"""`python -m benchmarks.replicas`: the same lives with 1, 2 and 4 replicas of each service on this machine; CPU and wall time a dossier.

On a machine that does something else, the wall says nothing; the CPU of the services and of their databases does.
"""

import argparse
import asyncio
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import psutil
import uvloop

from benchmarks.figures import say
from benchmarks.lives import Deployment, deployment, lived
from benchmarks.servers import find_amqp, find_postgres
from fps.kit.ground.telemetry import configure_logs

IDLE = 4.0  # seconds during which nothing is asked: what the processes spend then is taken off, for as long as the lives lasted
WARM = 0.25  # of the dossiers, played before anything is measured


@dataclass(frozen=True)
class Spent:
    """What a dossier cost, in milliseconds: CPU of the busiest service, of all of them, of their databases; and on the clock."""

    busiest: float
    services: float
    databases: float
    wall: float


async def _backends(admin: str, found: Deployment) -> list[psutil.Process]:
    names = [url.rpartition("/")[2] for url in found.databases.values()]
    connection = await asyncpg.connect(admin, timeout=10)
    try:
        rows = await connection.fetch("SELECT pid FROM pg_stat_activity WHERE datname = ANY($1)", names)
    finally:
        await connection.close()
    here = {process.pid: process for process in psutil.process_iter()}
    return [here[row["pid"]] for row in rows if row["pid"] in here]


def _cpu(processes: Sequence[psutil.Process]) -> float:
    return float(sum(sum(process.cpu_times()[:2]) for process in processes))


async def measured(admin: str, found: Deployment, bac: str, dossiers: int) -> Spent:
    """One bac of so many lives, each of them checked."""
    services = {party: [psutil.Process(one.popen.pid) for one in those] for party, those in found.processes.items()}
    backends = await _backends(admin, found)

    def spent() -> dict[str, float]:
        return {"databases": _cpu(backends)} | {str(party): _cpu(those) for party, those in services.items()}

    async def during(act: Awaitable[object]) -> tuple[dict[str, float], float]:
        before, start = spent(), time.perf_counter()
        await act
        wall = time.perf_counter() - start
        return {name: value - before[name] for name, value in spent().items()}, wall

    idle, quiet = await during(asyncio.sleep(IDLE))
    played, wall = await during(lived(found, bac, dossiers))
    each = {name: max(0.0, value - idle[name] * wall / quiet) * 1_000 / dossiers for name, value in played.items()}
    databases = each.pop("databases")
    return Spent(max(each.values()), sum(each.values()), databases, wall * 1_000 / dossiers)


@asynccontextmanager
async def _ways(admin: str, amqp: str, way: tuple[int, int], dossiers: int) -> AsyncIterator[Deployment]:
    async with deployment(admin, amqp, *way) as found:
        await lived(found, "essai", max(2, round(dossiers * WARM)))
        yield found


async def compare(admin: str, amqp: str, dossiers: int, rounds: int, ways: Sequence[tuple[int, int]]) -> None:
    """Each way in each round, the order turned from one to the next; the medians, and each against one replica alone."""
    spent: dict[tuple[int, int], list[Spent]] = {way: [] for way in ways}
    for rank in range(rounds):
        for way in (*ways[rank % len(ways) :], *ways[: rank % len(ways)]):
            async with _ways(admin, amqp, way, dossiers) as found:
                spent[way].append(await measured(admin, found, f"tour-{rank}", dossiers))
            say(f"  {way[0]} replicas, {way[1]} parts: {spent[way][-1]}")
    base = statistics.median(one.services + one.databases for one in spent[ways[0]])
    say("\nreplicas  parts  busiest  services  databases  wall (ms a dossier)  CPU against one writer")
    for way, those in spent.items():
        busiest, services, databases, wall = (
            statistics.median(getattr(one, name) for one in those) for name in ("busiest", "services", "databases", "wall")
        )
        ratio = statistics.median(one.services + one.databases for one in those) / base
        say(f"{way[0]:8}  {way[1]:5}  {busiest:7.2f}  {services:8.2f}  {databases:9.2f}  {wall:19.2f}  {ratio:.2f}")


def main(arguments: Sequence[str]) -> int:
    """Measure and say; 3 without servers."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replicas")
    parser.add_argument("--dossiers", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--replicas", type=int, nargs="*", default=[1, 2, 4], help="beside one writer, which is always measured")
    options = parser.parse_args(arguments)
    admin, amqp = find_postgres(), find_amqp()
    if admin is None or amqp is None:
        say("PostgreSQL and RabbitMQ are needed")
        return 3
    configure_logs("ERROR")
    say(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(compare(admin, amqp, options.dossiers, options.rounds, [(1, 1), *((replicas, 8) for replicas in options.replicas)]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
