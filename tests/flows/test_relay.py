"""Letters between services: what waits, what is refused for good, what never blocks a bac."""

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from ccsp.app import DEFINITION as CCSP
from fps.droit.numero import NumeroFps
from fps.kit.app.application import BaseNonMigree, build
from fps.kit.app.migrate import upgrade
from fps.kit.ground.clock import PARIS
from fps.kit.ground.settings import Settings
from fps.messages.mfps import CreationFps
from fps.messages.paiement import PaiementFps
from fps.parties import Party
from tests.parler.mondes import Monde, ouvrir

START = datetime(2026, 6, 12, 20, 0, tzinfo=PARIS)
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def world(tmp_path: Path) -> Any:
    async with ouvrir("memory", tmp_path) as found:
        await found.pilot.creer("b", START)
        yield found


async def test_an_editor_that_writes_to_antai_itself_is_paid_and_its_bac_goes_on(world: Monde) -> None:
    """The reference collectivité does not know the FPS of an editor: flow 5 is refused for good, kept, and blocks nothing."""
    response = await world.post(Party.ANTAI, "b", CreationFps.path, CreationFps.example)
    assert response.status_code == 200 and response.json()["statut"] == "accepte", response.text
    numero = CreationFps.example["numero_fps"]
    await world.pilot.avancer("b", START + timedelta(days=3))
    due = (await world.get(Party.ANTAI, "b", f"/dossiers/{numero}"))["montant"]
    body = {"numero_telepaiement": NumeroFps.lire(numero).telepaiement, "immatriculation": "AB-123-CD", "moyen": "internet", "montant": due}
    assert (await world.post(Party.ANTAI, "b", PaiementFps.path, body)).status_code == 200
    await world.pilot.avancer("b", START + timedelta(days=4))
    comptes = (await world.pilot.etat("b"))["comptes"]
    # Two letters: the payment told to the town, and the money told to the DGFiP.
    assert (comptes["ecrites"], comptes["refusees"], comptes.get("mortes", 0)) == (2, 1, 0)
    actes = [(line["service"], line["acte"]) for line in await world.pilot.journal("b", numero)]
    assert ("collectivite", "refus") in actes and ("antai", "envoi-refuse") in actes


async def test_an_oversized_or_doubled_body_is_refused_in_french_at_an_ordinary_door(world: Monde) -> None:
    url = world.url(Party.COLLECTIVITE, "b", "/fps")
    for content, status, code in (
        (b'{"siret": "1", "siret": "2"}', 422, "cle-json-dupliquee"),
        (b"\xff\xfe", 400, "encodage-invalide"),
        (b"{", 400, "json-invalide"),
        (b'{"voie": "' + b"a" * (2 << 20) + b'"}', 413, "corps-trop-grand"),
        (b"{}", 422, "demande-invalide"),
    ):
        response = await world.client.post(url, content=content, headers={"Content-Type": "application/json"})
        assert (response.status_code, response.json()["code"]) == (status, code)
        assert response.headers["content-type"] == "application/problem+json"
    assert (await world.get(Party.COLLECTIVITE, "b", "/fps"))["elements"] == []


async def test_an_integer_of_thousands_of_digits_is_malformed_at_each_door_and_spoils_no_neighbour(world: Monde) -> None:
    huge = b'{"montant_fps": ' + b"9" * 6000 + b"}"
    url = world.url(Party.ANTAI, "b", CreationFps.path)
    response = await world.client.post(url, content=huge, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (400, "json-invalide")
    good = json.dumps({"id": "bonne", "data": CreationFps.example}).encode()
    lot = await world.client.post(f"{url}/lot", content=b"\n".join([huge, good]), headers={"Content-Type": "application/x-ndjson"})
    lines = [json.loads(line) for line in lot.text.splitlines()]
    assert [line["statut"] for line in lines] == [400, 200]
    assert (await world.client.post(world.url(Party.COLLECTIVITE, "b", "/fps"), content=huge, headers=JSON)).status_code == 400


async def test_a_bac_that_runs_a_day_a_second_can_be_frozen_and_advanced(world: Monde) -> None:
    await world.pilot.creer("vite", START, mode="courant", vitesse=86_400)
    state = await world.pilot.regler("vite", "fige")
    assert state["mode"] == "fige"
    now = datetime.fromisoformat(state["instant"])
    assert START <= now < START + timedelta(days=30)
    await world.pilot.avancer("vite", now + timedelta(days=1))
    assert datetime.fromisoformat((await world.pilot.etat("vite"))["instant"]) == now + timedelta(days=1)


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
async def test_a_database_that_was_not_migrated_to_the_last_revision_stops_the_start_with_the_command_to_run(database_url: str) -> None:
    """Nothing yet; then all the tables, at the revision before, which says otherwise how their rows are written (ADR 0045)."""
    for there, said in ((None, "il manque une table"), ("0012", "elle est à la révision 0012, ce service attend la 0013")):
        if there is not None:
            await asyncio.to_thread(upgrade, database_url, CCSP, 10.0, lambda config, to=there: command.upgrade(config, to))
        running = build(CCSP, Settings(database_url=database_url, start_timeout=0.1))
        with pytest.raises(BaseNonMigree, match=f"{said}.*python -m ccsp migrate"):
            async with running.app.router.lifespan_context(running.app):
                pass
