"""The documentation as a site: built without a lost link, marked on each page, and made of nothing that is elsewhere or inline."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "console/fps_console/web/site"
ENGLISH = re.compile(r"(README|CONTRIBUTING|deploy/README|deploy/observability/README|docs/adr/.*)\.html")

pytestmark = pytest.mark.xdist_group("distributions")  # which builds it too


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The pages of the site, as `make site` builds it: a link that leads nowhere, or a page that has no place, stops it."""
    built = subprocess.run(["make", "site"], cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    return {path.relative_to(SITE).as_posix(): path.read_text(encoding="utf-8") for path in SITE.rglob("*.html")}


def test_every_document_is_a_page_marked_in_its_language_that_runs_and_loads_its_own_files_only(pages: dict[str, str]) -> None:
    sources = [path for name in ("*.md", "docs/**/*.md", "services/*/README.md") for path in ROOT.glob(name)]
    assert len(sources) > 50 and [p for p in sources if f"{p.relative_to(ROOT).with_suffix('').as_posix()}.html" not in pages] == []
    for name, text in pages.items():
        assert "SPÉCIMEN — environnement simulé" in text, name
        assert f'lang="{"en" if ENGLISH.fullmatch(name) else "fr"}"' in text, name
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]* src=)[^>]*>", text) == [], name
        assert re.findall(r"<(?:script|img|link|iframe)[^>]*(?:src|href)=\"(?:https?:)?//[^\"]*", text) == [], name
    assert "new Function" not in (SITE / "_static/doctools.js").read_text(encoding="utf-8")


def test_the_links_of_the_sources_lead_to_pages_and_the_guides_have_their_anchors(pages: dict[str, str]) -> None:
    assert [name for name, text in pages.items() if re.search(r'href="(?!https?:)[^"]*\.md["#]', text)] == []
    specification = pages["docs/specification.html"]
    for guide in ("la-dgfip-pas-a-pas", "la-juridiction-pas-a-pas", "enroler-une-collectivite"):
        assert f'href="#{guide}"' in specification, guide
        assert f'<section id="{guide}">' in specification, guide
    assert 'href="../../docs/flux.html#fps-01-creation-v1"' in pages["services/antai/README.html"]
    assert 'id="fps-01-creation-v1"' in pages["docs/flux.html"]
