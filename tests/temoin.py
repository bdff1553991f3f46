"""The witness of the contracts: it hears every answer of the services in this process, and at the end names those that no contract says."""

import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

CONTRACTS = Path(__file__).resolve().parents[1] / "docs/openapi"
Heard = tuple[str, str, str, int, str, str]  # service, method, path, status, media type, code of the problem


@pytest.fixture(scope="session", autouse=True)
def temoin() -> Iterator[set[Heard]]:
    """What was heard so far; an answer that its contract does not say fails the session."""
    heard: set[Heard] = set()
    if (gate := sys.modules.get("fps.kit.web.gate")) is None:
        yield heard
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate.Gate, "__call__", _listening(gate.Gate.__call__, heard))
        yield heard
    unsaid = undocumented(heard)
    assert not unsaid, "answers that no contract says: run `fps docs`, or mend fps/kit/app/outcomes.py\n" + "\n".join(unsaid)


def _listening(ask: Any, heard: set[Heard]) -> Any:
    async def asked(self: Any, scope: Any, receive: Any, send: Any) -> None:
        once = _once(self.app)
        if scope["type"] != "http" or once is None:
            await ask(self, scope, receive, send)
            return
        start: dict[str, Any] = {}
        method, path = scope["method"], scope["path"]

        async def hear(message: Any) -> None:
            if message["type"] == "http.response.start":
                kind = next((v.decode() for k, v in message["headers"] if k.lower() == b"content-type"), "").partition(";")[0]
                start.update(status=message["status"], kind=kind)
            elif start:
                code = json.loads(message["body"])["code"] if start["kind"] == "application/problem+json" and message["body"] else ""
                heard.add((once.service.party.value, "GET" if method == "HEAD" else method, path, start["status"], start["kind"], code))
                start.clear()
            await send(message)

        await ask(self, scope, receive, hear)

    return asked


def _once(app: Any) -> Any:
    """What keeps the answers of a service, under the layers that its gate was given; None under the gate of what is no service."""
    while app is not None and not hasattr(app, "state"):
        app = getattr(app, "app", None)
    return getattr(getattr(app, "state", None), "once", None)


def undocumented(heard: set[Heard]) -> list[str]:
    """What was heard that the contracts do not say, once for each operation."""
    found = set()
    for party, method, path, status, kind, code in heard:
        template = _template(party, path, method)
        if template is None or (status == 404 and code == "http-404") or code == "panne-simulee":  # asked for, by rule, at any door
            continue
        response = contrat(party)["paths"][template][method.lower()]["responses"].get(str(status))
        said = response is not None and (kind in response.get("content", {}) or "content" not in response)
        if not said or (code and code not in response.get("x-codes", ())):
            found.add(f"{party} {method} {template}: {status} {kind} {code}")
    return sorted(found)


@cache
def contrat(party: str) -> dict[str, Any]:
    """The contract of a service, as it is written."""
    contract: dict[str, Any] = json.loads((CONTRACTS / f"{party}.json").read_text(encoding="utf-8"))
    return contract


@cache
def _shapes(party: str) -> list[tuple[re.Pattern[str], str, frozenset[str]]]:
    paths = contrat(party)["paths"]
    ordered = sorted(paths, key=lambda path: [part.startswith("{") for part in path.split("/")])  # a word before a value
    return [
        (re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path))), path, frozenset(method.upper() for method in paths[path]))
        for path in ordered
    ]


@cache
def _template(party: str, path: str, method: str) -> str | None:
    return next((template for shape, template, methods in _shapes(party) if method in methods and shape.fullmatch(path)), None)
