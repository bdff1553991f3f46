"""The documentation as a site: what Sphinx reads, in which order, and how it looks (`make docs` builds it)."""

import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))  # Sphinx does not

import pages

project = "Simulateur FPS"
html_title = "Documentation du simulateur FPS"
language = "fr"
root_doc = "docs/README"

# The sources are the files of the repository where they are; what another tool owns is not looked into.
extensions = ["myst_parser"]
include_patterns = ["*.md", "docs/**.md", "*/README.md", "services/*/README.md", "examples/*/README.md", "deploy/*/README.md"]
exclude_patterns = [".*", "build", "dist", "tests", "shared", "**/fps_*", "docs/sphinx"]
myst_heading_anchors = 6
template_bridge = "pages.Gabarits"
templates_path = ["templates"]

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = [("theme.js", {"priority": 1, "loading_method": "defer"})]
html_additional_pages = {"index": "entree.html"}
html_favicon = "../../console/fps_console/web/static/icone.svg"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_use_index = False
html_domain_indices = False
html_last_updated_fmt = None
html_sidebars = {
    "**": ["sidebar/brand.html", "sidebar/search.html", "sidebar/scroll-start.html", "sidebar/navigation.html", "sidebar/scroll-end.html"]
}
html_theme_options = {"announcement": pages.SPECIMEN, "top_of_page_buttons": []}
pygments_style = "xcode"
pygments_dark_style = "github-dark"

SECTIONS = {
    "Commencer": ["README.fr", "docs/captures/README", "docs/langue", "docs/ville", "docs/villes", "console/README", "simulateur/README"],
    "Brancher un produit": ["docs/specification", "docs/lettres", "docs/flux", "certification/README", "docs/exigences", "examples/README"],
    "Comprendre": ["docs/glossaire", "docs/hypotheses", "docs/comptes", "docs/invariants"],
    "Les services": ["services/antai/README", "services/dgfip/README", "services/ccsp/README", "services/collectivite/README"],
    "Le projet": [
        "CONTRIBUTING",
        "docs/decisions",
        "deploy/README",
        "deploy/observability/README",
        "docs/repliques",
        "SECURITY",
        "CHANGELOG",
        "README",
    ],
}
# Pages that only another page shows in the navigation.
SOUS_PAGES = {"docs/decisions": ["docs/adr/*"], "examples/README": ["examples/*/README"]}


def setup(app: Sphinx) -> dict[str, Any]:
    """Give Sphinx the pages of the project."""
    pages.install(app, SECTIONS, SOUS_PAGES)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
