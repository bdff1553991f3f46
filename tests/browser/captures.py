"""The pictures of the pages that the README shows: `python -m tests.browser.captures` writes docs/captures/."""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.browser.conftest import BROWSERS, OPTIONS
from tests.browser.lieux import adresses
from tests.browser.lieux import lien as lien_de
from tests.console.simulator import Simulator, up

LIEU = Path(__file__).parents[2] / "docs/captures"
ECRAN, TELEPHONE = ViewportSize(width=1280, height=860), ViewportSize(width=390, height=844)
JOUR = "2026-06-28"
EN_TETE = """# Les pages, en images

SPÉCIMEN — environnement simulé. `python -m tests.browser.captures` les prend dans un simulateur en mémoire, et écrit cette page.
"""


def prendre(page: Page, nom: str, legende: str, vues: dict[str, str]) -> None:
    """Write what is seen, in few colours: a page is flat."""
    vues[nom] = legende
    with Image.open(io.BytesIO(page.screenshot())) as image:
        image.convert("RGB").quantize(48).save(LIEU / f"{nom}.png", optimize=True)


def monde(simulator: Simulator) -> str:
    """A bac where something happened, and all that the pages of the works show; gives a dossier."""
    assert simulator.fps("bac", "creer", "demo", "--le", JOUR).returncode == 0
    simulator.collectivite += "/bacs/demo"
    numeros = [simulator.establish() for _ in range(6)]
    simulator.wait_state(numeros[-1], "transmis")
    assert simulator.fps("advance", "--bac", "demo", "--to", "titre").returncode == 0
    simulator.establish()
    simulator.numero = numeros[0]
    return numeros[0]


def tout(simulator: Simulator, page: Page, numero: str, lien: str, lieux: dict[str, list[str]]) -> dict[str, str]:
    """Every page that the console has, a refusal, a phone, the dark; gives what each picture shows."""
    vues: dict[str, str] = {}
    page.goto(lien)
    for nom, ou in lieux.items():
        page.goto(f"{simulator.console}{ou[0]}")
        prendre(page, nom, page.locator("h1").first.inner_text().strip(), vues)
    page.goto(f"{simulator.console}{lieux['acte-dossier'][0]}#pieces")
    page.get_by_text("Joindre ses propres fichiers").click()
    prendre(page, "pieces", "Un RAPO, avec ses propres fichiers", vues)
    page.goto(f"{simulator.console}/bacs/demo#carte")
    prendre(page, "carte-des-flux", "La carte des flux : chaque flèche mène à ses messages", vues)
    page.goto(f"{simulator.console}/bacs/demo/dossiers/{numero}")
    page.locator("#temps-prochaine").click()
    page.locator(".passe").wait_for()
    prendre(page, "dossier", "Un dossier : son temps, ce qui échoit, ce qui vient de s'y passer", vues)
    page.get_by_text("Avancer jusqu’à…").click()
    page.get_by_label("Une date").fill("2020-01-01")
    page.locator("#temps-date-aller").click()
    page.get_by_role("alert").filter(has_text="recule").wait_for()
    prendre(page, "refus", "Un refus, en quatre parties, et ce qui était saisi", vues)
    page.set_viewport_size(TELEPHONE)
    page.goto(f"{simulator.console}/bacs/demo/dossiers/{numero}")
    prendre(page, "telephone", "Le même dossier sur un téléphone", vues)
    page.emulate_media(color_scheme="dark")
    prendre(page, "telephone-sombre", "Sur un téléphone, dans le noir", vues)
    page.set_viewport_size(ECRAN)
    page.goto(f"{simulator.console}/bacs/demo#carte")
    prendre(page, "sombre", "La carte, dans le noir", vues)
    return vues


def main() -> int:
    """Everything, in a simulator of its own."""
    chromium = next(path for name in BROWSERS if (path := shutil.which(name)))
    LIEU.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, up(Path(folder) / "fps", "--memory", "--tls", "--observe") as simulator:
        numero = monde(simulator)
        lieux, lien = adresses(simulator, "demo"), lien_de(simulator)  # commands run a loop of their own
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
            vues = tout(simulator, browser.new_page(viewport=ECRAN, reduced_motion="reduce", locale="fr-FR"), numero, lien, lieux)
            browser.close()
    for vieille in LIEU.glob("*.png"):
        if vieille.stem not in vues:
            vieille.unlink()  # of a page that there is no more
    textes = [f"## {legende}\n\n![{legende}]({nom}.png)\n" for nom, legende in vues.items()]
    (LIEU / "README.md").write_text(f"{EN_TETE}\n{chr(10).join(textes)}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
