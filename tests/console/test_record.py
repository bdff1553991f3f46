"""`fps record`: what was done by hand in a bac is a life that plays the same; what the language cannot say is a comment, and exit 1."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from fps.kit.ground.settings import Settings
from fps.parties import Party
from fps_console.commandes import record as module
from fps_simulateur.client import Monde
from fps_simulateur.client.asynchrone import Bac
from fps_simulateur.enregistrement import enregistreur
from fps_simulateur.pilote.world import World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="session")
LILLE, PARIS = "21590350100017", "21750001600019"


@pytest.fixture
def enregistrer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """The command, on the world of the tests: gives its status, what it says, and the life."""

    async def go(monde: World, bac: Bac, sortie: Path) -> tuple[int, dict[str, Any], str]:
        async with open_world() as vide:
            faite = await enregistreur.enregistrer(monde.pilot, bac.nom, bac.nom, "À la main", vide)
        monkeypatch.setattr(module, "drive", lambda settings, act: faite)
        statut = module.record(Settings(), bac.nom, sortie, None, None, True)
        return statut, json.loads(capsys.readouterr().out), await asyncio.to_thread(sortie.read_text, "utf-8")

    return go


async def test_what_was_done_by_hand_is_a_life_that_plays_the_same(monde: World, enregistrer: Any, tmp_path: Path) -> None:
    bac = await Monde(monde).bac()
    url = f"{monde.addresses[Party.COLLECTIVITE]}/bacs/{bac.nom}"
    vehicule = {"immatriculation": "EF-456-GH", "pays": "FR", "marque": "Renault", "categorie": "voiture"}
    corps = {"siret": PARIS, "zone": "1", "voie": "3 rue de l'Exemple", "vehicule": vehicule, "agent": "0999"}
    a_la_main = await monde.client.post(f"{url}/fps", json=corps | {"date_heure_constat": "2024-01-02T19:00:00+01:00"})
    assert a_la_main.status_code == 201, a_la_main.text
    un = await bac.etablir()
    await bac.advance("2024-01-20")
    await bac.payer(un)
    await bac.faire("déposer un RAPO", un, pieces=["rapo", "avis-paiement"])
    statut, dit, vie = await enregistrer(monde, bac, tmp_path / "vie.yaml")
    assert (statut, dit["ecart"], dit["non_repris"]) == (0, None, []), dit
    assert "acte: établir un FPS" in vie and "ville: paris" in vie and "base64" not in vie and len(vie) < 3_000, vie
    assert "acte: payer le FPS, avec: {montant: 3500}" in vie and "agent: '0999'" in vie


async def test_what_the_language_cannot_say_is_a_comment_and_the_status_says_it(monde: World, enregistrer: Any, tmp_path: Path) -> None:
    bac = await Monde(monde).bac()
    await bac.etablir()
    url = f"{monde.addresses[Party.ANTAI]}/pilotage/bacs/{bac.nom}/destinations/{LILLE}"
    pose = await monde.client.put(url, json={"mode": "retrait"})
    assert pose.status_code < 300, pose.text
    statut, dit, vie = await enregistrer(monde, bac, tmp_path / "vie.yaml")
    assert statut == 1 and [x.split(" (")[0] for x in dit["non_repris"]] == [f"PUT /pilotage/bacs/{{bac}}/destinations/{LILLE}"]
    assert "# non repris, la langue n'a pas d'acte pour le dire : PUT" in vie
