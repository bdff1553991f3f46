"""Replicas of one service that write at once: each dossier has one writer, whatever it shares with others is written by one at a time."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import MetaData, func, select

from antai import app as antai
from fps.kit.app import command
from fps.kit.app.application import build
from fps.kit.boxes.sonnette import Boites
from fps.kit.data import shares as parts
from fps.kit.data import tables
from fps.kit.data.opening import open_database
from fps.kit.data.records import Record
from fps.kit.data.scope import Scope, in_parts
from fps.kit.data.shares import Shares
from fps.kit.engine import bacs, days, ledger, verification
from fps.kit.engine import room as rooms
from fps.kit.engine.room import Room
from fps.kit.engine.service import Receipt, Service
from fps.kit.engine.sharing import Sharing
from fps.kit.engine.work import Work
from fps.kit.ground.clock import PARIS, Marche
from fps.kit.ground.faults import Malformed
from fps.kit.ground.partage import part_of
from fps.kit.ground.settings import Settings
from fps.kit.post.inbound import Inbound
from fps.kit.trust.identity import Trust
from fps.kit.trust.pki import ephemere
from fps.kit.wire.bus import BusUnavailable, address
from fps.kit.wire.envelope import Letter
from fps.kit.wire.rabbit import RabbitBus
from fps.messages.message import Message
from fps.messages.titre import EmissionTitre
from fps.parties import Party
from tests.conftest import Postgres
from tests.kit import toy
from tests.kit.toy import START, Compte, emission_letter, numero, state, total
from tests.real import amqp_url, forget

PARTS = 8
VOISIN = 999
metadata = MetaData()


@dataclass
class Serie:
    annee: int
    dernier: int = 0


async def emission(message: EmissionTitre, work: Work) -> Message | None:
    """The toy's; « voisin » changes another dossier too, « serie » takes a number that all the dossiers share."""
    if message.ordonnateur == "voisin":
        compte = await work.find_or_add(Compte(numero(VOISIN), 0))
        compte.total += 1
    if message.ordonnateur.startswith("serie"):
        (await work.find_or_add(Serie(2026))).dernier += 1
    return await toy.emission(message, work)


DEFINITION = replace(
    toy.DEFINITION,
    records=[toy.COMPTES, Record(Serie, metadata, "series", key=("annee",))],
    handlers=toy.HANDLERS | {EmissionTitre: emission},
)


def replica(url: str) -> Service:
    settings = Settings(database_url=url, bus_url="amqp://ailleurs", partitions=PARTS, retry_delays=(0.05,))
    return Service(DEFINITION, settings, open_database(url), [Trust(ephemere()), Boites()])


@asynccontextmanager
async def serving(url: str) -> AsyncIterator[Service]:
    service = replica(url)
    await service.start()
    service.share()
    try:
        yield service
    finally:
        await service.stop()


@pytest.fixture
async def url(postgres: Postgres) -> AsyncIterator[str]:
    name = await postgres.create()
    yield postgres.url(name)
    await postgres.drop(name)


@pytest.fixture
async def replicas(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Service, Service]]:
    monkeypatch.setattr(parts, "PERIOD", 0.05)
    async with serving(url) as first, serving(url) as second:
        await first.database.create(tables.metadata, toy.metadata, metadata)
        await bacs.create(first, "essai", "graine", Marche.FIGE, START)
        yield first, second


async def until(check: Callable[[], Any], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not check():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def waits(task: "asyncio.Task[Any]") -> bool:
    await asyncio.sleep(0.3)
    return not task.done()


@pytest.mark.parametrize(
    ("parts", "database"),
    [("3", "postgresql+asyncpg://x@127.0.0.1/x"), ("128", "postgresql+asyncpg://x@127.0.0.1/x"), ("8", "sqlite+aiosqlite://")],
)
def test_a_number_of_parts_that_cannot_be_is_refused_before_anything_starts(
    parts: str, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("PARTITIONS", parts), ("DATABASE_URL", database), ("BUS_URL", "amqp://ailleurs")):
        monkeypatch.setenv(f"FPS_{name}", value)
    assert command.run(DEFINITION, ["serve"]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and f"FPS_PARTITIONS ne peut pas valoir « {parts}" in told


async def test_a_part_is_the_same_for_python_and_for_postgresql(replicas: tuple[Service, Service]) -> None:
    first, _ = replicas
    await first.receive([emission_letter(n) for n in range(20)])
    for mine in ({0, 3, 7}, set(range(PARTS)), set[int]()):
        async with first.database.read() as tx:
            query = select(tables.deadlines.c.subject).where(in_parts(tables.deadlines, PARTS))
            found = {row[0] for row in await tx.select(query, mine=sorted(mine))}
        assert found == {numero(n) for n in range(20) if part_of("essai", numero(n), PARTS) in mine}
    assert {part_of("é", str(n), PARTS) for n in range(99)} == set(range(PARTS))


async def test_another_part_is_written_meanwhile_and_a_clock_waits_for_all(replicas: tuple[Service, Service]) -> None:
    first, second = replicas
    other = next(n for n in range(2, 99) if part_of("essai", numero(n), PARTS) != part_of("essai", numero(1), PARTS))
    async with first.database.write(Scope.of([("essai", numero(1))])):
        (receipt,) = await asyncio.wait_for(second.receive([emission_letter(other)]), 10)
        assert receipt == Receipt("recu")
        same = asyncio.create_task(second.receive([emission_letter(1)]))
        clock = asyncio.create_task(bacs.set_clock(first, "essai", datetime(2026, 10, 6, 20, tzinfo=PARIS)))
        assert await waits(same) and not clock.done()
    assert await same == [Receipt("recu")]
    await clock
    async with second.reading("essai") as reading:
        assert reading.work.today == date(2026, 10, 6)


async def test_replicas_that_were_set_otherwise_still_write_one_dossier_one_after_the_other(replicas: tuple[Service, Service]) -> None:
    first, second = replicas
    n = next(n for n in range(2, 99) if part_of("essai", numero(n), PARTS) != part_of("essai", numero(n), PARTS // 2))
    assert first.sharing is not None and first.sharing.parts == PARTS
    second.sharing = Sharing(PARTS // 2)
    async with first.database.write(first.sharing.scope([("essai", frozenset({numero(n)}))], alone=False)):
        same = asyncio.create_task(second.receive([emission_letter(n)]))
        assert await waits(same)
    assert await same == [Receipt("recu")]


@pytest.mark.parametrize("mot", ["un", "serie-a", "voisin"])
async def test_nothing_is_lost_nor_doubled_of_what_two_replicas_write_of_a_dossier_or_of_what_dossiers_share(
    mot: str, replicas: tuple[Service, Service]
) -> None:
    asked = [emission_letter(n, mot) for n in range(60)]
    half = [[one for one in asked if part_of("essai", one[0].subject, PARTS) % 2 == rang] for rang in range(2)]

    async def carry(service: Service, those: list[tuple[Letter, Message]], at_once: int) -> list[Any]:
        lots = [those[start : start + at_once] for start in range(0, len(those), at_once)]
        return [receipt for lot in lots for receipt in await service.receive(lot)]

    results = [await asyncio.gather(*(carry(s, h, 1) for s, h in zip(replicas, half, strict=True)))]  # each in its parts
    results.append(await asyncio.gather(*(carry(s, Random(7).sample(asked, 60), 4) for s in replicas)))  # both in all of them
    told = [receipt for both in results for one in both for receipt in one]
    assert {one.outcome if isinstance(one, Receipt) else one for one in told} == {"recu"}
    assert sum(one.again for one in told if isinstance(one, Receipt)) == 2 * len(asked)
    first, _ = replicas
    assert [await total(first, n) for n in (0, 59, VOISIN)] == [8_000, 8_000, 60 if mot == "voisin" else None]
    found = (await state(first))["comptes"]
    assert (found["recues"], found["ecrites"], found["vers:antai"]) == (60, 60, 60)
    async with first.database.read() as tx:
        assert [row[2] for row in await tx.select(select(metadata.tables["series"]))] == ([60] if mot == "serie-a" else [])
        assert await ledger.soldes(tx, "essai") == {"etat": -480_000, "redevable": 480_000}
        for n in range(60):
            assert (await verification.dossier(tx, "essai", numero(n)))[1] == []


async def test_days_that_come_together_are_lived_in_their_order_though_some_are_lived_alone(replicas: tuple[Service, Service]) -> None:
    """A clock that runs fast, or a service that was stopped: several days are due at once, the last of them of the first dossiers."""
    service, dossiers = replicas[0], list(range(12, 0, -1))
    for rank, n in enumerate(dossiers):
        await bacs.set_clock(service, "essai", START + timedelta(hours=6 * rank))
        assert isinstance((await service.receive([emission_letter(n)]))[0], Receipt)
    await bacs.set_clock(service, "essai", START + timedelta(days=3), Marche.COURANT)
    await bacs.set_clock(service, "essai", START + timedelta(days=20))
    assert service.sharing is not None
    service.sharing.learn("rappel")  # as once one of them had touched what dossiers share
    async with service.database.read() as tx:
        due = {row[0]: row[1] for row in await tx.select(select(tables.deadlines.c.subject, tables.deadlines.c.due))}
    assert await service.live("essai") == len(dossiers)
    async with service.database.read() as tx:
        lived = select(tables.journal.c.subject).where(tables.journal.c.acte == "rappel").order_by(tables.journal.c.position)
        days_lived = [due[row[0]] for row in await tx.select(lived)]
    assert days_lived == sorted(days_lived) and len(set(days_lived)) > 2


async def test_one_identifier_for_two_dossiers_is_taken_for_one_of_them(replicas: tuple[Service, Service]) -> None:
    for essai in range(10):
        those = [emission_letter(2 * essai + rang, id=f"meme-{essai}") for rang in range(2)]
        results = await asyncio.gather(*(service.receive([one]) for service, one in zip(replicas, those, strict=True)))
        kinds = sorted(type(one).__name__ for (one,) in results)
        assert kinds == [Malformed.__name__, Receipt.__name__]


async def test_the_journals_of_a_bac_are_read_in_the_order_in_which_they_are_committed(replicas: tuple[Service, Service]) -> None:
    """Who follows a journal by its positions never misses a line that a slower replica wrote before."""
    first, second = replicas
    scopes = [Scope.of([("essai", numero(n))]) for n in range(2, 40)]
    one, other = next((a, b) for a in scopes for b in scopes if a.mine != b.mine)
    async with first.database.write(one) as slow:
        await slow.in_turn(["essai"])

        async def quick() -> None:
            async with second.database.write(other) as tx:
                await tx.in_turn(["essai"])

        task = asyncio.create_task(quick())
        assert await waits(task)
    await task


async def test_a_replica_tells_the_others_of_a_long_day_and_of_their_letters(
    replicas: tuple[Service, Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = replicas
    assert first.shares is not None and second.shares is not None
    await until(lambda: first.shares is not None and len(first.shares.mine) == PARTS / 2)
    theirs = next(n for n in range(20) if part_of("essai", numero(n), PARTS) in second.shares.mine)
    second.committed.clear()
    await first.receive([emission_letter(theirs)])
    await until(second.committed.is_set)
    await first.receive([emission_letter(n) for n in range(20)])
    await bacs.set_clock(first, "essai", datetime(2026, 10, 8, 20, tzinfo=PARIS))
    mine = {n for n in range(20) if part_of("essai", numero(n), PARTS) in second.shares.mine}
    before = {n: await total(first, n) for n in range(20)}
    first.shares.say(["jour essai"])
    async with asyncio.timeout(30):
        while {n for n in range(20) if await total(first, n) != before[n]} != mine:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert 0 < len(mine) < 20
    said: list[str] = []
    monkeypatch.setattr(days, "FEW", 2)
    monkeypatch.setattr(first.shares, "say", said.extend)
    assert await first.live("essai") == 20 - len(mine)
    assert "jour essai" in said and await second.live("essai") == 0


async def test_the_parts_are_shared_again_when_a_replica_comes_stops_or_dies(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PERIOD", 0.05)
    dsn, left = url.replace("+asyncpg", ""), list[frozenset[int]]()

    async def leaving(those: frozenset[int]) -> None:
        left.append(those)

    one, two, three = (Shares(dsn, PARTS, (OSError,)) for _ in range(3))
    one.leave.append(leaving)
    one.start()
    await until(lambda: len(one.mine) == PARTS)
    two.start()
    await until(lambda: len(one.mine) == len(two.mine) == PARTS / 2)
    assert one.mine.isdisjoint(two.mine) and frozenset().union(*left) == two.mine
    three.start()
    await until(lambda: sorted(map(len, (one.mine, two.mine, three.mine))) == [2, 3, 3])
    heard: list[str] = []
    two.told = heard.append
    three.say(["courrier 3"])
    await until(lambda: heard == ["courrier 3"])
    database = open_database(url)
    await database.start(10)
    async with database.read() as tx:  # as when the server ends everybody's connection
        those = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        await tx.command(those)  # type: ignore[attr-defined]
    await until(lambda: min(one.losses, two.losses, three.losses) == 1)
    await until(lambda: sum(len(x.mine) for x in (one, two, three)) == PARTS)
    await three.stop()
    await until(lambda: len(one.mine) == len(two.mine) == PARTS / 2)
    await one.stop()
    await until(lambda: len(two.mine) == PARTS)
    await two.stop()
    await database.stop()


async def test_a_replica_takes_no_part_before_it_can_serve_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its letters waited with it for a broker that did not answer."""
    database, begun = open_database(url), list[object]()
    await database.start(10)
    await database.create(tables.metadata, antai.DEFINITION.metadata)
    await database.stop()
    late = build(antai.DEFINITION, Settings(database_url=url, bus_url="amqp://ailleurs", partitions=PARTS))

    async def away(timeout: float) -> None:
        assert late.service.shares is not None
        begun.append(late.service.shares._task)
        raise BusUnavailable("personne")

    monkeypatch.setattr(late.bus, "start", away)
    with pytest.raises(BusUnavailable):
        await late.app.router.lifespan_context(late.app).__aenter__()
    assert begun == [None]


async def test_a_probe_waits_for_nobody_who_writes(replicas: tuple[Service, Service], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = replicas
    room = Room(second.database)
    async with first.database.write(Scope.of([("essai", numero(1))])):
        assert await asyncio.wait_for(room.refusal(), 10) == ""
    monkeypatch.setattr(rooms, "EVERY", 0)
    async with first.database.write():
        assert await asyncio.wait_for(room.refusal(), 10) == ""  # as it was known: nobody can write now
    assert await second.receive([emission_letter(1)]) == [Receipt("recu")]


async def test_letters_of_a_dossier_keep_their_order_while_replicas_come_and_go(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PERIOD", 0.05)
    prefix, broker = f"essai-{secrets.token_hex(4)}", amqp_url()
    publisher = RabbitBus(broker, prefix, (), PARTS)
    await publisher.start(20)

    @asynccontextmanager
    async def serve() -> AsyncIterator[Service]:
        async with serving(url) as service:
            bus = RabbitBus(broker, prefix, (0.05,), PARTS)
            await bus.start(20)
            assert service.shares is not None

            async def left(those: frozenset[int]) -> None:
                await bus.left(Party.DGFIP, those)

            service.shares.leave.append(left)
            await bus.consume(Party.DGFIP, Inbound(service).take, service.shares)
            try:
                yield service
            finally:
                await bus.stop()

    async def publish(mot: str) -> None:
        for n in range(12):
            letter, _ = emission_letter(n, mot)
            await publisher.publish(address(letter, PARTS), [[letter]])

    try:
        async with AsyncExitStack() as stack:
            first = await stack.enter_async_context(serve())
            await first.database.create(tables.metadata, toy.metadata, metadata)
            await bacs.create(first, "essai", "graine", Marche.FIGE, START)
            await publisher.publish(EmissionTitre.routing_key, [[emission_letter(VOISIN)[0]]])  # of before there were parts
            mots = [f"mot-{rang:02d}" for rang in range(10)]
            for rang, mot in enumerate(mots):
                if rang in (2, 5):
                    late = await stack.enter_async_context(serve())
                await publish(mot)
            assert late.shares is not None
            await until(lambda: late.shares is not None and len(late.shares.mine) > 0)
            await publish("fin")

            async def received() -> int:
                async with first.database.read() as tx:
                    return int((await tx.select(select(func.count()).select_from(tables.inbox)))[0][0])

            await _until(received, 12 * 11 + 1)
            async with first.database.read() as tx:
                rows = await tx.load(toy.COMPTES.table, [("essai", numero(n)) for n in range(12)])
            assert {row[3] for row in rows} == {str([*mots, "fin"]).replace("'", '"').replace(", ", ",")}
    finally:
        await publisher.stop()
        await forget(broker, prefix, shared=True)


async def _until(count: Callable[[], Awaitable[int]], wanted: int) -> None:
    async with asyncio.timeout(60):
        while await count() != wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
