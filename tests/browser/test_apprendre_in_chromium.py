"""What helps to learn, in a real browser: the words that say their meaning, the documentation that is searched without any network."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.regard import onglet
from tests.console.simulator import Simulator

pytestmark = pytest.mark.xdist_group("navigateur")


def test_a_word_says_its_meaning_to_the_keyboard_and_an_accent_counts_for_nothing_in_the_search(
    chromium: Browser, simulateur_des_pages: Simulator
) -> None:
    with onglet(chromium) as (page, dits):
        page.goto(f"{simulateur_des_pages.console}/apprendre")
        page.get_by_role("button", name="constat").focus()
        page.keyboard.press("Enter")
        meaning = page.locator(".sens:popover-open")
        expect(meaning).to_contain_text("insuffisance de paiement")
        page.keyboard.press("Escape")
        expect(meaning).to_have_count(0)
        asked, found = [], []
        page.on("request", lambda request: asked.append(request.url))
        for mot in ("enrôlement", "enrolement"):
            page.goto(f"{simulateur_des_pages.console}/documentation/")
            page.locator(".sidebar-search").fill(mot)
            page.keyboard.press("Enter")
            expect(page.locator("#search-results")).to_contain_text("Recherche terminée")
            found.append({texte.split("\n")[0] for texte in page.locator("#search-results li > a").all_inner_texts()})
        assert len(found[0]) >= 5 and found[0] == found[1]
        assert [url for url in asked if not url.startswith((simulateur_des_pages.console, "data:"))] == [] and dits == []
