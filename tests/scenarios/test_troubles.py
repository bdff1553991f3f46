"""The troubles that a product meets: each is provoked by a fault that exists or by a life that is played, and by name."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from fps.kit.boxes.pannes import Genre
from fps.kit.ground.clock import PARIS
from fps.parties import Party
from fps_console.cli.principal import run
from fps_simulateur.langue import pannes
from fps_simulateur.langue.actes import PANNE, acte
from fps_simulateur.langue.modele import catalogue
from fps_simulateur.pilote.pilot import PiloteErreur
from fps_simulateur.pilote.world import World
from fps_simulateur.troubles import pose, trouble, troubles

SIRET = "21590350100017"


def test_each_trouble_is_provoked_by_something_that_exists_and_says_what_is_expected() -> None:
    tous, vies = troubles(), {vie.vie for vie in catalogue()}
    noms = [un.trouble for un in tous]
    assert len(noms) == len(set(noms)) >= 20
    assert {un.panne["panne"] for un in tous if un.panne is not None} == {genre.value for genre in Genre}
    assert [un.trouble for un in tous if un.vie is not None and un.vie not in vies] == []
    assert all(un.phrase.endswith(".") and un.attendu.endswith(".") and un.article for un in tous)
    for un in tous:
        if un.panne is not None:
            pannes.de(acte(PANNE), un.panne)  # raises for what an act would not take


@pytest.mark.asyncio(loop_scope="session")
async def test_each_fault_of_the_troubles_is_set_for_the_towns_that_a_product_stands_for_and_taken_away(monde: World) -> None:
    bac, pilot = "troubles", monde.pilot
    await pilot.creer(bac, datetime(2026, 6, 12, 20, 0, tzinfo=PARIS), villes=None)
    assert await pose.villes(pilot, bac) == []
    await pilot._call(Party.DGFIP, "PUT", f"/bacs/{bac}/destinations/{SIRET}", json={"mode": "retrait"})
    assert await pose.villes(pilot, bac) == [SIRET]
    for un in troubles():
        if un.panne is None:
            continue
        services = await pose.poser(pilot, bac, un, [SIRET])
        posees = {s: [x["nom"] for x in (await pilot._call(s, "GET", f"/bacs/{bac}/pannes")).json()] for s in pannes.SERVICES}
        assert [s for s, noms in posees.items() if noms == [un.trouble]] == services != []
        assert await pose.lever(pilot, bac, un, [SIRET]) == services
        assert await pose.lever(pilot, bac, un, [SIRET]) == []
    with pytest.raises(PiloteErreur, match="bac"):
        await pose.poser(pilot, "nulle-part", trouble("doublon"), [SIRET])


def test_a_trouble_is_listed_played_or_told_to_be_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ici = ["--data-dir", str(tmp_path)]
    assert run(["troubles", "lister", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["troubles"]) == len(troubles())
    assert run(["troubles", "jouer", "second-rapo"]) == 0
    dit = capsys.readouterr().out
    assert "Attendu : Le refuser" in dit and "1 vie jouée, aucune fausse." in dit
    assert run(["troubles", "jouer", "doublons"]) == 2 and "vouliez-vous dire « doublon »" in capsys.readouterr().err
    assert run(["troubles", "lever", "second-rapo", *ici]) == 2 and "est une vie" in capsys.readouterr().err
    assert run(["troubles", "jouer", "doublon", *ici]) == 1 and "jeton de pilotage" in capsys.readouterr().err
