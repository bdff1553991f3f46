"""A service killed between its commit and its answer: the same request with the same key gets the answer, and the act is done once."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from collectivite.app import DEFINITION
from fps.kit.app.application import running
from fps.kit.app.migrate import upgrade
from tests.conftest import Postgres
from tests.kit import killed_once
from tests.kit.killed_once import ask
from tests.parler.ville import DEMANDE, une_autre
from tests.real import postgres_url

BAC = {"nom": "coupe", "instant": "2026-06-15T20:00:00+02:00"}
FPS = {**DEMANDE, "date_heure_constat": "2026-06-12T10:42:00+02:00"}
JSON, NDJSON = "application/json", "application/x-ndjson"


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database that is kept, with the tables of the collectivité."""
    server = None if request.param == "sqlite" else Postgres(postgres_url())
    name = "" if server is None else await server.create()
    found = f"sqlite+aiosqlite:///{tmp_path / 'ville.db'}" if server is None else server.url(name)
    await asyncio.to_thread(upgrade, found, DEFINITION)
    yield found
    if server is not None:
        await server.drop(name)


async def test_a_service_killed_before_it_answers_has_acted_once_and_answers_when_it_is_asked_again(url: str) -> None:
    agents = enumerate(("72", "1000", "73"), 1)
    lot = "\n".join(json.dumps({**FPS, "vehicule": une_autre(n)["vehicule"], "agent": agent}) for n, agent in agents)
    requests = [("/bacs/coupe/fps", JSON, json.dumps(FPS)), ("/bacs/coupe/fps/lot", NDJSON, lot)]
    async with running(one := killed_once.service(url)):
        assert (await ask(one.asgi, "POST", "/pilotage/bacs", json.dumps(BAC).encode(), JSON, "bac")).status_code == 201
    command = (sys.executable, "-m", "tests.kit.killed_once", url)
    child = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
    await child.communicate(json.dumps(requests).encode())
    assert child.returncode == 0
    async with running(one := killed_once.service(url)):
        seul, lignes = [await ask(one.asgi, "POST", path, body.encode(), content, path) for path, content, body in requests]
        listed = json.loads((await ask(one.asgi, "GET", "/bacs/coupe/fps", b"", JSON, "lire")).content)["elements"]
    assert [again.headers.get("idempotency-replayed") for again in (seul, lignes)] == ["true", "true"]
    assert seul.status_code == 201
    lines = [json.loads(line) for line in lignes.text.splitlines()]
    assert [line["statut"] for line in lines] == [201, 409, 201]
    told = {seul.json()["numero"], *(line["reponse"]["numero"] for line in lines if "reponse" in line)}
    assert {fps["numero"] for fps in listed} == told and len(listed) == 3
