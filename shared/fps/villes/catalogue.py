"""The towns that are shipped, one file each in `livrees`, in the order of their names: an ordinary bac begins with them.

Only who makes a bac, and what shows the catalogue, reads them: a service knows the towns of each of its bacs.
"""

from functools import cache
from importlib.resources import files

from fps.donnees import lire_yaml
from fps.villes.annuaire import DEPUIS, Annuaire, Version
from fps.villes.communes import Commune


@cache
def par_nom() -> dict[str, Commune]:
    """Every shipped town by its short name, that of its file (« lille »), in the order of the catalogue."""
    fichiers = sorted((f for f in files("fps.villes").joinpath("livrees").iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return {f.name.removesuffix(".yaml").partition("-")[2]: Commune.model_validate(lire_yaml(f.read_text("utf-8"))) for f in fichiers}


@cache
def connues() -> tuple[Commune, ...]:
    """Every shipped town, in the order of the catalogue."""
    return tuple(par_nom().values())


@cache
def livrees() -> Annuaire:
    """The same as a directory: each has one configuration, whose tariffs have their own dates."""
    return Annuaire.de(Version(DEPUIS, commune) for commune in connues())
