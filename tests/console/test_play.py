"""`fps play`: the lives of the catalogue and one's own, and whose fault it is when one does not go as it is written."""

import json
import re
from base64 import b64decode
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from fps.kit.web.page import SPECIMEN
from fps.parties import Party
from fps_console.cli.principal import run
from fps_console.commandes import play as module
from fps_simulateur.joueur import QuatreServices, jouer
from fps_simulateur.langue.modele import Vie, catalogue
from fps_simulateur.pilote.pilot import PiloteErreur

README = Path(__file__).parents[2] / "simulateur/README.md"
ECRITE = re.findall(r"^```yaml\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)[0]
# Each thing that may be wrong in the life of the readme: what is changed, where it is, what is said.
FAUTES = {
    "un acte": ("acte: établir un FPS", "acte: etablir un FPS", "ligne 5, colonne 7", "vouliez-vous dire « établir un FPS » ?"),
    "un mot": ("antai: { etat: titre", "antay: { etat: titre", "ligne 7, colonne 25", "vouliez-vous dire « antai » ?"),
    "un mot de l'acte": (
        "acte: établir un FPS,",
        "acte: établir un FPS, avec: { plque: X },",
        "ligne 5, colonne 39",
        "vouliez-vous dire « plaque » ?",
    ),
    "une date": ("le: 2024-01-05,", "le: 2024-02-30,", "ligne 6, colonne 13", "« 2024-02-30 » n'est pas une date"),
    "un manque": ("  titre: Impayé, le FPS devient un titre exécutoire\n", "", "ligne 1, colonne 3", "il manque « titre »"),
    "du YAML": ("depart: 2023-09-28", "depart 2023-09-28: [", "ligne 5", "ce n'est pas du YAML"),
}


def test_a_life_of_ones_own_is_played_as_the_readme_shows_it_and_gives_the_same_bytes_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "vie.yaml").write_text(ECRITE, encoding="utf-8")
    told = []
    for _ in range(2):
        assert run(["play", str(tmp_path / "vie.yaml"), "--json"]) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    (vie,) = json.loads(told[0])["vies"]
    assert (vie["vie"], vie["statut"]) == ("mon-premier-dossier", "jouees")
    assert "prise-en-charge" in [x["acte"] for x in vie["journal"] if x["service"] == "dgfip"]


def test_a_life_that_does_not_go_as_it_is_written_says_where_and_the_others_are_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "vie.yaml").write_text(ECRITE.replace("majoration: 5000", "majoration: 4000"), encoding="utf-8")
    assert run(["play", str(tmp_path / "vie.yaml"), "deux-roues-paris", "--junit", str(tmp_path / "r/junit.xml"), "--detail"]) == 1
    said = capsys.readouterr().out
    assert "FAUX  mon-premier-dossier" in said and "ok    deux-roues-paris" in said and "2 vies jouées, 1 fausse." in said
    assert f"{tmp_path / 'vie.yaml'}, ligne 7 : étape 3 : antai : majoration = 5000 au lieu de 4000" in said
    assert "Titre exécutoire émis" in said or "16/01/2024" in said
    suite = ElementTree.parse(tmp_path / "r/junit.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    assert [(case.get("name"), [e.tag for e in case]) for case in suite] == [("mon-premier-dossier", ["failure"]), ("deux-roues-paris", [])]


@pytest.mark.parametrize(("avant", "apres", "ou", "quoi"), FAUTES.values(), ids=FAUTES)
def test_a_file_that_is_ill_written_names_its_line_its_column_and_the_nearest_word(
    avant: str, apres: str, ou: str, quoi: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert avant in ECRITE
    (tmp_path / "vie.yaml").write_text(ECRITE.replace(avant, apres, 1), encoding="utf-8")
    assert run(["play", str(tmp_path / "vie.yaml")]) == 2
    said = capsys.readouterr().err
    assert f"vie.yaml, {ou}" in said and quoi in said and "Traceback" not in said and "validation" not in said


# Each thing that a life may find otherwise: its second step, and what is said of it.
AUTREMENT = (
    ("{acte: établir un FPS, avec: {siret: '123'}}", "établir un FPS refusé (422) : Le champ « siret » n'a pas la forme attendue"),
    (
        "{acte: payer le FPS}",
        "payer le FPS refusé (409) : L'avis de paiement n'est pas encore envoyé « avis-non-envoye », CGCT, art. L. 2333-87",
    ),
    ("{acte: payer le FPS, refus: rapo-deja-decide}", "refus « rapo-deja-decide » attendu, trouvé « avis-non-envoye » : FPS "),
    (
        "{acte: établir un FPS, avec: {plaque: EF-456-GH}, donne: {montan: 3500}}",
        "montan = '(absent, vouliez-vous dire « montant » ?)' au lieu de 3500",
    ),
    ("{collectivite: {vehicule.autre: '(absent)', etat: autre}}", " etat = 'transmis' au lieu de 'autre'"),
    ("{dossier: autre, acte: payer le FPS, avec: {reference: '{inconnu}'}}", "« {inconnu} » n'est encore le nom de rien : « variables »"),
    (
        "{dossier: autre, acte: décider le RAPO, avec: {sens: rejet}}",
        "« {numero} » n'est encore le nom de rien : « établir un FPS » le donne",
    ),
    ("{dossier: fps, dgfip: {etat: averti}}", "dgfip ne connaît pas ce dossier : "),
    ("{acte: établir un FPS, avec: {plaque: EF-456-GH}, refus: hors-bareme}", "le refus « hors-bareme » était attendu, l'acte est accepté"),
)


def test_what_a_life_finds_otherwise_is_a_sentence_and_never_the_document_that_was_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    etablir = "{acte: établir un FPS, dossier: fps}"
    lives = [f"- {{vie: v{n}, titre: T, etapes: [{etablir}, {etape}]}}" for n, (etape, _) in enumerate(AUTREMENT)]
    (tmp_path / "vies.yaml").write_text("\n".join(lives), encoding="utf-8")
    assert run(["play", str(tmp_path / "vies.yaml")]) == 1
    said = capsys.readouterr().out
    assert [phrase for _, phrase in AUTREMENT if phrase not in said] == []
    assert '{"' not in said and "urn:" not in said and "['" not in said and f"{len(AUTREMENT)} fausses." in said


def test_the_json_has_a_file_of_its_own_the_bytes_that_the_screen_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "vie.yaml").write_text("- {vie: v, titre: T, etapes: [{acte: établir un FPS}]}", encoding="utf-8")
    vie, ecrit = str(tmp_path / "vie.yaml"), tmp_path / "sorties/vie.json"
    assert run(["play", vie, "--json", str(ecrit)]) == 0
    assert "1 vie jouée, aucune fausse." in capsys.readouterr().out
    assert run(["play", "--json", vie]) == 0
    assert capsys.readouterr().out == ecrit.read_text("utf-8")


def test_a_file_that_is_no_text_is_named_with_the_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "latin.yaml").write_bytes("- vie: v\n  titre: été\n".encode("latin-1"))
    assert run(["play", str(tmp_path / "latin.yaml")]) == 2
    assert "latin.yaml, ligne 2, colonne 10 : ce n'est pas un texte UTF-8" in capsys.readouterr().err


def test_a_name_that_is_no_life_gives_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["play", "deux-roue-paris"]) == 2
    assert "vouliez-vous dire « deux-roues-paris » ?" in capsys.readouterr().err
    assert run(["play", "absent.yaml"]) == 2
    assert "absent.yaml : ce chemin n'existe pas" in capsys.readouterr().err


def test_a_day_in_the_past_and_a_name_that_stands_for_nothing_are_the_faults_of_the_life(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lives = [
        "- {vie: passe, titre: T, depart: 2023-09-28, etapes: [{acte: établir un FPS}, {le: 2023-09-01}]}",
        "- {vie: nom, titre: T, etapes: [{acte: établir un FPS}, {acte: payer le FPS, avec: {reference: '{refrence}'}}]}",
        "- {vie: ordre, titre: T, etapes: [{acte: baisser le FPS, avec: {montant: 1000}}, {acte: établir un FPS}]}",
        "- {vie: ville, titre: T, etapes: [{acte: établir un FPS, avec: {ville: lile}}]}",
    ]
    (tmp_path / "vies.yaml").write_text("\n".join(lives), encoding="utf-8")
    assert run(["play", str(tmp_path / "vies.yaml")]) == 1
    said = capsys.readouterr().out
    assert "« {numero} » n'est encore le nom de rien" in said
    assert "4 vies jouées, 4 fausses." in said and "« {refrence} » n'est encore le nom de rien" in said
    assert "ligne 1 : étape 2" in said and "« lile » n'est pas une ville du simulateur ; vouliez-vous dire « lille » ?" in said


def test_the_list_gives_every_life_of_the_catalogue_by_family(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["play", "--lister", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [x["vie"] for x in told] == [v.vie for v in catalogue()] and {"amiable", "rapo"} <= {x["famille"] for x in told}


def test_lives_stop_at_a_moment_and_are_the_same_whatever_processes_play_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "vie.yaml").write_text(ECRITE, encoding="utf-8")
    noms = [str(tmp_path / "vie.yaml"), "deux-roues-paris", "abandons"]
    told = []
    for parallele in ("1", "2"):
        assert run(["play", *noms, "--json", "--until", "la veille du titre", "--parallele", parallele]) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    vies = json.loads(told[0])["vies"]
    actes = [x["acte"] for x in vies[0]["journal"]]
    assert len(vies) == 6 and "impaye" in actes and "emission-titre" not in actes
    assert run(["play", noms[0], "--until", "la veille du titrre"]) == 2
    assert "vouliez-vous dire « titre » ?" in capsys.readouterr().err


def test_the_report_is_one_file_that_needs_nothing_and_tells_a_life_day_by_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "vie.yaml").write_text(ECRITE.replace("titre: Impayé", "titre: <b>Impayé</b>"), encoding="utf-8")
    dits = []
    for nom in ("a", "b"):
        sortie = ["--html", str(tmp_path / f"r/{nom}.html"), *(["--pdf", str(tmp_path / "pdf")] if nom == "a" else [])]
        assert run(["play", str(tmp_path / "vie.yaml"), *sortie]) == 0
        dits.append((tmp_path / f"r/{nom}.html").read_text("utf-8"))
    capsys.readouterr()
    (dit, encore) = dits
    assert dit == encore and SPECIMEN in dit and "<h2>&lt;b&gt;Impayé&lt;/b&gt;" in dit
    assert not re.search(r"(?:src|href)=\"(?!data:application/pdf;base64,|#)|@import|url\((?!#)|<script|<link", dit)
    dedans = [b64decode(x) for x in re.findall(r'href="data:application/pdf;base64,([^"]+)"', dit)]
    assert len(dedans) == 2 and dedans == [(tmp_path / "pdf/mon-premier-dossier" / f"{nom}.pdf").read_bytes() for nom in _fichiers(dit)]
    assert all(f'id="{cible}"' in dit for cible in re.findall(r'href="#([^"]+)"', dit)), "each document is one click away"
    assert "Les états traversés" in dit and dit.count('marker-end="url(#p1f5f8b)"') >= 4, "the path is lit"
    assert dit.count("url(#pointe)") == 4 and ">12 Titre exécutoire</text>" in dit and "13 Avertissement" not in dit
    jours = re.findall(r"<li>(\d\d/\d\d/\d{4})\n<ol>", dit)
    assert jours[0] == "28/09/2023" and "16/01/2024" in jours and len(jours) == len(set(jours))
    trace = dit.partition('<pre class="mermaid">')[2].partition("</pre>")[0]
    assert trace.startswith("sequenceDiagram\n  participant collectivite as ") and "antai-&gt;&gt;dgfip: 12 " in trace


def _fichiers(dit: str) -> list[str]:
    """The files of the documents of a page, as they are downloaded."""
    return [nom.removesuffix(".pdf").replace("-", "/", 1) for nom in re.findall(r'download="([^"]+)"', dit)]


def test_a_service_that_goes_away_in_the_middle_fails_its_life_and_the_others_are_played(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its journal cannot be read either: the life says why, never a fault that nobody foresaw."""

    async def coupe(monde: QuatreServices, vie: Vie, *rest: Any) -> Any:
        if vie.vie == "titre-collectif":
            raise PiloteErreur(Party.DGFIP, {"code": "service-injoignable", "title": "Le service ne répond pas"})
        return await jouer(monde, vie, *rest)

    monkeypatch.setattr(module, "jouer", coupe)
    assert run(["play", "titre-collectif", "deux-roues-paris", "--json"]) == module.Statut.SIMULATEUR
    vies = {x["vie"]: x for x in json.loads(capsys.readouterr().out)["vies"]}
    assert vies["titre-collectif"]["raison"].startswith("dgfip : Le service ne répond pas") and vies["titre-collectif"]["journal"] == []
    assert vies["deux-roues-paris"]["statut"] == "jouees"
