"""What the catalogue of lives reaches: every state, transition, message, refusal and article, or the reason why no life does."""

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dgfip.domain import remise
from fps.flows import FLOWS
from fps_simulateur.couverture.bilan import Raison, dresser, raisons
from fps_simulateur.couverture.cobertura import ecrire
from fps_simulateur.couverture.parcours import Parcours
from fps_simulateur.couverture.univers import Genre, univers
from fps_simulateur.langue.modele import catalogue
from tests.scenarios.conftest import Joue

pytestmark = [pytest.mark.xdist_group("catalogue-memoire"), pytest.mark.timeout(600)]


def test_every_point_is_reached_by_a_life_or_has_its_reason(en_memoire: Joue) -> None:
    bilan = dresser(en_memoire.parcours)
    assert [vu.point.cle for vu in bilan.trous] == [], "add a life to the catalogue, or a reason to couverture/raisons.yaml"
    assert bilan.fausses == ()
    assert all(bilan.compte(genre)[1] >= attendus for genre, attendus in zip(Genre, (59, 76, 51, 150, 50), strict=True))


def test_what_is_no_longer_reached_is_a_hole_and_lowers_its_part_only(en_memoire: Joue) -> None:
    moins = Parcours()
    moins.ajouter(en_memoire.parcours)
    moins.passages = Counter({passage: fois for passage, fois in moins.passages.items() if passage[1:3] != ("rapo", "silence")})
    bilan = dresser(moins)
    rapo = "collectivite/rapo"
    assert [vu.point.cle for vu in bilan.trous] == [f"etat {rapo}/rejete-implicitement", f"transition {rapo}/silence"]
    assert bilan.taux(Genre.MESSAGE) == bilan.taux(Genre.REFUS) == 100 > bilan.taux(Genre.TRANSITION)


def test_every_one_of_the_sixteen_flows_is_exercised(en_memoire: Joue) -> None:
    assert [f.number for f in FLOWS if en_memoire.messages(catalogue()) & set(f.messages)] == list(range(1, 17))


def test_the_catalogue_holds_at_least_forty_lives() -> None:
    assert len(catalogue()) >= 40


def test_a_reason_for_what_is_reached_or_does_not_exist_is_told_and_a_reason_less_is_a_hole() -> None:
    parcours = Parcours()
    parcours.lire("essai", [], {("antai", "fps-annule"): 1})
    atteint, ecrit = "refus antai/domain.refus/fps-annule", "refus antai/domain.refus/jamais-ecrit"
    assert dresser(parcours, dites=(Raison(raison="Rien.", points=(atteint, ecrit)),)).fausses == (
        f"« {atteint} » est atteint, « {atteint} » lui donne une raison de ne pas l'être",
        f"« {ecrit} » ne désigne rien",
    )
    sans = {vu.point.cle for vu in dresser(parcours, dites=raisons()[1:]).trous} - {vu.point.cle for vu in dresser(parcours).trous}
    assert sans and all(cle.partition(" ")[2].startswith("antai/") for cle in sans), "the points of the first reason"


def test_runs_are_added_whatever_their_order_and_read_again_as_they_were_written() -> None:
    un, deux = Parcours(), Parcours()
    ligne = {"service": "antai", "acte": "notification", "article": "CGCT, art. L. 2333-87, II ; hypothèse H48"}
    un.lire("b", [ligne | {"donnees": {"passages": [["fps", "notifier", "apa-envoye", "notifie"]]}}], {})
    deux.lire("a", [ligne | {"donnees": {}}, ligne | {"acte": "refus", "donnees": {"code": "fps-annule"}}], {("dgfip", "titre-annule"): 2})
    sommes = []
    for premier, second in ((un, deux), (deux, un)):
        somme = Parcours.de(premier.vue())
        somme.ajouter(Parcours.de(second.vue()))
        sommes.append(somme.vue())
    assert sommes[0] == sommes[1]
    fois = Parcours.de(sommes[0]).fois(univers())
    assert fois["transition antai/fps/notifier"] == fois["transition antai/fps/notifier@apa-envoye"] == fois["etat antai/fps/notifie"] == 1
    assert fois["article collectivite/CGCT, art. L. 2333-87, II"] == 3 and fois["refus dgfip/domain.refus/titre-annule"] == 2


# The grammar of coverage-04.dtd: what an element holds, and the attributes that it must have.
DTD = {
    "coverage": (
        "sources packages",
        "line-rate branch-rate lines-covered lines-valid branches-covered branches-valid complexity version timestamp",
    ),
    "sources": ("source*", ""),
    "source": ("", ""),
    "packages": ("package*", ""),
    "package": ("classes", "name line-rate branch-rate complexity"),
    "classes": ("class*", ""),
    "class": ("methods lines", "name filename line-rate branch-rate complexity"),
    "methods": ("method*", ""),
    "lines": ("line*", ""),
    "line": ("conditions*", "number hits"),
    "conditions": ("condition*", ""),
    "condition": ("", "number type coverage"),
}
FACULTATIFS = {"branch", "condition-coverage"}


def valide(element: ElementTree.Element) -> None:
    contenu, attributs = DTD[element.tag]
    enfants = [enfant.tag for enfant in element]
    assert set(enfants) <= {contenu[:-1]} if contenu.endswith("*") else enfants == contenu.split(), element.tag
    assert set(attributs.split()) <= set(element.keys()) <= set(attributs.split()) | FACULTATIFS, element.tag
    for enfant in element:
        valide(enfant)


def test_cobertura_follows_the_public_grammar_and_points_at_the_lines_of_the_code() -> None:
    parcours = Parcours()
    parcours.passages["dgfip", "remise", "redemander", "refusee", "demandee"] = 3
    xml = ecrire(dresser(parcours))
    assert xml == ecrire(dresser(Parcours.de(parcours.vue()))) and 'SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd"' in xml
    racine = ElementTree.fromstring(xml)
    valide(racine)
    (classe,) = (c for c in racine.iter("class") if c.get("name") == "remise (remise.py)")
    lues = Path(str(remise.__file__)).read_text("utf-8").splitlines()
    lignes = {lues[int(str(ligne.get("number"))) - 1].split()[0].strip('":'): ligne for ligne in classe.iter("line")}
    assert {nom: ligne.get("hits") for nom, ligne in lignes.items()} == {
        "DEMANDEE": "3",
        "ACCORDEE": "0",
        "REFUSEE": "3",
        "accorder": "0",
        "refuser": "0",
        "redemander": "3",
    }
    assert lignes["redemander"].get("condition-coverage") == "50% (1/2)"
    assert str(remise.__file__).endswith(str(classe.get("filename")))
