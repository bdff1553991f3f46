"""What is looked at on every page in a browser: axe finds nothing, nothing is told in the console, nothing runs over the side."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Locator, Page, expect

AXE = (Path(__file__).parent / "axe/axe.min.js").read_text(encoding="utf-8")
LARGEURS = (1280, 390)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def axe(page: Page, *regles: str) -> list[str]:
    """The violations of WCAG 2.2 AA and of good practice that axe-core finds, each with where it is; those of these rules only, if any."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {"runOnly": list(regles)} if regles else {}
    found: list[dict[str, Any]] = page.evaluate("async (options) => (await axe.run(options)).violations", options)
    return [f"{one['id']} : {one['help']} — {node['target']} {node['html'][:120]}" for one in found for node in one["nodes"]]


@contextmanager
def onglet(browser: Browser, lien: str = "", **options: Any) -> Iterator[tuple[Page, list[str]]]:
    """A page of a browser of its own, that opened the link when there is one; and what its console says."""
    with browser.new_context(reduced_motion="reduce", **options) as context:
        page, dits = context.new_page(), list[str]()
        page.on("console", lambda message: dits.append(message.text))
        page.on("pageerror", lambda error: dits.append(str(error)))
        if lien:
            page.goto(lien)
        yield page, dits


def regarder(browser: Browser, adresses: list[str], lien: str = "") -> None:
    """Look at pages at two widths and in both colour schemes; `lien` opens a session first."""
    with onglet(browser, lien) as (page, dits):
        for adresse in adresses:
            page.goto(adresse)
            assert fautes(page) == [], adresse
        assert [dit for dit in dits if not re.search("404|422", dit)] == []  # what a page says of its own status


def fautes(page: Page) -> list[str]:
    """What is wrong with a page that is open, at two widths and in both colour schemes."""
    found = []
    for largeur in LARGEURS:
        page.set_viewport_size({"width": largeur, "height": 900})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            found += [f"{largeur} px, {theme} : {one}" for one in (axe(page) if theme == "light" else axe(page, "color-contrast"))]
        if (large := page.evaluate("document.documentElement.scrollWidth")) > largeur:
            found.append(f"{largeur} px : runs over the side, {large}")
    return found


def parcourir(browser: Browser, console: str, lien: str) -> dict[str, list[str]]:
    """What is wrong with each page that links lead to from the first, one of each kind: its address, without numbers, says its kind."""
    found: dict[str, list[str]] = {}
    with onglet(browser, lien) as (page, _):
        a_voir, vues = ["/"], set[str]()
        while a_voir:
            chemin = a_voir.pop(0)
            genre = re.sub(r"(actes|valeurs|guichets)/.*|[0-9a-f-]{8,}|\d+", "*", chemin.partition("?")[0])
            if genre in vues or re.search(r"/documentation/|\.\w+$", genre):
                continue
            vues.add(genre)
            answer = page.goto(f"{console}{chemin}")
            if answer is None or "html" not in answer.headers.get("content-type", ""):
                continue
            found[chemin] = [f"HTTP {answer.status}"] * (answer.status != 200) + fautes(page)
            hrefs = page.evaluate("[...document.querySelectorAll('a[href]')].map(a => new URL(a.getAttribute('href'), location).href)")
            a_voir += [href[len(console) :].partition("#")[0] for href in hrefs if href.startswith(f"{console}/")]
    return found


def souris(page: Page, quoi: Locator) -> None:
    """Click."""
    quoi.click()


def au_clavier(page: Page, quoi: Locator, touche: str = "Enter") -> None:
    """Press Tab until it has the focus, then a key."""
    expect(quoi).to_be_attached()
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
