"""What each kind of act costs among many dossiers, against the same acts among few: each side has a world of its own, on either engine."""

import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import update

from benchmarks.figures import Bench, Figure, expect, say
from benchmarks.grand_bac import BAC, peupler
from benchmarks.inside import PARTS, Inside
from benchmarks.lives import NOTIFIED, SENT, payments, title_payments
from benchmarks.servers import databases, service_url
from fps.kit.data import tables
from fps.messages.paiement import PaiementFps, PaiementTitre
from fps.parties import Party
from fps_simulateur.pilote.world import DEFINITIONS, World, open_world

LIVED = 30  # days of those that are there already: they stay as they are, since nothing of theirs falls due any more
NEVER = date(2200, 1, 1)
Clock = dict[str, float]


@asynccontextmanager
async def _world(postgres: str | None) -> AsyncIterator[World]:
    """The four services in this process: each its file of a new folder, or its database."""
    async with AsyncExitStack() as stack:
        if postgres is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            yield await stack.enter_async_context(open_world(data_dir=Path(folder)))
        else:
            urls = await stack.enter_async_context(databases(postgres, len(DEFINITIONS)))
            where = {party: service_url(url) for party, url in zip(DEFINITIONS, urls, strict=True)}
            yield await stack.enter_async_context(open_world(databases=where))


async def _filled(monde: World, count: int) -> None:
    """So many dossiers, of which nothing falls due while others live."""
    start = time.perf_counter()
    await peupler(monde, count, LIVED)
    for one in monde.services.values():
        async with one.service.database.write() as tx:
            await tx.execute(update(tables.deadlines).where(tables.deadlines.c.bac == BAC).values(due=NEVER))
    say(f"  {count} dossiers in {time.perf_counter() - start:.0f} s")


async def _played(monde: World, count: int) -> Clock:
    """Seconds of each kind of act of `count` lives in the bac that is full; half are paid at ANTAI, half at the DGFiP."""
    pilot = monde.pilot
    inside = Inside({}, {}, pilot, monde.token, None, {})  # type: ignore[arg-type]
    now = datetime.fromisoformat((await pilot.etat(BAC))["instant"])
    start, found = time.perf_counter(), Clock()

    def part(name: str) -> None:
        nonlocal start
        found[name], start = time.perf_counter() - start, time.perf_counter()

    forfaits = await inside.establish(BAC, count)
    part("establish")
    await pilot.au_calme(BAC)
    part("accuses")
    await pilot.conduire(BAC, now + NOTIFIED)
    part("notices")
    paid, owed = forfaits[: count // 2], [f["numero"] for f in forfaits[count // 2 :]]
    await inside.lots(PaiementFps, BAC, payments(paid))
    part("pay FPS")
    await pilot.conduire(BAC, now + SENT)
    part("titles")
    due = [await _read(monde, Party.DGFIP, f"prises-en-charge/{numero}") for numero in owed]
    start = time.perf_counter()
    await inside.lots(PaiementTitre, BAC, title_payments(due))
    part("pay titles")
    await pilot.au_calme(BAC)
    part("quiet")
    for party, path in ((Party.ANTAI, "dossiers"), (Party.COLLECTIVITE, "fps")):
        for numero, state in [(paid[0]["numero"], "paye-minore"), (owed[0], "titre-paye"), (owed[-1], "titre-paye")]:
            expect(f"a dossier at {party}", (await _read(monde, party, f"{path}/{numero}"))["etat"], state)
    await pilot.conduire(BAC, now + SENT + timedelta(days=1))
    return found


async def _read(monde: World, party: Party, path: str) -> Any:
    answer = await monde.client.get(f"{monde.addresses[party]}/bacs/{BAC}/{path}")
    expect(f"GET {path}", answer.status_code, 200)
    return answer.json()


async def _flat(bench: Bench, engine: str, postgres: str | None) -> list[Figure]:
    """Milliseconds of the act that grows most among many dossiers, and of the same act among few."""
    name, count = f"acts-{engine}", bench.sizes.acted
    sides: dict[str, list[Clock]] = {"few": [], "many": []}
    async with _world(postgres) as small, _world(postgres) as large:
        for monde, size in ((small, bench.sizes.few), (large, bench.sizes.grand)):
            await _filled(monde, size)
            await _played(monde, min(count, 20))  # plans and caches are warm
        for _ in range(bench.sizes.rounds):
            bench.spin(name)
            sides["few"].append(await _played(small, count))
            sides["many"].append(await _played(large, count))
        start = time.perf_counter()
        await large.pilot.supprimer(BAC)
        say(f"  a bac of {bench.sizes.grand} dossiers is removed in {time.perf_counter() - start:.1f} s")
    few, many = ({part: median(clock[part] for clock in found) / count * 1000 for part in PARTS} for found in sides.values())
    for part in PARTS:
        say(f"  {part:<12} {few[part]:6.3f} ms a dossier among {bench.sizes.few}, {many[part]:6.3f} among {bench.sizes.grand}")
    bench.rounds[name] = [[sum(clock.values()) / count * 1000 for clock in sides[side]] for side in ("many", "few")]
    worst = max(PARTS, key=lambda part: many[part] / few[part])
    return [Figure(name, many[worst], few[worst], "ms/dossier")]


async def on_sqlite(bench: Bench) -> list[Figure]:
    """The four services in files."""
    return await _flat(bench, "sqlite", None)


async def on_postgresql(bench: Bench) -> list[Figure]:
    """Each service with its database."""
    return await _flat(bench, "postgresql", bench.need_postgres())
