"""The pages in a real browser: they are drawn with their styles, without an error, on a wide screen and on a phone."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.console.simulator import Simulator, up

BANNER = (122, 31, 31)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def chromium() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    return found


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[Simulator]:
    with up(tmp_path_factory.mktemp("navigateur") / "fps", "--memory") as running:
        numero = running.establish()
        running.wait_state(numero, "transmis")
        assert running.fps("advance", "--de", "P5M").returncode == 0
        running.numero = numero
        yield running


def run(chromium: str, folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """One page opened, then closed; a profile of its own."""
    common = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--enable-logging=stderr",
        f"--user-data-dir={folder / 'profil'}",
    ]
    return subprocess.run([chromium, *common, *options], capture_output=True, text=True, timeout=100, check=True)


def pages(simulator: Simulator) -> list[str]:
    return [simulator.console, f"{simulator.console}/bacs/defaut/dossiers/{simulator.numero}", f"{simulator.console}/bacs/inconnu"]


@pytest.mark.parametrize("number", [0, 1], ids=["accueil", "dossier"])
def test_a_page_is_drawn_without_any_error_in_the_console(chromium: str, simulator: Simulator, tmp_path: Path, number: int) -> None:
    result = run(chromium, tmp_path, "--dump-dom", pages(simulator)[number])
    errors = [line for line in result.stderr.splitlines() if re.search(r":CONSOLE[:(]", line)]
    assert errors == []
    assert "SPÉCIMEN — environnement simulé" in result.stdout
    assert ("Carte des flux" if number == 0 else "Avertissement de FPS majoré") in result.stdout


@pytest.mark.parametrize("size", ["1300,2000", "500,1400"], ids=["ecran", "telephone"])
@pytest.mark.parametrize("number", [0, 1, 2], ids=["accueil", "dossier", "erreur"])
def test_the_banner_stands_across_the_top_and_nothing_runs_over_the_side(
    chromium: str, simulator: Simulator, tmp_path: Path, number: int, size: str
) -> None:
    shot = tmp_path / "page.png"
    run(chromium, tmp_path, f"--window-size={size}", f"--screenshot={shot}", pages(simulator)[number])
    with Image.open(shot) as image:
        pixels = image.convert("RGB")
    width, height = pixels.size
    assert [pixels.getpixel((x, 3)) for x in (2, width // 4, width - 3)] == [BANNER] * 3
    # The margin on the right stays white below the header: no table or drawing pushes the page wider than the screen.
    column = {pixels.getpixel((width - 4, y)) for y in range(200, height - 10, 5)}
    assert (255, 255, 255) in column
    assert len(column) <= 2, column  # white, and the line above the footer
    assert len({pixels.getpixel((x, y)) for x in range(0, width, 7) for y in range(0, height, 7)}) > 20
