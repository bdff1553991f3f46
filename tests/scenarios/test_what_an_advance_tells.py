"""An advance tells what happened, the letters that waited when it began too, however long the story is."""

import json
import sys
from datetime import date
from itertools import count
from typing import Any

import pytest

from fps.kit.engine import days
from fps.kit.engine import service as engine
from fps.kit.ground.clock import paris
from fps.parties import SERVICES, Party
from fps_console.commandes import avance as commande
from fps_console.commandes import doctor, progres
from fps_console.mots import recit
from fps_simulateur.joueur import constat
from fps_simulateur.pilote import faits, verifications
from fps_simulateur.pilote.world import World
from tests.parler.partie import bac_neuf

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_letters_that_waited_are_told(monde: World) -> None:
    bac, jour = await bac_neuf(monde, date(2026, 6, 15)), paris(date(2026, 6, 15))
    vehicule = {"immatriculation": "AB-123-CD", "pays": "FR", "marque": "Renault", "modele": "Clio", "categorie": "voiture"}
    demande = {"siret": "21590350100017", "zone": "rouge", "voie": "12 rue de l'Exemple", "vehicule": vehicule, "agent": "0072"}
    relay = monde.services[Party.COLLECTIVITE].relay
    await relay.stop()
    cree = await monde.client.post(f"{monde.addresses[Party.COLLECTIVITE]}/bacs/{bac}/fps", json=demande)
    assert cree.status_code == 201, cree.text
    relay.start()
    events = await monde.pilot.avancer(bac, jour)
    assert {(e["service"], e["acte"]) for e in events} >= {("antai", "reception"), ("antai", "identification")}
    assert recit.courtes(events) != []  # what « fps advance » shows instead of « Rien n'était dû »
    assert await monde.pilot.avancer(bac, jour) == []


async def quelques(monde: World, nom: str, graine: str) -> str:
    """A bac where three cars were fined, whose journals say the same as those of another with that seed."""
    bac = await bac_neuf(monde, date(2023, 9, 28), nom, graine=graine)
    for n in range(3):
        corps = constat({"plaque": f"AB-12{n}-CD"})
        cree = await monde.client.post(f"{monde.addresses[Party.COLLECTIVITE]}/bacs/{bac}/fps", json=corps)
        assert cree.status_code == 201, cree.text
    await monde.pilot.au_calme(bac)
    return bac


def sans_heure(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in e.items() if k not in ("position", "wall_time")} for e in events]


async def test_a_day_that_is_lived_in_slices_is_the_same_day(monde: World, monkeypatch: pytest.MonkeyPatch) -> None:
    jour, entier = paris(date(2023, 9, 29)), await quelques(monde, "tranche-1", "tranches")
    calme = await monde.pilot.avancer(entier, paris(date(2023, 10, 30)))
    par_tranches = await quelques(monde, "tranche-2", "tranches")
    monkeypatch.setattr(engine, "SLICE", 0.0)
    monkeypatch.setattr(days, "DUE", days.DUE.limit(1))
    for service in SERVICES:
        horloge = {"instant": jour.replace(hour=0).isoformat()}
        await monde.pilot._call(service, "POST", f"/bacs/{par_tranches}/horloge", json=horloge)
    premiere = (await monde.pilot._call(Party.ANTAI, "POST", f"/bacs/{par_tranches}/jour")).json()
    assert (premiere["echeances_vecues"], premiere["reste"]) == (1, True)
    reste, vus = await quelques(monde, "tranche-3", "tranches"), []
    marks = await monde.pilot.conduire(reste, paris(date(2023, 10, 30)), lambda *vu: vus.append(vu))
    assert sans_heure([x async for x in monde.pilot.faits(reste, marks)]) == sans_heure(calme)
    assert [vecues for _, vecues, _ in vus] == sorted(vecues for _, vecues, _ in vus) and vus[-1][1] > 3


async def test_a_long_story_is_a_stream_told_by_its_numbers_its_beginning_and_its_end(
    monde: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bac = await quelques(monde, "histoire", "histoire")
    avance = await commande.move(monde.pilot, bac, paris(date(2023, 10, 30)))
    tout = [x async for x in monde.pilot.faits(bac, avance.marques)]
    monkeypatch.setattr(faits, "LOT", 7)
    assert [x async for x in monde.pilot.faits(bac, avance.marques)] == tout == sorted(tout, key=faits.order)
    dits = recit.courtes(tout)
    assert len(dits) > 10

    async def dire(**options: bool) -> str:
        capsys.readouterr()
        assert await commande.tell(monde.pilot, avance, **options) == 0
        return capsys.readouterr().out

    entier = await dire()
    monkeypatch.setattr(commande, "ENTIER", 10)
    monkeypatch.setattr(commande, "BOUTS", 4)
    monkeypatch.setattr(commande, "PAGE", 7)
    court, long = await dire(), await dire(detail=True)
    numeros = [line.strip() for line in entier.splitlines() if line.strip().isdigit() and len(line.strip()) == 26]
    assert len(numeros) == len(dits) == long.count("2159035010001723") and f"premiers faits sur {len(dits)}" in court
    assert court.count("2159035010001723") == 2 * commande.BOUTS and "Combien de chaque" in court
    told = json.loads(await dire(en_json=True))
    assert told["evenements"] == tout and told["en_attente"] == 0


async def test_what_is_long_shows_where_it_is_on_a_terminal_and_nothing_elsewhere(
    monde: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bac = await quelques(monde, "long", "long")
    monkeypatch.setattr(progres, "monotonic", count().__next__)  # each thing takes a second
    for terminal, jour in ((False, date(2023, 9, 29)), (True, date(2023, 10, 30))):
        monkeypatch.setattr(sys.stderr, "isatty", lambda terminal=terminal: terminal)
        capsys.readouterr()
        with commande.Pas() as pas:
            await commande.move(monde.pilot, bac, paris(jour), pas.dire)
        await doctor._invariants(doctor.Report(), monde.pilot, await monde.pilot.etat(bac))
        with progres.Lus(bac, "actes lus") as lus:
            found = await verifications.dossiers(monde.pilot, bac, lus.dire)
        written = capsys.readouterr().err
        assert ("lettres en route" in written) is ("3 dossiers lus" in written) is terminal
        assert (f"{sum(one['lus'] for one in found.values())} actes lus" in written) is terminal
