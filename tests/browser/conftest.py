"""A real browser, one for all the walks: Debian's Chromium, driven by Playwright; and the simulator of those that need no other."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.regard import CLAVIER, SOURIS
from tests.console.simulator import Simulator, fps, up

expect.set_options(timeout=40_000)  # a machine that does several things is slow, not wrong
ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# What a window of Chromium draws around the page, each in a process of its own, and nobody sees: half of what a walk costs.
AUTOUR = ("InitialWebUI", "WebUIReloadButton", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
# Chromium reads the last list only: these are of Playwright's own.
SANS = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
)
OPTIONS = ["--no-sandbox", "--disable-gpu", f"--disable-features={','.join((*SANS, *AUTOUR))}"]


TENU = pytest.StashKey[ExitStack]()


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> Browser:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    tenu = request.session.stash.setdefault(TENU, ExitStack())
    browser = tenu.enter_context(sync_playwright()).chromium.launch(executable_path=found, args=OPTIONS)
    tenu.callback(browser.close)
    return browser


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Playwright has a loop of events at work as long as it lives: it ends before the tests that have their own, in the same process."""
    if TENU in item.session.stash and (nextitem is None or nextitem.path.parent != item.path.parent):
        item.session.stash[TENU].close()


@pytest.fixture(scope="session")
def simulateur_des_pages(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Simulator]:
    """A simulator in memory, and the documentation that it serves; a dossier was sent in its bac, a town is enrolled in « essai-… »."""
    built = subprocess.run(["make", "site"], cwd=ROOT, capture_output=True, text=True)  # a second, when another test has built it
    assert built.returncode == 0, built.stderr
    with up(tmp_path_factory.mktemp("navigateur") / "fps", "--memory", "--tls", "--observe") as running:
        running.numero = running.establish()
        running.wait_state(running.numero, "transmis")
        for words in (
            ("bac", "creer", "essai", "--le", "2024-01-02"),
            ("enroler", running.numero[:14], "--bac", "essai", "--sortie", running.data_dir / "c"),
            *(("bac", "copier", "essai", f"essai-{main.nom}") for main in (SOURIS, CLAVIER)),
        ):
            made = fps(*words, data_dir=running.data_dir)
            assert made.returncode == 0, made.stderr
        yield running
