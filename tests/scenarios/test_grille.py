"""The grid of the delays: right as the law is, and a rule broken on purpose lights its own column and no other."""

import ast
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from collectivite.actes import rapo
from fps.droit import droit, parametres
from fps.droit.calculs import date_limite_decision_rapo
from fps_console.cli.principal import run
from fps_console.commandes.grille import vue
from fps_simulateur.grille import calendrier
from fps_simulateur.grille.carte import dessiner
from fps_simulateur.grille.delais import Delai, delais, par_nom
from fps_simulateur.grille.essais import Case, Essai, Grille
from fps_simulateur.grille.pieges import PIEGES
from fps_simulateur.pilote.world import DEFINITIONS, World

LONG = os.environ.get("FPS_TEST_LONG") == "1"
COURTS = ("paiement-rapide", "envoi-avis", "notification", "silence-rapo", "telecopie", "regularisation")  # a second of processor in all
Casser = Callable[[pytest.MonkeyPatch], None]
HORS_GRILLE = {
    "antai/controle-espace": "a setting of ANTAI's control, that no law fixes (H85)",
    "antai/signature-convention": "a setting of ANTAI's control, that no law fixes (H85)",
    "collectivite/transmission": "a setting of a town (H125)",
}


async def essayer(monde: World, nom: str, essayes: Sequence[Delai]) -> list[Case]:
    return [une async for une in Grille(monde, prefixe=f"grille-{nom}").cases(essayes, PIEGES if LONG else PIEGES[:1])]


@pytest.fixture
def brouillons(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The law may be a draft meanwhile."""
    yield monkeypatch
    monkeypatch.undo()
    droit.cache_clear()


def brouillon(nom: str, valeur: int) -> Casser:
    """A draft of the law, where a value is another since always."""

    def casser(patch: pytest.MonkeyPatch) -> None:
        connu = parametres()[nom]
        patch.setitem(parametres(), nom, replace(connu, valeurs=tuple(replace(v, valeur=valeur) for v in connu.valeurs)))
        droit.cache_clear()

    return casser


def un_jour_de_trop(patch: pytest.MonkeyPatch) -> None:
    """The town counts one day too many before silence is a rejection."""
    patch.setattr(rapo, "date_limite_decision_rapo", lambda jour: date_limite_decision_rapo(jour) + timedelta(days=1))


CASSES: dict[str, Casser] = {
    "paiement-rapide": brouillon("paiement_rapide_jours", 4),
    "envoi-avis": brouillon("apa_envoi_jours", 2),
    "silence-rapo": un_jour_de_trop,
    "telecopie": brouillon("telecopie_confirmation_jours", 16),
    "regularisation": brouillon("regularisation_mois", 2),
}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.timeout(1800 if LONG else 120)
async def test_the_grid_is_right_as_the_law_is(monde: World) -> None:
    cases = await essayer(monde, "droit", delais() if LONG else [par_nom()[nom] for nom in ("rapo",)])
    assert vue(cases)["faux"] == [] and all(len(une.essais) == 3 for une in cases)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.timeout(600 if LONG else 120)
@pytest.mark.parametrize("nom", CASSES)
async def test_a_rule_broken_on_purpose_lights_its_own_column_and_no_other(monde: World, brouillons: pytest.MonkeyPatch, nom: str) -> None:
    CASSES[nom](brouillons)
    cases = await essayer(monde, nom, [un for un in delais() if un.delai in COURTS])
    dit = json.loads(json.dumps(vue(cases)))
    assert dit["faux"] == [nom], [une for une in dit["cases"] if not une["juste"]]
    assert {une["delai"] for une in dit["cases"]} == set(COURTS) and not any(une["panne"] for une in dit["cases"])


def test_every_kind_of_deadline_of_the_services_is_in_the_grid_or_says_why() -> None:
    toutes = {f"{service.value}/{nom}" for service, definition in DEFINITIONS.items() for nom in definition.deadlines}
    essayees = {nature for delai in delais() for nature in delai.natures}
    assert sorted(toutes - essayees) == sorted(HORS_GRILLE) and essayees <= toutes


def test_the_grid_computes_apart_from_what_it_judges() -> None:
    lus = ast.parse(Path(str(calendrier.__file__)).read_text("utf-8"))
    assert {n.module for n in ast.walk(lus) if isinstance(n, ast.ImportFrom) and str(n.module).startswith("fps")} == {"fps.donnees"}
    assert calendrier.fin(date(2023, 11, 30), ["mois 3"]) == date(2024, 2, 29) == calendrier.fin(date(2024, 1, 31), ["mois 1"])
    assert calendrier.fin(date(2024, 2, 29), ["ans 4"]) == date(2028, 2, 29) and calendrier.fin(date(2024, 2, 29), ["ans 1"]) == date(
        2025, 2, 28
    )
    assert calendrier.fin(date(2024, 4, 6), ["juridiction recours_delai_mois"]) == date(2024, 5, 7)
    assert calendrier.fin(date(2024, 4, 7), ["juridiction 1"]) == date(2024, 5, 10)  # 8 May and the Ascension are days off
    assert calendrier.fin(date(2023, 12, 30), ["mois-suivant reversement_jour"]) == date(2024, 1, 15)
    assert calendrier.fin(date(2023, 10, 1), ["francs 5"]) == date(2023, 10, 7)
    with pytest.raises(calendrier.RegleFausse, match="jamais_ecrit"):
        calendrier.fin(date(2023, 10, 1), ["jours jamais_ecrit"])


def test_each_trap_is_met_by_what_begins_or_ends_there() -> None:
    paiement = par_nom()["paiement"]
    for piege in PIEGES:
        debut = piege.debut(paiement.fin)
        assert debut == piege.le if piege.bout == "debut" else paiement.fin(debut) >= piege.le > paiement.fin(debut - timedelta(days=1))


def test_the_map_shows_in_red_the_day_that_is_wrong_and_names_its_column() -> None:
    un, autre = par_nom()["rapo"], par_nom()["paiement"]
    jours = [Essai(-1, date(2023, 11, 4), True), Essai(0, date(2023, 11, 5), True, "refusé"), Essai(1, date(2023, 11, 6), False)]
    case = Case("rapo", PIEGES[0].nom, date(2023, 10, 5), date(2023, 11, 5), tuple(jours))
    svg = dessiner([un, autre], PIEGES[:1], {("rapo", PIEGES[0].nom): case})
    assert ElementTree.fromstring(svg) and "1 délai faux" in svg and "SPÉCIMEN" in svg and "J (05/11/2023) : refusé" in svg
    assert svg.count('fill="#b3261e"/>') == 2 and svg.count('fill="#2f7d4f"/>') == 3  # with the two of the legend


def test_a_delay_or_a_trap_that_does_not_exist_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["grille", "rabai"]) == 2 and "vouliez-vous dire « rabais » ?" in capsys.readouterr().err
    assert run(["grille", "rapo", "--piege", "noel"]) == 2 and "n'est pas un piège" in capsys.readouterr().err
