"""The suite is itself tried: each product that is wrong in one way is caught by what is named for it, and by nothing else."""

from typing import Any

import httpx
import pytest

from fps.parties import Party
from fps_certification.certifier import certifier
from fps_certification.execution import Demande
from fps_certification.exigences.lecture import exigences
from fps_certification.plans.plan import Plan
from fps_certification.verdict import Sort
from fps_simulateur.pilote.world import World
from tests.certification import mutants, mutants_connexion, mutants_homologation
from tests.certification.mutants import Alteree, Mutant
from tests.certification.mutants_de_forme import ATTRAPES_DE_FORME, DE_FORME
from tests.certification.mutants_de_suite import ATTRAPES_DE_SUITE, DE_SUITE
from tests.certification.mutants_de_trop import ATTRAPES_DE_TROP, DE_TROP
from tests.certification.mutants_du_partiel import ATTRAPES_DU_PARTIEL, DU_PARTIEL
from tests.certification.mutants_du_rapo import ATTRAPES_DU_RAPO, DU_RAPO
from tests.certification.mutants_du_reseau import ATTRAPES_DU_RESEAU, DU_RESEAU
from tests.certification.sans_mutant import PLUS, SANS_MUTANT

pytestmark = pytest.mark.asyncio(loop_scope="session")
TOUS = (
    *(*mutants.MUTANTS, *mutants_homologation.MUTANTS, *mutants_connexion.MUTANTS),
    *(*DU_RAPO, *DU_PARTIEL, *DE_FORME, *DU_RESEAU, *DE_SUITE, *DE_TROP),
)
PRIS = {
    **mutants.ATTRAPES,
    **mutants_homologation.ATTRAPES,
    **mutants_connexion.ATTRAPES,
    **ATTRAPES_DU_RAPO,
    **ATTRAPES_DU_PARTIEL,
    **ATTRAPES_DE_FORME,
    **ATTRAPES_DU_RESEAU,
    **ATTRAPES_DE_SUITE,
    **ATTRAPES_DE_TROP,
}
TOUTES = tuple(e.id for e in exigences())


async def rien(message: Any, work: Any) -> None:
    """Take a letter and do nothing of it."""


async def oublier(sujet: str, work: Any) -> None:
    """Let a deadline pass, and do nothing."""


@pytest.mark.parametrize("mutant", TOUS, ids=str)
async def test_a_wrong_product_is_caught_by_what_is_named_for_it_and_by_nothing_else(
    monde: World, mutant: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    ville = monde.services[Party.COLLECTIVITE]
    client = httpx.AsyncClient(transport=Alteree(ville.relay.carrier.client, mutant, monde))
    monkeypatch.setattr(ville.relay.carrier, "client", client)
    for cls in mutant.sourd:
        handlers: Any = ville.service.definition.handlers
        monkeypatch.setitem(handlers, cls, rien)
    if mutant.oublie:
        deadlines: Any = ville.service.definition.deadlines
        monkeypatch.setitem(deadlines, mutant.oublie, oublier)
    for nom, valeur in mutant.patches:
        monkeypatch.setattr(nom, valeur)
    lettres: Any = "poussees" if mutant.poussees else ""
    plan = Plan(plan="mutant", titre="Un produit faux", lettres=lettres, epreuves=mutant.epreuves, exigences=TOUTES, ville=mutant.ville)
    found = await certifier(Demande(plan, f"mutant-{TOUS.index(mutant)}", prealable=False), monde.client, monde.addresses, monde.token)
    rates = {e.id for e in found.rapport.exigences if e.sort in (Sort.NON_CONFORME, Sort.HYPOTHESE_SEULE)}
    assert rates == set(PRIS[mutant.nom].split()) and rates, [(e.id, e.echecs[0]) for e in found.rapport.exigences if e.id in rates]
    assert found.rapport.code != 0


async def test_sixty_wrong_products_are_tried() -> None:
    assert len(TOUS) >= 60 and [m.nom for m in TOUS] == list(PRIS)


async def test_what_is_tried_and_that_no_wrong_product_fails_has_its_reason() -> None:
    """A requirement that a mutant kills leaves the list, which never grows."""
    tues, essayees = {un for pris in PRIS.values() for un in pris.split()}, {e.id for e in exigences() if e.non_teste is None}
    assert set(SANS_MUTANT) == essayees - tues and len(SANS_MUTANT) <= PLUS
