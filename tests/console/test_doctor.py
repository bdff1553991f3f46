"""What the doctor says of a service whose database, broker or migrations are away, and of the letters that nobody can read."""

import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from antai.app import DEFINITION
from fps.kit.app.application import build
from fps.kit.ground.settings import Settings
from fps.kit.wire.carrier import open_client
from fps.parties import Party
from fps_console.commandes.doctor import Report, _parts, _service, _unreadable
from fps_console.commandes.lettres_mortes import dead, tell_dead
from fps_console.commandes.temps import instant
from fps_simulateur.pilote.pilot import PiloteErreur
from fps_simulateur.pilote.world import World, open_world
from tests.console.simulator import clean_environment, free_base, here

NOWHERE = 9  # the discard port: nothing listens there


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with open_world() as found:
        await found.pilot.creer("defaut", instant("2026-09-28T10:00"))
        yield found


async def test_the_doctor_names_the_database_and_the_broker_that_do_not_answer(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A real service, whose two servers went away after its start: it still answers /sante/pret, and says which."""
    url = f"postgresql+asyncpg://antai:antai@127.0.0.1:{NOWHERE}/antai"
    settings = Settings(database_url=url, bus_url=f"amqp://127.0.0.1:{NOWHERE}/", data_dir=tmp_path)
    running = build(DEFINITION, settings)
    report = Report()
    async with open_client({settings.addresses[Party.ANTAI]: running.asgi}) as client:
        ready = await client.get(f"{settings.addresses[Party.ANTAI]}/sante/pret")
        assert (ready.status_code, ready.json()["base"], ready.json()["courtier"]) == (503, False, False)
        await _service(report, settings, client, Party.ANTAI)
    told = capsys.readouterr().out
    assert "PANNE  ANTAI : sa base de données ne répond pas" in told
    assert "FPS_DATABASE_URL du service « antai »" in told
    assert "PANNE  ANTAI : son courtier de messages ne répond pas" in told
    assert "Démarrez RabbitMQ" in told
    assert report.wrong == 2


async def test_the_doctor_says_that_all_is_well_with_one_that_is_ready(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    settings = Settings(addresses=world.addresses)
    assert await _service(report, settings, world.client, Party.ANTAI) == 1  # part
    _parts(report, {Party.ANTAI: 8, Party.DGFIP: 8, Party.CCSP: 0})  # who does not answer says nothing of its parts
    assert "  ok     ANTAI : prête, à " in capsys.readouterr().out
    assert report.wrong == 0
    _parts(report, {Party.ANTAI: 8, Party.DGFIP: 4})
    assert "ANTAI 8, DGFiP 4" in capsys.readouterr().out and report.wrong == 1


@pytest.mark.parametrize(
    "environment",
    [
        {"FPS_BUS_URL": f"amqp://127.0.0.1:{NOWHERE}/"},
        {"FPS_DATABASE_URL": f"postgresql+asyncpg://antai:antai@127.0.0.1:{NOWHERE}/antai"},
    ],
    ids=["broker", "database"],
)
def test_a_service_that_waits_for_a_server_is_not_said_to_be_stopped(environment: dict[str, str], tmp_path: Path) -> None:
    base = free_base()
    started = {**clean_environment(), **environment, "FPS_PORT": str(base)}
    command = [sys.executable, "-m", "antai", "serve"]
    log = tmp_path / "journal"
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=started, cwd=tmp_path, stdout=file, stderr=file)
    try:
        deadline = time.monotonic() + 20
        while not log.stat().st_size and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)  # until it says in its log that it waits
        book = ",".join(f"{p}=http://127.0.0.1:{base + i}" for i, p in enumerate(("antai", "dgfip", "ccsp", "collectivite")))
        told = here("doctor", "--adresses", book, data_dir=tmp_path)
        assert process.poll() is None, log.read_text()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{base}/sante/vivant")
    finally:
        process.kill()
        process.wait(10)
    assert told.returncode == 1
    assert f"PANNE  ANTAI : ne répond pas à http://127.0.0.1:{base} (port libre)" in told.stdout
    assert "il attend sa base de données, ses migrations ou son courtier de messages" in told.stdout
    assert "lisez son journal" in told.stdout


async def test_the_letters_that_nobody_could_read_are_shown_and_counted(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    await world.services[Party.DGFIP].inbound.take([b"[1,", b"\xff\xfe"])
    letters = await dead(world.pilot, "defaut")
    assert [(x["bac"], x["service"]) for x in letters] == [("?", "DGFiP")] * 2
    tell_dead(letters, "defaut")
    told = capsys.readouterr().out
    assert "Lettres illisibles, dont le bac n'est pas connu" in told
    assert "Lettres mortes du bac « defaut »" not in told
    assert await dead(world.pilot, "?") == letters
    report = Report()
    await _unreadable(report, world.pilot)
    assert report.wrong == 1
    assert "PANNE  Lettres illisibles : 2, sans bac connu" in capsys.readouterr().out


@pytest.mark.parametrize("nom", ["nul", "a/b", "é", "x\x00", "?x=1"])
@pytest.mark.asyncio(loop_scope="session")
async def test_the_dead_letters_of_a_bac_that_does_not_exist_are_refused(defaut: World, nom: str) -> None:
    with pytest.raises(PiloteErreur):
        await dead(defaut.pilot, nom)
