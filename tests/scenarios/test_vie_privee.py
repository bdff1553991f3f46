"""What never leaves the service that needs it: a name, an address, the whole key of a notice; neither to the town nor to the logs."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from fps.droit.numero import telepaiement
from fps.kit.ground.clock import paris
from fps.kit.ground.telemetry import configure_logs
from fps.messages.mfps import CreationFps
from fps.parties import SERVICES, Party
from fps_simulateur.pilote.world import World, open_world

LE = date(2026, 6, 12)
FPS = {k: v for k, v in CreationFps.example.items() if k != "minoration"}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that the services write to their logs, at the most talkative level."""
    found = io.StringIO()
    before = (logging.getLogger().handlers[:], logging.getLogger().level)
    monkeypatch.setattr("sys.stdout", found)
    monkeypatch.setattr("sys.stderr", found)
    configure_logs("DEBUG")
    yield found
    logging.getLogger().handlers[:], level = before
    logging.getLogger().setLevel(level)


async def lives(world: World) -> tuple[str, list[dict[str, Any]]]:
    """A FPS that goes to its title, is paid there, is contested in vain; gives its number and the letters that people received."""
    antai, dgfip, ville = (f"{world.addresses[p]}/bacs/essai" for p in (Party.ANTAI, Party.DGFIP, Party.COLLECTIVITE))
    answer = await world.client.post(f"{antai}{CreationFps.path}", json=FPS)
    assert answer.json()["statut"] == "accepte", answer.text
    numero = str(FPS["numero_fps"])
    # What goes wrong is logged more than what goes well.
    await world.client.post(f"{antai}{CreationFps.path}", json={**FPS, "cle": "00"})
    await world.client.get(f"{antai}/payer/{telepaiement(numero)}", params={"immatriculation": "ZZ-999-ZZ"})
    await world.client.get(f"{ville}/suivi", params={"numero": numero, "immatriculation": "ZZ-999-ZZ"})
    await world.client.post(f"{antai}{CreationFps.path}", content=b"{\xff", headers={"Content-Type": "application/json"})
    await world.pilot.avancer("essai", paris(date(2026, 12, 1)))
    assert (await world.client.get(f"{dgfip}/prises-en-charge/{numero}")).status_code == 200
    letters = [await world.pilot.courrier("essai", Party(c["service"]), c["id"]) for c in await world.pilot.courriers("essai", numero)]
    return numero, letters


def secrets_of(value: Any) -> set[str]:
    """The names, births and streets of the people that a letter names."""
    found: set[str] = set()
    if isinstance(value, dict):
        if identite := value.get("identite"):
            found |= {str(v) for k, v in identite.items() if k in ("nom", "raison_sociale", "date_naissance", "siret") and v}
            found.add(str(value["adresse"]["voie"]))
        for inner in value.values():
            found |= secrets_of(inner)
    elif isinstance(value, list):
        for inner in value:
            found |= secrets_of(inner)
    return found


async def test_the_logs_of_a_whole_life_hold_no_name_no_address_and_no_whole_key(written: io.StringIO) -> None:
    async with open_world(token="essai") as world:
        await world.pilot.creer("essai", paris(LE), graine="essai")
        numero, letters = await lives(world)
        people = people_of(letters)
        logging.getLogger("fps.essai").warning("le journal est bien capté", extra={"bac": "essai"})
    text = written.getvalue()
    assert "le journal est bien capté" in text
    for secret in {*people, telepaiement(numero), str(FPS["vehicule"]["immatriculation"])}:
        assert secret not in text, secret


async def test_the_town_never_learns_who_must_pay() -> None:
    async with open_world(token="essai") as world:
        await world.pilot.creer("essai", paris(LE), graine="essai")
        _, letters = await lives(world)
        people = people_of(letters)
        export = (await world.pilot._call(Party.COLLECTIVITE, "GET", "/bacs/essai/export")).text
        audits = json.dumps(await world.pilot.audit("essai"), ensure_ascii=False)
        figures = "".join([(await world.client.get(f"{world.addresses[p]}/metrics")).text for p in SERVICES])
    for secret in people:
        assert secret not in export, f"the town knows « {secret} »"
        assert secret not in audits + figures, f"« {secret} » is in the audit journal or in the figures"


def people_of(letters: list[dict[str, Any]]) -> set[str]:
    """The people of these letters: a name, a birth, a street; never nobody, else nothing would be looked for."""
    found = set().union(*map(secrets_of, letters))
    assert len(found) >= 3, letters
    return found
