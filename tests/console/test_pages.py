"""The pages of the console, read without a browser: what they show, their links, their headers, their failures."""

import csv
import io
import re
import zlib
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from justhtml import JustHTML

from fps.messages.mfps import CreationFps
from fps.messages.paiement import PaiementFps, PaiementTitre
from fps.parties import SERVICES, Party
from fps_console.commandes.temps import instant
from fps_console.web.app import application
from fps_simulateur.pilote.world import World
from tests.console.simulator import DEMANDE, VEHICULE

pytestmark = [pytest.mark.xdist_group("pages"), pytest.mark.asyncio(loop_scope="session")]
NBSP = "\u00a0"
BASE = "http://console"


class Page(HTMLParser):
    """What a page is made of: its links and resources, its tables, its headings."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.resources: list[str] = []
        self.captions = self.tables = 0
        self.headings: list[int] = []
        self.styles: list[str] = []
        self.lang = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.lang = found.get("lang") or self.lang
        self.ids.append(found.get("id") or "")
        if tag == "a":
            self.links.append(found.get("href") or "")
        if tag in ("link", "img", "script"):
            self.resources.append(found.get("href") or found.get("src") or "")
        self.tables += tag == "table"
        self.captions += tag == "caption"
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "style" in found or tag == "style" or (tag == "script" and "src" not in found):
            self.styles.append(tag)


@pytest_asyncio.fixture(loop_scope="session")
async def browser(defaut: World, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = application(defaut.pilot, defaut.client, defaut.addresses, donnees=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        yield client


def voiture(rang: int) -> dict[str, Any]:
    """A vehicle of its own: a second FPS of the same one is refused while the first has effects."""
    return {**VEHICULE, "immatriculation": f"FA-{100 + rang}-CD"}


def autre(rang: int) -> dict[str, Any]:
    """What another agent finds."""
    return {**DEMANDE, "agent": "0081", "vehicule": voiture(100 + rang)}


async def establish(defaut: World, **changes: Any) -> str:
    answer = await defaut.client.post(f"{defaut.addresses[Party.COLLECTIVITE]}/fps", json={**DEMANDE, **changes})
    assert answer.status_code == 201, answer.text
    await defaut.pilot.au_calme("defaut")
    return str(answer.json()["numero"])


def sound(answer: httpx.Response) -> Page:
    """A page that is whole: HTML without a fault, French, banner, one h1, captions, nothing inline, nothing from elsewhere."""
    JustHTML(answer.text, strict=True)  # raises at the first fault
    page = Page(answer.text)
    ids = [one for one in page.ids if one]
    assert {one for one in ids if ids.count(one) > 1} == set()
    assert page.lang == "fr"
    assert not re.search(r'type="file"[^>]* autocomplete=', answer.text)  # the checker of the W3C finds it, the parser does not
    assert '<p class="specimen" role="note">SPÉCIMEN — environnement simulé</p>' in answer.text
    assert page.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False)), page.headings
    assert page.captions == page.tables
    assert page.styles == []
    assert all(r.startswith("/static/") for r in page.resources)
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    lu = re.sub(r"<pre.*?</pre>|<textarea.*?</textarea>|<code.*?</code>|<[^>]*>", "", answer.text, flags=re.DOTALL)
    assert "'" not in lu, "a straight apostrophe is shown"
    assert re.findall(r".{0,20}(?:« | [»:;?!%€](?=\s|$)).{0,9}", lu) == [], "a line may end in the middle of what French keeps together"
    return page


async def test_a_page_asks_each_thing_once(defaut: World, browser: httpx.AsyncClient) -> None:
    numero = await establish(defaut)
    await defaut.pilot.avancer("defaut", instant("2026-07-20T10:00"))
    asked: list[str] = []

    async def noted(request: httpx.Request) -> None:
        asked.append(f"{request.method} {request.url}")

    hooks = defaut.client.event_hooks["request"]
    defaut.client.event_hooks = {"request": [*hooks, noted]}
    try:
        for page in (
            *("", "/dossiers", "/courriers", "/boites", "/lettres-mortes", "/audit", "/actes", "/copie", "/villes"),
            *(f"/dossiers/{numero}", f"/dossiers/{numero}/frise", f"/dossiers/{numero}/actes/deposer-un-rapo", f"/villes/{numero[:14]}"),
            *(f"/villes/{numero[:14]}/guichets", f"/usager?numero={numero}&immatriculation={VEHICULE['immatriculation']}"),
        ):
            asked.clear()
            answer = await browser.get(f"/bacs/defaut{page}")
            assert answer.status_code == 200 and asked, page
            assert {one for one in asked if asked.count(one) > 1} == set(), page
    finally:
        defaut.client.event_hooks = {"request": hooks}


async def test_an_empty_bac_says_how_to_begin(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/")
    assert answer.status_code == 200
    sound(answer)
    assert "<strong>28 juin 2026</strong> 10:00" in answer.text
    assert "Aucun dossier dans ce bac" in answer.text
    assert answer.text.count('class="flux"') >= 16


async def test_a_dossier_is_listed_and_counted_on_the_map(defaut: World, browser: httpx.AsyncClient) -> None:
    numero = await establish(defaut)
    page = await browser.get("/")
    assert f"/bacs/defaut/dossiers/{numero}" in sound(page).links
    assert counted(page.text) == {"Message FPS de création": 1, "Accusé du message FPS": 1}
    assert f"35,00{NBSP}€" in page.text


def counted(text: str) -> dict[str, int]:
    """The messages of the table under the map that were exchanged at least once."""
    rows = re.findall(r'<th scope="row">([^<]+)</th><td>[^<]+ → [^<]+</td><td class="nombre">(\d+)</td>', text)
    return {name: int(number) for name, number in rows if number != "0"}


async def test_what_an_editor_and_a_person_send_is_counted_and_told(defaut: World, browser: httpx.AsyncClient) -> None:
    """No service wrote these messages: ANTAI received them from outside."""
    body, key = dict(CreationFps.example), {"Idempotency-Key": "editeur-1"}
    await defaut.pilot.creer("editeur", instant("2026-06-12T20:00"))
    answer = await defaut.client.post(f"{defaut.addresses[Party.ANTAI]}/bacs/editeur{CreationFps.path}", json=body, headers=key)
    assert answer.json()["statut"] == "accepte", answer.text
    await defaut.pilot.avancer("editeur", instant("2026-06-19"))
    numero = body["numero_fps"]
    seen = (await defaut.client.get(f"{defaut.addresses[Party.ANTAI]}/bacs/editeur/dossiers/{numero}")).json()
    payment = {
        "numero_telepaiement": f"{numero}{seen['cle']}",
        "immatriculation": seen["immatriculation"],
        "moyen": "internet",
        "montant": seen["montant_minore"] or seen["montant"],
        "reference": "CB-000042",
    }
    paid = await defaut.client.post(
        f"{defaut.addresses[Party.ANTAI]}/bacs/editeur{PaiementFps.path}", json=payment, headers={"Idempotency-Key": "usager-1"}
    )
    assert paid.status_code == 200, paid.text
    await defaut.pilot.au_calme("editeur")
    found = counted((await browser.get("/bacs/editeur")).text)
    assert (found["Message FPS de création"], found["Paiement du FPS"], found["Justificatif de paiement du FPS"]) == (1, 1, 1)
    told = (await browser.get(f"/bacs/editeur/dossiers/{numero}")).text
    short = told[told.index('id="vie"') : told.index("<details>")]
    assert short.index("Message FPS de création, reçu") < short.index("Titulaire du véhicule identifié")


async def test_a_dossier_paid_at_the_dgfip_shows_one_payment(defaut: World, browser: httpx.AsyncClient) -> None:
    numero = await establish(defaut)
    await defaut.pilot.avancer("defaut", instant("2026-11-01"))
    titre = (await defaut.client.get(f"{defaut.addresses[Party.DGFIP]}/prises-en-charge/{numero}")).json()
    payment = {
        "numero_fps": numero,
        "numero_telepaiement": titre["numero_telepaiement"],
        "moyen": "internet",
        "montant": titre["a_payer"],
        "reference": "CB-000043",
    }
    paid = await defaut.client.post(
        f"{defaut.addresses[Party.DGFIP]}{PaiementTitre.path}", json=payment, headers={"Idempotency-Key": "u-2"}
    )
    assert paid.status_code == 200, paid.text
    await defaut.pilot.au_calme("defaut")
    page = (await browser.get(f"/bacs/defaut/dossiers/{numero}")).text
    facts = re.findall(r"<dt>(Payé[^<]*)</dt><dd>([^<]+)</dd>", page)
    assert [name for name, _ in facts] == ["Payé au comptable public"]
    assert "Paiement du FPS majoré" in page
    assert "Imprimeur" not in page


async def test_the_metrics_count_the_pages_and_measure_the_process(browser: httpx.AsyncClient) -> None:
    await browser.get("/")
    await browser.get("/nulle-part")
    answer = await browser.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert 'fps_console_pages_total{page="accueil",statut="200"} 1.0' in answer.text
    assert 'fps_console_pages_total{page="inconnue",statut="404"} 1.0' in answer.text
    assert re.search(r"^process_resident_memory_bytes [\d.e+]+$", answer.text, re.MULTILINE)


async def test_without_the_default_bac_the_first_page_leads_to_another_or_says_what_to_do(
    defaut: World, browser: httpx.AsyncClient
) -> None:
    await defaut.pilot.creer("autre", instant("2024-02-29"))
    await defaut.pilot.supprimer("defaut")
    found = await browser.get("/")
    assert (found.status_code, found.headers["location"]) == (303, "/bacs/autre")
    await defaut.pilot.supprimer("autre")
    empty = await browser.get("/")
    assert empty.status_code == 200
    sound(empty)
    assert "fps bac creer defaut" in empty.text


async def test_a_dossier_shows_its_life_and_its_letters(defaut: World, browser: httpx.AsyncClient) -> None:
    numero = await establish(defaut)
    await defaut.pilot.avancer("defaut", instant("2026-11-01"))
    answer = await browser.get(f"/bacs/defaut/dossiers/{numero}")
    page = sound(answer)
    for words in (
        "21590350100017 26 1 179 072 001  Clé 31",
        "Avis réputé notifié",
        "5 octobre 2026",
        "Titre exécutoire émis",
        f"85,00{NBSP}€",
    ):
        assert words in answer.text
    letters = [link for link in page.links if link.endswith(".pdf")]
    assert len(letters) == 3
    for link in letters:
        pdf = await browser.get(link)
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.content.startswith(b"%PDF")


async def test_every_link_of_the_pages_leads_somewhere(defaut: World, browser: httpx.AsyncClient) -> None:
    numero = await establish(defaut)
    seen: set[str] = set()
    for start in ("/", f"/bacs/defaut/dossiers/{numero}", "/bacs/inconnu", "/bacs", "/bacs/defaut/copie", "/bacs/defaut/flux/5"):
        page = sound(await browser.get(start))
        parts = [await browser.get(one) for one in page.resources]
        weight = sum(len(zlib.compress(one.content)) for one in (await browser.get(start), *parts))
        assert weight < 100_000, (start, weight)  # bytes, with its style and its scripts
        assert {link for link in page.links if link.startswith("#")} - {"#contenu"} <= {f"#{one}" for one in page.ids}
        for link in {*page.links, *page.resources} - seen - {link for link in page.links if link.startswith("#")}:
            seen.add(link)
            host = urlsplit(link).netloc
            client = browser if not host else defaut.client
            found = await client.get(link)
            assert found.status_code == 200, link


async def test_two_bacs_stand_side_by_side(defaut: World, browser: httpx.AsyncClient) -> None:
    numero = await establish(defaut)
    await defaut.pilot.creer("autre", instant("2024-02-29"))
    chosen = await browser.get("/", params={"bac": "autre"})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/bacs/autre")
    other = await browser.get("/bacs/autre")
    assert "<strong>29 février 2024</strong> 20:00" in other.text
    assert numero not in other.text
    assert (await browser.get(f"/bacs/autre/dossiers/{numero}")).status_code == 404


async def test_the_list_goes_on_page_after_page_without_losing_any(defaut: World, browser: httpx.AsyncClient) -> None:
    numbers = [await establish(defaut, vehicule=voiture(n)) for n in range(3)]
    numbers += [await establish(defaut, zone="verte", voie="8 rue de l'Échantillon", vehicule=voiture(99))]
    many = [defaut.client.post(f"{defaut.addresses[Party.COLLECTIVITE]}/fps", json=autre(n)) for n in range(60)]
    numbers += [(await one).json()["numero"] for one in many]
    await defaut.pilot.au_calme("defaut")
    first = Page((await browser.get("/")).text)
    assert sum("/dossiers/" in link for link in first.links) == 10 and "/bacs/defaut/dossiers" in first.links
    seen: list[list[str]] = []
    address: str | None = "/bacs/defaut/dossiers?tri=numero"
    while address:
        page = sound(await browser.get(address))
        seen.append([link.rsplit("/", 1)[1] for link in page.links if "/dossiers/" in link])
        address = next((link for link in page.links if "apres=" in link), None)
    assert [n for one in seen for n in one] == sorted(numbers) and len(seen) == 2
    back = sound(await browser.get(next(link for link in page.links if "avant=" in link)))
    assert [link.rsplit("/", 1)[1] for link in back.links if "/dossiers/" in link] == seen[0]
    table = await browser.get("/bacs/defaut/dossiers.csv?tri=numero")
    lines = list(csv.reader(io.StringIO(table.text.removeprefix("\ufeff")), delimiter=";"))
    assert [one[0].replace(" ", "") for one in lines[1:]] == sorted(numbers) and lines[0][0] == "Numéro"


@pytest.mark.parametrize(
    "path",
    [
        "/nulle-part",
        "/bacs/inconnu",
        "/bacs/%3Cscript%3E",
        "/bacs/%00",
        "/bacs/%00/dossiers/21590350100017261163072245",
        "/bacs/..%2F..%2Fbacs",
        "/?bac=%00",
        "/?bac=a/b%3Fc",
        "/bacs/defaut/dossiers/123",
        "/bacs/defaut/dossiers/21590350100017261163072245",
        "/bacs/defaut/courriers/antai/00000000-0000-0000-0000-000000000000.pdf",
        "/bacs/defaut/courriers/usager/00.pdf",
        "/bacs/defaut/courriers/antai/..%2F..%2Fbacs.pdf",
    ],
)
async def test_what_does_not_exist_is_a_page_in_french(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path, follow_redirects=True)
    assert answer.status_code == 404
    sound(answer)
    assert "<script>" not in answer.text


async def test_a_page_asked_with_a_slash_too_many_leads_to_the_page(browser: httpx.AsyncClient) -> None:
    for path, ou in (("/bacs/defaut/", "/bacs/defaut"), ("/bacs/defaut/dossiers//?etat=transmis", "/bacs/defaut/dossiers?etat=transmis")):
        for method in ("GET", "HEAD"):
            answer = await browser.request(method, path)
            assert (answer.status_code, answer.headers["location"]) == (308, ou), path
    assert (await browser.get("/bacs/defaut/", follow_redirects=True)).status_code == 200
    for path in ("/nulle-part/", "//evil.example/", "/bacs/", "/bacs/inconnu/", "/%2F/", "/documentation/rien/"):
        there = (await browser.get(path)).headers.get("location", "/")
        assert there.startswith("/") and not there.startswith("//"), path
    assert (await browser.post("/nouveau-bac/")).status_code in (404, 405)  # what would act is not sent elsewhere


async def test_a_service_that_does_not_answer_is_named(defaut: World) -> None:
    addresses = dict.fromkeys(SERVICES, "http://personne")
    app = application(defaut.pilot, defaut.client, addresses)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        answer = await client.get("/")
    assert answer.status_code == 503
    assert "Collectivité ne répond pas" in answer.text
    assert "fps doctor" in answer.text
