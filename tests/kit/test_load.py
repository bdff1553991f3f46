"""More than a server bears: each refusal says when to come back, nothing of it is kept, and what comes after is served."""

import asyncio
import logging
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from fps.flows import received_by
from fps.kit.engine import collector as collector_module
from fps.kit.engine.collector import Collector, Item
from fps.kit.engine.work import Work
from fps.kit.ground.clock import paris, wall_now
from fps.kit.ground.faults import Overloaded, Unavailable
from fps.kit.post import relay
from fps.kit.web import load as mesure
from fps.kit.web import problems
from fps.kit.web.body import LOT_LIMIT, read_body
from fps.kit.web.costs import GUESS, GUESS_UNIT
from fps.kit.web.gate import Gate
from fps.kit.web.load import FEW, FREE, LONGEST, MOST, PATIENCE, SOME, Bounded, Load, Part
from fps.kit.wire import envelope
from fps.kit.wire.carrier import Carrier, Fate, open_client
from fps.kit.wire.envelope import PARCEL, Letter, parcels
from fps.messages.mfps import CreationFps
from fps.parties import SERVICES, Channel, Party
from fps_console.web.app import application
from fps_simulateur.pilote.world import World, open_world

KIO = 1024
CONSOLE = "http://127.0.0.1:8000"


def full(load: Load, part: Part, size: int) -> bool:
    try:
        load.hold(part, size)
    except Overloaded as error:
        assert error.retry_after == 2
        return True
    return False


def test_bodies_share_so_many_bytes_and_one_address_has_half_of_them() -> None:
    load = Load(1024 * KIO)
    here, there = [[load.enter(peer, 0) for _ in range(4)] for peer in ("10.0.0.1", "10.0.0.2")]
    assert not any(full(load, part, FREE) for part in (*here, *there)) and load.held == 0  # letters are not counted
    assert [full(load, part, FREE + 200 * KIO) for part in here] == [False, False, True, True]
    assert not full(load, here[0], FREE + 200 * KIO)  # what is counted is not counted again
    assert [full(load, part, FREE + 200 * KIO) for part in there] == [False, False, True, True]
    assert load.held == 800 * KIO
    for part in (*here, *there):
        load.leave(part)
    assert (load.held, load.number, load.work) == (0, 0, 0.0) and not load._of
    alone = load.enter("10.0.0.1", 0)
    assert not full(load, alone, 16 * 1024 * KIO)  # a batch is taken by the smallest of budgets, when it is alone
    assert full(load, load.enter("10.0.0.2", 0), FREE + 1)


def test_who_would_wait_too_long_is_told_for_how_long_and_who_only_waits_makes_nobody_wait(caplog: pytest.LogCaptureFixture) -> None:
    now, told = [0.0], list[str]()
    load = Load(clock=lambda: now[0], told=told.append)
    assert len([load.enter("b", 0) for _ in range(2 * FEW)]) == 2 * FEW  # not measured yet: as if it were quick
    load = Load(clock=lambda: now[0], told=told.append)
    parts = [load.enter("a", 0) for _ in range(FEW)]
    for _ in range(FEW):  # one a second, and another comes
        now[0] += 1
        load.leave(parts.pop(0))
        parts.append(load.enter("a", 0))
    with caplog.at_level(logging.WARNING), pytest.raises(Overloaded) as refused:
        load.enter("a", 0)
    assert refused.value.retry_after == LONGEST and told == ["attente"] and [r.message for r in caplog.records] == ["surcharge"]
    with parts[0].resting():
        assert load.wait < 1  # sixty-three: what they cost
        load.leave(load.enter("a", 0))
    while len(parts) > 10:
        load.leave(parts.pop())
    for _ in range(2_000):  # a hundred a second, as it was before: what was slow is forgotten
        now[0] += 0.01
        load.leave(parts.pop(0))
        parts.append(load.enter("a", 0))
    for part in parts:
        load.leave(part)
    many = [load.enter("a", 0) for _ in range(4 * FEW)]
    assert len(many) == 4 * FEW
    now[0] += PATIENCE + 1  # nothing was answered meanwhile
    with pytest.raises(Overloaded):
        load.enter("a", 0)
    load = Load(clock=lambda: now[0], told=told.append)
    for _ in range(MOST):
        load.enter("a", 0)
    with pytest.raises(Overloaded, match="en cours"):
        load.enter("a", 0)
    assert told == ["attente", "attente", "demandes"]


async def test_who_sends_slowly_and_a_machine_at_rest_make_nobody_wait() -> None:
    now = [0.0]
    load = Load(clock=lambda: now[0])
    envoi = load.enter("lent", 16 * 1024 * KIO)

    async def une_partie(message: Any) -> None:
        async def hear() -> Any:
            return message

        await envoi.receiving(hear)()

    await une_partie({"type": "http.request", "body": b"x", "more_body": True})
    assert load.work == GUESS  # announced, and not yet there
    assert len([load.enter("a", 0) for _ in range(2 * FEW)]) == 2 * FEW
    await une_partie({"type": "http.request", "body": b"x" * 8 * KIO, "more_body": False})
    assert load.work == pytest.approx((2 * FEW + 1) * GUESS + 8 * GUESS_UNIT)

    load = Load(clock=lambda: now[0])
    for _ in range(8):
        load.enter("lent", 0)  # long answers, on a machine that nobody else asks
    for _ in range(3):
        now[0] += 9
        load.leave(load.enter("a", 0))
    now[0] += PATIENCE + 1
    assert len([load.enter("a", 0) for _ in range(3 * FEW)]) == 3 * FEW


async def test_those_who_follow_what_happens_are_counted_apart_and_so_many_at_most(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mesure, "STREAMS", 1)
    begun, over, load = asyncio.Event(), asyncio.Event(), Load()

    async def happening() -> AsyncIterator[bytes]:
        begun.set()
        await over.wait()
        yield b": encore"

    async def following(request: Request) -> Response:
        return StreamingResponse(happening(), media_type="text/event-stream")

    async def away(request: Request, error: Exception) -> Response:
        return Response(status_code=500)

    app = Starlette(routes=[Route("/", following)], exception_handlers={Unavailable: away})
    caplog.set_level(logging.WARNING)
    async with open_client({CONSOLE: Gate(Bounded(app, load), (), texts=False)}) as client:
        first = asyncio.create_task(client.get(f"{CONSOLE}/"))
        await asyncio.wait_for(begun.wait(), 10)
        assert (load.number, load.active) == (1, 0)
        refused = await client.get(f"{CONSOLE}/")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, str(LONGEST))
        assert [record.getMessage() for record in caplog.records] == ["surcharge"]  # it is no fault of ours
        over.set()
        assert (await first).status_code == (await client.get(f"{CONSOLE}/")).status_code == 200
    assert (load.number, load.active, load.streams, load.work) == (0, 0, 0, 0.0)


class Slow:
    """A body that is announced, and comes when it is told."""

    def __init__(self, size: int):
        self.size, self.asked, self.go = size, asyncio.Event(), asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.asked.set()
        await self.go.wait()
        yield b" " * self.size


async def post(client: httpx.AsyncClient, url: str, content: Any, size: int, kind: str, **headers: str) -> httpx.Response:
    return await client.post(url, content=content, headers={"Content-Type": kind, "Content-Length": str(size), **headers})


async def offered(client: httpx.AsyncClient, load: Load, url: str, kind: str = "application/json") -> None:
    """One body is coming; another that does not fit is refused before it is read, a short one is not, and both come once there is room."""
    load.limit = 512 * KIO
    slow, unread = Slow(240 * KIO), Slow(240 * KIO)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(post(client, url, slow, slow.size, kind))
        await asyncio.wait_for(slow.asked.wait(), 10)
        refused = await post(client, url, unread, unread.size, kind)
        assert (refused.status_code, refused.headers["retry-after"], unread.asked.is_set()) == (503, "2", False), refused.text
        if kind == "application/json":
            assert refused.json()["code"] == "surcharge"
        assert (await post(client, url, b"{}", 2, kind)).status_code < 500
        slow.go.set()
    assert first.result().status_code < 500
    assert (await post(client, url, b" " * unread.size, unread.size, kind)).status_code < 500
    assert (load.held, load.number) == (0, 0)


async def world_of(stack: AsyncExitStack) -> tuple[World, httpx.AsyncClient]:
    world = await stack.enter_async_context(open_world(token="essai"))
    await world.pilot.creer("essai", paris(CreationFps.exemplaire().date_heure_constat.date()))
    applications: dict[str, Any] = dict(world.client._transport.applications)  # type: ignore[attr-defined]
    return world, await stack.enter_async_context(open_client(applications))


def of_people(party: Party) -> str:
    return next(cls.path for cls in received_by(party) if cls.channel in (Channel.PORTAIL, Channel.COURRIER))


async def test_at_every_door_a_body_that_does_not_fit_is_refused_before_it_is_read_and_comes_later() -> None:
    async with AsyncExitStack() as stack:
        world, anyone = await world_of(stack)
        before = await world.pilot.etat("essai")
        for party in SERVICES:
            await offered(anyone, world.services[party].load, f"{world.addresses[party]}/bacs/essai{of_people(party)}")
        assert await world.pilot.etat("essai") == before
        load = Load()
        app = application(world.pilot, world.client, world.addresses, load=load)
        browser = await stack.enter_async_context(open_client({CONSOLE: app}))
        await offered(browser, load, f"{CONSOLE}/nouveau-bac", "application/x-www-form-urlencoded")


async def test_at_every_door_who_would_wait_too_long_is_refused_but_probes_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mesure, "MOST", 0)
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(open_world(token="essai"))
        app = application(world.pilot, world.client, world.addresses)
        where = {world.addresses[party]: world.services[party].asgi for party in SERVICES} | {CONSOLE: app}
        anyone = await stack.enter_async_context(open_client(where))
        for base in where:
            for accept, kind in (("application/json", "application/problem+json"), ("text/html", "text/html; charset=utf-8")):
                answer = await anyone.get(f"{base}/", headers={"Accept": accept})
                assert (answer.status_code, answer.headers["retry-after"], answer.headers["content-type"]) == (503, "2", kind)
                assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            for probe in ("/sante/vivant", "/sante/pret", "/metrics"):
                assert (await anyone.get(f"{base}{probe}")).status_code == 200, probe


async def test_the_memory_of_a_crowd_is_bounded_by_the_budget_whatever_it_sends() -> None:
    size, crowd = 1024 * KIO, 40
    held = asyncio.Event()

    async def keeping(scope: Any, receive: Any, send: Any) -> None:
        parts = []
        while (message := await receive())["more_body"]:
            parts.append(message["body"])
        await held.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"%d" % len(b"".join(parts))})

    async def body() -> AsyncIterator[bytes]:
        for n in range(64):
            yield bytes([n]) * (size // 64)
            await asyncio.sleep(0)

    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        try:
            await keeping(scope, receive, send)
        except Overloaded as error:
            await problems.of(error)(scope, receive, send)

    load = Load(4 * size)
    async with open_client({"http://127.0.0.1:1": Bounded(guarded, load)}) as client:
        tracemalloc.start()
        try:
            asked = [asyncio.create_task(client.post("http://127.0.0.1:1/", content=body())) for _ in range(crowd)]
            async with asyncio.timeout(20):
                while sum(task.done() for task in asked) < crowd - 2:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        held.set()
        answers = [(await task).status_code for task in asked]
    assert (answers.count(200), answers.count(503), load.held, load.number) == (2, crowd - 2, 0, 0)
    assert peak < 8 * size


def test_letters_travel_together_by_number_and_by_size_and_a_long_one_alone() -> None:
    some = [replace(mfps_letter(n), body=" " * size) for n, size in enumerate([10, 10, 10, PARCEL - 5, 10, 2 * PARCEL, 10])]
    assert [[x.id for x in parcel] for parcel in parcels(some, 2)] == [["l-0", "l-1"], ["l-2"], ["l-3"], ["l-4"], ["l-5"], ["l-6"]]
    assert parcels([], 2) == []
    assert [
        relay._until([(7, relay.AT_ONCE), (9, 1), (11, 1)]),
        relay._until([(7, 2 * relay.AT_ONCE)]),
        relay._until([(7, 1), (9, 1)]),
    ] == [7, 7, 9]


def mfps_letter(n: int) -> Letter:
    message = CreationFps.exemplaire()
    le = paris(message.date_heure_constat.date())
    return Letter(
        f"l-{n}", "essai", CreationFps.type, "/services/collectivite", message.sujet, 1, le, wall_now(), message.model_dump_json()
    )


async def test_a_receiver_is_given_no_more_in_one_request_than_it_takes_and_each_letter_has_its_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seventeen petitions with their pieces were one request of more than 16 MiB: refused whole, buried all."""
    asked = []

    async def received(scope: Any, receive: Any, send: Any) -> None:
        body = await read_body(Request(scope, receive), LOT_LIMIT)
        asked.append(len(body))
        lines = b"\n".join(b'{"statut": 200, "reponse": {"ligne": %d}}' % n for n in range(body.count(b"\n") + 1))
        await Response(lines if scope["path"].endswith("/lot") else b'{"ligne": 0}')(scope, receive, send)

    letters = [replace(mfps_letter(n), body=f'"{"x" * (PARCEL * 3 // 4)}"') for n in range(24)]
    letters += [replace(mfps_letter(n), body='"court"') for n in range(24, 27)]
    async with open_client({"http://antai": received}) as client:
        carrier = Carrier(Party.COLLECTIVITE, {Party.ANTAI: "http://antai"}, client)
        told = await carrier.deliver(letters)
        assert [one.fate for one in told] == [Fate.RECUE] * 27 and max(asked) < 2 * PARCEL < sum(asked) / 8
    with monkeypatch.context() as patch:
        patch.setattr(envelope, "PARCEL", 2)
        async with open_client({}) as nobody:
            told = await Carrier(Party.COLLECTIVITE, {Party.ANTAI: "http://antai"}, nobody).deliver(letters[:3])
            assert [(one.fate, one.away) for one in told] == [(Fate.PLUS_TARD, True)] * 3


async def test_who_has_waited_too_long_for_its_turn_is_told_so_and_nothing_of_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    now, done = [0.0], list[str]()
    monkeypatch.setattr(collector_module, "monotonic", lambda: now[0])

    async def process(items: list[Item]) -> list[str]:
        done.extend(item.bac for item in items)
        return ["fait"] * len(items)

    async def nothing(work: Work) -> None: ...

    collector = Collector(process)
    old, ours = Item("vieille", [], nothing), Item("nôtre", [], nothing, ours=True)
    collector.put([old, ours])
    now[0] += collector_module.LATE + 1
    collector.put([Item("neuve", [], nothing)])
    collector.start()
    assert await ours.future == "fait" and done == ["nôtre", "neuve"]
    with pytest.raises(Overloaded) as refused:
        await old.future
    assert refused.value.retry_after == LONGEST and collector.waiting == 0
    await collector.stop()


async def test_who_would_wait_too_long_for_the_writer_is_told_for_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(collector_module, "monotonic", lambda: now[0])

    async def slow(items: list[Item]) -> list[None]:
        now[0] += 0.04 * len(items)
        return [None] * len(items)

    async def nothing(work: Work) -> None: ...

    def some(count: int, *, ours: bool = False) -> list[Item]:
        return [Item("b", [], nothing, ours=ours) for _ in range(count)]

    collector = Collector(slow)
    collector.start()
    await collector.do(some(500))  # measured: half of it counts, 20 ms each
    for _ in range(SOME - 1):
        collector.put(some(100))  # who is of the next batch is never refused, nor is anybody among fewer than eight
    collector.put(some(1))
    with pytest.raises(Overloaded) as refused:
        collector.put(some(1))
    assert refused.value.retry_after == 15
    collector.put(some(300, ours=True))  # what the broker brings waits there, or here: so much at a time
    assert len(await collector.do(some(1, ours=True))) == 1 and collector.waiting == 0
    collector.put(some(1))
    await collector.stop()
