"""What a simulator that runs leaves in its data directory: where its services are, the credential of its pilot, its test PKI."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fps.kit.ground.settings import Settings
from fps.parties import Party

JETON: Final = "pilotage.token"
ADRESSES: Final = "adresses"
PKI: Final = "pki"


class TraceAbsente(ValueError):
    """No simulator left anything there that can be read."""


@dataclass(frozen=True, slots=True)
class Trace:
    """How to reach it; `pki`: only when it listens in TLS."""

    adresses: Mapping[Party, str]
    jeton: str
    pki: Path | None


def lire(dossier: Path) -> Trace:
    """What `fps up` left in a data directory; raises TraceAbsente with what to do."""
    try:
        adresses = Settings(addresses=(dossier / ADRESSES).read_text("utf-8").strip()).addresses
        jeton = (dossier / JETON).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise TraceAbsente(
            f"« {dossier} » n'est pas le dossier d'un simulateur qui tourne : « fps up --detach --data-dir {dossier} » le démarre."
        ) from error
    return Trace(adresses, jeton, dossier / PKI if any(url.startswith("https:") for url in adresses.values()) else None)
