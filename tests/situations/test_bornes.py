"""Every deadline and every limit that the services compare, the day before, that day and the day after: the folder `bornes`."""

import ast
import importlib
import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import pytest_asyncio

from fps.donnees import lire_yaml
from fps.kit.engine.definition import Deadline
from fps.kit.engine.work import Work
from fps.parties import Party
from fps_simulateur.pilote.world import DEFINITIONS, World, open_world
from tests.situations.joueur import DEPART, Situation
from tests.situations.regles import REGLES

pytestmark = pytest.mark.asyncio(loop_scope="module")
ICI = Path(__file__).parent
SERVICES = ICI.parents[1] / "services"
CAS = [(f.stem, cas) for f in sorted((ICI / "bornes").glob("*.yaml")) for cas in lire_yaml(f.read_text("utf-8"))]
JOURS = {"veille": -1, "jour": 0, "lendemain": 1}
Vecues = list[tuple[str, str, date]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with open_world(token="essai") as opened:
        yield opened


@pytest.fixture
def vecues(monkeypatch: pytest.MonkeyPatch) -> Vecues:
    """The deadlines that the four services live, each with its day."""
    found: Vecues = []

    def noter(service: Party, nom: str, vivre: Deadline) -> Deadline:
        async def noted(sujet: str, work: Work) -> None:
            await vivre(sujet, work)
            found.append((service.value, nom, work.today))

        return noted

    for service, definition in DEFINITIONS.items():
        for nom, vivre in list(definition.deadlines.items()):
            monkeypatch.setitem(definition.deadlines, nom, noter(service, nom, vivre))
    return found


@contextmanager
def appelees() -> Iterator[set[str]]:
    """The functions of the services that are called meanwhile, as `module:qualname`."""
    found: set[str] = set()

    def noter(frame: FrameType, event: str, arg: Any) -> None:
        nom = frame.f_globals.get("__name__", "")
        if event == "call" and nom.partition(".")[0] in DEFINITIONS:
            found.add(f"{nom}:{frame.f_code.co_qualname.replace('.<locals>', '')}")

    ancien = sys.getprofile()
    sys.setprofile(noter)
    try:
        yield found
    finally:
        sys.setprofile(ancien)


def borne(cas: dict[str, Any], decalage: int) -> date | datetime:
    """The day tried, or the instant, a minute before or after."""
    le: date | str = cas["le"]
    if isinstance(le, str):
        return datetime.fromisoformat(le) + timedelta(minutes=decalage)
    return le + timedelta(days=decalage)


async def essayer(situation: Situation, cas: dict[str, Any], decalage: int, attendu: dict[str, Any]) -> None:
    """Go to the day, or keep it as what an act says; do the act; see what is expected."""
    quand, attendu = borne(cas, decalage), dict(attendu)
    vu = attendu.pop("vu", None)
    if "dit" in cas:
        situation.mots["jour"] = quand.isoformat()
    else:
        await situation.faire({"le": quand})
    etape = {**cas.get("essai", {})}
    if "apres" in cas:
        await situation.faire(etape)
        await situation.faire({"le": borne(cas, decalage + cas["apres"]), **attendu})
    elif etape or attendu:
        await situation.faire({**etape, **attendu})
    if vu is not None:
        voir = cas["voir"]
        await situation.faire({**voir, "donne": vu})


def essais(cas: dict[str, Any]) -> list[tuple[str, ...]]:
    """The days tried in one life each: what nobody acts upon is seen the day before, then that day; the day after is always jumped to."""
    return [("veille",), ("jour",), ("lendemain",)] if {"essai", "apres", "dit"} & set(cas) else [("veille", "jour"), ("lendemain",)]


ESSAIS = [(rang, jours) for rang, (_, cas) in enumerate(CAS) for jours in essais(cas)]


def nommer(rang: int, jours: tuple[str, ...]) -> str:
    cas = CAS[rang][1]
    return f"{cas.get('echeance') or cas['limite']}: {cas.get('situation', '')}-{'-'.join(jours)}"


@pytest.mark.parametrize(("rang", "jours"), ESSAIS, ids=[nommer(*essai) for essai in ESSAIS])
async def test_the_limit_holds_the_day_before_that_day_and_the_day_after(
    world: World, vecues: Vecues, rang: int, jours: tuple[str, ...]
) -> None:
    cas = CAS[rang][1]
    assert cas["article"]
    nom, depart = f"borne-{rang}-{jours[-1]}", cas.get("depart", DEPART)
    avant = cas["etapes"] if "dit" in cas else [*cas["etapes"], {"le": borne(cas, JOURS["veille"])}]
    situation = await Situation.apres(world, nom, avant, depart, vierge=cas.get("vierge", False))
    for jour in jours:
        if "echeance" in cas:
            await essayer(situation, cas, JOURS[jour], cas[jour])
            service, nom = cas["echeance"].split("/")
            dates = [le for s, n, le in vecues if (s, n) == (service, nom)]
            assert (cas["le"] in dates) == (jour != "veille"), dates
        elif jour != cas.get("compare_le", "jour"):
            await essayer(situation, cas, JOURS[jour], cas[jour])
        else:
            with appelees() as vues:
                await essayer(situation, cas, JOURS[jour], cas[jour])
            assert REGLES[cas["limite"]] <= vues, sorted(vues)


# ------------------------------------------------------------------------------------------------------- nothing is left out


async def test_every_kind_of_deadline_has_its_three_days() -> None:
    toutes = {f"{service.value}/{nom}" for service, definition in DEFINITIONS.items() for nom in definition.deadlines}
    assert sorted({cas["echeance"] for _, cas in CAS if "echeance" in cas}) == sorted(toutes)


DATES = re.compile(
    r"\ble\b|limite|date|jusqu|today|\bnow\b|maintenant|instant|notification|jour|_le\b|debut|\bfin\b|premier|attendue|exercice"
)
HORS_DU_DROIT = {
    "dgfip.domain.renouvellement:exiger_remplacable": "le plus récent de deux titres, que l'ANTAI date : aucun délai",
    "dgfip.domain.compensation:_payable": "une somme : le rabais du jour, pris sur la majoration, n'y change rien",
    "antai.store.statistiques:_filtre": "bornes d'une statistique",
    "antai.store.statistiques:avis_par_jour": "bornes d'une statistique",
    "collectivite.store:compter_forfaits": "bornes d'une statistique",
}

ENROLEMENT = (
    "antai.domain.espace.certificats:",
    "antai.domain.espace.convention:",
)  # the life of a convention and of a certificate has its own tests


def comparaisons() -> dict[str, str]:
    """Each function of the services that orders dates or instants, and what it compares."""
    found: dict[str, str] = {}
    for path in sorted(SERVICES.rglob("*.py")):
        module = ".".join(path.relative_to(SERVICES).with_suffix("").parts[1:])
        if ".migrations." not in f".{module}.":
            _comparaisons(ast.parse(path.read_text("utf-8")), module, (), found)
    return found


def _comparaisons(node: ast.AST, module: str, noms: tuple[str, ...], found: dict[str, str]) -> None:
    for child in ast.iter_child_nodes(node):
        nomme = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if isinstance(child, ast.Compare) and any(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in child.ops):
            text = ast.unparse(child)
            if DATES.search(text):
                found[f"{module}:{'.'.join(noms)}"] = text
        _comparaisons(child, module, (*noms, child.name) if nomme else noms, found)  # type: ignore[attr-defined]


async def test_every_comparison_of_dates_in_the_services_has_its_three_days() -> None:
    # Those of a table of lambdas have no name: they are told by « limite ».
    ecrites = {f for f in comparaisons() if not f.endswith(":") and not f.startswith(ENROLEMENT)}
    essayees = set().union(*REGLES.values())
    assert sorted(ecrites - essayees - set(HORS_DU_DROIT)) == []
    assert sorted(set(HORS_DU_DROIT) - ecrites) == []


async def test_each_rule_that_compares_is_tried_by_a_case_and_its_module_exists() -> None:
    noms = {cas.get("limite", cas.get("echeance")) for _, cas in CAS}
    assert sorted(set(REGLES) - noms) == []
    assert sorted({cas["limite"] for _, cas in CAS if "limite" in cas} - set(REGLES)) == []
    for fonction in set().union(*REGLES.values()):
        module, _, qualname = fonction.partition(":")
        assert importlib.import_module(module) and qualname, fonction


async def test_each_case_is_told_once() -> None:
    titres = [(cas.get("echeance"), cas.get("limite"), cas.get("situation", "")) for _, cas in CAS]
    assert len(set(titres)) == len(titres)
