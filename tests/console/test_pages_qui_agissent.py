"""The pages that act: who may, what a form that comes twice does, what is refused beside its field, and the time of a bac."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.requests import Request

from fps_console.commandes.temps import instant
from fps_console.web.app import application
from fps_console.web.cadre import Cadre
from fps_console.web.pages import temps
from fps_console.web.pages.table import FAMILLES
from fps_console.web.seances import lien
from fps_console.web.travaux import Travail, Travaux
from fps_simulateur.pilote.world import World
from tests.console.test_pages import BASE, autre, establish, sound

pytestmark = [pytest.mark.xdist_group("pages"), pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("patiente")]
HTMX = {"HX-Request": "true"}


@asynccontextmanager
async def navigateur(world: World, **options: Any) -> AsyncIterator[httpx.AsyncClient]:
    app = application(world.pilot, world.client, world.addresses, **options)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def agent(defaut: World) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that opened the link."""
    async with navigateur(defaut) as client:
        assert (await client.get(lien("", defaut.token))).status_code == 303
        yield client


async def forme(client: httpx.AsyncClient, path: str = "/bacs/defaut") -> dict[str, str]:
    """The hidden fields of the first form of a page that acts on the time, or of its last one."""
    text = (await client.get(path)).text
    found = re.findall(r'<input type="hidden" name="(jeton|cle|vu|retour)" value="([^"]*)">', text)
    return dict(found)


async def jour(world: World) -> str:
    return str((await world.pilot.etat("defaut"))["instant"][:10])


async def test_without_a_session_a_page_says_how_to_act_and_no_form_acts(defaut: World) -> None:
    async with navigateur(defaut) as client:
        page = await client.get("/nouveau-bac")
        sound(page)
        assert "fps pages" in page.text and "<button>Créer" not in page.text
        refused = await client.post("/nouveau-bac", data={"nom": "autre", "date": "2026-06-28", "jeton": ""})
        assert (refused.status_code, 'value="autre"' in refused.text) == (403, True)  # what was typed is kept
        sound(refused)
        assert "Aucune séance n’est ouverte ici" in refused.text and "seance-requise" in refused.text
        long = await client.post("/nouveau-bac", data={"nom": "autre", "graine": "x" * 300_000})
        assert long.status_code == 403 and "revenez à la page précédente" in long.text  # more is not read of who has no session
        for headers in ({}, HTMX):
            moved = await client.post("/bacs/defaut/temps", data={"par": "jour"}, headers=headers)
            assert moved.status_code == 403 and "seance-requise" in moved.text
    assert await defaut.pilot.lister() == ["defaut"] and await jour(defaut) == "2026-06-28"


async def test_a_link_opens_one_session_and_nothing_else_does(defaut: World) -> None:
    url = lien("", defaut.token)
    assert defaut.token not in url
    async with navigateur(defaut) as client, navigateur(defaut) as late:
        for wrong in ("", "x", "a.b.c", url.split("=")[1][:-1] + "!", lien("", "autre").split("=")[1]):
            assert (await client.get("/ouvrir", params={"cle": wrong})).status_code == 403, wrong
        assert (await client.get(url, headers={"Sec-Purpose": "prefetch"})).status_code == 503
        opened = await client.get(url)
        cookie = opened.headers["set-cookie"]
        assert opened.headers["location"] == "/" and "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/;" in cookie
        assert (await client.get(url)).status_code == 303  # the same browser, again: it is in
        client.cookies.clear()
        spent = await client.get(url)
        sound(spent)
        assert spent.status_code == 403 and "fps pages" in spent.text
        await late.get(lien("", defaut.token))
        data = await forme(late)
        closed = await late.post("/fermer", data={"jeton": "faux"})
        assert 'action="/fermer"' in (await late.get("/")).text, closed.text
        await late.post("/fermer", data=data)
        assert 'action="/fermer"' not in (await late.get("/")).text


async def test_a_form_of_elsewhere_acts_on_nothing(defaut: World, agent: httpx.AsyncClient) -> None:
    data = {**await forme(agent), "par": "jour"}
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        assert (await agent.post("/bacs/defaut/temps", data=data, headers=headers)).status_code == 403
    assert (await agent.post("/bacs/defaut/temps", data=data, headers={"Host": "evil.example"})).status_code == 421
    for jeton in ("faux", "é"):
        forged = await agent.post("/bacs/defaut/temps", data={**data, "jeton": jeton})
        assert forged.status_code == 403 and "Le formulaire n’est plus valable" in forged.text
    assert await jour(defaut) == "2026-06-28"
    there = await agent.post(
        "/bacs/defaut/temps", data={k: v for k, v in data.items() if k != "jeton"}, headers={"X-FPS-Jeton": data["jeton"]}
    )
    assert there.status_code == 303 and await jour(defaut) == "2026-06-29"


async def test_a_console_that_only_reads_acts_for_nobody(defaut: World) -> None:
    async with navigateur(defaut, lecture_seule=True) as client:
        await client.get(lien("", defaut.token))
        page = await client.get("/")
        sound(page)
        assert "lecture seule" in page.text and 'name="par"' not in page.text and "set-cookie" not in page.headers
        for path in ("/bacs/defaut/temps", "/nouveau-bac", "/bacs/defaut/copie"):
            refused = await client.post(path, data={"par": "jour", "nom": "autre", "date": "2026-06-28"})
            assert refused.status_code == 403 and "lecture-seule" in refused.text
    assert await defaut.pilot.lister() == ["defaut"] and await jour(defaut) == "2026-06-28"


async def test_a_form_that_comes_twice_does_its_act_once(defaut: World, agent: httpx.AsyncClient) -> None:
    data = {**await forme(agent), "par": "jour"}
    both = await asyncio.gather(*(agent.post("/bacs/defaut/temps", data=data) for _ in range(2)))
    late = await agent.post("/bacs/defaut/temps", data=data)  # the back button
    assert {one.headers["location"] for one in (*both, late)} == {both[0].headers["location"]}
    assert await jour(defaut) == "2026-06-29"
    made = {**await forme(agent, "/nouveau-bac"), "nom": "autre", "date": "2024-02-29"}
    twice = await asyncio.gather(*(agent.post("/nouveau-bac", data=made) for _ in range(2)))
    assert [(one.status_code, one.headers.get("location")) for one in twice] == [(303, "/bacs/autre")] * 2
    fresh = await agent.post("/nouveau-bac", data={**made, "cle": "autre-forme"})  # another form that asks the same: the bac exists
    assert fresh.status_code == 409 and 'value="autre"' in fresh.text
    sound(fresh)


async def test_a_refusal_stands_beside_its_field_in_four_parts_and_nothing_typed_is_lost(defaut: World, agent: httpx.AsyncClient) -> None:
    data = {**await forme(agent, "/nouveau-bac"), "nom": "Mauvais Nom", "date": "2024-02-29", "graine": "sept"}
    wrong = await agent.post("/nouveau-bac", data=data)
    sound(wrong)
    assert wrong.status_code == 422 and 'value="Mauvais Nom"' in wrong.text and 'value="sept"' in wrong.text
    assert 'aria-invalid="true"' in wrong.text and 'id="nom-erreur"' in wrong.text and "nom-de-bac" in wrong.text
    empty = await agent.post("/nouveau-bac", data={**data, "nom": "", "date": ""})
    assert empty.status_code == 422 and "Dites le nom du bac." in empty.text
    long = await agent.post("/nouveau-bac", data={**data, "graine": "x" * 300_000})
    assert long.status_code == 413 and "trop long" in long.text and "revenez à la page précédente" in long.text
    await defaut.pilot.creer("bref", instant("2026-06-28"))
    copy = await forme(agent, "/bacs/bref/copie")
    await defaut.pilot.supprimer("bref")  # somebody deletes it meanwhile
    gone = await agent.post("/bacs/bref/copie", data={**copy, "nom": "copie-de-bref"})
    sound(gone)
    assert gone.status_code == 404 and "copie-de-bref" in gone.text and "bac-inconnu" in gone.text
    for answer in (
        await agent.post("/bacs/bref/temps", data={**copy, "par": "jour"}, headers={**HTMX, "HX-Target": "section#temps"}),
        await agent.get("/bacs/bref/temps", headers={**HTMX, "HX-Target": "section#temps"}),
    ):  # in a part of a page: a part of a page
        assert answer.status_code == 404 and answer.text.count('<section id="temps"') == 1 and "<html" not in answer.text


async def test_a_form_whose_session_ended_is_kept_and_sent_again_in_the_next_one(defaut: World, agent: httpx.AsyncClient) -> None:
    data = {**await forme(agent, "/nouveau-bac"), "nom": "repris", "date": "2024-02-29"}
    assert (await agent.get("/seance")).status_code == 204  # what a page asks before it sends a form
    agent.cookies.clear()
    assert (await agent.get("/seance")).status_code == 403
    assert (await agent.post("/nouveau-bac", data=data)).status_code == 403
    await agent.get(lien("", defaut.token))  # in another tab
    old = await agent.post("/nouveau-bac", data=data)
    assert old.status_code == 403 and "jeton-de-forme" in old.text and 'value="repris"' in old.text
    fresh = dict(re.findall(r'<input type="hidden" name="(jeton|cle)" value="([^"]*)">', old.text))
    assert (await agent.post("/nouveau-bac", data={**data, **fresh})).headers["location"] == "/bacs/repris"


async def test_the_time_of_a_bac_moves_from_each_of_its_pages_and_what_happened_is_told(defaut: World, agent: httpx.AsyncClient) -> None:
    numero = await establish(defaut)
    page = f"/bacs/defaut/dossiers/{numero}"
    first = (await agent.get(page)).text
    assert "L’avis de paiement part" in first and "CGCT, art. L. 2333-87, II" in first  # what falls due next, and its law
    moved = await agent.post("/bacs/defaut/temps", data={**await forme(agent, page), "par": "repere", "repere": "titre", "dossier": numero})
    assert moved.status_code == 303 and moved.headers["location"].startswith(f"{page}?avance=")
    told = await agent.get(moved.headers["location"])
    sound(told)
    assert "titre exécutoire émis" in told.text and "Ce qui s’est passé" in told.text and "Titre exécutoire émis" in told.text
    # the other tab shows the date of before
    stale = await agent.post("/bacs/defaut/temps", data={**await forme(agent, page), "vu": "2026-06-28T10:00:00+02:00", "par": "jour"})
    late = await agent.get(stale.headers["location"])
    assert "Ce bac a avancé entre-temps" in late.text and await jour(defaut) == "2026-10-16"
    back = await agent.post("/bacs/defaut/temps", data={**await forme(agent, page), "par": "date", "jusqua": "2026-01-01"}, headers=HTMX)
    assert back.status_code == 409 and 'value="2026-01-01"' in back.text and "retour-en-arriere" in back.text and "<html" not in back.text
    away = await agent.post("/bacs/defaut/temps", data={**await forme(agent, page), "par": "jour", "retour": "//evil.example/"})
    assert away.headers["location"].startswith("/bacs/defaut?avance=")


async def test_an_advance_tells_what_happens_as_a_stream_that_ends_with_the_time_as_it_is(defaut: World, agent: httpx.AsyncClient) -> None:
    numero = await establish(defaut)
    data = {**await forme(agent), "par": "date", "jusqua": "2027-06-01"}
    moved = await agent.post("/bacs/defaut/temps", data=data)
    cle = moved.headers["location"].partition("avance=")[2].partition("#")[0]
    stream = await agent.get(f"/bacs/defaut/temps/{cle}", params={"retour": "/bacs/defaut"})
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert all(line.startswith(("data: ", ": ")) for line in stream.text.splitlines() if line)
    end = stream.text.rpartition("<hx-partial")[2]
    assert "<strong>1er juin 2027</strong>" in end and f"/bacs/defaut/dossiers/{numero}" in end


async def test_what_happens_while_a_stream_is_being_read_is_told_at_once(defaut: World, monkeypatch: pytest.MonkeyPatch) -> None:
    travaux, fini = Travaux(defaut.pilot), asyncio.Event()
    monkeypatch.setattr(temps, "Travaux", lambda pilot: travaux)
    cadre = Cadre(defaut.pilot, defaut.client, defaut.addresses, defaut.addresses, FAMILLES)
    flux = next(route for route in temps.routes(cadre) if route.name == "temps-flux")

    async def mener(travail: Travail) -> None:
        await fini.wait()

    travail = travaux.lancer("cle", "defaut", {}, mener)
    travail.instant = instant("2026-06-29")
    scope = {"type": "http", "method": "GET", "path": "/bacs/defaut/temps/cle", "query_string": b"", "headers": []}
    answer = await flux.endpoint(Request({**scope, "path_params": {"bac": "defaut", "cle": "cle"}}))
    lus = aiter(answer.body_iterator)
    assert "29 juin 2026" in await anext(lus)
    travail.instant = instant("2026-07-14")  # while the browser reads
    travail.reveiller()
    assert "14 juillet 2026" in await asyncio.wait_for(anext(lus), temps.BATTEMENT / 2)
    fini.set()
    assert "28 juin 2026" in "".join([un async for un in lus])


async def test_a_clock_runs_and_stops_a_moment_is_kept_and_a_bac_ends_from_the_pages(defaut: World, agent: httpx.AsyncClient) -> None:
    async def faire(**data: str) -> str:
        answer = await agent.post("/bacs/defaut/temps", data={**await forme(agent), **data}, headers=HTMX)
        assert answer.status_code == 200, answer.text
        return answer.text

    assert "horloge courante, un jour par seconde" in await faire(par="courir", vitesse="86400")
    bar = (await agent.get("/bacs/defaut/temps")).text
    assert 'value="figer"' in bar and 'value="prochaine"' not in bar and 'data-hx-trigger="every 3s"' in bar
    assert "horloge figée" in await faire(par="figer")
    assert 'href="/bacs/defaut-au-2026' in await faire(par="garder")
    kept = (set(await defaut.pilot.lister()) - {"defaut"}).pop()
    assert kept in (await agent.get("/bacs")).text
    end = f"/bacs/{kept}/suppression"
    wrong = await agent.post(end, data={**await forme(agent, end), "nom": "defaut"})
    assert wrong.status_code == 422 and "Recopiez le nom du bac" in wrong.text
    assert (await agent.post(end, data={**await forme(agent, end), "nom": kept})).headers["location"] == "/bacs"
    assert await defaut.pilot.lister() == ["defaut"]


async def test_what_a_running_clock_brings_appears_on_the_page_of_a_dossier(defaut: World, agent: httpx.AsyncClient) -> None:
    numero = await establish(defaut)
    page = f"/bacs/defaut/dossiers/{numero}"
    await agent.post("/bacs/defaut/temps", data={**await forme(agent), "par": "courir", "vitesse": "1"}, headers=HTMX)

    async def regard(shown: str) -> str:
        """What the bar of a page asks next, and its answer."""
        (suivant,) = re.findall(r'<section id="temps"[^>]* data-hx-get="([^"]+)"', shown)
        return (await agent.get(html.unescape(suivant), headers=HTMX)).text

    opened = (await agent.get(page)).text
    calm = await regard(opened)
    assert "Depuis que cette page est ouverte" not in calm and 'data-hx-select="#contenu"' not in calm
    await establish(defaut, **autre(1))  # somebody does something meanwhile
    told = await regard(calm)
    assert "Depuis que cette page est ouverte" in told and "FPS établi" in told
    assert f'data-hx-get="{page}" data-hx-trigger="load" data-hx-select="#contenu"' in told  # the page itself is shown again
    again = await regard(told)
    assert "FPS établi" in again and 'data-hx-select="#contenu"' not in again  # once
    form = f"{page}/actes/deposer-un-rapo"
    typing = await regard((await agent.get(form)).text)
    await establish(defaut, **autre(2))
    there = await regard(typing)
    assert "FPS établi" in there and 'data-hx-select="#contenu"' not in there  # what somebody types is left alone
    assert (await agent.get("/bacs/defaut/temps", params={"depuis": "9.9.9", "vus": "x"})).status_code == 200


async def test_a_page_that_fails_says_so_in_words_and_in_the_log(
    defaut: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def lister() -> list[str]:
        raise ZeroDivisionError

    async with navigateur(defaut) as client:
        monkeypatch.setattr(defaut.pilot, "lister", lister)
        failed = await client.get("/")
    sound(failed)
    assert failed.status_code == 500 and "ZeroDivisionError" in failed.text
    assert [record.message for record in caplog.records] == ["une page a échoué"]
