"""RabbitMQ for real: packs, duplicates, retries, dead letters, and servers that stop in the middle."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aio_pika
import pytest

from fps.kit.engine import dead_letters
from fps.kit.engine.service import Service
from fps.kit.post.inbound import Inbound
from fps.kit.wire.bus import BusUnavailable, MemoryBus
from fps.kit.wire.envelope import Letter, pack
from fps.kit.wire.rabbit import RabbitBus, _close
from fps.messages.titre import AnnulationTitre, EmissionTitre
from fps.parties import Party
from tests.conftest import Postgres
from tests.kit.faults import cable
from tests.kit.toy import emission_letter, letter, state, total, toy
from tests.real import amqp_url

pytestmark = pytest.mark.xdist_group("broker")
DELAYS = (0.05, 0.1)
KEY = EmissionTitre.routing_key


@pytest.fixture
async def prefix() -> AsyncIterator[str]:
    name, url = f"essai-{secrets.token_hex(4)}", amqp_url()
    yield name
    connection = await aio_pika.connect(url, timeout=10)
    async with connection:
        channel = await connection.channel()
        from fps.kit.wire.bus import routing_keys

        waiting = [f"{name}.retard.{round(d * 1000)}ms" for d in DELAYS]
        for queue in [*(f"{name}.{key}" for key in routing_keys()), *waiting]:
            await channel.queue_delete(queue)
        for exchange in [name, *waiting]:
            await channel.exchange_delete(exchange)


@pytest.fixture
async def service(postgres: Postgres) -> AsyncIterator[Service]:
    name = await postgres.create()
    async with toy(postgres.url(name)) as found:
        found.settings = found.settings.model_copy(update={"retry_delays": DELAYS})
        yield found
    await postgres.drop(name)


async def until(check: Callable[[], Awaitable[Any]], seconds: float = 20.0) -> Any:
    for _ in range(int(seconds / 0.05)):
        if found := await check():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"never became true: {await check()!r}")


async def received(service: Service) -> int:
    return int((await state(service))["comptes"].get("recues", 0))


async def dead(service: Service, bac: str = "essai") -> list[dict[str, Any]]:
    async with service.database.read() as tx:
        return await dead_letters.told(tx, bac)


def letters(*numbers: int) -> list[Letter]:
    return [emission_letter(n)[0] for n in numbers]


async def started(url: str, prefix: str, service: Service) -> RabbitBus:
    bus = RabbitBus(url, prefix, DELAYS)
    await bus.start(10)
    await bus.consume(Party.DGFIP, Inbound(service).take)
    return bus


async def test_packs_arrive_once_however_often_they_are_sent(service: Service, prefix: str) -> None:
    bus = await started(amqp_url(), prefix, service)
    await bus.publish(KEY, [letters(*range(100)), letters(*range(50, 150))])
    await bus.publish(KEY, [letters(7)])
    await until(lambda: _is(service, 150))
    assert (await total(service, 7), await total(service, 149)) == (8000, 8000)
    await bus.stop()


async def _is(service: Service, number: int) -> bool:
    return await received(service) == number


async def test_a_letter_that_comes_before_its_dossier_is_tried_again(service: Service, prefix: str) -> None:
    bus = await started(amqp_url(), prefix, service)
    early, _ = letter(AnnulationTitre, 1)
    await bus.publish(AnnulationTitre.routing_key, [[early]])
    await bus.publish(KEY, [letters(1)])
    await until(lambda: _is(service, 2))
    assert await total(service, 1) == 0 and await dead(service) == []
    await bus.stop()


async def test_a_letter_whose_dossier_never_comes_is_dead_and_can_be_replayed(service: Service, prefix: str) -> None:
    bus = await started(amqp_url(), prefix, service)
    await bus.publish(AnnulationTitre.routing_key, [[letter(AnnulationTitre, 1)[0]]])
    (found,) = await until(lambda: dead(service))
    assert found["cause"].startswith("introuvable") and json.loads(found["envelope"])["attempts"] == len(DELAYS)
    assert (await state(service))["comptes"]["mortes"] == 1
    take = Inbound(service).take
    assert await dead_letters.replay(service, "essai", None, take) == 0  # still unknown: still dead, counted once
    assert ((await state(service))["comptes"]["mortes"], len(await dead(service))) == (1, 1)
    await bus.publish(KEY, [letters(1)])
    await until(lambda: _is(service, 1))
    assert await dead_letters.replay(service, "essai", found["id"], take) == 1
    assert (await dead(service), await total(service, 1)) == ([], 0)
    assert (await state(service))["comptes"]["mortes"] == 0
    await bus.stop()


async def test_a_letter_that_breaks_the_service_does_not_hold_its_neighbours(service: Service, prefix: str) -> None:
    bus = await started(amqp_url(), prefix, service)
    await bus.publish(KEY, [[emission_letter(n, "panne" if n == 5 else "signataire")[0] for n in range(10)]])
    (found,) = await until(lambda: dead(service))
    assert "RuntimeError" in found["cause"]
    await until(lambda: _is(service, 9))
    await bus.stop()


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b"\xff\xfe", "encodage-invalide"),
        (b"{", "json-invalide"),
        (b'{"id": "1"}', "lot-invalide"),
        (b"[1]", "enveloppe-invalide"),
        (b'[{"id": "1", "x": ' + b"9" * 6000 + b"}]", "json-invalide"),
        (b"[" * 200_000, "json-invalide"),
        (pack([emission_letter(1)[0]]).replace(b'"rang":0', b'"rang":' + b"9" * 30), "nombre-trop-grand"),
        (b'[{"type": "inconnu", "data": {}}]', "enveloppe-invalide"),
        (b'[{"a": 1, "a": 2}]', "cle-json-dupliquee"),
        (pack([emission_letter(1)[0]]).replace(b'"montant_impaye":3000', b'"montant_impaye":"3000"'), "message-invalide"),
        (pack([emission_letter(1)[0]]).replace(b'"walltime"', b'"autre"'), "enveloppe-invalide"),
    ],
)
async def test_what_cannot_be_read_is_dead_at_once_with_its_cause(service: Service, prefix: str, body: bytes, cause: str) -> None:
    bus = await started(amqp_url(), prefix, service)
    exchange = (await bus._connected())[""]
    await exchange.publish(aio_pika.Message(body), routing_key=KEY)
    await bus.publish(KEY, [letters(2)])  # the good one behind still arrives
    await until(lambda: _is(service, 1))

    async def unreadable() -> list[dict[str, Any]]:
        return [*await dead(service, "?"), *await dead(service)]

    # The unreadable ones are buried after the batch of the good ones.
    assert [f["cause"].split(" : ")[0] for f in await until(unreadable)] == [cause]
    await bus.stop()


async def test_an_unroutable_letter_is_never_lost_in_silence(service: Service, prefix: str) -> None:
    bus = await started(amqp_url(), prefix, service)
    with pytest.raises(BusUnavailable):
        await bus.publish("nulle.part", [letters(1)])
    await bus.stop()
    with pytest.raises(BusUnavailable):
        await MemoryBus().publish(KEY, [letters(1)])


async def test_a_bus_stopped_at_any_moment_of_its_opening_stops(service: Service, prefix: str) -> None:
    for turn in range(40):
        bus = RabbitBus(amqp_url(), prefix, DELAYS)
        await bus.consume(Party.DGFIP, Inbound(service).take)
        await asyncio.sleep(turn * 0.0007)
        async with asyncio.timeout(20):
            await bus.stop()


async def test_a_broker_that_stops_in_the_middle_loses_and_doubles_nothing(service: Service, prefix: str) -> None:
    async with cable(amqp_url()) as (line, url):
        bus = await started(url, prefix, service)
        sent = 0
        for turn in range(12):
            batch = letters(*range(turn * 25, turn * 25 + 25))
            if turn in (3, 7):
                cutter = asyncio.create_task(_cut(line))
            while True:
                try:
                    await bus.publish(KEY, [batch])
                    break
                except BusUnavailable:
                    await asyncio.sleep(0.1)
            sent += 25
            if turn in (3, 7):
                await cutter
        await until(lambda: _is(service, sent), 40)
        assert [await total(service, n) for n in (0, 99, 299)] == [8000] * 3
        assert await dead(service) == []
        await bus.stop()


async def _cut(line: Any) -> None:
    await asyncio.sleep(0.01)
    await line.cut()
    await asyncio.sleep(0.4)
    await line.mend()


async def test_a_database_that_stops_in_the_middle_loses_and_doubles_nothing(postgres: Postgres, prefix: str) -> None:
    name = await postgres.create()
    async with cable(postgres.url(name)) as (line, url), toy(url) as service:
        bus = await started(amqp_url(), prefix, service)
        for turn in range(8):
            await bus.publish(KEY, [letters(*range(turn * 50, turn * 50 + 50))])
            if turn in (2, 5):
                await _cut(line)
        await until(lambda: _safely(service, 400), 40)
        assert [await total(service, n) for n in (0, 199, 399)] == [8000] * 3
        await bus.stop()
    await postgres.drop(name)


async def _safely(service: Service, number: int) -> bool:
    from fps.kit.ground.faults import Unavailable

    try:
        return await _is(service, number)
    except Unavailable:
        return False


async def test_a_connection_is_closed_whole_however_often_who_closes_it_is_cancelled() -> None:
    connection = await aio_pika.connect(amqp_url(), timeout=10)

    async def use() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await _close(connection)

    using = asyncio.create_task(use())
    for _ in range(6):
        await asyncio.sleep(0)
        using.cancel()
    await asyncio.wait([using], timeout=20)
    assert using.cancelled() and connection.is_closed
    left = {str(getattr(task.get_coro(), "__qualname__", "")) for task in asyncio.all_tasks()}
    assert not any(name.startswith("Connection.") for name in left), left  # what aiormq began ends with it


def begun() -> set[str]:
    """What the client library of the broker has at work in this loop."""
    return {nom for task in asyncio.all_tasks() if (nom := str(getattr(task.get_coro(), "__qualname__", ""))).startswith("Connection.")}


async def test_what_leaves_while_a_bus_stops_opens_no_connection_behind_it(prefix: str) -> None:
    for turns in range(0, 60, 3):
        bus = RabbitBus(amqp_url(), prefix, ())
        leaving = asyncio.create_task(bus.publish(KEY, [[emission_letter(1)[0]]]))
        for _ in range(turns):
            await asyncio.sleep(0.0003)
        await bus.stop()
        assert begun() == set(), turns
        with contextlib.suppress(BusUnavailable):  # but what had left before
            await leaving
        assert begun() == set(), turns
