"""What is looked at on every page in a browser: axe finds nothing, nothing is told in the console, nothing runs over the side."""

import os
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from justhtml import JustHTML
from playwright.sync_api import Browser, Locator, Page, expect

AXE = (Path(__file__).parent / "axe/axe.min.js").read_text(encoding="utf-8")
LARGEURS = (1280, 390)
REGLES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}  # WCAG 2.5.8: axe leaves it out unless it is asked
CITEES = r"/documentation/.*\.html"  # the pages that a search has found, read one by one to show a few words of each
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def axe(page: Page) -> list[str]:
    """The violations of WCAG 2.2 AA and of good practice that axe-core finds, each with where it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate("async regles => (await axe.run(regles)).violations", REGLES)
    return [f"{one['id']} : {one['help']} — {node['target']} {node['html'][:120]}" for one in found for node in one["nodes"]]


@contextmanager
def onglet(browser: Browser, lien: str = "", **options: Any) -> Iterator[tuple[Page, list[str]]]:
    """A page of a browser of its own, that opened the link when there is one; and what its console says."""
    with browser.new_context(reduced_motion="reduce", **options) as context:
        context.set_default_timeout(60_000)  # a machine that does several things is slow, not wrong
        page, dits = context.new_page(), list[str]()
        page.on("console", lambda message: dits.append(message.text))
        page.on("pageerror", lambda error: dits.append(str(error)))
        if lien:
            page.goto(lien)
        yield page, dits


def regarder(browser: Browser, adresses: list[str], lien: str = "") -> dict[str, int]:
    """Look at pages at two widths and in both colour schemes; `lien` opens a session first. Gives the bytes of each, compressed."""
    poids = dict[str, int]()
    with onglet(browser, lien) as (page, dits):
        recus = dict[str, bytes]()  # what comes with several pages
        for adresse in adresses:
            answer = page.goto(adresse)
            assert answer is not None
            texte = answer.text()
            if "/documentation/" not in adresse:  # that of the generator
                JustHTML(texte, strict=True)  # raises at the first fault
            assert (trouvees := fautes(page)) == [], (adresse, trouvees)
            avec = [un for un in page.evaluate("performance.getEntriesByType('resource').map(e => e.name)") if not re.search(CITEES, un)]
            for un in avec:
                if un not in recus:
                    recus[un] = zlib.compress(page.request.get(un).body())
            poids[adresse] = len(zlib.compress(texte.encode())) + sum(len(recus[un]) for un in avec)
        bruits = [dit for dit in dits if not re.search("404|422", dit)]  # but what a page says of its own status
        assert bruits == [], bruits
    return poids


def fautes(page: Page) -> list[str]:
    """What is wrong with a page that is open, on a wide screen in the light and on a phone in the dark.

    What is at a place depends on the width, its colours on the scheme: FPS_TEST_LONG=1 looks at each width in each.
    """
    found = []
    for rang, largeur in enumerate(LARGEURS):
        page.set_viewport_size({"width": largeur, "height": 900})
        for theme in THEMES if os.environ.get("FPS_TEST_LONG") == "1" else (THEMES[rang],):
            page.emulate_media(color_scheme=theme)
            found += [f"{largeur} px, {theme} : {one}" for one in axe(page)]
        if (large := page.evaluate("document.documentElement.scrollWidth")) > largeur:
            found.append(f"{largeur} px : runs over the side, {large}")
    return found


@dataclass(frozen=True)
class Main:
    """A way to play the pages: how one presses, types, and takes a value of a list, or one of several buttons."""

    nom: str
    presser: Callable[[Page, Locator], None]
    saisir: Callable[[Page, Locator, str], None]
    choisir: Callable[[Page, Locator, str], None]

    def joindre(self, page: Page, champ: Locator, fichier: Path) -> None:
        """Open the dialogue of a field, which is the system's, and choose a file in it."""
        with page.expect_file_chooser() as ouvert:
            self.presser(page, champ)
        ouvert.value.set_files(fichier)


def souris(page: Page, quoi: Locator) -> None:
    """Click."""
    quoi.click()


def remplir(page: Page, champ: Locator, texte: str) -> None:
    """Click in a field, and type in it what replaces what was there."""
    champ.click()
    champ.fill(texte)


def derouler(page: Page, liste: Locator, valeur: str) -> None:
    """Choose a value in a list, or in a group of buttons."""
    if liste.evaluate("e => e.type") == "radio":
        page.locator(f"input[name={liste.get_attribute('name')}][value={valeur}]").click()
    else:
        liste.select_option(valeur)


def au_clavier(page: Page, quoi: Locator, touche: str = "Enter") -> None:
    """Press Tab until it has the focus, then a key; on a page that has just come, the first link leads past what each page has."""
    expect(quoi).to_be_attached()
    if quoi.evaluate("e => document.activeElement === document.body && e.closest('main') !== null"):
        page.keyboard.press("Tab")  # from the top, unless the address leads further down
        if page.evaluate("document.activeElement.classList.contains('evitement')"):
            page.keyboard.press("Enter")
    for _ in range(220):
        if quoi.evaluate("e => e === document.activeElement"):
            page.keyboard.press(touche)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never reaches {quoi}")


def taper(page: Page, champ: Locator, texte: str) -> None:
    """Reach a field with the keyboard, and type in it what replaces what was there."""
    au_clavier(page, champ, "ControlOrMeta+a")
    page.keyboard.type(texte)


def fleches(page: Page, liste: Locator, valeur: str) -> None:
    """Reach a list, or the button that is pressed in a group, and go down to a value."""
    au_clavier(page, liste, "ArrowDown")
    for _ in range(40):
        if page.evaluate("document.activeElement.value") == valeur:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows never reach {valeur} in {liste}")


SOURIS, CLAVIER = Main("souris", souris, remplir, derouler), Main("clavier", au_clavier, taper, fleches)
MAINS = pytest.mark.parametrize("main", [SOURIS, CLAVIER], ids=lambda main: main.nom)
