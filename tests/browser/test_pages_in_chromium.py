"""The pages in a real browser: accessible, whole on a wide screen and on a phone; played with the mouse, then with the keyboard."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from fps.messages.rapo import DepotRapo
from fps_console.web.seances import lien as lien_de
from tests.browser.regard import au_clavier, fautes, onglet, parcourir, regarder, souris, taper
from tests.console.simulator import Simulator

pytestmark = pytest.mark.xdist_group("navigateur")
BANNER = "rgb(122, 31, 31)"


@pytest.fixture
def simulator(simulateur_des_pages: Simulator) -> Simulator:
    return simulateur_des_pages


def lien(simulator: Simulator) -> str:
    """A link that opens a session."""
    return lien_de(simulator.console, simulator.bearer["Authorization"].removeprefix("Bearer "))


def test_a_dossier_is_advanced_to_its_title_with_the_mouse_and_what_happens_is_told(chromium: Browser, simulator: Simulator) -> None:
    said = re.search(r"http://\S+/ouvrir\?cle=\S+", simulator.said)
    assert said is not None
    with onglet(chromium, said[0]) as (page, dits):
        page.get_by_role("link", name="Établir un FPS").first.click()  # 1
        page.get_by_label("Immatriculation").first.fill("ZZ-987-ZZ")
        page.locator("main form button").last.click()  # 2
        expect(page.get_by_role("heading", level=1)).to_contain_text("Dossier")
        page.get_by_role("button", name="Jusqu’au titre").click()  # 3
        expect(page.locator(".recit")).to_contain_text("Titre exécutoire émis")
        expect(page.locator(".chapo")).to_contain_text("titre exécutoire émis")  # the page itself is that of the new date
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


def test_no_page_breaks_a_rule_of_accessibility_nor_runs_over_the_side(chromium: Browser, simulator: Simulator) -> None:
    c = simulator.console
    pages = [
        c,
        f"{c}/bacs/defaut/dossiers",
        f"{c}/bacs/defaut/dossiers/{simulator.numero}",
        f"{c}/bacs/inconnu",
        f"{c}/nouveau-bac",
        f"{c}/bacs/defaut/copie",
    ]
    pages += [f"{c}/bacs", f"{c}/bacs/defaut/suppression", f"{c}/bacs/defaut/flux/5"]
    regarder(chromium, pages, lien(simulator))
    regarder(chromium, pages[:1])
    with onglet(chromium) as (page, _):
        page.goto(c)
        assert page.locator(".specimen").evaluate("e => getComputedStyle(e).backgroundColor") == BANNER


def test_what_is_seen_from_outside_is_accessible_and_whole(chromium: Browser, simulator: Simulator) -> None:
    vue = f"{simulator.console}/observation"
    trace = re.search(r"/observation(/traces/[0-9a-f]{32})", httpx.get(vue, timeout=30).text)
    assert trace is not None
    regarder(chromium, [vue, vue + trace[1]])


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
    regarder(chromium, [frise, f"{frise}/actes/3", f"{frise}/valeurs/antai/date_limite_paiement"])


@pytest.mark.timeout(400)
def test_every_page_that_a_link_leads_to_is_accessible_and_whole(chromium: Browser, simulator: Simulator) -> None:
    seen = parcourir(chromium, simulator.console, lien(simulator))
    assert {adresse: faults for adresse, faults in seen.items() if faults} == {}
    assert len(seen) > 12, sorted(seen)


def bac_neuf(page: Page, simulator: Simulator, nom: str) -> str:
    page.goto(f"{simulator.console}/nouveau-bac")
    page.get_by_label("Nom").fill(nom)
    page.get_by_label("Premier jour").fill("2024-06-12")
    page.get_by_role("button", name="Créer ce bac").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(nom)
    return f"{simulator.console}/bacs/{nom}"


@pytest.mark.parametrize("presser", [souris, au_clavier])
def test_a_first_dossier_goes_to_its_refund_by_the_forms(
    chromium: Browser, simulator: Simulator, presser: Callable[[Page, Locator], None]
) -> None:
    with onglet(chromium, lien(simulator)) as (page, dits):
        page.goto(f"{bac_neuf(page, simulator, presser.__name__.replace('_', '-'))}/actes")
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


def test_a_town_goes_from_its_form_to_a_title_with_the_keyboard_alone(chromium: Browser, simulator: Simulator) -> None:
    with onglet(chromium, lien(simulator)) as (page, dits):
        page.goto(f"{bac_neuf(page, simulator, 'ville')}/villes")
        au_clavier(page, page.get_by_role("link", name="Ajouter une ville par un formulaire"))
        taper(page, page.get_by_label("Nom", exact=True).first, "Ville du clavier")
        taper(page, page.get_by_label("Jour par jour", exact=True), "tous : 09:00-24:00")
        taper(page, page.get_by_label("Montant du FPS", exact=True), "voiture : 99")  # more than its longest stay costs
        au_clavier(page, page.get_by_role("button", name="Donner cette configuration au bac").last)
        expect(page.locator("[id='zones.0-erreur']")).to_contain_text("dépasse le prix de la durée maximale")
        assert fautes(page) == []
        expect(page.get_by_label("Nom", exact=True).first).to_have_value("Ville du clavier")
        taper(page, page.get_by_label("Montant du FPS", exact=True), "voiture : 20")
        au_clavier(page, page.get_by_role("button", name="Ajouter une zone"))  # nothing is done: a second one is there, then not
        au_clavier(page, page.get_by_role("button", name="Retirer Zones tarifaires, n° 2"))
        expect(page.locator("[id='zones.1.code']")).to_have_count(0)
        au_clavier(page, page.get_by_role("button", name="Donner cette configuration au bac").first)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Ville du clavier")
        au_clavier(page, page.get_by_role("button", name="Calculer"))
        expect(page.get_by_text("D’où vient ce montant")).to_be_visible()
        au_clavier(page, page.get_by_role("link", name="Établir un FPS", exact=True))
        au_clavier(page, page.get_by_role("button", name="Établir un FPS"))
        au_clavier(page, page.get_by_role("button", name="Jusqu’au titre"))
        expect(page.locator(".chapo")).to_contain_text("titre exécutoire émis")
        assert [dit for dit in dits if "422" not in dit] == []


def test_a_town_enrols_at_its_desks_with_the_keyboard_alone(chromium: Browser, simulator: Simulator) -> None:
    phrase = "une phrase assez longue"
    with onglet(chromium, lien(simulator)) as (page, dits):
        page.goto(f"{simulator.console}/nouveau-bac")
        taper(page, page.get_by_label("Nom", exact=True), "enrolement")
        au_clavier(page, page.get_by_label("Ses collectivités"), "ArrowDown")
        au_clavier(page, page.get_by_role("button", name="Créer ce bac"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("enrolement")
        page.goto(f"{simulator.console}/bacs/enrolement/villes/21590350100017/guichets")
        au_clavier(page, page.get_by_role("link", name="Demander l’espace numérique"))
        taper(page, page.get_by_label("Mot de passe"), phrase)
        au_clavier(page, page.get_by_role("button", name="Demander l’espace numérique"))
        expect(page.get_by_text("Espace ouvert")).to_be_visible()
        au_clavier(page, page.get_by_role("link", name="Ouvrir une session dans l’espace numérique"))
        taper(page, page.get_by_label("Identifiant"), "alix")
        taper(page, page.get_by_label("Mot de passe"), phrase)
        au_clavier(page, page.get_by_role("button", name="Ouvrir la session"))
        expect(page.get_by_text("« alix », responsable) a une session")).to_be_visible()
        for acte, cycle in (("Régler l’espace", True), ("Préparer une convention", False)):
            au_clavier(page, page.get_by_role("link", name=acte, exact=True))
            if cycle:
                au_clavier(page, page.get_by_label("Cycle"), "ArrowDown")
            au_clavier(page, page.get_by_role("button", name=acte, exact=True))
        au_clavier(page, page.get_by_role("link", name="Déposer la convention signée : n° 1"))
        au_clavier(page, page.get_by_role("button", name="Déposer", exact=True))
        expect(page.get_by_text("N° 1, cycle complet : en vigueur")).to_be_visible()
        assert fautes(page) == [] and dits == []


def test_what_a_form_that_reads_shows_of_a_notice_and_of_a_fps_is_accessible_and_whole(chromium: Browser, simulator: Simulator) -> None:
    bac = f"{simulator.console}/bacs/defaut"
    avis = f"{bac}/usager?numero={simulator.numero}&immatriculation=AB-123-CD"
    listes = [f"{bac}/courriers?du=2026-13-45", f"{bac}/courriers?genre=fps.03.decision.v1", f"{bac}/lettres-mortes?sens=envoi"]
    listes += [f"{bac}/boites", *boite(simulator)]
    regarder(chromium, [avis, f"{bac}/villes/21590350100017?immatriculation=CD-123-CD&zone=rouge", *listes], lien(simulator))


def boite(simulator: Simulator) -> tuple[str, str]:
    """A box where a letter waits, whose address nobody answers; gives its page, and that of the letter."""
    siret, pilotage = simulator.numero[:14], f"{simulator.antai}/pilotage/bacs/defaut"
    contenu = {**DepotRapo.example, "numero_fps": simulator.numero}
    with httpx.Client(headers=simulator.bearer, timeout=30) as client:
        ici = {"mode": "adresse", "adresse": f"http://127.0.0.1:{simulator.base + 9}"}
        client.put(f"{pilotage}/destinations/{siret}", json=ici).raise_for_status()
        client.post(f"{pilotage}/boites/{siret}/plis", json={"type": DepotRapo.type, "contenu": contenu}).raise_for_status()
    page = f"{simulator.console}/bacs/defaut/boites/antai/{siret}"
    return page, f"{page}/1"
