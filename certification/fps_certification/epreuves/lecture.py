"""The checks that play something: lives of the language of the simulator, whose acts of the collectivité are those of the product."""

from functools import cache
from importlib.resources import files
from typing import Any

from fps.donnees import composer_yaml
from fps_simulateur.langue.modele import Vie, lire


@cache
def _textes() -> dict[str, str]:
    """The lines of each check in its file, by name."""
    found: dict[str, str] = {}
    for place in (f for f in files("fps_certification.epreuves").iterdir() if f.name.endswith(".yaml")):
        texte = place.read_text("utf-8")
        racine: Any = composer_yaml(texte)
        for noeud in racine.value:
            nom = next(valeur.value for cle, valeur in noeud.value if cle.value == "vie")
            found[nom] = "- " + texte[noeud.start_mark.index : noeud.end_mark.index].rstrip()
    return found


def texte_de(nom: str) -> str:
    """A check as it is written, in a list of one; raises KeyError."""
    return "\n".join(ligne for ligne in _textes()[nom].splitlines() if not ligne.startswith("#")) + "\n"


@cache
def epreuves() -> dict[str, Vie]:
    """Every check that plays something, by name; raises ViesIllisibles, ValueError when two have one name."""
    found: dict[str, Vie] = {}
    for place in sorted((f for f in files("fps_certification.epreuves").iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name):
        for vie in lire(place.read_text("utf-8"), place.name):
            if vie.vie in found:
                raise ValueError(f"deux épreuves s'appellent « {vie.vie} »")
            found[vie.vie] = vie
    return found
