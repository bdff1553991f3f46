"""The words of docs/glossaire.md as the pages of the console take them: where they are installed, docs/ is not."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fps_console.commandes.output import SPECIMEN, Panne

GLOSSAIRE = Path("docs/glossaire.md")
MOTS = Path("console/fps_console/mots/glossaire.json")
LIGNE = re.compile(r"^\| \*\*(?P<mot>[^*|]+)\*\* \| (?P<sens>[^|]+?) \| [^|]+ \|$")


def glossaire_json(texte: str) -> dict[str, Any]:
    """What is installed with the words of the console."""
    return {"description": f"{SPECIMEN}. Les mots de {GLOSSAIRE}, par « make docs ».", "mots": dict(mots(texte))}


def mots(texte: str) -> Mapping[str, str]:
    """Each word of the table with its meaning, in the order of the page; raises Panne for a line that is not of the table's form."""
    found: dict[str, str] = {}
    for ligne in texte.splitlines():
        if not ligne.startswith("| **"):
            continue
        lue = LIGNE.match(ligne)
        if lue is None or lue["mot"] in found:
            raise Panne(f"{GLOSSAIRE} : « {ligne[:60]} » n'est pas « | **mot** | sens | où | », une fois.", "Corrigez cette ligne.")
        found[lue["mot"]] = lue["sens"].replace("`", "")
    return found
