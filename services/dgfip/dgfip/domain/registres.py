"""What the tax administration knows, simulated: the address of a person, and whether a third party holds money of theirs (H61)."""

import hashlib
from typing import Final

from fps.messages.parties_prenantes import Adresse, Redevable

# Every street is invented. One person in four has moved without telling the register of vehicles.
ADRESSES: Final = (
    Adresse(voie="14 rue du Nouveau Foyer", code_postal="59000", commune="Lille"),
    Adresse(voie="6 place du Déménagement", code_postal="75012", commune="Paris"),
    Adresse(voie="31 chemin du Changement", code_postal="69003", commune="Lyon"),
)
DEMENAGE: Final = "ZA"  # reserved series of plates: the tax address always differs
INSOLVABLE: Final = "ZS"  # reserved series: no third party holds anything


def _tirage(cle: str, taille: int) -> int:
    return int.from_bytes(hashlib.sha256(cle.encode()).digest()[:8]) % taille


def adresse_fiscale(graine: str, redevable: Redevable, plaque: str) -> Adresse:
    """The address known of the tax services: that of the register of vehicles, or another one (seed 004; hypothesis H61)."""
    cle = f"{graine}/fiscal/{redevable.nom_complet}/{redevable.adresse.voie}"
    if not plaque.startswith(f"{DEMENAGE}-") and _tirage(cle, 4):
        return redevable.adresse
    return ADRESSES[_tirage(f"{cle}/adresse", len(ADRESSES))]


def tiers_solvable(plaque: str) -> bool:
    """True when a bank or an employer holds enough to pay what is seized (LPF, art. L. 262; hypothesis H61)."""
    return not plaque.startswith(f"{INSOLVABLE}-")
