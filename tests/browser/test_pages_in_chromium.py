"""The pages in a real browser: each accessible, valid and whole; the first steps of a visitor, the dates, a life that is watched."""

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ROOT
from tests.browser.lieux import adresses, lien, pages_de_la_console
from tests.browser.regard import onglet, regarder
from tests.console.simulator import Simulator
from tests.partage import a_son_tour

pytestmark = pytest.mark.xdist_group("navigateur")
BANNER = "rgb(122, 31, 31)"
COMPTER = "addEventListener('click', e => { if (e.isTrusted) sessionStorage.clics = 1 + Number(sessionStorage.clics ?? 0); }, true)"


@pytest.fixture
def simulator(simulateur_des_pages: Simulator) -> Simulator:
    return simulateur_des_pages


def test_a_first_visitor_advances_a_dossier_to_its_title_in_six_clicks_at_most(chromium: Browser, simulator: Simulator) -> None:
    said = re.search(r"http://\S+/ouvrir\?cle=\S+", simulator.said)
    assert said is not None
    with onglet(chromium) as (page, dits):
        page.add_init_script(COMPTER)
        page.goto(said[0])  # the first click: the link that the terminal shows
        page.get_by_role("link", name="Établir un FPS").first.click()
        page.get_by_label("Immatriculation").first.fill("ZZ-987-ZZ")
        page.locator("main form button").last.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Dossier")
        page.get_by_role("button", name="Jusqu’au titre").click()
        expect(page.locator(".recit")).to_contain_text("Titre exécutoire émis")
        expect(page.locator(".chapo")).to_contain_text("titre exécutoire émis")  # the page itself is that of the new date
        assert 1 + int(page.evaluate("sessionStorage.clics")) <= 6
        assert "/dossiers/" in page.url and dits == []
        # a date that is behind: the refusal is there, and what was typed
        page.get_by_text("Avancer jusqu’à…").click()
        page.get_by_label("Une date").fill("2020-01-01")
        page.locator("#temps-date-aller").click()
        expect(page.get_by_role("alert")).to_contain_text("Le temps d’un bac ne recule pas")
        expect(page.get_by_label("Une date")).to_have_value("2020-01-01")
        page.context.set_offline(True)  # nobody answers any more
        page.get_by_label("Une date").fill("2027-12-31")
        page.locator("#temps-date-aller").click()
        expect(page.get_by_text("La console ne répond pas")).to_be_visible()
        expect(page.get_by_label("Une date")).to_have_value("2027-12-31")


def test_a_bac_is_made_and_moved_with_the_keyboard_alone_and_without_any_script(chromium: Browser, simulator: Simulator) -> None:
    with onglet(chromium, lien(simulator), java_script_enabled=False) as (page, _):
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
        page.goto(f"{simulator.console}/nouveau-bac")
        page.get_by_label("Nom").focus()
        page.keyboard.type("touches")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("touches")
        page.locator("#temps-jour").focus()
        before = page.locator(".present").inner_text()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Rien n’était dû.")).to_be_visible()
        assert page.locator(".present").inner_text() != before


def test_the_date_of_a_dossier_is_dragged_and_each_value_explains_itself(chromium: Browser, simulator: Simulator) -> None:
    avance = f"{simulator.console}/pilotage/bacs/defaut/avance"
    httpx.post(avance, json={"de": "P10D"}, headers=simulator.bearer, timeout=30).raise_for_status()
    frise = f"{simulator.console}/bacs/defaut/dossiers/{simulator.numero}/frise"
    with onglet(chromium) as (page, dits):
        page.goto(f"{frise}?jour=1")
        page.locator("#jour").focus()
        page.keyboard.press("ArrowRight")  # the day when the notice leaves
        expect(page.locator(".voie-antai").first).to_contain_text("avis envoyé")
        expect(page.get_by_label("Que savait-on le")).to_have_attribute("aria-valuetext", page.locator("#jour-dit").inner_text())
        page.wait_for_url("**/frise?le=*")  # the address is that of the day: it can be given to somebody
        page.locator(".voie-antai .explique", has_text="35,00").first.press("Enter")
        expect(page.locator("#panneau")).to_contain_text("Barème")
        expect(page.locator("#panneau")).to_be_focused()
        page.locator("#panneau .fermer").press("Enter")
        expect(page.locator("#panneau")).to_be_empty()
        lien = page.url
        page.goto(f"{lien}&niveau=developpeur#acte-3")
        assert page.locator("#acte-3").evaluate("e => e.matches(':target')") and dits == []
    with onglet(chromium, java_script_enabled=False) as (page, _):
        page.goto(frise)
        page.locator(".voie-antai .explique", has_text="35,00").first.click()
        expect(page.locator("#reponse")).to_contain_text("Barème")


def test_a_life_of_the_catalogue_is_watched_step_by_step_and_leads_to_its_dossier(chromium: Browser, simulator: Simulator) -> None:
    with onglet(chromium, lien(simulator)) as (page, dits):
        page.goto(f"{simulator.console}/simulateur")
        page.get_by_label("Mots").fill("silence quantième")
        page.get_by_role("button", name="Chercher").click()
        page.get_by_role("link", name="Le silence de la collectivité").click()
        page.get_by_role("button", name="Jouer").click()
        expect(page.locator(".recit")).to_contain_text("FPS établi par l’agent", timeout=20_000)
        expect(page.locator("[aria-current=step]")).to_have_count(1)  # it is on its way
        expect(page.get_by_text("jouée comme elle est écrite")).to_be_visible(timeout=60_000)
        page.get_by_role("link", name=re.compile(r"^Dossier \d")).click()
        expect(page.locator("main")).to_contain_text("rejet")
        page.goto(f"{simulator.console}/simulateur")
        page.get_by_label("Texte rencontré").select_option(index=1)  # the articles that it met are known from now on
        page.get_by_role("button", name="Chercher").click()
        page.get_by_role("link", name="Le silence de la collectivité").click()
        expect(page.locator(".dessin svg").first).to_contain_text("RAPO")
        assert dits == []


@pytest.mark.timeout(600)
def test_every_page_that_the_console_has_is_accessible_valid_whole_and_light(chromium: Browser, simulator: Simulator) -> None:
    lieux = adresses(simulator)
    assert pages_de_la_console() == lieux.keys() - {"documentation", "404"}, "each page has its line in tests/browser/lieux.py"
    images = {une.stem for une in (ROOT / "docs/captures").glob("*.png")}
    assert lieux.keys() <= images, "python -m tests.browser.captures"
    vues = [f"{simulator.console}{une}" for nom, toutes in lieux.items() if a_son_tour(nom) for une in toutes]
    poids = regarder(chromium, vues, lien(simulator))
    lourdes = {adresse: octets for adresse, octets in poids.items() if octets >= 200_000}  # with its style and its scripts
    assert lourdes == {}
    regarder(chromium, [simulator.console])  # for who has no session
    with onglet(chromium) as (page, _):
        page.goto(simulator.console)
        assert page.locator(".specimen").evaluate("e => getComputedStyle(e).backgroundColor") == BANNER


def test_what_goes_wrong_while_one_types_is_said_and_nothing_that_was_typed_is_lost(
    chromium: Browser, simulator: Simulator, tmp_path: Path
) -> None:
    forme, gros = f"{simulator.console}/bacs/defaut/dossiers/{simulator.numero}/actes/deposer-un-rapo", tmp_path / "photo.pdf"
    gros.write_bytes(b"%PDF-1.7\n" + bytes(400_000) + b"\n%%EOF\n")  # more than is read of who has no session
    with onglet(chromium, lien(simulator)) as (page, _):
        page.goto(forme)
        page.get_by_text("Joindre ses propres fichiers").click()
        piece = page.locator("main input[type=file]").first
        piece.set_input_files(gros)
        expose = page.get_by_label("Faits et moyens")
        expose.fill("Ce que j’ai écrit.")
        envoyer = page.get_by_role("button", name="Déposer un RAPO")

        def garde(dit: str) -> None:
            """What is said when the form would leave, and what it still holds."""
            envoyer.click()
            expect(page.get_by_role("alert").filter(has_text=dit)).to_be_focused()
            expect(expose).to_have_value("Ce que j’ai écrit.")
            assert piece.evaluate("e => e.files[0].size") > 400_000

        page.context.set_offline(True)
        garde("La console ne répond pas")
        page.context.set_offline(False)
        page.context.clear_cookies()
        garde("Votre séance a pris fin")
        ailleurs = page.context.new_page()
        ailleurs.goto(lien(simulator))  # the link of a terminal, in another tab
        envoyer.click()
        expect(page.get_by_role("alert").filter(has_text="Le formulaire n’est plus valable")).to_be_focused()
        expect(page.get_by_label("Faits et moyens")).to_have_value("Ce que j’ai écrit.")
        expect(page.locator("main")).to_contain_text("photo.pdf")
        # twice at once, then the button that goes back: once
        page.goto(f"{simulator.console}/bacs/defaut/actes/etablir-un-fps")
        page.get_by_label("Immatriculation").first.fill("DC-222-DC")
        page.get_by_role("button", name="Établir un FPS").dblclick()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Dossier")
        fait = page.url
        page.go_back()
        expect(page.get_by_label("Immatriculation").first).to_have_value("DC-222-DC")
        page.get_by_role("button", name="Établir un FPS").click()
        page.wait_for_url(fait)
