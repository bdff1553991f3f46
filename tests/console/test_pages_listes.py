"""The lists of the pages: letters of a whole bac, boxes of the editors, dead letters, audit; searched, turned, kept by their address."""

import io
import re
import zipfile
from collections.abc import AsyncIterator
from datetime import date, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import update

from fps.kit.data import tables
from fps.kit.engine import audit, buried
from fps.kit.ground.clock import wall_now
from fps.messages.rapo import DepotRapo
from fps.parties import Party
from fps_console.commandes.temps import instant
from fps_console.web import listes
from fps_console.web.pages import audit as pages_audit
from fps_console.web.pages import boites, courriers, mortes
from fps_console.web.seances import lien
from fps_simulateur.pilote.world import World
from tests.console.test_pages import establish, sound, voiture
from tests.console.test_pages_qui_agissent import forme, navigateur
from tests.kit.bureau import LILLE
from tests.kit.test_quiet import malformee
from tests.parler.editeur import editeur

pytestmark = [pytest.mark.xdist_group("pages"), pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def lecteur(defaut: World) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a session."""
    async with navigateur(defaut) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def agent(defaut: World) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that opened the link."""
    async with navigateur(defaut) as client:
        await client.get(lien("", defaut.token))
        yield client


def lettres(answer: httpx.Response) -> list[str]:
    """The identifiers of the letters that a page lists, in its order."""
    sound(answer)
    return re.findall(r"/courriers/\w+/([0-9a-f-]{36})\.json", answer.text)


def voisine(answer: httpx.Response, sens: str) -> str | None:
    found = re.search(rf'<a href="([^"]+)" rel="{sens}"', answer.text)
    return None if found is None else found[1].replace("&amp;", "&")


async def test_the_letters_of_a_bac_are_listed_searched_turned_both_ways_and_taken_away(
    defaut: World, lecteur: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "/bacs/defaut/courriers"
    empty = await lecteur.get(page)
    assert lettres(empty) == [] and "établissez un FPS" in empty.text
    numeros = [await establish(defaut, vehicule=voiture(n)) for n in range(2)]
    await defaut.pilot.avancer("defaut", instant("2026-11-10"))
    written = [c for numero in numeros for c in await defaut.pilot.courriers("defaut", numero)]
    written.sort(key=lambda c: (datetime.fromisoformat(c["date"]), c["id"]), reverse=True)
    toutes = [c["id"] for c in written]
    assert len(toutes) >= 5
    shown = await lecteur.get(page)
    assert lettres(shown) == toutes and voisine(shown, "next") is None is voisine(shown, "prev")
    assert lettres(await lecteur.get(page, params={"tri": "anciens"})) == toutes[::-1]
    assert lettres(await lecteur.get(page, params={"dossier": f" {numeros[0][:14]} {numeros[0][14:]}"})) == [
        c["id"] for c in written if c["sujet"] == numeros[0]
    ]
    copie = f"{numeros[0]} Clé {int(numeros[0]) % 97:02d}"
    assert lettres(await lecteur.get(page, params={"dossier": copie})) == [c["id"] for c in written if c["sujet"] == numeros[0]]
    genre = written[0]["type"]
    assert lettres(await lecteur.get(page, params={"genre": genre})) == [c["id"] for c in written if c["type"] == genre]
    imprimeur = await lecteur.get(page, params={"a": "imprimeur"})
    assert lettres(imprimeur) == [c["id"] for c in written if c["destinataire"] == "imprimeur"]
    jour = written[-1]["date"][:10]
    assert lettres(await lecteur.get(page, params={"du": jour, "au": jour})) == [c["id"] for c in written if c["date"][:10] == jour]
    none = await lecteur.get(page, params={"du": "2030-01-01"})
    assert lettres(none) == [] and "Aucun courrier ne répond" in none.text

    for module in (listes, courriers):
        monkeypatch.setattr(module, "PAGE", 2)
    for tri, ordre in (("", toutes), ("anciens", toutes[::-1])):
        answer, lues = await lecteur.get(page, params={"tri": tri, "a": "" if tri else "usager"}), []
        attendues = ordre if tri else [c["id"] for c in written if c["destinataire"] == "usager"]
        pages = []
        while True:
            pages.append(lettres(answer))
            lues += pages[-1]
            if (suite := voisine(answer, "next")) is None:
                break
            answer = await lecteur.get(suite)
        assert lues == attendues
        while (avant := voisine(answer, "prev")) is not None:  # and back to the beginning by the same pages
            answer = await lecteur.get(avant)
            pages.pop()
            assert lettres(answer) == pages[-1]
        assert len(pages) == 1
    archive = re.search(r'href="([^"]+\.zip[^"]*)"', answer.text)
    assert archive is not None
    with zipfile.ZipFile(io.BytesIO((await lecteur.get(archive[1].replace("&amp;", "&"))).content)) as packed:
        assert [name[-13:-5] for name in packed.namelist() if name.endswith(".json")] == [one[:8] for one in attendues]  # of every page
        assert any(name.endswith(".pdf") for name in packed.namelist())
    contenu = await lecteur.get(f"{page}/{written[0]['service']}/{written[0]['id']}.json")
    assert numeros[0][:14] in contenu.text and contenu.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("query", "champ"),
    [
        ("du=2026-13-45", "du"),
        ("au=demain", "au"),
        ("genre=fps.99.rien.v1", "genre"),
        ("a=voisin", "a"),
        ("apres=%00", ""),
        ("apres=2026-01-01T00:00:00~x", ""),
        ("avant=9999-12-31T23:59:59%2B00:00~x", ""),
        ("tri=%3Cscript%3E", ""),
        (f"dossier={'9' * 90}", "dossier"),
    ],
)
async def test_a_search_that_cannot_be_read_is_told_beside_its_field_and_kept(lecteur: httpx.AsyncClient, query: str, champ: str) -> None:
    answer = await lecteur.get(f"/bacs/defaut/courriers?{query}")
    sound(answer)
    if "tri" in query:  # an order that nobody knows is the first one
        assert answer.status_code == 200 and "<script>" not in answer.text
        return
    assert answer.status_code == 422, answer.text
    if champ in ("du", "au", "dossier"):
        assert f'id="filtre-{champ}-erreur"' in answer.text and parse_qs(urlsplit(f"?{query}").query)[champ][0] in answer.text
    elif champ:
        assert f'id="filtre-{champ}-erreur"' in answer.text


async def enterrer(defaut: World, numero: str, nature: str) -> None:
    """Bury a deadline of a dossier, as a fault of the town did."""
    base = defaut.services[Party.COLLECTIVITE].service.database
    async with base.write() as tx:
        await tx.apply(buried.bury("defaut", (numero, nature, date(2026, 6, 20)), RuntimeError("un défaut, depuis corrigé"), wall_now()))


async def test_what_is_dead_is_listed_with_its_cause_and_replayed_once_or_says_why_it_fails_again(
    defaut: World, agent: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "/bacs/defaut/lettres-mortes"
    empty = await agent.get(page)
    sound(empty)
    assert "tout est parti" in empty.text and "Rejouer" not in empty.text
    numero = await establish(defaut)
    await defaut.services[Party.ANTAI].inbound.take([malformee("defaut", n) for n in range(3)])
    await enterrer(defaut, numero, "impaye")
    await enterrer(defaut, numero, "d-une-autre-version")
    shown = await agent.get(page)
    sound(shown)
    liens = re.findall(rf'href="({page}/[^"]+)"', shown.text)
    assert len(liens) == 5 and "un défaut, depuis corrigé" in shown.text and "Rejouer toutes" in shown.text
    assert (await agent.get(page, params={"sens": "echeance"})).text.count(f'href="{page}/') == 2
    assert (await agent.get(page, params={"service": "antai"})).text.count(f'href="{page}/') == 3
    assert (await agent.get(page, params={"dossier": numero, "sens": "envoi"})).text.count("Aucune ne répond") == 1
    assert (await agent.get(page, params={"sens": "ailleurs"})).status_code == 422
    assert (await agent.get(page, params={"service": "personne"})).status_code == 404
    monkeypatch.setattr(mortes, "PAGE", 2)
    monkeypatch.setattr(listes, "PAGE", 2)
    lues, answer = [], await agent.get(page)
    while (suite := voisine(answer, "next")) is not None:
        lues += re.findall(rf'href="({page}/[^"]+)"', answer.text)
        answer = await agent.get(suite)
    assert [*lues, *re.findall(rf'href="({page}/[^"]+)"', answer.text)] == liens
    back = await agent.get(str(voisine(answer, "prev")))
    assert re.findall(rf'href="({page}/[^"]+)"', back.text) == liens[2:4]

    (bonne,), (vieille,), fausse = [un for un in liens if un.endswith("impaye")], [un for un in liens if "version" in un], liens[0]
    async with navigateur(defaut) as passant:  # who has no session sees the cause, and no button
        seen = await passant.get(fausse)
        sound(seen)
        assert "<button>Rejouer" not in seen.text and "fps pages" in seen.text
        assert (await passant.post(fausse, data={"jeton": ""})).status_code == 403
    for lien_, cause in ((fausse, "invalide"), (vieille, "d-une-autre-version")):
        again = await agent.post(lien_, data=await forme(agent, lien_))
        sound(again)
        assert again.status_code == 409 and "Elle a échoué de nouveau" in again.text and cause in again.text
    data = await forme(agent, bonne)
    first, twice = await agent.post(bonne, data=data), await agent.post(bonne, data=data)
    assert first.headers["location"] == twice.headers["location"] == f"{bonne}?rejouee=1"
    done = await agent.get(first.headers["location"])
    sound(done)
    assert "Elle n’est plus morte" in done.text and (await agent.get(bonne)).status_code == 404
    await enterrer(defaut, numero, "impaye")
    all_ = await agent.post(page, data=await forme(agent, page))
    told = await agent.get(all_.headers["location"])
    sound(told)
    assert "1 rejouée." in told.text and "leur nouvelle cause" in told.text
    async with navigateur(defaut) as passant:  # the same address, given to somebody who did nothing
        assert "1 rejouée." not in (await passant.get(all_.headers["location"])).text
        assert (await passant.get(first.headers["location"])).status_code == 404
    assert "12 rejouées" not in (await agent.get(f"{page}?rejouees=12")).text
    for faux in (
        "/antai/envoi/rien?rejouee=1",
        "/antai/envoi/rien",
        "/antai/ailleurs/x",
        "/personne/envoi/x",
        f"/antai/envoi/{'x' * 300}",
        "/antai/envoi/%00",
    ):
        assert (await agent.get(page + faux)).status_code == 404, faux


async def test_letters_that_name_no_bac_are_listed_apart(defaut: World, agent: httpx.AsyncClient) -> None:
    await defaut.services[Party.ANTAI].inbound.take([b"pas une lettre"])
    page = await agent.get("/bacs/defaut/lettres-mortes", params={"ou": "illisibles"})
    sound(page)
    (lieu,) = re.findall(r'href="(/bacs/defaut/lettres-mortes/[^"]+)"', page.text)
    again = await agent.post(lieu.replace("&amp;", "&"), data=await forme(agent, lieu))
    assert again.status_code == 409 and "Elle a échoué de nouveau" in again.text


async def pli(defaut: World, rang: int) -> None:
    """A letter to the product of Lille, about a dossier of its own."""
    contenu = {**DepotRapo.example, "numero_fps": f"{LILLE}{rang:012d}"}
    url = f"{defaut.addresses[Party.ANTAI]}/pilotage/bacs/defaut/boites/{LILLE}/plis"
    assert (await defaut.client.post(url, json={"type": DepotRapo.type, "contenu": contenu})).status_code == 201
    await defaut.pilot.au_calme("defaut")


async def test_the_box_of_an_editor_tells_each_try_its_exchange_and_what_its_signature_is_worth(
    defaut: World, agent: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = await agent.get("/bacs/defaut/boites")
    sound(empty)
    assert "au système de référence" in empty.text
    boite = f"/bacs/defaut/boites/antai/{LILLE}"
    assert (await agent.get(boite)).status_code == 404
    async with editeur() as ville:
        await defaut.pilot.diriger("defaut", LILLE, ville.adresse)
        nothing = await agent.get(boite)
        sound(nothing)
        assert "n’a encore reçu aucune lettre" in nothing.text
        await pli(defaut, 1)
        ville.refuser(422, b'{"code": "fps-inconnu", "detail": "<b>jamais vu</b>"}')
        await pli(defaut, 2)
        ville.refuser(503)
        panne = {"panne": "corps-altere"}
        url = f"{defaut.addresses[Party.ANTAI]}/pilotage/bacs/defaut/pannes/{LILLE}/essai"
        await defaut.client.put(url, json=panne)
        await pli(defaut, 3)
        await defaut.client.delete(url)

        toutes = await agent.get("/bacs/defaut/boites")
        sound(toutes)
        assert "1 en attente, 1 acquittée, 1 refusée" in toutes.text and ville.adresse in toutes.text
        for query, vues in (
            ("ville=lil", 3),
            (f"ville={LILLE}&service=dgfip", 1),
            ("ville=21590", 3),
            ("ville=Paris", 0),
            ("service=usager", 0),
        ):
            found = await agent.get(f"/bacs/defaut/boites?{query}")
            sound(found)
            assert found.text.count('href="/bacs/defaut/boites/') == vues, query
        page = await agent.get(boite)
        sound(page)
        assert re.findall(rf'href="{boite}/(\d)"', page.text) == ["3", "2", "1"] and "jusqu’au 28/06/2026" in page.text
        assert "&lt;b&gt;jamais vu" in page.text
        assert re.findall(rf'href="{boite}/(\d)"', (await agent.get(boite, params={"etat": "refusee"})).text) == ["2"]
        assert re.findall(rf'href="{boite}/(\d)"', (await agent.get(boite, params={"dossier": f"{LILLE} {1:012d}"})).text) == ["1"]
        monkeypatch.setattr(boites, "PAGE", 2)
        monkeypatch.setattr(listes, "PAGE", 2)
        suite = await agent.get(str(voisine(await agent.get(boite), "next")))
        assert re.findall(rf'href="{boite}/(\d)"', suite.text) == ["1"] and voisine(suite, "next") is None
        assert re.findall(rf'href="{boite}/(\d)"', (await agent.get(str(voisine(suite, "prev")))).text) == ["3", "2"]

        bonne, fausse = await agent.get(f"{boite}/1"), await agent.get(f"{boite}/3")
        for lettre in (bonne, fausse):
            sound(lettre)
        assert "Signature valide" in bonne.text and "Signature fausse" not in bonne.text
        assert "POST /flux/03-rapo/depot HTTP/1.1" in bonne.text and "HTTP/1.1 202" in bonne.text and "x-jws-signature" in bonne.text
        assert (
            "Signature fausse" in fausse.text and "Une panne avait changé le corps" in fausse.text and "Renvoyer maintenant" in fausse.text
        )
        async with navigateur(defaut) as passant:
            assert '<button class="second">Renvoyer' not in (await passant.get(f"{boite}/3")).text
            assert (await passant.post(f"{boite}/3", data={"jeton": ""})).status_code == 403
        ville.refuser(202)
        again = await agent.post(f"{boite}/3", data=await forme(agent, f"{boite}/3"))
        done = await agent.get(again.headers["location"])
        sound(done)
        assert "elle est acquittée" in done.text and "Signature valide" in done.text and len(ville.recues) == 4
        refused = await agent.post(f"{boite}/3", data=await forme(agent, f"{boite}/3"))  # nothing waits any more
        sound(refused)
        assert refused.status_code == 404 and "Aucune lettre de cette boîte" in refused.text
    for faux in (f"{boite}/9", f"/bacs/defaut/boites/usager/{LILLE}", "/bacs/defaut/boites/antai/1", f"{boite}/{'9' * 30}"):
        assert (await agent.get(faux)).status_code == 404, faux
    for query in ("?etat=perdue", "?apres=x", "?avant=-1"):
        assert (await agent.get(boite + query)).status_code == 422, query
    assert (await agent.get("/bacs/defaut/boites?apres=abc")).status_code == 422
    monkeypatch.setattr(boites, "PAGE", 2)
    large = await agent.get("/bacs/defaut/boites?ville=e")  # more towns than a page holds
    sound(large)
    assert large.status_code == 422 and "Précisez la collectivité" in large.text and "Aucune boîte" not in large.text


def rangs(answer: httpx.Response) -> list[int]:
    """The ranks of the lines that a page of the audit lists."""
    sound(answer)
    return [int(rang) for rang in re.findall(r'data-t="Rang">(\d+)<', answer.text)]


async def test_the_audit_of_a_service_is_searched_turned_and_its_window_goes_on(
    defaut: World, lecteur: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        await defaut.pilot.rejouer("defaut", service=Party.COLLECTIVITE)
    page = "/bacs/defaut/audit"
    assert rangs(await lecteur.get(page)) == [5, 4, 3, 2, 1]
    assert rangs(await lecteur.get(page, params={"tri": "anciennes"})) == [1, 2, 3, 4, 5]
    assert rangs(await lecteur.get(page, params={"texte": "création"})) == [1]
    assert rangs(await lecteur.get(page, params={"acte": "bac", "texte": "rejouées", "resultat": "accepte"})) == [5, 4, 3, 2]
    none = await lecteur.get(page, params={"resultat": "refuse"})
    assert rangs(none) == [] and "Aucune ligne ne répond" in none.text
    assert rangs(await lecteur.get(page, params={"service": "dgfip"})) == [1]
    assert rangs(await lecteur.get(page, params={"du": "2100-01-01T00:00"})) == []
    assert rangs(await lecteur.get(page, params={"du": "2020-01-01T00:00", "au": "2100-01-01T00:00"})) == [5, 4, 3, 2, 1]
    assert rangs(await lecteur.get(page, params={"au": "2020-01-01T00:00"})) == []
    assert "aucun bac" in (await lecteur.get(page, params={"ou": "sans-bac", "service": "ccsp"})).text
    monkeypatch.setattr(pages_audit, "PAGE", 2)
    answer, lus = await lecteur.get(page), []
    while True:
        lus.append(rangs(answer))
        if (suite := voisine(answer, "next")) is None:
            break
        answer = await lecteur.get(suite)
    assert lus == [[5, 4], [3, 2], [1]]
    assert rangs(await lecteur.get(str(voisine(answer, "prev")))) == [3, 2]
    monkeypatch.setattr(audit, "FENETRE", 2)  # a search that looks at two lines at a time
    answer = await lecteur.get(page, params={"texte": "création"})
    assert rangs(answer) == [] and "cherche plus loin" in answer.text
    while not (lus_ici := rangs(answer)):
        answer = await lecteur.get(str(voisine(answer, "next")))
    assert lus_ici == [1] and voisine(answer, "next") is None
    for query in ("du=hier", "resultat=perdu", "apres=-1", "avant=x"):
        wrong = await lecteur.get(f"{page}?{query}")
        sound(wrong)
        assert wrong.status_code == 422, query
    assert 'id="filtre-du-erreur"' in (await lecteur.get(f"{page}?du=hier")).text
    assert (await lecteur.get(f"{page}?service=personne")).status_code == 404


async def verifie(agent: httpx.AsyncClient) -> httpx.Response:
    """The page of a verification, at its end."""
    asked = await agent.post("/bacs/defaut/audit", data=await forme(agent, "/bacs/defaut/audit"))
    ou = asked.headers["location"]
    end = (await agent.get(f"{ou}/flux")).text
    assert '<hx-partial hx-target="#suivi"' in end
    found = await agent.get(ou)
    sound(found)
    return found


async def test_a_bac_is_verified_on_demand_and_where_a_chain_is_cut_is_told(defaut: World, agent: httpx.AsyncClient) -> None:
    numero = await establish(defaut)
    assert "Tout est intact" in (await verifie(agent)).text
    base = defaut.services[Party.ANTAI].service.database
    a, j = tables.audit.c, tables.journal.c
    async with base.write() as tx:
        await tx.execute(update(tables.audit).where(a.bac == "defaut", a.rang == 1).values(objet="rien"))
        await tx.execute(update(tables.journal).where(j.bac == "defaut", j.subject == numero).values(article="autre"))
    cut = (await verifie(agent)).text
    assert "ANTAI, audit, ligne 1\u00a0: " in cut and f"ANTAI, dossier {numero}, rang " in cut and "fps bac exporter" in cut
    listed = await agent.get("/bacs/defaut/audit")
    sound(listed)
    assert "2 constats" in listed.text and "tout est intact" in listed.text
    assert (await agent.get("/bacs/defaut/audit/examens/rien")).status_code == 404
    async with navigateur(defaut) as passant:
        assert "<button>Vérifier" not in (await passant.get("/bacs/defaut/audit")).text
        assert (await passant.post("/bacs/defaut/audit", data={"jeton": ""})).status_code == 403
