"""`python -m benchmarks.overload`: ten times what ANTAI sustains, on each engine: what is accepted, refused, kept, and how soon it is calm.

What is asked of the service are bounds and counts, never a speed: what is accepted is kept, what is refused says when to come back, and who
is accepted waits twice FPS_PATIENCE at most. That last one wants a machine that does nothing else.
"""

import argparse
import asyncio
import json
import secrets
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from ssl import SSLContext
from statistics import quantiles

import asyncpg
import uvloop

from antai.app import DEFINITION
from benchmarks.donnees import INSTANT, mfps, numero
from benchmarks.figures import Faux, expect, say
from benchmarks.http1 import request
from benchmarks.openloop import Heard, Sent, offer
from benchmarks.servers import (
    Process,
    create_tables,
    databases,
    find_amqp,
    find_postgres,
    free_ports,
    new_pki,
    process,
    queues,
    secured,
    service_url,
)
from fps.kit.ground.clock import wall_now
from fps.kit.ground.telemetry import configure_logs
from fps.kit.trust.tls import between_services
from fps.kit.web import load
from fps.kit.wire.carrier import bearer, open_client
from fps.kit.wire.envelope import BODY_LIMIT, PACK, Letter
from fps.kit.wire.rabbit import RabbitBus
from fps.messages.information_paiement import TitrePaye
from fps.messages.mfps import CreationFps
from fps.messages.paiement import PaiementFps
from fps.parties import Party

TIMES = 10  # what is offered, against what is sustained
LOT = 500
CALM, CLOSED = 40, 32  # requests of a calm moment; connections of the sustained rate
LARGE = 30  # bodies of 1 MiB each second, of who shows no certificate
LETTERS = 4_000  # through the broker
PATIENCE = 60.0  # seconds until the service must be calm, and its letters told
SOON = 3.0  # a calm latency, against that of before
BOUND = 2  # times the patience that was set, within which 99 of 100 of those accepted are answered
RETRY = 0.5  # seconds before a letter whose dossier nobody knows is tried again, once


@dataclass
class Wanted:
    """A service under test: where it is, who calls, and how its rows are counted."""

    name: str
    port: int
    bac: str
    tls: SSLContext
    process: Process
    url: str
    bus: RabbitBus | None
    patience: float
    position: int = 0

    def single(self, at: float = 0.0) -> Sent:
        """One message FPS that nobody sent yet."""
        self.position += 1
        body = json.dumps(mfps(self.position - 1), ensure_ascii=False).encode()
        return Sent("single", at, request(f"/bacs/{self.bac}{CreationFps.path}", body))

    def lot(self, at: float) -> Sent:
        """A batch of them: some 750 kB."""
        first, self.position = self.position, self.position + LOT
        lines = b"\n".join(json.dumps({"data": mfps(n)}, ensure_ascii=False).encode() for n in range(first, self.position))
        return Sent("lot", at, request(f"/bacs/{self.bac}{CreationFps.path}/lot", lines, "application/x-ndjson"), LOT)

    def stranger(self, at: float, *, large: bool = False) -> Sent:
        """The payment of a FPS that nobody knows, by somebody without a certificate; or 1 MiB of it."""
        body = json.dumps(PaiementFps.example | ({"reference": "x" * (BODY_LIMIT - 1_000)} if large else {})).encode()
        return Sent("large" if large else "stranger", at, request(f"/bacs/{self.bac}{PaiementFps.path}", body))

    async def kept(self) -> tuple[int, int]:
        """The messages FPS that are in the database, and the letters of the broker that it tells of."""
        asked = [
            f"SELECT count(*) FROM inbox WHERE bac = '{self.bac}' AND type = '{CreationFps.type}'",
            f"SELECT count(*) FROM dead_letters WHERE bac = '{self.bac}' AND type = '{TitrePaye.type}'",
        ]
        if self.url.startswith("sqlite"):
            with sqlite3.connect(self.url.partition("///")[2]) as read:
                return tuple(int(read.execute(sql).fetchone()[0]) for sql in asked)  # type: ignore[return-value]
        connection = await asyncpg.connect(self.url)
        try:
            return await connection.fetchval(asked[0]), await connection.fetchval(asked[1])
        finally:
            await connection.close()


@asynccontextmanager
async def served(folder: Path, url: str, amqp: str | None, patience: float) -> AsyncIterator[Wanted]:
    """ANTAI on that database, with a bac and the town's certificate; its letters come by the broker when there is one."""
    pki, token, bac = new_pki(folder), secrets.token_urlsafe(16), f"surcharge-{secrets.token_hex(2)}"
    (port,), tls = free_ports(1), between_services(pki)
    await create_tables(url, DEFINITION)
    async with queues(amqp or "") if amqp else _nothing() as prefix:
        own = secured(pki) | {
            "FPS_PILOTAGE_TOKEN": token,
            "FPS_LOG_LEVEL": "CRITICAL",
            "FPS_PORT": str(port),
            "FPS_RETRY_DELAYS": str(RETRY),
            "FPS_PATIENCE": str(patience),
        }
        own |= {"FPS_DATABASE_URL": service_url(url)} | ({"FPS_BUS_URL": amqp, "FPS_BUS_PREFIX": prefix} if amqp else {})
        bus = RabbitBus(amqp, prefix, (RETRY,)) if amqp else None
        with process(["-m", "antai", "serve"], folder / "antai.log", **own) as antai:
            await antai.ready((port, "/sante/pret"), tls=tls)
            if bus is not None:
                await bus.start(20)
            async with open_client(verify=tls, headers=bearer(token)) as client:
                new = {"nom": bac, "instant": INSTANT.isoformat()}
                expect("a new bac", (await client.post(f"https://127.0.0.1:{port}/pilotage/bacs", json=new)).status_code, 201)
            yield Wanted("", port, bac, between_services(pki, Party.COLLECTIVITE), antai, url, bus, patience)
            if bus is not None:
                await bus.stop()


@asynccontextmanager
async def _nothing() -> AsyncIterator[str]:
    yield ""


async def calm(wanted: Wanted, count: int = CALM) -> float:
    """The median of the seconds that a message takes when it is alone."""
    heard = [one for _ in range(count) for one in await offer(wanted.port, wanted.tls, [wanted.single()], 1)]
    expect("calm messages accepted", sum(one.accepted for one in heard), count)
    return sorted(one.seconds for one in heard)[count // 2]


def offered(wanted: Wanted, rate: float, seconds: float) -> list[Sent]:
    """So many messages each second: most in batches, some alone, some of strangers; and bodies of 1 MiB of strangers."""
    lots, singles, strangers = (round(rate * seconds * part / size) for part, size in ((0.8, LOT), (0.15, 1), (0.05, 1)))

    def at(rank: int, count: int) -> float:
        return seconds * rank / count

    return [
        *(wanted.lot(at(n, lots)) for n in range(lots)),
        *(wanted.single(at(n, singles)) for n in range(singles)),
        *(wanted.stranger(at(n, strangers)) for n in range(strangers)),
        *(wanted.stranger(at(n, round(LARGE * seconds)), large=True) for n in range(round(LARGE * seconds))),
    ]


def letters(bac: str, count: int) -> list[list[Letter]]:
    """Packs of payments of titles whose FPS nobody knows: each is tried twice, then told as a dead letter."""
    body = TitrePaye.exemplaire()
    made = []
    for n in range(count):
        text = body.model_copy(update={"numero_fps": str(numero(900_000 + n))})
        made.append(
            Letter(f"{bac}/{n}", bac, TitrePaye.type, "/services/dgfip", text.sujet, 9, INSTANT, wall_now(), text.model_dump_json())
        )
    return [made[i : i + PACK] for i in range(0, count, PACK)]


async def watch(wanted: Wanted, peak: list[float]) -> None:
    """Its memory, twenty times a second."""
    while True:
        peak.append(wanted.process.rss())
        await asyncio.sleep(0.05)


async def soon(wanted: Wanted, before: float) -> float:
    """Seconds until three messages one after the other take what they took before; raises Faux."""
    start = time.perf_counter()
    streak = 0
    while streak < 3:
        (one,) = await offer(wanted.port, wanted.tls, [wanted.single()], 1)
        streak = streak + 1 if one.accepted and one.seconds <= max(SOON * before, 0.02) else 0
        if time.perf_counter() - start > PATIENCE:
            raise Faux(f"not calm after {PATIENCE} s: {one.status}, {one.seconds:.3f} s")
    return time.perf_counter() - start


def told(heard: Sequence[Heard]) -> None:
    """What became of each sort of request."""
    for kind in ("single", "lot", "stranger", "large"):
        those = [one for one in heard if one.sent.kind == kind]
        statuses = Counter(f"{one.status}{'+retry' if one.retry else ''}" for one in those)
        refused = max((one.waited for one in those if one.status in (429, 503)), default=0.0)
        waited, due = _late([one.waited for one in those if one.accepted]), _late([one.seconds for one in those if one.accepted])
        say(
            f"  {kind:9} {len(those):6}  since it left p50 {waited[0]:5.2f} s  p99 {waited[1]:5.2f} s, refused {refused:5.2f} s at most; "
            f"since it had to p99 {due[1]:5.2f} s  {dict(sorted(statuses.items()))}"
        )


def _late(seconds: Sequence[float]) -> tuple[float, float]:
    """The median and the last hundredth."""
    found = quantiles(seconds, n=100) if len(seconds) > 1 else [0.0] * 99
    return found[49], found[98]


async def measured(wanted: Wanted, seconds: float) -> None:
    """Calm, sustained, ten times that, calm again; raises Faux when something accepted is not kept, or a refusal says nothing."""
    before, rest = await calm(wanted), wanted.process.rss()
    closed = await _sustained(wanted, min(2.0, seconds))
    sent = offered(wanted, TIMES * closed, seconds)
    peak: list[float] = [rest]
    eye = asyncio.create_task(watch(wanted, peak))
    start, count = time.perf_counter(), 0
    publishing = None
    if wanted.bus is not None:
        publishing, count = asyncio.create_task(wanted.bus.publish(TitrePaye.routing_key, letters(wanted.bac, LETTERS))), LETTERS
    heard = await offer(wanted.port, wanted.tls, sent)
    lasted = time.perf_counter() - start
    if publishing is not None:
        await publishing
    again = await soon(wanted, before)
    accepted = sum(one.accepted for one in heard)
    kept, dead = await _settled(wanted, count)
    eye.cancel()
    name, calmed = wanted.name, before * 1_000
    say(f"{name}: calm {calmed:.1f} ms, sustained {closed:.0f}/s; {TIMES} times that for {seconds:.0f} s, answered in {lasted:.1f} s")
    told(heard)
    refused = [one for one in heard if one.status in (429, 503)]
    mute, cut = sum(not one.retry for one in refused), sum(not one.status for one in heard)
    say(f"  accepted {accepted / lasted:.0f}/s; {len(refused)} refused, {mute} without Retry-After; {cut} cut")
    say(f"  memory {rest:.0f} MiB, at most {max(peak):.0f}; calm again after {again:.1f} s; {dead} letters of the broker told")
    if kept < accepted or mute or dead != count:
        raise Faux(f"{kept} kept for {accepted} accepted, {mute} refusals without Retry-After, {dead} letters for {count}")
    late = _late([one.waited for one in heard if one.accepted])[1]
    say(f"  p99 of what is accepted: {late:.1f} s, for FPS_PATIENCE={wanted.patience:g}")
    if late > BOUND * wanted.patience:
        raise Faux(f"{late:.1f} s is more than {BOUND} times {wanted.patience:g} (on a quiet machine?)")


async def _sustained(wanted: Wanted, seconds: float) -> float:
    """Messages accepted each second from who waits for each answer."""
    start, done = time.perf_counter(), 0
    while (spent := time.perf_counter() - start) < seconds:
        done += sum(one.accepted for one in await offer(wanted.port, wanted.tls, [wanted.single() for _ in range(8 * CLOSED)], CLOSED))
    return done / spent


async def _settled(wanted: Wanted, letters: int) -> tuple[int, int]:
    start = time.perf_counter()
    while (found := await wanted.kept())[1] < letters and time.perf_counter() - start < PATIENCE:  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    return found


async def engines(names: Sequence[str], seconds: float, patience: float) -> None:
    """Each engine that is there, one after the other."""
    admin, amqp = find_postgres(), find_amqp()
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            if name == "sqlite":
                async with served(Path(folder), f"sqlite+aiosqlite:///{folder}/antai.db", amqp, patience) as wanted:
                    wanted.name = name
                    await measured(wanted, seconds)
            elif admin is not None:
                async with databases(admin) as (url,), served(Path(folder), url, amqp, patience) as wanted:
                    wanted.name = name
                    await measured(wanted, seconds)


def main(arguments: Sequence[str]) -> int:
    """Measure and say; 1 when a bound did not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overload")
    parser.add_argument("--seconds", type=float, default=4.0, help="during which ten times the sustained rate is offered")
    parser.add_argument("--engines", nargs="*", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--patience", type=float, default=load.PATIENCE, help="FPS_PATIENCE of the service")
    options = parser.parse_args(arguments)
    configure_logs("ERROR")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(engines(options.engines, options.seconds, options.patience))
        except Faux as error:
            say(f"wrong: {error}")
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
