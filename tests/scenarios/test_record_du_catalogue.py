"""Each life of the catalogue, played in a bac, is recorded from what that bac was asked, and plays the same: both journals, line by line.

Eight lives in all cases, one of them on PostgreSQL and RabbitMQ; the whole catalogue with FPS_TEST_LONG=1.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from fps_simulateur.enregistrement.enregistreur import REFAIT, REJOUE, Enregistree, enregistrer
from fps_simulateur.joueur import QuatreServices, jouer
from fps_simulateur.langue.modele import Vie, catalogue
from fps_simulateur.pilote.world import World, open_world
from tests.parler import mondes
from tests.scenarios.choix import LONG

pytestmark = pytest.mark.asyncio(loop_scope="session")
# A payment, a RAPO, a title, a petition and its execution, letters that are refused, nothing at all, an hour that comes twice.
COURTES = (
    "minore-lille-dernier-jour",
    "rapo-pieces-demandees",
    "deux-roues-paris",
    "decharge-totale-du-titre",
    "comptable-refuse-06",
    "numeros-inconnus",
    "nuit-du-changement-d-heure",
)
EN_VRAI = "cheque-impaye-avant-remboursement"
# What the espace numérique was asked may hold a password: it is not kept, and such a bac is not recorded.
NON_GARDEES = frozenset({"certificat-desactive", "enrolement"})
VIES = {vie.vie: vie for vie in catalogue() if vie.vie not in NON_GARDEES}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def vide() -> AsyncIterator[World]:
    """Where what was recorded is done again, then played."""
    async with open_world() as opened:
        yield opened


async def enregistree(monde: QuatreServices, vie: Vie, vide: World) -> Enregistree:
    bac = f"rec-{vie.vie}"[:40].rstrip("-")
    await jouer(monde, vie, bac)
    try:
        return await enregistrer(monde.pilot, bac, "rejouee", vie.titre, vide)
    finally:
        await monde.pilot.supprimer(bac)
        for nom in {REFAIT, REJOUE} & set(await vide.pilot.lister()):
            await vide.pilot.supprimer(nom)


@pytest.mark.parametrize("nom", VIES if LONG else COURTES)
async def test_a_life_that_is_recorded_plays_the_same(monde: World, vide: World, nom: str) -> None:
    dite = await enregistree(monde, VIES[nom], vide)
    assert (dite.ecart, dite.non_repris) == (None, ()), dite.texte


@pytest.mark.xdist_group("vrai")
async def test_a_life_lived_on_real_servers_is_recorded_too(monde_reel: mondes.Monde, vide: World) -> None:
    dite = await enregistree(monde_reel, VIES[EN_VRAI], vide)
    assert (dite.ecart, dite.non_repris) == (None, ()), dite.texte
