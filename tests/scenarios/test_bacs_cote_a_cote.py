"""Many bacs of one process live side by side: none sees what is done in another, and none is stopped by it."""

import asyncio
import os
from datetime import date

import pytest

from fps.kit.ground.clock import paris
from fps.parties import Party
from fps_simulateur.joueur import constat
from fps_simulateur.pilote.world import World
from tests.villes import donnees

pytestmark = pytest.mark.asyncio(loop_scope="session")
LILLE = [ville for ville in donnees() if ville["commune"]["siret"] == "21590350100017"]
NOMBRE = 100 if os.environ.get("FPS_TEST_LONG") else 20  # a hundred cost eleven seconds of CPU
SORTES = 10  # of lives among them: their first day, their seed, how many FPS


async def test_bacs_that_live_together_do_not_see_one_another(monde: World) -> None:
    """The same acts on the same plates: each journal is that of every bac of its sort, and of one that is alone."""

    async def faire(nom: str, sorte: int) -> None:
        await monde.pilot.creer(nom, paris(date(2024, 1, 2 + sorte % 5)), graine=f"graine-{sorte}", villes=LILLE)
        for fois in range(1 + sorte % 2):
            url = f"{monde.addresses[Party.COLLECTIVITE]}/bacs/{nom}/fps"
            assert (await monde.client.post(url, json=constat({"plaque": f"AB-12{fois}-CD"}))).status_code == 201

    async def journal(nom: str) -> list[str]:
        await monde.pilot.au_calme(nom)
        return [f"{x['service']} {x['sujet']} {x['rang']} {x['empreinte']}" for x in await monde.pilot.journal(nom)]

    noms = {f"cent-{rang}": rang % SORTES for rang in range(NOMBRE)}
    await asyncio.gather(*(faire(nom, sorte) for nom, sorte in noms.items()))
    vus = {nom: await journal(nom) for nom in noms}
    sortes = {sorte: vus[f"cent-{sorte}"] for sorte in range(SORTES)}
    assert len({str(un) for un in sortes.values()}) == SORTES and all(len(un) > 4 for un in sortes.values())
    assert [nom for nom, sorte in noms.items() if vus[nom] != sortes[sorte]] == []
    for nom in noms:
        await monde.pilot.supprimer(nom)
    await faire("cent-seul", 3)
    assert await journal("cent-seul") == sortes[3]
