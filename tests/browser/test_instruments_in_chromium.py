"""The two instruments in a real browser: a product certified by hand to its evidence, a life of the catalogue watched to its dossier."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from fps.parties import Party
from fps_certification.sujets.contrat import ACTIONS
from fps_console.web.seances import lien as lien_de
from fps_simulateur.joueur import remplacer
from fps_simulateur.langue.actes import ACTES
from tests.browser.regard import au_clavier, fautes, onglet, regarder, taper
from tests.console.simulator import Simulator, fps, up

pytestmark = pytest.mark.xdist_group("navigateur")
SIRET = "21590350100017"


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Simulator]:
    with up(tmp_path_factory.mktemp("instruments") / "fps", "--memory", "--tls") as running:
        for words in (
            ("bac", "creer", "essai", "--le", "2024-01-02"),
            ("enroler", SIRET, "--bac", "essai", "--sortie", running.data_dir / "c"),
        ):
            made = fps(*words, data_dir=running.data_dir)
            assert made.returncode == 0, made.stderr
        yield running


def lien(simulator: Simulator) -> str:
    return lien_de(simulator.console, simulator.bearer["Authorization"].removeprefix("Bearer "))


def faire(simulator: Simulator, quoi: dict[str, Any]) -> int:
    """What the person does in front of the product, here the reference collectivité, by its public API; gives what it answers."""
    action, corps = ACTIONS[quoi["action"]], dict(quoi["donnees"])
    chemin = remplacer(ACTES[action.acte].route, corps)
    for nom in action.recoit:
        corps.pop(nom, None)
    assert ACTES[action.acte].a is Party.COLLECTIVITE
    url = f"{simulator.collectivite}/bacs/{quoi['bac']}{chemin}"
    return httpx.post(url, json=corps, headers=simulator.bearer, verify=simulator.verify, timeout=30).status_code


def conduire(page: Page, simulator: Simulator) -> list[tuple[str, int]]:
    """Do what the page says to do now, with the keyboard, step after step, until the verdict is there."""
    place, faits = simulator.data_dir / "certification/rapo-essai.a-faire.json", list[tuple[str, int]]()
    while True:
        page.wait_for_selector(f"input[name=etape][value='{len(faits) + 1}'], p.verdict", state="attached", timeout=60_000)
        if page.locator("p.verdict").count():
            return faits
        quoi = json.loads(place.read_text())
        statut = faire(simulator, quoi)
        faits.append((quoi["action"], statut))
        if statut >= 400:
            au_clavier(page, page.get_by_role("button", name="Le produit le refuse"))
        elif not quoi["attend"]:
            au_clavier(page, page.get_by_role("button", name="C’est fait"))


def test_a_product_is_certified_by_hand_from_the_plan_to_the_evidence_that_is_verified(
    chromium: Browser, simulator: Simulator, tmp_path: Path
) -> None:
    with onglet(chromium, lien(simulator), accept_downloads=True) as (page, dits):
        page.get_by_role("link", name="Certification").click()
        page.get_by_role("link", name="rapo", exact=True).click()
        page.get_by_label("à la main : les pages").check()
        page.get_by_label("Seulement ces épreuves").fill("EX-304 EX-306")
        page.get_by_role("button", name="Éprouver", exact=True).click()  # without a bac: what was typed stays
        expect(page.locator("#bac-erreur")).to_be_visible()
        expect(page.get_by_label("Seulement ces épreuves")).to_have_value("EX-304 EX-306")
        page.get_by_label("Bac du produit").select_option("essai")
        page.get_by_role("button", name="Contrôler d’abord").click()
        expect(page.locator(".constats")).to_contain_text("en vigueur, cycle complet")
        page.get_by_role("button", name="Éprouver", exact=True).click()
        expect(page.get_by_role("heading", name="À faire maintenant")).to_be_visible()
        page.get_by_role("button", name="Arrêter").click()  # and taken up again where it was
        page.goto(f"{simulator.console}/certification")
        # From here on with the keyboard alone, to the evidence.
        au_clavier(page, page.get_by_role("link", name="Reprendre « rapo »"))
        taper(page, page.get_by_label("Seulement ces épreuves"), "EX-304 EX-306")
        au_clavier(page, page.get_by_role("button", name="Éprouver", exact=True))
        faits = conduire(page, simulator)
        assert [nom for nom, _ in faits] == ["etablir", "recevoir-rapo", "decider-rapo", "etablir", "recevoir-rapo", "recevoir-rapo"]
        assert [statut >= 400 for _, statut in faits] == [False] * 5 + [True]
        expect(page.locator("p.verdict")).to_contain_text("CONFORME")
        taper(page, page.get_by_label("Votre commentaire"), "Relu à l’écran.")
        au_clavier(page, page.get_by_role("button", name="Signer ce commentaire"))
        expect(page.locator("blockquote")).to_have_text("Relu à l’écran.")
        assert fautes(page) == []  # the report of a run that ended, at two widths and in both colour schemes
        with page.expect_download() as venu:
            au_clavier(page, page.get_by_role("link", name="Preuve signée"))
        venu.value.save_as(tmp_path / "preuve.gz")
        fausse = tmp_path / "fausse.gz"
        fausse.write_bytes((tmp_path / "preuve.gz").read_bytes()[:-40])
        page.goto(f"{simulator.console}/certification/verifier")
        page.get_by_label("La preuve").set_input_files(fausse)
        page.get_by_role("button", name="Vérifier").click()
        expect(page.get_by_role("alert")).to_contain_text("preuve-fausse")
        page.get_by_label("La preuve").set_input_files(tmp_path / "preuve.gz")
        au_clavier(page, page.get_by_role("button", name="Vérifier"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("Preuve intacte")
        expect(page.locator("main")).to_contain_text("Commentaire de qui l’a produite : Relu à l’écran.")
        assert [dit for dit in dits if "422" not in dit] == []


def test_a_life_of_the_catalogue_is_watched_step_by_step_and_leads_to_its_dossier(chromium: Browser, simulator: Simulator) -> None:
    with onglet(chromium, lien(simulator)) as (page, dits):
        page.goto(f"{simulator.console}/simulateur")
        page.get_by_label("Mots").fill("silence quantième")
        page.get_by_role("button", name="Chercher").click()
        page.get_by_role("link", name="Le silence de la collectivité").click()
        page.get_by_role("button", name="Jouer").click()
        travail = page.url
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
    c = simulator.console
    tous = [
        "/certification",
        "/certification/plans/rapo",
        "/certification/verifier",
        "/certification/exploration",
        "/simulateur",
        "/simulateur/ateliers/grille",
    ]
    regarder(chromium, [travail, page_de_la_vie(c), *(c + un for un in tous)], lien(simulator))


def page_de_la_vie(console: str) -> str:
    return f"{console}/simulateur/vies/rapo-rejet-implicite"
