"""What is looked at on every page in a browser: axe finds nothing, nothing is told in the console, nothing runs over the side."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page

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
            for largeur in LARGEURS:
                page.set_viewport_size({"width": largeur, "height": 900})
                for theme in THEMES:
                    page.emulate_media(color_scheme=theme)
                    faults = axe(page) if theme == "light" else axe(page, "color-contrast")  # a colour scheme changes nothing else
                    assert faults == [], f"{adresse}, {largeur} px, {theme} : {faults}"
                large = page.evaluate("document.documentElement.scrollWidth")
                assert large <= largeur, f"{adresse} runs over the side at {largeur} px: {large}"
        assert [dit for dit in dits if "404" not in dit] == []
