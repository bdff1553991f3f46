"""`fps coverage`: reads what runs wrote, adds them, says what is missing, and its exit status tells a threshold that is not reached."""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from fps_console.cli.principal import run
from fps_console.commandes.play import Jouee, vue
from fps_console.mots.lexique import ETATS, GESTES
from fps_simulateur.couverture.dessin import BOITE, LISTE
from fps_simulateur.couverture.parcours import LETTRES, du_bac
from fps_simulateur.couverture.univers import univers
from fps_simulateur.joueur import jouer
from fps_simulateur.langue.choix import choisir
from fps_simulateur.pilote import faits
from fps_simulateur.pilote.lectures import Lecteur
from fps_simulateur.pilote.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def joue(tmp_path: Path) -> Path:
    """What « fps play --json » writes of a life that notified a FPS, and was refused a payment."""
    ligne = {"service": "antai", "acte": "notification", "article": "CGCT, art. L. 2333-87, II"}
    journal = [ligne | {"donnees": {"passages": [["fps", "notifier", "apa-envoye", "notifie"]]}}]
    vie: dict[str, Any] = {"vie": "essai", "journal": journal, "refus": [["antai", "fps-annule", 2]]}
    fichier = tmp_path / "joue.json"
    fichier.write_text(json.dumps({"vies": [vie], "statut": 0}))
    return fichier


async def test_what_was_played_is_read_added_to_itself_and_written_in_every_form(
    joue: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    un, deux = tmp_path / "un.json", tmp_path / "deux.json"
    formes = {forme: tmp_path / f"c.{forme}" for forme in ("svg", "html", "cobertura")}
    assert run(["coverage", str(joue), "--json", str(un), *(part for f, ou in formes.items() for part in (f"--{f}", str(ou)))]) == 0
    said = capsys.readouterr().out
    assert "Chemins parcourus par 1 vie ou bac" in said and "etat collectivite/fps/etabli" in said and "SPÉCIMEN" in said
    assert run(["coverage", str(un), str(joue), "--json", str(deux)]) == 0
    premier, second = json.loads(un.read_text()), json.loads(deux.read_text())
    assert premier["genres"] == second["genres"] and premier["genres"]["refus"]["atteints"] == 1
    fois = {p["nom"]: p["fois"] for p in second["points"] if p["genre"] in ("refus", "transition") and p["service"] == "antai"}
    assert (fois["fps-annule"], fois["notifier"], fois["emettre_titre"]) == (4, 2, 0)
    svg, html = (formes[forme].read_text("utf-8") for forme in ("svg", "html"))
    assert ElementTree.fromstring(svg) and "SPÉCIMEN" in svg and svg.count("<g ") == 7
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", "") and "fps-annule" in html and "jamais parcouru" in html


async def test_no_text_of_the_drawing_leaves_its_box() -> None:
    for machine in univers().machines.values():
        for etat in machine.etats:  # a capital of the font at this size is nine pixels wide, a letter seven
            for dit in (etat.value, ETATS[etat.value]):
                assert 10 + 7.5 * len(dit) + 6 * len("jamais") + 12 <= BOITE, etat
        for acte, (depuis, _) in machine.transitions.items():
            for dit in (acte, GESTES[acte]):
                assert 10 + 6.1 * len(f"{dit} · 0 (0 départ sur {len(depuis)})") <= LISTE, acte
    assert GESTES.keys() == {acte for machine in univers().machines.values() for acte in machine.actes}
    assert not GESTES.keys() & ETATS.keys() - {"irrecevable"}  # one drawing says both


async def test_a_threshold_that_is_not_reached_is_told_by_the_exit_status(joue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["coverage", str(joue), "--seuil", "0.1"]) == 0
    capsys.readouterr()
    assert run(["coverage", str(joue), "--seuil", "50"]) == 4
    assert "Sous le seuil" in capsys.readouterr().out


@pytest.mark.parametrize("texte", ["", "[]", '{"vies": [{"vie": "x"}]}', '{"parcours": {"joue": [], "passages": [[1]]}}'])
async def test_a_file_that_tells_no_run_is_refused_in_french(texte: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_text(texte)
    assert run(["coverage", str(tmp_path / "x.json")]) == 2
    assert "ne dit pas ce que des vies ont parcouru" in capsys.readouterr().err


async def test_a_bac_and_the_life_played_in_it_tell_the_same_paths(monde: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (choisie,) = choisir(["numeros-inconnus"])
    vus = (await jouer(monde, choisie.vie, "couverture-bac")).refus
    journal = await monde.pilot.journal("couverture-bac")
    with monkeypatch.context() as patch:  # whatever the size of a bac: its journal is never held whole
        patch.setattr(faits, "LOT", 7)
        patch.delattr(Lecteur, "journal")
        parcours = await du_bac(monde.pilot, "couverture-bac")
    lettres = {(line["donnees"]["type"], line["donnees"]["id"]) for line in journal if line["acte"] in LETTRES}
    assert parcours.messages == Counter(type_ for type_, _ in lettres)
    assert set(parcours.refus) <= {(party.value, code) for party, code in vus} and ("ccsp", "requete-inconnue") in parcours.refus
    assert vue(Jouee(choisie, refus=parcours.refus))["refus"] == [[*cle, 1] for cle in sorted(parcours.refus)]
