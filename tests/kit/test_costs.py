"""What one more would wait: by what each kind of request was seen to cost, on figures of ours; who is alone is never refused."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from fps.kit.engine import collector as collector_module
from fps.kit.engine.collector import BATCH, FULL, LATE, Collector, Item
from fps.kit.engine.work import Work
from fps.kit.ground.clock import paris
from fps.kit.ground.faults import Overloaded
from fps.kit.web import load as mesure
from fps.kit.web.costs import GUESS, KINDS, Costs, Stepped, kind_of, shape
from fps.kit.web.load import FEW, PATIENCE, SHARE, SOME, Bounded, Load, Part, holding
from fps.kit.wire.carrier import open_client
from fps.messages.mfps import CreationFps
from fps.parties import Party
from fps_simulateur.pilote.world import open_world

LOT, SINGLE = ("POST", "/flux/01-message-fps/lot"), ("POST", "/flux/01-message-fps")
LONG = 750 * 1024


async def nothing(work: Work) -> None: ...


def some(count: int, **given: Any) -> list[Item]:
    return [Item("b", [], nothing, **given) for _ in range(count)]


async def came(part: Part, size: int) -> None:
    """Its body comes, whole."""

    async def hear() -> Any:
        return {"type": "http.request", "body": b" " * size, "more_body": False}

    await part.receiving(hear)()


def known(load: Load, act: tuple[str, str], size: int, seconds: float) -> None:
    """That sort of request has been seen to take so long."""
    load.costs.learn(kind_of(*act, size), seconds)


def test_requests_of_one_kind_are_the_same_act_with_a_body_as_long() -> None:
    assert shape("/flux/01-message-fps/lot") == "/flux/01-message-fps/lot"
    assert shape("/dossiers/26048130000123456789012345/journal") == shape("/dossiers/26/journal") == "/dossiers/#/journal"
    assert kind_of("GET", "/fps", 0) != kind_of("POST", "/fps", 0)
    assert kind_of("POST", "/fps", 700_000) == kind_of("POST", "/fps", 1_000_000) != kind_of("POST", "/fps", 1_500)
    costs = Costs()
    assert costs.of(kind_of("GET", "/", 0), 0) == GUESS
    for seconds in (0.3, 0.1):
        costs.learn(kind_of("GET", "/", 0), seconds)
    assert costs.of(kind_of("GET", "/", 0), 0) == pytest.approx(0.2)
    for n in range(KINDS):  # who asks at addresses without end makes no memory without end
        costs.learn(("GET", f"/{n}", 0), 1.0)
    assert costs.of(kind_of("GET", "/", 0), 0) == GUESS and len(costs._of) == KINDS


async def test_a_few_lots_count_for_what_they_weigh_and_short_requests_beside_them_for_what_they_do() -> None:
    load = Load(64 << 20, clock=lambda: 0.0)
    known(load, LOT, LONG, 0.6)
    known(load, SINGLE, 1_500, 0.001)
    singles = [load.enter("a", 1_500, SINGLE) for _ in range(FEW - SOME - 2)]
    lots = [load.enter(f"l{n}", LONG, LOT) for n in range(SOME)]
    assert load.wait < 1  # announced: nobody waits for what has not come
    for part in lots:
        await came(part, LONG)
    assert load.wait == pytest.approx(SOME * 0.6 + len(singles) * 0.001)
    late = load.enter("b", LONG, LOT)
    await came(load.enter("c", LONG, LOT), LONG)
    with pytest.raises(Overloaded) as refused:
        load.enter("a", 1_500, SINGLE)
    assert refused.value.retry_after == 6
    with pytest.raises(Overloaded):  # let in when there was room, and long: said before it is read
        await came(late, LONG)
    for part in (*lots, *singles):
        load.leave(part)
    assert load.wait == 0


async def test_long_bodies_that_are_refused_at_once_do_not_make_lots_look_quick() -> None:
    """Bodies of 1 MiB of who may not come in counted for as much work as forty lots: the wait was believed to be nothing."""
    now = [0.0]
    load = Load(64 << 20, clock=lambda: now[0])
    known(load, LOT, LONG, 0.6)
    lots = [load.enter(f"l{n}", LONG, LOT) for n in range(SOME)]
    for part in lots:
        await came(part, LONG)
    for n in range(200):
        part = load.enter(f"e{n}", 1 << 20, ("POST", "/flux/02-paiement-fps"))
        await came(part, 1 << 20)
        now[0] += 0.003
        part.spent = 0.003
        load.leave(part)
    assert load.costs.of(kind_of("POST", "/flux/02-paiement-fps", 1 << 20), 1 << 20) == pytest.approx(0.003)
    assert load.wait > 4.0


async def test_who_is_alone_is_never_refused_however_long_its_acts_take() -> None:
    now = [0.0]
    load = Load(clock=lambda: now[0])
    for act, size in ((LOT, LONG), (SINGLE, 1_500)):
        known(load, act, size, 600.0)
        for _ in range(3):
            others = [load.enter("lent", 0, ("GET", "/")) for _ in range(SOME - 1)]  # a few, that wait for something else
            part = load.enter("seul", size, act)
            await came(part, size)
            now[0] += 60
            part.spent = 60.0
            for one in (part, *others):
                load.leave(one)
    one = load.enter("seul", 0, ("GET", "/export"))
    one.cost = load._cost(LOT, LONG)
    assert one.cost == PATIENCE * SHARE  # done in pieces: eight short ones beside it are not refused
    load.leave(one)


async def test_the_steps_of_a_request_are_what_it_costs_and_not_what_it_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    now, go, load = [0.0], asyncio.Event(), Load()
    monkeypatch.setattr("fps.kit.web.costs.perf_counter", lambda: now[0])

    async def steps() -> None:
        now[0] += 2
        await go.wait()
        now[0] += 3

    part = load.enter("a", 0)
    task = asyncio.create_task(_done(Stepped(steps(), part)))
    await asyncio.sleep(0)
    now[0] += 100  # it waits
    go.set()
    await task
    assert part.spent == 5
    for error in (ValueError("sienne"), asyncio.CancelledError()):

        async def fails(error: BaseException = error) -> None:
            await asyncio.sleep(0)
            raise error

        with pytest.raises(type(error)):
            await Stepped(fails(), part)
    closed = list[str]()

    async def long() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            closed.append("rangée")

    task = asyncio.create_task(_done(Stepped(long(), part)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert closed == ["rangée"]


async def _done(work: Stepped) -> None:
    await work


async def test_each_request_has_its_share_of_the_batches_and_the_whole_of_what_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    now, load = [0.0], Load()
    monkeypatch.setattr(collector_module, "monotonic", lambda: now[0])
    monkeypatch.setattr(mesure, "monotonic", lambda: now[0])

    async def process(items: list[Item]) -> list[None]:
        now[0] += 6.0
        return [None] * len(items)

    collector, lot, single = Collector(process), load.enter("a", 0), load.enter("b", 0)
    for part, count in ((lot, 2 * FULL), (single, FULL)):
        token = mesure.en_cours.set(part)
        collector.put(some(count))
        mesure.en_cours.reset(token)
    collector.start()
    await collector.do(some(1, ours=True))
    assert (round(lot.spent, 1), round(single.spent, 1)) == (4.0, 2.0)
    token = mesure.en_cours.set(single)
    await collector.do(some(1))  # alone in its batch, as if it were with others
    assert round(single.spent, 1) == 2.1
    with holding():
        now[0] += 1
    mesure.en_cours.reset(token)
    assert round(single.spent, 1) == 3.1
    await collector.stop()


async def test_half_of_a_lot_is_never_refused_because_its_own_first_half_was_long(monkeypatch: pytest.MonkeyPatch) -> None:
    now, slow = [0.0], 2 * LATE
    monkeypatch.setattr(collector_module, "monotonic", lambda: now[0])

    async def process(items: list[Item]) -> list[str]:
        now[0] += slow  # such a disk
        return ["fait"] * len(items)

    collector = Collector(process)
    collector.start()
    assert await collector.do(some(2 * BATCH + 7)) == ["fait"] * (2 * BATCH + 7)
    await collector.stop()


async def test_when_more_than_a_batch_waits_who_has_waited_twice_the_patience_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(collector_module, "monotonic", lambda: now[0])

    async def process(items: list[Item]) -> list[str]:
        return ["fait"] * len(items)

    for count, told in ((BATCH, "fait"), (BATCH + 1, Overloaded)):
        collector = Collector(process, patience=2.0)
        old = some(count)
        for item in old:  # each of a caller of its own
            collector.put([item])
        now[0] += 5
        collector.start()
        results = await asyncio.gather(*(item.future for item in old), return_exceptions=True)
        assert {one if isinstance(one, str) else type(one) for one in results[:-1]} == {told}
        await collector.stop()


async def test_at_the_doors_of_the_letters_who_would_wait_too_long_for_the_writer_is_refused_before_it_is_read() -> None:
    read = list[str]()

    async def body() -> AsyncIterator[bytes]:
        read.append("lu")
        yield b"{}"

    async with open_world(token="essai") as world:
        await world.pilot.creer("essai", paris(CreationFps.exemplaire().date_heure_constat.date()))
        antai, base = world.services[Party.ANTAI], f"{world.addresses[Party.ANTAI]}/bacs/essai{CreationFps.path}"
        collector = antai.service.collector
        collector.patience = -1.0
        collector._queue.extend(waiting := some(BATCH + 1, ours=True))
        collector._puts += SOME
        for url, kind in ((base, "application/json"), (f"{base}/lot", "application/x-ndjson")):
            answer = await world.client.post(url, content=body(), headers={"Content-Type": kind})
            assert (answer.status_code, answer.json()["code"], read) == (503, "surcharge", []), answer.text
            assert int(answer.headers["retry-after"]) >= 2
        collector._queue.clear()
        for item in waiting:
            item.future.cancel()


async def test_what_a_service_learns_is_what_its_requests_cost_and_not_what_it_refused() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        status = 503 if scope["path"] == "/ailleurs" else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    load = Load()
    async with open_client({"http://127.0.0.1:1": Bounded(app, load)}) as client:
        for path in ("/ici", "/ailleurs"):
            await client.get(f"http://127.0.0.1:1{path}")
    assert [kind[1] for kind in load.costs._of] == ["/ici"] and load.costs.of(kind_of("GET", "/ici", 0), 0) < GUESS
