"""What goes wrong while a page works: a stopped work, a service that goes away, a bac that somebody deletes, two tabs; nothing is lost."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from fps.kit.engine import avances
from fps.parties import Party
from fps_console.commandes import play
from fps_console.commandes.temps import instant
from fps_console.web import vies
from fps_console.web.app import application
from fps_console.web.chantiers import quitter_les_chantiers
from fps_console.web.seances import lien
from fps_simulateur.pilote.pilot import Pilot
from fps_simulateur.pilote.world import World
from tests.console.test_pages import BASE, establish, sound
from tests.console.test_pages_formes import Forme, envoyer
from tests.console.test_pages_qui_agissent import forme, jour
from tests.scenarios.test_an_advance_that_is_cut import Cut

pytestmark = [pytest.mark.xdist_group("pages"), pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("patiente")]
VIE = "/simulateur/vies/rapo-rejet-implicite"


@asynccontextmanager
async def coupee(world: World, donnees: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Cut]]:
    """A browser in session at a console whose services go away when its network is told to let no more request through."""
    fil = Cut(world.client._transport, 10**9)
    async with httpx.AsyncClient(transport=fil, headers=world.client.headers) as vers:
        app = application(Pilot(vers, world.addresses, world.token), vers, world.addresses, donnees=donnees)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
            await client.get(lien("", world.token))
            yield client, fil


@pytest_asyncio.fixture(loop_scope="session")
async def agent(defaut: World, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with coupee(defaut, tmp_path) as (client, _):
        yield client


async def test_a_life_that_is_stopped_takes_its_bac_with_it(defaut: World, agent: httpx.AsyncClient) -> None:
    asked = await envoyer(agent, VIE, bac="regardee", rythme="4")
    page = asked.headers["location"]
    for _ in range(100):  # until its bac is there
        if "regardee" in await defaut.pilot.lister():
            break
        await asyncio.sleep(0.02)
    twice = await envoyer(agent, VIE, bac="regardee", rythme="4")  # in another tab
    sound(twice)
    assert twice.status_code == 409 and 'value="regardee"' in twice.text
    await agent.post(page, data=await forme(agent, page))
    ended = await agent.get(page)
    sound(ended)
    assert "Son bac est supprimé" in ended.text and await defaut.pilot.lister() == ["defaut"]


@pytest.mark.parametrize(
    ("adresse", "saisie"), [(VIE, {"bac": "regardee", "rythme": "4"}), ("/simulateur/dessins", {})], ids=["vie", "dessins"]
)
async def test_a_console_that_stops_takes_with_it_the_bacs_of_its_works(
    defaut: World, agent: httpx.AsyncClient, adresse: str, saisie: dict[str, str]
) -> None:
    assert (await envoyer(agent, adresse, **saisie)).status_code == 303
    for _ in range(200):  # until its bac is there
        if len(await defaut.pilot.lister()) > 1:
            break
        await asyncio.sleep(0.01)
    else:
        pytest.fail("no bac came")
    await quitter_les_chantiers()
    assert await defaut.pilot.lister() == ["defaut"]


async def test_a_service_that_goes_away_is_told_in_the_page_of_the_work_and_in_the_bar_of_time(
    defaut: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(avances, "PATIENCE", timedelta(0))  # the advance that was cut is succeeded at once
    async with coupee(defaut, tmp_path) as (client, fil):
        page = f"/bacs/defaut/dossiers/{await establish(defaut)}"
        data = {**await forme(client, page), "par": "date", "jusqua": "2027-06-01"}
        fil.left = 12
        moved = await client.post("/bacs/defaut/temps", data=data, headers={"HX-Request": "true", "HX-Target": "section#temps"})
        assert moved.status_code == 503 and "ne répond pas" in moved.text and "fps doctor" in moved.text and 'id="temps"' in moved.text
        fil.left = 0
        typed = {**await donnees(client, fil, f"{page}/actes/deposer-un-rapo"), "expose": "Ce que j'ai écrit."}
        refused = await client.post(f"{page}/actes/deposer-un-rapo", data=typed)
        sound(refused)
        assert refused.status_code == 503 and "Ce que j’ai écrit." in refused.text  # to be taken elsewhere
        fil.left = 10**9
        again = await client.post("/bacs/defaut/temps", data={**data, "cle": "encore"})
        assert again.status_code == 303 and await jour(defaut) == "2027-06-01"

        real = play.jouer_une

        async def jouer_une(*args: Any, **options: Any) -> Any:
            fil.left = 5
            return await real(*args, **options)

        monkeypatch.setattr(vies, "jouer_une", jouer_une)
        work = (await envoyer(client, VIE, bac="coupee", rythme="0")).headers["location"]
        await client.get(f"{work}/flux")  # until its end
        fil.left = 10**9
        told = await client.get(work)
        sound(told)
        assert "ne répond pas" in told.text and "service-injoignable" in told.text


async def donnees(client: httpx.AsyncClient, fil: Cut, path: str) -> dict[str, Any]:
    """What a form that was opened before the cut would send."""
    reste, fil.left = fil.left, 10**9
    found: dict[str, Any] = dict(Forme((await client.get(path)).text, path.rpartition("/")[2]).donnees)
    fil.left = reste
    return found


async def test_what_was_typed_for_a_bac_that_somebody_deletes_is_shown_again(defaut: World, agent: httpx.AsyncClient) -> None:
    await defaut.pilot.creer("bref", instant("2026-06-28"))
    etablir, ville = "/bacs/bref/actes/etablir-un-fps", "/bacs/bref/villes/formulaire"
    ouverts = {path: Forme((await agent.get(path)).text, path.rpartition("/")[2]).donnees for path in (etablir, ville)}
    await defaut.pilot.supprimer("bref")
    for path, champ in ((etablir, "voie"), (ville, "nom")):
        gone = await agent.post(path, data={**ouverts[path], champ: "7 rue perdue | au fond"})
        sound(gone)
        assert gone.status_code == 404 and "bac-inconnu" in gone.text and "7 rue perdue | au fond" in gone.text, path


async def test_two_tabs_and_the_back_button_do_an_act_once_each_and_say_what_the_second_cannot(
    defaut: World, agent: httpx.AsyncClient
) -> None:
    page = f"/bacs/defaut/dossiers/{await establish(defaut, date_heure_constat='2026-06-27T10:30:00+02:00')}"
    ici, la = [Forme((await agent.get(f"{page}/actes/annuler-fps")).text, "annuler-fps").donnees for _ in range(2)]
    done = await agent.post(f"{page}/actes/annuler-fps", data=ici)
    assert "C’est fait" in (await agent.get(done.headers["location"])).text
    assert "C’est fait" not in (await agent.get(f"{page}?fait=payer-fps")).text  # whoever wrote that address did nothing
    back = await agent.post(f"{page}/actes/annuler-fps", data=ici)  # the back button: the same form
    other = await agent.post(f"{page}/actes/annuler-fps", data=la)  # the other tab: the state has changed
    assert done.status_code == back.status_code == 303 and done.headers["location"] == back.headers["location"]
    sound(other)
    assert other.status_code == 409 and re.search(r'class="que-faire"', other.text)
    actes = [
        line["acte"] for line in await defaut.pilot.journal("defaut", page.rpartition("/")[2]) if line["service"] == Party.COLLECTIVITE
    ]
    assert sum("annul" in acte for acte in actes) == 1, actes
