"""What is asked of an application of the same process reaches it as the library would have sent it."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from fps.kit.wire.carrier import Client, InProcess, nobody, open_client

BASE = "http://voisin:1"


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers what it was asked."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    headers = sorted((name.decode(), value.decode()) for name, value in scope["headers"])
    said = [scope["method"], scope["path"], scope["raw_path"].decode(), scope["query_string"].decode(), headers, body.decode()]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(said).encode()})


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("get", "/fps", {}),
        ("GET", "/fps/é%2Fa?x=1", {"params": {"apres": "é", "limite": 2}}),
        ("post", "/fps", {"json": {"voie": "12 rue de l'Été", "n": [1, None, True]}}),
        ("POST", "/fps", {}),
        ("put", "/fps", {"content": b"brut", "headers": {"Content-Type": "application/yaml"}}),
        ("PATCH", "/fps", {"content": b"", "headers": {"Idempotency-Key": "une"}}),
        ("delete", "/fps/1", {"headers": {"accept": "application/pdf"}}),
        ("POST", "/fps", {"content": "texte"}),
    ],
)
async def test_a_request_reaches_a_neighbour_as_the_library_would_send_it(method: str, path: str, options: dict[str, Any]) -> None:
    common = {"Authorization": "Bearer essai"}
    async with open_client({BASE: echo}, headers=common) as ours:
        found = await ours.request(method, f"{BASE}{path}", **options)
    async with Client(transport=InProcess({BASE: echo}, nobody), trust_env=False, headers=common) as theirs:
        wanted = await httpx.AsyncClient.request(theirs, method, f"{BASE}{path}", **options)
    assert found.json() == wanted.json()
    assert found.elapsed.total_seconds() > 0


class Ecrivain:
    """An application that writes many parts, and fails after some of them when it is told to."""

    def __init__(self, parts: int, failing: bool = False):
        self.parts, self.failing, self.written, self.stopped = parts, failing, 0, False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            for _ in range(self.parts):
                await send({"type": "http.response.body", "body": b"x" * 10, "more_body": True})
                self.written += 1
        except asyncio.CancelledError:
            self.stopped = True
            raise
        if self.failing:
            raise ValueError("en route")
        await send({"type": "http.response.body", "body": b""})


async def test_an_answer_that_is_streamed_is_read_while_it_is_written_and_never_held_whole() -> None:
    ecrivain = Ecrivain(1_000)
    async with open_client({BASE: ecrivain}) as client, client.stream("GET", f"{BASE}/export") as answer:
        lus = 0
        async for part in answer.aiter_raw():
            lus += len(part)
            assert ecrivain.written * 10 <= lus + 20  # it waits for who reads
    assert (lus, ecrivain.written, ecrivain.stopped) == (10_000, 1_000, False)


async def test_who_stops_reading_stops_who_writes() -> None:
    ecrivain = Ecrivain(1_000)
    async with open_client({BASE: ecrivain}) as client, client.stream("GET", f"{BASE}/export") as answer:
        assert await anext(answer.aiter_raw()) == b"x" * 10
    assert ecrivain.stopped and ecrivain.written < 5


@pytest.mark.parametrize("parts", [0, 3])
async def test_an_answer_that_is_cut_says_so_at_its_end(parts: int) -> None:
    async with open_client({BASE: Ecrivain(parts, failing=True)}) as client, client.stream("GET", f"{BASE}/export") as answer:
        with pytest.raises(httpx.RemoteProtocolError, match="cut"):
            await answer.aread()


async def test_an_application_that_fails_before_its_answer_answers_500_and_one_that_says_nothing_is_cut() -> None:
    async def fails(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError("avant")

    async def says_nothing(scope: Any, receive: Any, send: Any) -> None:
        pass

    async with open_client({BASE: fails}) as client, client.stream("GET", f"{BASE}/export") as answer:
        assert answer.status_code == 500
    async with open_client({BASE: says_nothing}) as client:
        with pytest.raises(httpx.RemoteProtocolError, match="cut"):
            async with client.stream("GET", f"{BASE}/export"):
                pass
