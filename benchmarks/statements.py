"""What must not grow: the cost of a due deadline with their number, the statements of a batch with its size."""

import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from statistics import median

import asyncpg

from antai.app import DEFINITION
from antai.domain.dossier import Dossier
from antai.store.tables import DOSSIERS
from benchmarks.donnees import INSTANT, SIRET, mfps_letter
from benchmarks.figures import Bench, Figure, expect
from benchmarks.servers import create_tables, databases, service_url
from fps.kit.boxes.sonnette import Boites
from fps.kit.data import tables
from fps.kit.data.opening import open_database
from fps.kit.engine import bacs
from fps.kit.engine.service import Receipt, Service
from fps.kit.ground.clock import Marche
from fps.kit.ground.settings import Settings
from fps.kit.trust.identity import Trust
from fps.kit.trust.pki import ephemere
from fps.messages.mfps import CreationFps

DUE = date(2026, 6, 12)
SEVERAL = 5  # measures of the small number in a round: one alone is too short to be sure of
# Notices sent and not yet notified, their notification due today.
PREPARE = (
    f"TRUNCATE {', '.join(t.name for t in (*tables.metadata.sorted_tables, *DEFINITION.metadata.sorted_tables))}",
    "INSERT INTO deadlines (bac, subject, kind, due) SELECT bac, numero, 'notification', $1 FROM dossiers",
    "ANALYZE",
)
NOTIFIED = """SELECT count(*) FROM dossiers d JOIN deadlines e ON e.bac = d.bac AND e.subject = d.numero
    WHERE etat = 'notifie' AND kind = 'limite-paiement'"""


@asynccontextmanager
async def antai(url: str) -> AsyncIterator[Service]:
    """ANTAI in this process, its tables made."""
    service = Service(DEFINITION, Settings(), open_database(url), [Trust(ephemere()), Boites()])
    await service.start()
    try:
        yield service
    finally:
        await service.stop()


async def prepare(connection: asyncpg.Connection, names: list[str], count: int) -> None:
    """As many due deadlines in each of these bacs, by set-based SQL."""
    truncate, deadlines, analyze = PREPARE
    await connection.execute(truncate)
    dossier = Dossier.ouvrir(CreationFps.exemplaire(), DUE)
    dossier.envoyer_avis(DUE)
    # The row that the service itself would write, with another number each time.
    _, *values = DOSSIERS.row("", dossier)
    at = DOSSIERS.columns.index("numero") - 1
    rows = ((bac, *values[:at], f"{SIRET}261163{n:06d}", *values[at + 1 :]) for bac in names for n in range(count))
    await connection.copy_records_to_table("dossiers", records=rows, columns=DOSSIERS.columns)
    await connection.execute(deadlines, DUE)
    await connection.execute(analyze)


async def deadline_linear(bench: Bench) -> list[Figure]:
    """Microseconds a due deadline: ours with many of them, the limit with few."""
    return await _linear(bench, "deadline-linear", bench.sizes.many)


async def deadline_million(bench: Bench) -> list[Figure]:
    """The same with a million."""
    return await _linear(bench, "deadline-million", bench.sizes.million)


async def _linear(bench: Bench, name: str, most: int) -> list[Figure]:
    admin, sizes = bench.need_postgres(), bench.sizes
    async with databases(admin) as (url,):
        await create_tables(url, DEFINITION)
        connection = await asyncpg.connect(url)
        async with antai(service_url(url)) as service:

            async def lived(count: int, times: int) -> float:
                names = [f"jour-{i}" for i in range(times)]
                await prepare(connection, names, count)
                found = []
                for name in names:
                    await bacs.create(service, name, name, Marche.FIGE, INSTANT)
                    start = time.perf_counter()
                    done = await service.live(name)
                    found.append((time.perf_counter() - start) / count * 1e6)
                    expect("deadlines lived", done, count)
                notified = await connection.fetchval(NOTIFIED)
                expect("dossiers notified", notified, count * times)
                return median(found)

            async def many() -> float:
                return await lived(most, 1)

            async def few() -> float:
                return await lived(sizes.few, SEVERAL)

            await lived(sizes.few, 1)
            ours, limit = await bench.medians(name, many, few, rounds=min(2, sizes.rounds))
        await connection.close()
    return [Figure(name, ours, limit, "us/deadline")]


async def sql_per_batch(bench: Bench) -> list[Figure]:
    """Statements of one batch of messages FPS: 500 against 50; on SQLite in memory where there is no PostgreSQL."""
    bench.spin("sql-per-batch")
    if bench.postgres is None:
        return await _statements("sqlite+aiosqlite://")
    async with databases(bench.postgres) as (url,):
        await create_tables(url, DEFINITION)
        return await _statements(service_url(url))


async def _statements(url: str) -> list[Figure]:
    async with antai(url) as service:

        async def count(size: int) -> int:
            bac = f"lot-{secrets.token_hex(3)}"
            await bacs.create(service, bac, "graine", Marche.FIGE, INSTANT)
            before = service.database.statements
            receipts = await service.receive([mfps_letter(n, bac) for n in range(size)])
            expect("messages received", sum(isinstance(r, Receipt) and r.outcome == "recu" for r in receipts), size)
            return service.database.statements - before

        return [Figure("sql-per-batch", await count(500), await count(50), "statements")]
