"""What is asked of an application of the same process reaches it as the library would have sent it."""

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
