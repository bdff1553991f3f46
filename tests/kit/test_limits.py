"""What a server bears: half-sent requests, heads without end, too many connections, too many demands of one caller; on a clock of ours."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from starlette.requests import Request
from uvicorn.server import ServerState

from fps.droit import droit
from fps.flows import MESSAGES
from fps.kit.app import listening
from fps.kit.app.listening import BODY_TIME, FAREWELL, HEAD_SIZE, HEAD_TIME, HEADERS, KEEP_ALIVE, RATE, READ_TIME, TELL, TlsHttp
from fps.kit.boxes.sonnette import Sonnette
from fps.kit.ground.clock import civil_date, paris, wall_now
from fps.kit.trust.acces import acces
from fps.kit.web import problems
from fps.kit.web.quotas import CONNEXIONS, ECRITURES, MINUTE, Quotas, TropDeDemandes
from fps.kit.wire.carrier import KEPT, open_client
from fps.messages.mfps import CreationFps
from fps.messages.paiement import PaiementFps
from fps.parties import Party
from fps_simulateur.pilote.world import open_world

PAYERS = (Party.ANTAI, Party.DGFIP)  # where asking what is due counts the failures


class Loop:
    """A loop whose time passes when it is told."""

    def __init__(self) -> None:
        self.now, self.timers = 0.0, list[Any]()

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, act: Callable[[], None]) -> "Timer":
        self.timers.append(Timer(self.now + delay, act))
        return self.timers[-1]  # type: ignore[no-any-return]

    def create_task(self, coroutine: Any) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(coroutine)

    def pass_to(self, instant: float) -> None:
        while due := sorted((t for t in self.timers if not t.over and t.at <= instant), key=lambda t: t.at):
            due[0].over, self.now = True, due[0].at
            due[0].act()
        self.now = instant


class Timer:
    def __init__(self, at: float, act: Callable[[], None]):
        self.at, self.act, self.over = at, act, False

    def cancel(self) -> None:
        self.over = True


class Wire:
    """The server's end of a connection: what was written on it, and whether it was closed."""

    def __init__(self, peer: str) -> None:
        self.said, self.closed, self.aborted, self.unread, self.peer = b"", False, False, 0, peer

    def get_extra_info(self, name: str) -> Any:
        return (self.peer, 1) if name == "peername" else None

    def write(self, data: bytes) -> None:
        self.said += data

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = self.aborted = True

    def get_write_buffer_size(self) -> int:
        return self.unread

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    @property
    def status(self) -> int:
        return int(self.said.split()[1]) if self.said else 0


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body, then answers; never, at one address."""
    if scope["path"] == "/jamais":
        await asyncio.Event().wait()
    while (message := await receive())["type"] == "http.request" and message["more_body"]:
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def connected(loop: Loop, state: ServerState | None = None, peer: str = "127.0.0.1") -> tuple[TlsHttp, Wire]:
    config, wire = listening.listening(echo, "127.0.0.1", 0, lifespan="off"), Wire(peer)
    protocol = TlsHttp(config, state or ServerState(), {}, _loop=loop)  # type: ignore[arg-type]
    protocol.connection_made(wire)
    return protocol, wire


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"


async def test_who_sends_nothing_or_half_a_head_is_left_in_time() -> None:
    for begun in (b"", b"\r\n", b"GET / HT", b"GET / HTTP/1.1\r\nHost: loc"):
        loop = Loop()
        protocol, wire = connected(loop)
        loop.pass_to(HEAD_TIME - 1)
        for byte in begun:
            protocol.data_received(bytes([byte]))
        assert not wire.closed
        loop.pass_to(HEAD_TIME)
        assert (wire.status, wire.closed) == (408, True), begun


async def test_a_slow_body_is_left_and_one_that_comes_at_a_fair_pace_is_not() -> None:
    loop = Loop()
    protocol, wire = connected(loop)
    protocol.data_received(POST)
    await settled()
    loop.pass_to(BODY_TIME - 1)
    protocol.data_received(b"x" * RATE * 2)
    await settled()
    loop.pass_to(BODY_TIME + 1)
    assert not wire.closed
    loop.pass_to(BODY_TIME + 2)
    assert (wire.status, wire.closed) == (408, True)
    protocol.connection_lost(None)
    await settled()


async def test_a_request_that_came_whole_is_answered_however_long_it_takes_and_the_next_one_too() -> None:
    loop = Loop()
    protocol, wire = connected(loop)
    protocol.data_received(GET)
    loop.pass_to(100.0)
    await settled()
    assert (wire.status, wire.closed) == (204, False)
    protocol.data_received(b"GET / HTT")
    loop.pass_to(100.0 + HEAD_TIME)
    assert wire.closed and b"408 Request Timeout" in wire.said


async def test_a_head_without_end_is_refused_as_soon_as_it_passes_the_limit() -> None:
    for chunk in (b"X: " + b"a" * 1000 + b"\r\n", b"a" * 1000, b"X: a\r\n" * 20):
        protocol, wire = connected(Loop())
        protocol.data_received(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a")
        sent = 0
        while not wire.closed and sent < 10 * HEAD_SIZE:
            protocol.data_received(chunk)
            sent += len(chunk)
        assert (wire.status, wire.closed) == (431, True) and sent <= HEAD_SIZE + len(chunk)
    fair, wire = connected(Loop())
    fair.data_received(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: a\r\n" * (HEADERS - 1) + b"\r\n")
    await settled()
    assert wire.status == 204
    crowd, wire = connected(Loop())  # one field more, all of them short
    crowd.data_received(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: a\r\n" * HEADERS + b"\r\n")
    await settled()
    assert (wire.status, wire.closed) == (431, True)


async def test_a_full_server_says_so_and_the_log_tells_it_once_a_minute(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "connections", lambda: 2)
    loop, state = Loop(), ServerState()
    first = []
    for _ in range(2):
        first.append(connected(loop, state))
        first[-1][0].data_received(GET.replace(b"/", b"/jamais", 1))  # who is being served keeps its place
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            protocol, wire = connected(loop, state)
            assert (wire.status, wire.closed) == (503, True) and b"Retry-After" in wire.said
            protocol.connection_lost(None)
        loop.now += TELL
        assert [r.getMessage() for r in caplog.records] == ["connexions trop nombreuses"]
        connected(loop, state)[0].connection_lost(None)
        assert [getattr(r, "nombre", 0) for r in caplog.records] == [1, 3]
    first[0][0].connection_lost(None)
    _, wire = connected(loop, state)
    assert not wire.closed
    for task in state.tasks:
        task.cancel()


async def test_who_does_nothing_with_its_place_gives_it_to_who_comes_the_oldest_of_the_greediest_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listening, "connections", lambda: 8)
    loop, state = Loop(), ServerState()

    async def come(peer: str, said: bytes = b"") -> Wire:
        protocol, wire = connected(loop, state, peer)
        protocol.data_received(said)
        await settled()
        return wire

    greedy = [await come("10.0.0.9", said) for said in (b"", b"GET / HTT", POST, GET, GET, b"")]  # silent, half a head, no body, idle
    assert [w.closed for w in greedy] == [True] * 2 + [False] * 4  # one address holds half of the places at most
    served = [await come(f"10.0.0.{n}", GET.replace(b"/", b"/jamais", 1)) for n in range(1, 4)]
    honest = [await come(f"10.0.1.{n}", GET) for n in range(4)]
    assert [w.status for w in honest] == [204] * 4 and not any(w.closed for w in served)
    assert [w.closed for w in greedy] == [True] * 5 + [False]
    for task in state.tasks:
        task.cancel()


async def test_a_client_gives_up_an_idle_connection_well_before_a_server_ends_it() -> None:
    """Ended by both at once, a request is lost: the pilot said that a service was away, a certification that the simulator failed."""
    async with open_client() as client:
        pool = client._transport._pool  # type: ignore[attr-defined]
        assert pool._keepalive_expiry == KEPT and KEPT <= KEEP_ALIVE / 2


async def test_a_connection_that_is_idle_after_its_answer_and_an_answer_that_nobody_reads_have_so_long() -> None:
    loop = Loop()
    protocol, wire = connected(loop)
    for _ in range(3):
        protocol.data_received(GET)
        await settled()
        loop.pass_to(loop.now + KEEP_ALIVE - 1)
    assert (wire.closed,) == (False,)
    loop.pass_to(loop.now + 1)
    assert (wire.closed, wire.aborted) == (True, False)
    loop.pass_to(loop.now + FAREWELL)  # whatever its peer answers to the farewell of TLS
    assert (wire.aborted,) == (True,)
    loop = Loop()
    protocol, wire = connected(loop)
    protocol.data_received(GET)
    await settled()
    wire.unread = 1  # an answer that is still to be read is not cut
    loop.pass_to(loop.now + KEEP_ALIVE + READ_TIME - 1)
    assert (wire.closed, wire.aborted) == (True, False)
    loop.pass_to(loop.now + 1)
    assert (wire.aborted,) == (True,)
    loop = Loop()
    protocol, wire = connected(loop)
    protocol.data_received(GET.replace(b"/", b"/jamais", 1))
    for _ in range(3):  # slowly, but it reads
        protocol.pause_writing()
        loop.pass_to(loop.now + READ_TIME - 1)
        protocol.resume_writing()
    protocol.pause_writing()
    loop.pass_to(loop.now + READ_TIME - 1)
    assert (wire.closed,) == (False,)
    loop.pass_to(loop.now + 1)
    assert (wire.closed,) == (True,)
    for task in protocol.tasks:
        task.cancel()


def test_a_caller_has_so_many_a_minute_given_back_evenly() -> None:
    now = [0.0]
    quotas = Quotas(lambda request: False, lambda: now[0])

    def taken(who: str, poids: int = 1) -> int | None:
        try:
            quotas.take((ECRITURES, who, "b"), ECRITURES, 6, poids)
        except TropDeDemandes as error:
            return error.attente
        return None

    assert [taken("a") for _ in range(7)] == [None] * 6 + [10]
    assert taken("b") is None
    now[0] += 9
    assert taken("a") == 1
    now[0] += 1
    assert (taken("a"), taken("a")) == (None, 10)
    now[0] += MINUTE
    assert (taken("a", 1_000), taken("a")) == (None, 10)
    for one in range(20_000):
        now[0] += 0.01
        taken(str(one))
    assert len(quotas._until) <= 10_001


def test_a_refusal_says_when_to_come_again() -> None:
    answer = problems.of(TropDeDemandes("Trop.", 2.1, CONNEXIONS, 120))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    assert (answer.headers["RateLimit-Policy"], answer.headers["RateLimit"]) == ('"connexions";q=120;w=60', '"connexions";r=0;t=3')


async def test_who_is_nobody_is_counted_at_every_door_that_writes_and_the_pilot_at_none() -> None:
    counted: list[tuple[str, int]] = []

    def nothing_left(request: Request, quoi: str, poids: int = 1) -> None:
        if not exempt(request):
            counted.append((quoi, poids))
            raise TropDeDemandes("Plus rien.", 1, quoi, 1)

    async with open_world(token="essai") as world:
        await world.pilot.creer("defaut", paris(date(2026, 6, 15)))
        for one in world.services.values():
            exempt = one.app.state.quotas.exempt
            one.app.state.quotas.ask = nothing_left
        doors = {world.addresses[p]: one.asgi for p, one in world.services.items()}
        async with open_client(doors) as anyone:
            wrong = []
            for party, one in world.services.items():
                closed = [(m, path, doors) for path, methods, doors in acces(one.app) for m in methods]
                closed += [
                    ("POST", cls.path, frozenset()) for cls in MESSAGES if cls.receiver is party and f"{cls.path}/lot" in _paths(one)
                ]
                for method, path, ways in closed:
                    if method == "GET" and "publique" in ways and (party not in PAYERS or not path.startswith("/payer")):
                        continue
                    url = f"{world.addresses[party]}{path.replace('{', '').replace('}', '')}"
                    answer = await anyone.request(method, url, headers={"Content-Type": "application/json"})
                    if answer.status_code != 429 or answer.json()["code"] != "trop-de-demandes":
                        wrong.append((party, method, path, answer.status_code))
            assert not wrong, "\n".join(map(str, wrong))
            assert {quoi for quoi, _ in counted} == {CONNEXIONS, ECRITURES}
            counted.clear()
            for one in world.services.values():  # who may still ask: a lot counts as its lines do
                one.app.state.quotas.ask = lambda request, quoi, poids=1: counted.append((quoi, poids))
            lot = "\n".join(json.dumps({"id": f"lot-{n}", "data": PaiementFps.example}) for n in range(3))
            url = f"{world.addresses[Party.ANTAI]}{PaiementFps.path}/lot"
            assert (await anyone.post(url, content=lot, headers={"Content-Type": "application/x-ndjson"})).status_code == 200
            assert [quoi for quoi, _ in counted] == [ECRITURES] * 2 and sum(poids for _, poids in counted) == 3
            for one in world.services.values():
                one.app.state.quotas.ask = nothing_left
        before = len(counted)
        assert (await world.client.get(f"{world.addresses[Party.ANTAI]}/payer")).status_code == 200
        url = f"{world.addresses[Party.ANTAI]}{PaiementFps.path}"
        assert (await world.client.post(url, json=PaiementFps.example)).status_code == 404
        assert (await world.client.post(f"{world.addresses[Party.ANTAI]}{CreationFps.path}", json={})).status_code == 422
        assert len(counted) == before


def _paths(one: Any) -> set[str]:
    return {getattr(route, "path", "") for route in one.app.router.routes}


def test_the_calls_of_one_certificate_that_wait_are_counted() -> None:
    bell = Sonnette()
    with bell.ecoute("b", "1", "qui"), bell.ecoute("b", "2", "qui"), bell.ecoute("b", "1", "autre"):
        assert (bell.ecoutes_de("qui"), bell.ecoutes_de("autre"), bell.ecoutes_de("rien")) == (2, 1, 0)
    assert bell.ecoutes_de("qui") == 0 and droit(civil_date(wall_now())).attentes_par_appelant > 1
