"""The checks that play something: lives of the language of the simulator, whose acts of the collectivité are those of the product."""

from functools import cache
from importlib.resources import files

from fps_simulateur.langue.modele import Vie, lire


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
