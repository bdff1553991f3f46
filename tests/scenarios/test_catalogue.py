"""The catalogue of whole lives, played through the four services in memory and on real servers; the books and the invariants after each."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from fps_simulateur.invariants import verifier
from fps_simulateur.joueur import jouer
from fps_simulateur.langue.modele import Vie, catalogue
from tests.worlds import Monde, monde

pytestmark = [pytest.mark.asyncio(loop_scope="module")]
VIES = catalogue()


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["memory", "real"])
async def services(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Monde]:
    folder: Path = tmp_path_factory.mktemp("catalogue")
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(monde(request.param, folder))


@pytest.mark.parametrize("vie", VIES, ids=lambda v: v.vie)
async def test_a_life_goes_as_it_is_written(services: Monde, vie: Vie) -> None:
    deroulement = await jouer(services, vie, vie.vie)
    comptes = (await services.pilot.etat(deroulement.bac))["comptes"]
    assert "mortes" not in comptes, await services.pilot.lettres_mortes(deroulement.bac)
    for dossier in deroulement.dossiers.values():
        assert all(sum(s.values()) == 0 for s in (await services.pilot.soldes(deroulement.bac, dossier["numero"])).values())
    assert verifier(await services.pilot.relever(deroulement.bac)) == []
