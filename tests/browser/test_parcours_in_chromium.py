"""Four walks through the pages, with the mouse then with the keyboard alone: a dossier, a town, an enrolment, a certification."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from fps.parties import Party
from fps_certification.sujets.contrat import ACTIONS
from fps_simulateur.joueur import remplacer
from fps_simulateur.langue.actes import ACTES
from tests.browser.lieux import SIRET, lien
from tests.browser.regard import CLAVIER, MAINS, Main, fautes, onglet
from tests.console.simulator import Simulator

pytestmark = pytest.mark.xdist_group("navigateur")


@pytest.fixture
def simulator(simulateur_des_pages: Simulator) -> Simulator:
    return simulateur_des_pages


def bac_neuf(main: Main, page: Page, simulator: Simulator, nom: str, villes: str = "") -> str:
    """A bac made by its form; gives its address."""
    page.goto(f"{simulator.console}/nouveau-bac")
    main.saisir(page, page.get_by_label("Nom", exact=True), nom)
    if villes:
        main.choisir(page, page.get_by_label("Ses collectivités"), villes)
    else:
        page.get_by_label("Premier jour").fill("2024-06-12")  # what is typed there depends on the language of the browser
    main.presser(page, page.get_by_role("button", name="Créer ce bac"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(nom)
    return f"{simulator.console}/bacs/{nom}"


@MAINS
def test_a_first_dossier_goes_to_its_refund_by_the_forms(chromium: Browser, simulator: Simulator, main: Main) -> None:
    presser = main.presser
    with onglet(chromium, lien(simulator)) as (page, dits):
        page.goto(f"{bac_neuf(main, page, simulator, f'dossier-{main.nom}')}/actes")
        presser(page, page.get_by_role("link", name="Établir un FPS", exact=True))
        expect(page.get_by_label("Numéro et nom de la voie")).to_have_value("12 rue de l'Exemple")
        presser(page, page.get_by_role("button", name="Établir un FPS"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("Dossier")
        presser(page, page.locator("#temps-prochaine"))
        expect(page.get_by_role("link", name="Payer le FPS", exact=True)).to_be_visible()
        for acte in ("Payer le FPS", "Déposer un RAPO", "Décider le RAPO", "Rembourser"):
            presser(page, page.get_by_role("link", name=acte, exact=True))
            presser(page, page.get_by_role("button", name=acte, exact=True))
            expect(page.locator("#agir + .passe")).to_contain_text(f"C’est fait : {acte.lower()[:6]}")
        expect(page.get_by_text("Personne n’a rien à faire")).to_be_visible()
        assert dits == []


@MAINS
def test_a_town_goes_from_its_form_to_a_title(chromium: Browser, simulator: Simulator, main: Main) -> None:
    presser, saisir = main.presser, main.saisir
    with onglet(chromium, lien(simulator)) as (page, dits):
        page.goto(f"{bac_neuf(main, page, simulator, f'ville-{main.nom}')}/villes")
        presser(page, page.get_by_role("link", name="Ajouter une ville par un formulaire"))
        saisir(page, page.get_by_label("Nom", exact=True).first, "Ville de la main")
        saisir(page, page.get_by_label("Jour par jour", exact=True), "tous : 09:00-24:00")
        saisir(page, page.get_by_label("Montant du FPS", exact=True), "voiture : 99")  # more than its longest stay costs
        presser(page, page.get_by_role("button", name="Donner cette configuration au bac").last)
        expect(page.locator("[id='zones.0-erreur']")).to_contain_text("dépasse le prix de la durée maximale")
        assert main is not CLAVIER or fautes(page) == []  # a form that is refused
        expect(page.get_by_label("Nom", exact=True).first).to_have_value("Ville de la main")
        saisir(page, page.get_by_label("Montant du FPS", exact=True), "voiture : 20")
        presser(page, page.get_by_role("button", name="Ajouter une zone"))  # nothing is done: a second one is there, then not
        presser(page, page.get_by_role("button", name="Retirer Zones tarifaires, n° 2"))
        expect(page.locator("[id='zones.1.code']")).to_have_count(0)
        presser(page, page.get_by_role("button", name="Donner cette configuration au bac").first)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Ville de la main")
        presser(page, page.get_by_role("button", name="Calculer"))
        expect(page.get_by_text("D’où vient ce montant")).to_be_visible()
        presser(page, page.get_by_role("link", name="Établir un FPS", exact=True))
        presser(page, page.get_by_role("button", name="Établir un FPS"))
        presser(page, page.get_by_role("button", name="Jusqu’au titre"))
        expect(page.locator(".chapo")).to_contain_text("titre exécutoire émis")
        assert [dit for dit in dits if "422" not in dit] == []


@MAINS
def test_a_town_enrols_at_its_desks(chromium: Browser, simulator: Simulator, main: Main) -> None:
    phrase = "une phrase assez longue"
    presser, saisir = main.presser, main.saisir
    with onglet(chromium, lien(simulator)) as (page, dits):
        bac = bac_neuf(main, page, simulator, f"enrolement-{main.nom}", "oui")
        page.goto(f"{bac}/villes/{SIRET}/guichets")
        presser(page, page.get_by_role("link", name="Demander l’espace numérique"))
        saisir(page, page.get_by_label("Mot de passe"), phrase)
        presser(page, page.get_by_role("button", name="Demander l’espace numérique"))
        expect(page.get_by_text("Espace ouvert")).to_be_visible()
        presser(page, page.get_by_role("link", name="Ouvrir une session dans l’espace numérique"))
        saisir(page, page.get_by_label("Identifiant"), "alix")
        saisir(page, page.get_by_label("Mot de passe"), phrase)
        presser(page, page.get_by_role("button", name="Ouvrir la session"))
        expect(page.get_by_text("« alix », responsable) a une session")).to_be_visible()
        for acte, cycle in (("Régler l’espace", True), ("Préparer une convention", False)):
            presser(page, page.get_by_role("link", name=acte, exact=True))
            if cycle:
                main.choisir(page, page.get_by_label("Cycle"), "complet")
            presser(page, page.get_by_role("button", name=acte, exact=True))
        presser(page, page.get_by_role("link", name="Déposer la convention signée : n° 1"))
        presser(page, page.get_by_role("button", name="Déposer", exact=True))
        expect(page.get_by_text("N° 1, cycle complet : en vigueur")).to_be_visible()
        assert main is not CLAVIER or fautes(page) == []
        assert dits == []


def faire(simulator: Simulator, quoi: dict[str, Any]) -> int:
    """What the person does in front of the product, here the reference collectivité, by its public API; gives what it answers."""
    action, corps = ACTIONS[quoi["action"]], dict(quoi["donnees"])
    chemin = remplacer(ACTES[action.acte].route, corps)
    for nom in action.recoit:
        corps.pop(nom, None)
    assert ACTES[action.acte].a is Party.COLLECTIVITE
    url = f"{simulator.collectivite}/bacs/{quoi['bac']}{chemin}"
    return httpx.post(url, json=corps, headers=simulator.bearer, verify=simulator.verify, timeout=30).status_code


def conduire(main: Main, page: Page, simulator: Simulator, bac: str) -> list[tuple[str, int]]:
    """Do what the page says to do now, step after step, until the verdict is there."""
    place, faits = simulator.data_dir / f"certification/rapo-{bac}.a-faire.json", list[tuple[str, int]]()
    while True:
        page.wait_for_selector(f"input[name=etape][value='{len(faits) + 1}'], p.verdict", state="attached", timeout=60_000)
        if page.locator("p.verdict").count():
            return faits
        quoi = json.loads(place.read_text())
        statut = faire(simulator, quoi)
        faits.append((quoi["action"], statut))
        if statut >= 400:
            main.presser(page, page.get_by_role("button", name="Le produit le refuse"))
        elif not quoi["attend"]:
            main.presser(page, page.get_by_role("button", name="C’est fait"))


@MAINS
def test_a_product_is_certified_by_hand_from_the_plan_to_the_evidence_that_is_verified(
    chromium: Browser, simulator: Simulator, tmp_path: Path, main: Main
) -> None:
    presser, bac = main.presser, f"essai-{main.nom}"
    with onglet(chromium, lien(simulator), accept_downloads=True) as (page, dits):
        presser(page, page.get_by_role("link", name="Certification"))
        presser(page, page.get_by_role("link", name="rapo", exact=True))
        main.choisir(page, page.locator("input[name=facon]:checked"), "a-la-main")
        main.saisir(page, page.get_by_label("Seulement ces épreuves"), "EX-304 EX-306")
        presser(page, page.get_by_role("button", name="Éprouver", exact=True))  # without a bac: what was typed stays
        expect(page.locator("#bac-erreur")).to_be_visible()
        expect(page.get_by_label("Seulement ces épreuves")).to_have_value("EX-304 EX-306")
        main.choisir(page, page.get_by_label("Bac du produit"), bac)
        presser(page, page.get_by_role("button", name="Contrôler d’abord"))
        expect(page.locator(".constats")).to_contain_text("en vigueur, cycle complet")
        presser(page, page.get_by_role("button", name="Éprouver", exact=True))
        expect(page.get_by_role("heading", name="À faire maintenant")).to_be_visible()
        assert main is not CLAVIER or fautes(page) == []
        presser(page, page.get_by_role("button", name="Arrêter"))  # and taken up again where it was
        expect(page).to_have_url(f"{simulator.console}/certification")
        presser(page, page.get_by_role("link", name="Reprendre « rapo »"))
        main.saisir(page, page.get_by_label("Seulement ces épreuves"), "EX-304 EX-306")
        presser(page, page.get_by_role("button", name="Éprouver", exact=True))
        faits = conduire(main, page, simulator, bac)
        assert [nom for nom, _ in faits] == ["etablir", "recevoir-rapo", "decider-rapo", "etablir", "recevoir-rapo", "recevoir-rapo"]
        assert [statut >= 400 for _, statut in faits] == [False] * 5 + [True]
        expect(page.locator("p.verdict")).to_contain_text("CONFORME")
        main.saisir(page, page.get_by_label("Votre commentaire"), "Relu à l’écran.")
        presser(page, page.get_by_role("button", name="Signer ce commentaire"))
        expect(page.locator("blockquote")).to_have_text("Relu à l’écran.")
        with page.expect_download() as venu:
            presser(page, page.get_by_role("link", name="Preuve signée"))
        venu.value.save_as(tmp_path / "preuve.gz")
        fausse = tmp_path / "fausse.gz"
        fausse.write_bytes((tmp_path / "preuve.gz").read_bytes()[:-40])
        page.goto(f"{simulator.console}/certification/verifier")
        main.joindre(page, page.get_by_label("La preuve"), fausse)
        presser(page, page.get_by_role("button", name="Vérifier"))
        expect(page.get_by_role("alert")).to_contain_text("preuve-fausse")
        main.joindre(page, page.get_by_label("La preuve"), tmp_path / "preuve.gz")
        presser(page, page.get_by_role("button", name="Vérifier"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("Preuve intacte")
        expect(page.locator("main")).to_contain_text("Commentaire de qui l’a produite : Relu à l’écran.")
        assert [dit for dit in dits if "422" not in dit] == []
