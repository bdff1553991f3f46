"""A run is its seed: cut anywhere and taken up again, it gives the same world, byte for byte; and its figures add up."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import pytest_asyncio

from fps.villes.catalogue import par_nom
from fps_simulateur.auscultation import ausculter
from fps_simulateur.joueur import Ailleurs
from fps_simulateur.pilote.pilot import Pilot
from fps_simulateur.population.bilan import bilan
from fps_simulateur.population.empreinte import empreinte
from fps_simulateur.population.marche import AutreNumero, Marche, jouer
from fps_simulateur.population.parametres import livres
from fps_simulateur.population.rue import Periode
from tests.parler.mondes import Monde

if TYPE_CHECKING:
    from fps_simulateur.pilote.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

MARCHE = Marche(par_nom()["lille"], "42", 300, Periode(date(2024, 1, 8), date(2024, 1, 17)), livres())


class Coupure(Exception):
    """The run is cut here."""


class Coupee:
    """A client that dies at its n-th act: one time before it is done, the next time once it is and before it is known."""

    def __init__(self, client: httpx.AsyncClient, reste: int, *, apres: bool):
        self._client, self.reste, self.apres = client, reste, apres
        self.get = client.get

    async def request(self, methode: str, url: Any, **options: Any) -> httpx.Response:
        """Any request; those of the pilot are no acts."""
        acte = methode != "GET" and "/pilotage/" not in str(url)
        self.reste -= acte
        if acte and self.reste <= 0 and not self.apres:
            raise Coupure
        answer = await self._client.request(methode, url, **options)
        if acte and self.reste <= 0:
            raise Coupure
        return answer

    async def post(self, url: Any, **options: Any) -> httpx.Response:
        """A lot."""
        return await self.request("POST", url, **options)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def entiere(monde: "World") -> AsyncIterator[str]:
    """The bac of a run that nothing cut."""
    assert len(await jouer(monde, "ville-entiere", MARCHE)) == 300
    yield "ville-entiere"


async def test_a_run_cut_anywhere_gives_the_same_world_byte_for_byte(monde: "World", entiere: str) -> None:
    coupures = 0
    while True:
        client: Any = Coupee(monde.client, 1 + coupures // 2, apres=coupures % 2 == 0)
        with suppress(Coupure):
            await jouer(Ailleurs(Pilot(client, monde.addresses, monde.token)), "ville-coupee", MARCHE)
            break
        coupures += 1
    assert coupures > 5
    assert await empreinte(monde.pilot, "ville-coupee") == await empreinte(monde.pilot, entiere)


@pytest.mark.xdist_group("vrai")
async def test_on_postgresql_and_rabbitmq_the_world_is_the_same_and_nothing_is_lost(monde: "World", monde_reel: Monde) -> None:
    une = replace(MARCHE, fps=40)
    found = []
    for ou in (monde, monde_reel):
        assert len(await jouer(ou, "ville-vraie", une)) == 40
        livres_et_lettres = await bilan(ou, "ville-vraie", une)
        assert livres_et_lettres["livres"]["equilibres"]
        comptes = livres_et_lettres["lettres"]
        assert comptes["ecrites"] == comptes["recues"] > 40 and not (comptes["refusees"] or comptes["mortes"] or comptes["en_attente"])
        found.append(await empreinte(ou.pilot, "ville-vraie"))
    assert found[0] == found[1]


async def test_the_figures_of_a_run_add_up_and_no_invariant_is_broken(monde: "World", entiere: str) -> None:
    found = await bilan(monde, entiere, MARCHE)
    assert found["fps"]["etablis"] == 300 == sum(found["fps"]["etats"].values()) == sum(found["fps"]["par_zone"].values())
    assert sum(found["fps"]["delais_de_paiement"].values()) == sum(found["fps"]["etats"].get(e, 0) for e in ("paye", "paye-minore")) > 20
    assert found["livres"]["equilibres"]
    assert (found["lettres"]["mortes"], found["lettres"]["refusees"], found["lettres"]["en_attente"]) == (0, 0, 0)
    assert (await ausculter(monde.pilot, entiere, lambda _: None)).ruptures == []


async def test_a_bac_where_somebody_else_establishes_fps_is_not_taken_up(monde: "World", entiere: str) -> None:
    autre = Marche(MARCHE.ville, "43", 300, MARCHE.periode, MARCHE.parametres)
    with pytest.raises(AutreNumero):
        await jouer(monde, entiere, autre)
