"""The pages of the certification that act, without a browser: a duel, an exploration that finds something or is stopped."""

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import pytest_asyncio

from fps.kit.ground.settings import Settings
from fps_certification.exploration.explorer import Exploration
from fps_certification.exploration.partie import Difference
from fps_certification.sujets.personne import AFaire
from fps_certification.verdict import Issue
from fps_console.commandes import explorer
from fps_console.commandes.certifier import Choix, demande_de
from fps_console.commandes.executions import gardees, garder
from fps_console.commandes.reprises import cours_de
from fps_console.web import epreuves
from fps_console.web.seances import lien
from fps_simulateur.langue.modele import lire
from fps_simulateur.pilote.world import World
from tests.console.test_pages import sound
from tests.console.test_pages_formes import envoyer
from tests.console.test_pages_qui_agissent import forme, navigateur

pytestmark = [pytest.mark.xdist_group("pages"), pytest.mark.asyncio(loop_scope="session")]
VIE = "- vie: essai\n  titre: Ce qui échoue\n  etapes:\n    - le: 2024-01-02\n      acte: établir un FPS\n"
ICI = "/certification/exploration"


@pytest_asyncio.fixture(loop_scope="session")
async def agent(defaut: World, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with navigateur(defaut, donnees=tmp_path) as client:
        await client.get(lien("", defaut.token))
        yield client


async def test_a_duel_has_two_addresses_and_another_product_one(agent: httpx.AsyncClient) -> None:
    plan = "/certification/plans/rapo"
    deux = "emission=http://127.0.0.1:9,rapo=http://127.0.0.1:9/autre"
    for facon, pilote in (
        ("duel", "http://127.0.0.1:9"),
        ("pilote", deux),
        ("duel", "emission=http://127.0.0.1:9,rapo=http://127.0.0.1:9"),
    ):
        wrong = await envoyer(agent, plan, facon=facon, bac="defaut", pilote=pilote, quoi="controler")
        sound(wrong)
        assert wrong.status_code == 422 and f'value="{pilote}"' in wrong.text and "pilote-illisible" in wrong.text, (facon, pilote)
    right = await envoyer(agent, plan, facon="duel", bac="defaut", pilote=deux, quoi="controler")
    assert right.status_code == 303, right.text
    shown = await agent.get(right.headers["location"])
    sound(shown)
    assert "adresse du produit (emission)" in shown.text and "adresse du produit (rapo)" in shown.text and f'value="{deux}"' in shown.text


async def test_a_run_that_was_stopped_is_offered_and_goes_on_under_its_name(agent: httpx.AsyncClient, tmp_path: Path) -> None:
    demande = demande_de(Choix("comptable", ("EX-901",)))
    _, cours = cours_de(replace(demande, execution="certif-0a0b0c"), False, Settings(data_dir=tmp_path))
    with cours:
        assert "certif-0a0b0c" not in (await agent.get("/certification")).text  # somebody plays it
    shown = await agent.get("/certification")
    sound(shown)
    [adresse] = re.findall(r'href="(/certification/plans/comptable\?[^"#]+)', shown.text)
    assert "sur la collectivité de référence" in shown.text and "reprendre=oui" in adresse
    sound(form := await agent.get(html.unescape(adresse)))
    assert re.search(r'id="reprendre"[^>]* checked', form.text) and 'value="EX-' not in form.text
    champs = dict(parse_qsl(urlsplit(html.unescape(adresse)).query)) | {"only": "EX-901", "quoi": "eprouver"}
    began = await envoyer(agent, "/certification/plans/comptable", **champs)
    assert began.headers["location"] == "/certification/executions/certif-0a0b0c"
    for _ in range(1200):
        if not cours.place.exists():  # it has its verdict
            break
        await asyncio.sleep(0.05)
    assert not cours.place.exists()
    gone = await envoyer(agent, "/certification/plans/rapo", **(champs | {"only": ""}))
    assert gone.status_code in (400, 409, 422) and "rien-a-reprendre" in gone.text


async def test_two_runs_are_compared_the_last_one_after_the_one_before(agent: httpx.AsyncClient, tmp_path: Path) -> None:
    ou = (await envoyer(agent, "/certification/plans/rapo", only="EX-304 EX-306")).headers["location"]
    await agent.get(f"{ou}/flux")  # until its end
    shown = await agent.get(ou)
    sound(shown)
    assert "2 exigences conformes" in shown.text
    (une,) = gardees(tmp_path)
    seconde = une.model_copy(update={"execution": "certif-seconde", "code": Issue.CONFIGURATION.value})
    garder(seconde, tmp_path)
    page = await agent.get("/certification/comparaison")
    sound(page)
    choisies = re.findall(r'<select id="(.)".*?<option value="([^"]+)" selected>', page.text, re.DOTALL)
    assert choisies == [("a", une.execution), ("b", "certif-seconde")] and "à configurer (certif-seconde)" in page.text
    autre = await agent.get(f"/certification/comparaison?a=certif-seconde&b={une.execution}")
    assert f"certif-seconde → {une.execution}" in autre.text and "Aucune différence" in autre.text


async def test_a_city_whose_days_cannot_be_is_told_in_its_form_and_its_days_are_said_in_french(
    agent: httpx.AsyncClient, tmp_path: Path
) -> None:
    for du, au, faux in (("2023-12-31", "2023-01-02", "au"), ("2017-12-31", "2018-02-01", "du"), ("hier", "2023-01-02", "du")):
        wrong = await envoyer(agent, "/simulateur/villes", du=du, au=au, graine="7")
        sound(wrong)
        assert wrong.status_code == 422 and f'id="{faux}-erreur"' in wrong.text and 'name="graine" type="text"' in wrong.text, (du, au)
        assert 'value="7"' in wrong.text and f'value="{au}"' in wrong.text
    bilan = {"ville": "Ville jouée", "fps": {"etablis": 3}, "marche": {"du": "2023-01-02", "au": "2023-12-31", "graine": "42"}}
    place = tmp_path / "simulateur/villes/jouee"
    place.mkdir(parents=True)
    (place / "bilan.json").write_text(json.dumps(bilan))
    shown = await agent.get("/simulateur/villes")
    sound(shown)
    assert "du 2 janvier 2023 au 31 décembre 2023" in shown.text and "2023-12-31</" not in shown.text


async def test_a_bac_that_was_deleted_meanwhile_is_said_beside_its_field_and_what_was_typed_stays(agent: httpx.AsyncClient) -> None:
    for quoi in ("eprouver", "controler"):
        parti = await envoyer(agent, "/certification/plans/rapo", facon="a-la-main", bac="parti", only="EX-304", quoi=quoi)
        sound(parti)
        assert parti.status_code == 422 and 'id="bac-erreur"' in parti.text and "bac-inconnu" in parti.text, quoi
        assert 'value="EX-304"' in parti.text and "/executions/" not in parti.headers.get("location", "")


async def test_an_exploration_shows_what_it_found_and_gives_the_life_to_play_again(
    agent: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def parcourir(consigne: Any, monde: Any, dire: Callable[[int], None]) -> Exploration:
        dire(7)
        [vie] = lire(VIE, "essai.yaml")
        trouve = Difference("EX-304", "rapo", "irrecevable", "accepté", 0, vie.etapes[0])
        return Exploration(consigne.graine, 7, 2, {}, trouve, vie, reduite=True)

    monkeypatch.setattr(explorer, "parcourir", parcourir)
    sound(await agent.get(ICI))
    wrong = await envoyer(agent, ICI, duree="0", graine="abc", bac="defaut")
    sound(wrong)
    assert wrong.status_code == 422 and all(f'id="{nom}-erreur"' in wrong.text for nom in ("duree", "graine", "pilote"))
    assert 'value="abc"' in wrong.text
    asked = await envoyer(agent, ICI, duree="5", graine="12")
    page = asked.headers["location"]
    await agent.get(f"{page}/flux")  # until its end
    shown = await agent.get(page)
    sound(shown)
    assert (
        "NON CONFORME" in shown.text
        and "EX-304" in shown.text
        and "irrecevable" in shown.text
        and "7 pas en 2 suites, graine 12" in shown.text
    )
    life = await agent.get(f"{page}/vie.yaml")
    assert life.headers["content-type"] == "application/yaml" and "Ce qui échoue" in life.text
    assert page in (await agent.get("/certification")).text


async def test_an_exploration_is_alone_in_its_place_and_stops_at_a_button(
    agent: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranges = []

    async def parcourir(consigne: Any, monde: Any, dire: Callable[[int], None]) -> Exploration:
        try:
            await asyncio.Event().wait()
        finally:
            ranges.append(consigne.graine)
        raise AssertionError

    monkeypatch.setattr(explorer, "parcourir", parcourir)
    page = (await envoyer(agent, ICI)).headers["location"]
    sound(await agent.get(page))
    again = await envoyer(agent, ICI, graine="2")
    assert again.status_code == 409 and "travail-en-cours" in again.text and page in again.text
    await agent.post(page, data=await forme(agent, page))
    ended = await agent.get(page)
    sound(ended)
    assert "Arrêtée" in ended.text and ranges == ["1"]
    assert (await agent.get(f"{page}/vie.yaml")).status_code == 404


async def test_what_is_to_be_done_is_kept_as_data_before_a_page_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    epreuve = epreuves.preparer(Choix("rapo", a_la_main=True, bac="essai"), Settings(data_dir=tmp_path))
    montrees = list[AFaire | None]()

    def retenir(etat: Path, quoi: AFaire) -> None:
        montrees.append(epreuve.a_faire)

    monkeypatch.setattr(epreuves, "retenir", retenir)
    quoi = AFaire(1, "essai", "2024-01-02T20:00:00+01:00", "etablir", "Établir un FPS.")
    await epreuve.demander(quoi)
    assert montrees == [None] and epreuve.a_faire is quoi
