"""The dossiers of a bac in the pages: found by what people know of them, wherever they are known, sorted, taken away as a table."""

import csv
import io
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from fps.droit.numero import NumeroFps
from fps.messages.mfps import CreationFps
from fps.parties import Party
from fps_console.lecture import Lecture
from fps_console.web import repertoire
from fps_console.web.repertoire import numero_lu
from fps_simulateur.pilote.world import World
from tests.console.test_pages import autre, establish, sound, voiture
from tests.console.test_pages_qui_agissent import navigateur
from tests.kit.bureau import LILLE

pytestmark = [pytest.mark.xdist_group("pages"), pytest.mark.asyncio(loop_scope="session")]
LISTE = "/bacs/defaut/dossiers"
PRODUIT = "21750001600019"  # a town that a product plays: its dossiers are at ANTAI only


@pytest_asyncio.fixture(loop_scope="session")
async def trois(defaut: World) -> AsyncIterator[tuple[httpx.AsyncClient, list[str]]]:
    """Three FPS, the last of a foreign vehicle, which ANTAI gives up: a browser without a session, and their numbers."""
    numeros = [await establish(defaut, vehicule=voiture(n)) for n in range(2)]
    donnees = {**autre(7), "vehicule": {**voiture(0), "immatriculation": "B 1234 XY", "pays": "IT"}}
    answer = await defaut.client.post(f"{defaut.addresses[Party.COLLECTIVITE]}/fps", json=donnees)
    numeros.append(answer.json()["numero"])
    await defaut.pilot.au_calme("defaut")
    async with navigateur(defaut) as client:
        yield client, numeros


def listes(answer: httpx.Response) -> list[str]:
    """The numbers that a page lists, in its order."""
    return [link.rsplit("/", 1)[1] for link in sound(answer).links if re.fullmatch(rf"{LISTE}/[0-9]{{26}}", link)]


async def test_a_dossier_is_found_by_what_one_knows_of_it(trois: tuple[httpx.AsyncClient, list[str]]) -> None:
    client, (un, deux, trois_) = trois
    affiche = NumeroFps.lire(deux).affichage
    for query, attendus in (
        ({}, {un, deux, trois_}),
        ({"numero": affiche}, {deux}),
        ({"numero": affiche[:20]}, {n for n in (un, deux, trois_) if n.startswith(affiche[:20].replace(" ", ""))}),
        ({"plaque": "fa 101"}, {deux}),
        ({"plaque": "FA-101-cd"}, {deux}),
        ({"plaque": "b1234"}, {trois_}),
        ({"plaque": "ZZ"}, set()),
        ({"ville": LILLE, "etat": "collectivite.transmis"}, {un, deux}),
        ({"ville": LILLE, "etat": "collectivite.abandonne"}, {trois_}),
        ({"etat": "antai.transmis", "plaque": "FA"}, {un, deux}),
        ({"etat": "antai.titre-emis"}, set()),
        ({"du": "2026-06-28", "au": "2026-06-28"}, {un, deux, trois_}),
        ({"au": "2026-06-27"}, set()),
        ({"liste": "antai"}, {un, deux, trois_}),
    ):
        answer = await client.get(LISTE, params=query)
        assert answer.status_code == 200 and set(listes(answer)) == attendus, query
        assert attendus or "Aucun dossier ne répond à cette recherche" in answer.text, query
    assert "3 dossiers en tout" in (await client.get(LISTE)).text


async def test_the_heads_of_the_columns_sort_and_say_how(trois: tuple[httpx.AsyncClient, list[str]]) -> None:
    client, numeros = trois
    page = await client.get(LISTE, params={"tri": "numero", "plaque": "FA"})
    assert listes(page) == sorted(numeros[:2]) and page.text.count('aria-sort="ascending"') == 1
    (lieu,) = re.findall(r'aria-sort="ascending"><a href="([^"]+)"', page.text)
    assert listes(await client.get(lieu.replace("&amp;", "&"))) == sorted(numeros[:2], reverse=True)
    for tri in ("etat", "-montant", "constat"):
        assert set(listes(await client.get(LISTE, params={"tri": tri}))) == {*numeros}


async def test_the_list_of_antai_is_said_to_be_in_the_order_of_what_it_received(trois: tuple[httpx.AsyncClient, list[str]]) -> None:
    client, _ = trois
    page = (await client.get(LISTE, params={"liste": "antai"})).text
    assert "les derniers reçus d’abord" in page and "aria-sort" not in page and "Constat</th>" in page
    assert 'aria-sort="ascending"' in (await client.get(LISTE, params={"liste": "antai", "tri": "montant"})).text


async def test_what_only_antai_knows_is_found_there_and_said(defaut: World) -> None:
    message: dict[str, Any] = CreationFps.example
    await defaut.services[Party.ANTAI].service.ask("defaut", lambda work: _etablir(work, message))
    async with navigateur(defaut) as client:
        page = await client.get(LISTE, params={"plaque": message["vehicule"]["immatriculation"]})
        assert listes(page) == [message["numero_fps"]] and "qu’un produit lui a transmis" in page.text
        assert listes(await client.get(LISTE, params={"liste": "collectivite"})) == []


async def _etablir(work: Any, message: dict[str, Any]) -> None:
    from antai.domain.dossier import Dossier

    work.add(Dossier.ouvrir(CreationFps.model_validate(message), work.today))


@pytest.mark.parametrize(
    ("query", "champ"),
    [
        ({"numero": "12A"}, "numero"),
        ({"plaque": "<script>"}, "plaque"),
        ({"du": "2026-13-45"}, "du"),
        ({"du": "2026-07-01", "au": "2026-06-01"}, "au"),
        ({"ville": "Lille"}, "ville"),
        ({"etat": "antai.perdu"}, "etat"),
        ({"apres": "1~2"}, ""),
        ({"apres": "3500~" + "1" * 26}, ""),
        ({"tri": "hasard"}, "tri"),
    ],
)
async def test_a_search_that_cannot_be_read_is_told_beside_its_field(defaut: World, query: dict[str, str], champ: str) -> None:
    async with navigateur(defaut) as client:
        answer = await client.get(LISTE, params=query)
        assert answer.status_code == 422 and "Cette recherche ne se lit pas" in answer.text
        sound(answer)
        assert "<script>" not in answer.text and (not champ or f'id="filtre-{champ}-erreur"' in answer.text)
        assert (await client.get(f"{LISTE}.csv", params=query)).status_code == (200 if "apres" in query else 422)  # it begins at the first


async def test_the_table_holds_the_list_page_after_page_and_runs_nothing(
    trois: tuple[httpx.AsyncClient, list[str]], defaut: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, numeros = trois
    monkeypatch.setattr(repertoire, "LOT", 2)
    lue = await client.get(f"{LISTE}.csv", params={"tri": "numero"})
    assert lue.headers["content-disposition"] == 'attachment; filename="dossiers-defaut.csv"' and lue.text[0] == "\ufeff"
    tetes, *lignes = csv.reader(io.StringIO(lue.text[1:]), delimiter=";")
    assert tuple(tetes) == repertoire.COLONNES
    assert [ligne[0].replace(" ", "") for ligne in lignes] == sorted(numeros)
    assert {ligne[6] for ligne in lignes} == {"35,00"} and {ligne[7] for ligne in lignes} == {"transmis", "abandonné"}
    assert repertoire._csv([("=1+1", "@x", "FA-100-CD")]) == "'=1+1;'@x;FA-100-CD\r\n"
    sans = await client.get("/bacs/nulle-part/dossiers.csv")
    assert sans.status_code == 404


async def test_a_page_asks_one_list_and_the_lines_of_the_other(trois: tuple[httpx.AsyncClient, list[str]], defaut: World) -> None:
    _, numeros = trois
    lecture, asked = Lecture(defaut.pilot, defaut.client, defaut.addresses), []
    vrai = lecture.get

    async def vue(service: Party, bac: str, path: str, **params: Any) -> Any:
        asked.append((service, path, sorted(params)))
        return await vrai(service, bac, path, **params)

    lecture.get = vue  # type: ignore[method-assign]
    assert len((await repertoire.page(lecture, "defaut", {}, {})).feuille.lignes) == len(numeros)
    assert asked == [(Party.COLLECTIVITE, "/fps", ["limite", "tri"]), (Party.ANTAI, "/dossiers", ["numeros"])]


async def test_a_number_is_read_as_it_is_printed() -> None:
    numero = "21590350100017261163072245"
    lu = NumeroFps.lire(numero)
    assert [numero_lu(t) for t in (numero, lu.affichage, lu.telepaiement, f" {numero[:9]} ", "2159-03")] == [
        numero,
        numero,
        numero,
        numero[:9],
        "215903",
    ]
    assert numero_lu(numero + "00") == numero + "00"  # a false key is not forgotten: the list says that this is no number
