"""What nobody planned: a product that sends before it is asked, two products or two runs in one bac. Each run ends, and says why."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from fps.kit.ground.clock import paris
from fps_certification.certifier import certifier
from fps_certification.execution import DEPART, Demande
from fps_certification.plans.plan import Plan
from fps_certification.rapports.rapport import Rapport
from fps_certification.sujets.contrat import ACTIONS, Action
from fps_certification.sujets.reference import Reference
from fps_certification.sujets.sujet import Domaine, Reponse
from fps_certification.verdict import Sort
from fps_simulateur.joueur import Ailleurs
from fps_simulateur.pilote.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
VEHICULE = {"immatriculation": "AB-123-CD", "pays": "FR", "marque": "Renault", "categorie": "voiture"}
FPS = {"siret": "21590350100017", "zone": "rouge", "voie": "12 rue de l'Exemple", "agent": "0072"}
BORNE = 120  # seconds, far more than it takes


async def eprouver(monde: World, nom: str, bac: str, bacs: Any = "par-epreuve") -> Rapport:
    """Play a short plan in the bac of a product, or in copies of it: it ends in bounded time."""
    plan = Plan(
        plan=nom,
        titre="Un essai",
        bac=bac,
        bacs=bacs,
        epreuves=("amiable-transmis", "amiable-paye"),
        exigences=("EX-101..EX-105", "EX-190", "EX-510"),
    )
    demande = Demande(plan, nom, prealable=False)
    async with asyncio.timeout(BORNE):
        return (await certifier(demande, monde.client, monde.addresses, monde.token)).rapport


async def envoyer(monde: World, bac: str, plaque: str) -> None:
    """The product sends a FPS that nothing asked."""
    donnees = FPS | {"vehicule": VEHICULE | {"immatriculation": plaque}}
    assert (await Reference(Ailleurs(monde.pilot)).agir(ACTIONS["etablir"], bac, donnees)).statut < 300


def rates(rapport: Rapport) -> list[str]:
    return [e.id for e in rapport.exigences if e.sort is Sort.NON_CONFORME]


@pytest.mark.parametrize("bacs", ["par-epreuve", "un"])
async def test_a_product_that_has_sent_before_the_plan_asks_is_told_to_take_a_new_bac_and_is_not_called_wrong(
    monde: World, bacs: str
) -> None:
    """It refuses, as it must, a second FPS of the same vehicle: that is no fault of it, whichever the words of its refusal."""
    bac = f"avant-{bacs}"
    await monde.pilot.creer(bac, paris(DEPART))
    await envoyer(monde, bac, "AB-123-CD")
    found = await eprouver(monde, f"avance-{bacs}", bac, bacs)
    assert rates(found) == [] and found.code == 2
    assert {f.domaine for f in found.fautes} == {Domaine.CONFIGURATION}
    assert "que l'épreuve n'a pas demandé" in found.fautes[0].phrase and "bac neuf" in found.fautes[0].phrase
    await monde.pilot.supprimer(bac)


async def test_what_a_product_has_sent_of_something_else_before_or_while_it_is_tried_changes_nothing(
    monde: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await monde.pilot.creer("autre-chose", paris(DEPART))
    await envoyer(monde, "autre-chose", "ZZ-001-ZZ")
    agir, rang = Reference.agir, iter(range(100, 999))

    async def de_plus(self: Reference, action: Action, bac: str, donnees: Mapping[str, Any]) -> Reponse:
        """What is asked, and a FPS that nobody asks, first."""
        if action is ACTIONS["etablir"]:
            await agir(self, action, bac, {**FPS, "vehicule": VEHICULE | {"immatriculation": f"ZZ-{next(rang)}-ZZ"}})
        return await agir(self, action, bac, donnees)

    monkeypatch.setattr(Reference, "agir", de_plus)
    for bacs in ("par-epreuve", "un"):
        found = await eprouver(monde, f"plus-{bacs}", "autre-chose", bacs)
        assert (found.etat, found.fautes) == ("conforme", ())
    await monde.pilot.supprimer("autre-chose")


async def test_two_products_tried_at_once_in_one_bac_end_and_none_is_a_fault_of_the_simulator_or_of_a_product(monde: World) -> None:
    await monde.pilot.creer("a-deux", paris(DEPART))
    ensemble = await asyncio.gather(eprouver(monde, "a-deux-1", "a-deux", "un"), eprouver(monde, "a-deux-2", "a-deux", "un"))
    for found in ensemble:
        assert {f.domaine for f in found.fautes} <= {Domaine.CONFIGURATION} and found.code in (0, 2, 4), found.fautes
        assert rates(found) == []
    assert any(found.fautes for found in ensemble)
    await monde.pilot.supprimer("a-deux")


async def test_two_runs_at_once_on_copies_of_one_bac_do_not_see_each_other(monde: World) -> None:
    await monde.pilot.creer("copies", paris(DEPART))
    for found in await asyncio.gather(eprouver(monde, "copies-1", "copies"), eprouver(monde, "copies-2", "copies")):
        assert (found.etat, found.fautes) == ("conforme", ())
    await monde.pilot.supprimer("copies")
