"""The towns that are shipped, one file each in `livrees`, in the order of their names."""

from functools import cache
from importlib.resources import files

from fps.donnees import lire_yaml
from fps.errors import Introuvable
from fps.villes.commune import Commune as Commune
from fps.villes.zones import HorsBareme as HorsBareme
from fps.villes.zones import Zone as Zone


class CommuneInconnue(Introuvable):
    """Aucune collectivité simulée ne porte ce SIRET"""

    code = "siret-inconnu"
    que_faire = "Vérifiez le SIRET, ou ouvrez d'abord l'espace numérique de la collectivité."


@cache
def connues() -> tuple[Commune, ...]:
    """Every simulated town, in the order of the directory."""
    fichiers = sorted((f for f in files("fps.villes").joinpath("livrees").iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return tuple(Commune.model_validate(lire_yaml(f.read_text("utf-8"))) for f in fichiers)


@cache
def _par_siret() -> dict[str, Commune]:
    return {commune.siret: commune for commune in connues()}


def est_connue(siret: str) -> bool:
    """True when a simulated town has this SIRET."""
    return siret in _par_siret()


def commune(siret: str) -> Commune:
    """The town of this SIRET; raises CommuneInconnue."""
    trouvee = _par_siret().get(siret)
    if trouvee is None:
        raise CommuneInconnue(f"Le SIRET {siret[:20]} n'est celui d'aucune collectivité simulée.", "siret")
    return trouvee
