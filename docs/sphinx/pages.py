"""What the site changes of a page: its place, its anchors, its language, its words, and what the policy of the console refuses."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.jinja2glue import BuiltinTemplateLoader
from sphinx.search.fr import SearchFrench

SPECIMEN = "SPÉCIMEN — environnement simulé"
ANCHOR = re.compile(r'^<a id="([^"]+)"></a>$', re.MULTILINE)
DRAWING = re.compile(r"^```mermaid\n.*?^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"\s*<(style|script)>.*?</\1>", re.DOTALL)  # Furo's: here, static/site.css and static/theme.js
# Furo's words that its catalogue does not translate, and its styles that are attributes.
WORDS = {
    "Toggle site navigation sidebar": "Montrer ou cacher la navigation",
    "Toggle table of contents sidebar": "Montrer ou cacher le sommaire de la page",
    "Toggle Light / Dark / Auto color theme": "Changer les couleurs : claires, sombres, celles du système",
    "Toggle navigation of ": "Déplier : ",
    "<title>Contents</title>": "<title>Sommaire</title>",
    "<title>Expand</title>": "<title>Déplier</title>",
    "<title>Light mode</title>": "<title>Couleurs claires</title>",
    "<title>Dark mode</title>": "<title>Couleurs sombres</title>",
    "<title>Auto light/dark, in light mode</title>": "<title>Couleurs du système, claires</title>",
    "<title>Auto light/dark, in dark mode</title>": "<title>Couleurs du système, sombres</title>",
    ' class="caption" role="heading"': ' class="caption"',  # a heading would have a level
    '<aside class="announcement-content">': '<aside class="announcement-content" aria-label="Avertissement">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Navigation">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="Sommaire de la page">',
    '<div id="search-results">': '<h1>Recherche</h1><div id="search-results">',
    '<div class="highlight"><pre>': '<div class="highlight"><pre tabindex="0">',  # it scrolls: the keyboard too
    'style="display: none;"': 'class="icones"',
    'style="opacity: 50%"': 'opacity="50%"',
}


# Sphinx makes a function of a sentence, which the policy refuses: this is what the sentence says for French.
MADE = re.compile(r"new Function\(\s*\"n\",\s*`[^`]*`,?\s*\)")
PLURAL = "(n) => (n < 2 ? 0 : n % 1000000 === 0 ? 1 : 2)"


class Gabarits(BuiltinTemplateLoader):
    """The templates of the theme, without what is inline and with our words."""

    def render(self, template: str, context: dict[str, Any]) -> str:
        """A page of the theme, as the console may serve it."""
        text = INLINE.sub("", super().render(template, context))
        for theirs, ours in WORDS.items():
            text = text.replace(theirs, ours)
        return text


class Recherche(SearchFrench):
    """French search in which an accent counts for nothing, in the index and in what is typed."""

    js_splitter_code = (
        'var splitQuery = (query) => query.normalize("NFD").replace(/\\p{Mn}/gu, "")'
        ".split(/[^\\p{Letter}\\p{Number}_]+/gu).filter((term) => term);"
    )

    def stem(self, word: str) -> str:
        """The stem of a word whose accents are taken off first, as the browser does."""
        return super().stem("".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c)))


def english(docname: str) -> bool:
    """Whether a page is written for programmers, in English."""
    return docname in {"README", "CONTRIBUTING", "deploy/README", "deploy/observability/README"} or docname.startswith("docs/adr/")


def install(app: Sphinx, sections: Mapping[str, Sequence[str]], below: Mapping[str, Sequence[str]]) -> None:
    """Hook what stands here on the reading and the writing of the pages."""

    def read(_: Sphinx, docname: str, source: list[str]) -> None:
        text = ANCHOR.sub(r"(\1)=", source[0])
        text = DRAWING.sub("![La carte des flux](carte.svg)", text)
        if docname == app.config.root_doc:
            text += "".join(_toctree(pages, "hidden", f"caption: {title}") for title, pages in sections.items())
        source[0] = text + _toctree(below.get(docname, ()), "glob", "maxdepth: 1")

    def write(_: Sphinx, docname: str, template: str, context: dict[str, Any], doctree: Any) -> None:
        if english(docname):
            context["language"] = "en"

    def finish(_: Sphinx, failure: Exception | None) -> None:
        tools = Path(app.outdir) / "_static/doctools.js"
        if failure is None:
            tools.write_text(MADE.sub(PLURAL, tools.read_text("utf-8")), "utf-8")

    app.connect("build-finished", finish)
    app.add_config_value("empreinte", hashlib.sha256(Path(__file__).read_bytes()).hexdigest(), "env")  # what was read before is read again
    app.add_search_language(Recherche)
    app.connect("source-read", read)
    app.connect("html-page-context", write)


def _toctree(pages: Sequence[str], *options: str) -> str:
    lines = [*(f":{option}:" if ":" not in option else f":{option}" for option in options), "", *(f"/{page}" for page in pages)]
    return "\n\n```{toctree}\n" + "\n".join(lines) + "\n```\n" if pages else ""
