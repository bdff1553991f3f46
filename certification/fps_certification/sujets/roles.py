"""Who does what in a duel: the role that each action needs, one of the rights that a collectivité gives to a provider."""

from collections.abc import Container, Mapping
from typing import Final, Literal

from fps.confiance.habilitation import Permission

Role = Literal["emission", "rapo", "contentieux", "comptabilite", "suivi"]  # in this order, a product is called by the first that it holds
ROLES: Final[Mapping[str, Permission]] = {
    "etablir": Permission.EMISSION,
    "encaisser": Permission.EMISSION,
    "encaisser-fps": Permission.EMISSION,
    "baisser": Permission.EMISSION,
    "annuler": Permission.EMISSION,
    "recevoir-rapo": Permission.RAPO,
    "decider-rapo": Permission.RAPO,
    "abandonner-titre": Permission.RAPO,  # its message asks for this right, or the next one
    "defendre": Permission.CONTENTIEUX,
    "executer": Permission.CONTENTIEUX,
    "rembourser": Permission.COMPTABILITE,
    "lire": Permission.SUIVI,
}


def role_de(action: str, tenus: Container[str]) -> str:
    """The role of an action among those that are held: without anybody for the follow-up, who establishes a FPS says where it is."""
    role = ROLES[action].value
    return "emission" if role == "suivi" and role not in tenus else role
