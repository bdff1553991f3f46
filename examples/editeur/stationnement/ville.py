"""What the town decided: its SIRET, its addresses, and for each zone the FPS, its reduced amount and how long it has effect."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Zone:
    """A zone; amounts in centimes."""

    nom: str
    code_postal: str
    fps: int
    minore: int
    minore_jours: int
    effets: timedelta


@dataclass(frozen=True)
class Ville:
    """A town that keeps its own FPS."""

    siret: str
    nom: str
    adresse: dict[str, str]
    courriel: str
    zones: dict[str, Zone]

    def contact(self, service: str) -> dict[str, Any]:
        """A service of the town, with its address."""
        return {"nom": f"{self.nom}, {service}", "adresse": self.adresse}


def lire(chemin: Path) -> Ville:
    """A town from its file (`lille.json` is one)."""
    lu = json.loads(chemin.read_text("utf-8"))
    zones = {
        nom: Zone(nom, z["code_postal"], z["fps"], z["minore"], z["minore_jours"], timedelta(hours=z["effets_heures"]))
        for nom, z in lu["zones"].items()
    }
    return Ville(lu["siret"], lu["nom"], lu["adresse"], lu["courriel"], zones)
