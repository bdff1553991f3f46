"""Letters through RabbitMQ into the real DGFiP, against a bare consumer of the same packs that writes by set-based SQL."""

import asyncio
import json
import time
from typing import Any

import aio_pika
import asyncpg

from benchmarks.donnees import INSTANT, emission_bodies, emission_letters
from benchmarks.figures import Bench, Figure, expect
from benchmarks.servers import create_tables, databases, queues, service_url
from dgfip.app import DEFINITION
from dgfip.store import PRISES_EN_CHARGE
from fps.kit.app.application import build
from fps.kit.engine import bacs
from fps.kit.ground.clock import Marche, wall_now
from fps.kit.ground.settings import Settings
from fps.kit.wire.envelope import PACK
from fps.kit.wire.rabbit import PREFETCH, RabbitBus
from fps.messages.titre import EmissionTitre

BATCH = 500
GIVEN = ("bac", "numero_fps", "numero_titre", "rang", "siret", "date_titre", "montant_impaye", "majoration", "etat")
AMOUNTS = [c.name for c in PRISES_EN_CHARGE.table.columns if not c.nullable and c.name not in GIVEN]  # nothing is paid yet
# One inbox row, one case row, one line of journal a letter: the least that receiving it once means.
WRITE = f"""
WITH i AS (
    INSERT INTO inbox (bac, id, type, subject, digest, outcome, body, time, wall_time)
    SELECT b, i, y, s, '', 'recu', d, t, $16 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
        AS x(b, i, y, s, d, t) ON CONFLICT (bac, id) DO NOTHING
), c AS (
    INSERT INTO prises_en_charge
        ({", ".join([*GIVEN, *AMOUNTS])})
    SELECT b, s, n, r, v, d, p, m, 'pris-en-charge'{", 0" * len(AMOUNTS)}
    FROM unnest($1::text[], $4::text[], $7::text[], $8::bigint[], $9::text[], $10::date[], $11::bigint[], $12::bigint[])
        AS x(b, s, n, r, v, d, p, m) ON CONFLICT (bac, numero_fps) DO UPDATE SET etat = excluded.etat
)
INSERT INTO journal (bac, subject, rang, time, acte, article, data, hash, wall_time)
SELECT b, s, r, t, 'prise-en-charge', $13, d, $14, $16
FROM unnest($1::text[], $4::text[], $15::bigint[], $6::timestamptz[], $5::text[]) AS x(b, s, r, t, d)
"""


async def letter_amqp(bench: Bench) -> list[Figure]:
    """Letters received each second, the queue filled first."""
    admin, amqp = bench.need_postgres(), bench.need_amqp()
    bodies = emission_bodies(bench.sizes.letters)
    turn = iter(range(1_000))
    async with databases(admin, 2) as (ours, limit):
        for url in (ours, limit):
            await create_tables(url, DEFINITION)

        async def service() -> float:
            return await received(amqp, ours, f"lettres-{next(turn)}", bodies)

        async def bare() -> float:
            return await consumed(amqp, limit, f"lettres-{next(turn)}", bodies)

        await service(), await bare()  # the plans and the caches are warm
        received_each, consumed_each = await bench.medians("letter-amqp", service, bare)
    return [Figure("letter-amqp", received_each, consumed_each, "letters/s")]


async def fill(amqp: str, prefix: str, bac: str, bodies: list[tuple[str, str]]) -> RabbitBus:
    """The queue of the DGFiP holds the letters; gives the bus that declared everything."""
    letters = emission_letters(bodies, bac)
    packs = [letters[i : i + PACK] for i in range(0, len(letters), PACK)]
    bus = RabbitBus(amqp, prefix, Settings().retry_delays)
    await bus.start(10)
    await bus.publish(EmissionTitre.routing_key, packs)
    return bus


async def received(amqp: str, url: str, bac: str, bodies: list[tuple[str, str]]) -> float:
    """The service starts on a full queue; the time ends when its counts say that all is received."""
    count = len(bodies)
    async with queues(amqp) as prefix:
        bus = await fill(amqp, prefix, bac, bodies)
        settings = Settings(database_url=service_url(url), bus_url=amqp, bus_prefix=prefix)
        running = build(DEFINITION, settings, bus)
        connection = await asyncpg.connect(url)
        await connection.execute("INSERT INTO bacs VALUES ($1, $1, $2, $3, $4, 1)", bac, Marche.FIGE.value, INSTANT, wall_now())
        await connection.execute("ANALYZE")
        start = time.perf_counter()
        async with running.app.router.lifespan_context(running.app):
            while await connection.fetchval("SELECT valeur FROM counts WHERE bac = $1 AND nom = 'recues'", bac) != count:
                await asyncio.sleep(0.01)
                if time.perf_counter() - start > 120:
                    break
            spent = time.perf_counter() - start
            async with running.service.database.read() as tx:
                state = await bacs.state(running.service, tx, bac)
        await bus.stop()
        counted = {name: n for name, n in state["comptes"].items() if ":" not in name}  # those by message beside
        expect("letters received", counted, {"recues": count})
        for table in ("inbox", "prises_en_charge", "chains"):
            expect(table, await connection.fetchval(f"SELECT count(*) FROM {table} WHERE bac = $1", bac), count)
        expect("deadlines", await connection.fetchval("SELECT count(DISTINCT subject) FROM deadlines WHERE bac = $1", bac), count)
        await connection.close()
    return count / spent


async def consumed(amqp: str, url: str, bac: str, bodies: list[tuple[str, str]]) -> float:
    """The bare consumer: packs, one statement for up to 500 letters, one multiple ack."""
    count = len(bodies)
    async with queues(amqp) as prefix:
        bus = await fill(amqp, prefix, bac, bodies)
        await bus.stop()
        cleaner = await asyncpg.connect(url)
        await cleaner.execute("ANALYZE")
        start = time.perf_counter()
        connection = await asyncpg.connect(url)
        async with await aio_pika.connect(amqp) as broker:
            channel = await broker.channel()
            await channel.set_qos(prefetch_count=PREFETCH)
            queue = await channel.get_queue(f"{prefix}.{EmissionTitre.routing_key}", ensure=False)
            waiting: asyncio.Queue[Any] = asyncio.Queue()
            await queue.consume(waiting.put)
            done = 0
            while done < count:
                packs = [await waiting.get()]
                while len(packs) < BATCH // PACK and not waiting.empty():
                    packs.append(waiting.get_nowait())
                events = [event for p in packs for event in json.loads(p.body)]
                await connection.execute(WRITE, *columns(events))
                await packs[-1].ack(multiple=True)
                done += len(events)
            spent = time.perf_counter() - start
        for table in ("inbox", "prises_en_charge", "journal"):
            expect(table, await cleaner.fetchval(f"SELECT count(*) FROM {table} WHERE bac = $1", bac), count)
        await connection.close()
        await cleaner.close()
    return count / spent


def columns(events: list[dict[str, Any]]) -> list[Any]:
    """The arrays of the statement."""
    from datetime import date, datetime

    data = [e["data"] for e in events]
    return [
        [e["bac"] for e in events],
        [e["id"] for e in events],
        [e["type"] for e in events],
        [e["subject"] for e in events],
        [json.dumps(d, ensure_ascii=False) for d in data],
        [datetime.fromisoformat(e["time"]) for e in events],
        [d["numero_titre"] for d in data],
        [d["rang_annexe"] for d in data],
        [d["beneficiaire"]["siret"] for d in data],
        [date.fromisoformat(d["date_emission"]) for d in data],
        [d["montant_impaye"] for d in data],
        [d["majoration"] for d in data],
        EmissionTitre.law,
        "0" * 64,
        [e["rang"] for e in events],
        wall_now(),
    ]
