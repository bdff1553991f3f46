"""What is sent: distinct valid messages FPS and lines of titles, all invented, the n-th always the same."""

import json
from datetime import datetime
from typing import Any

from fps.droit.numero import NumeroFps
from fps.kit.ground.clock import PARIS, wall_now
from fps.kit.wire.envelope import Letter, canonical
from fps.messages.mfps import CreationFps
from fps.messages.titre import EmissionTitre

SIRET = "21590350100017"  # Lille, as in the examples
INSTANT = datetime(2026, 6, 12, 20, 0, tzinfo=PARIS)  # the evening of the findings
LETTRES = "ABCDEFGHJKLMNPQRSTVWXY"
COUPLES = [a + b for a in LETTRES for b in LETTRES if a + b not in ("SS", "WW")]


def numero(n: int) -> NumeroFps:
    """The number of the n-th FPS of the day, n below a million."""
    return NumeroFps.composer(SIRET, INSTANT.date(), autorite=1, dispositif=n // 1000, ordre=n % 1000)


def plaque(n: int) -> str:
    """The n-th plate; none of the reserved series."""
    n, milieu = divmod(n, 999)
    debut, fin = divmod(n, len(COUPLES))
    return f"{COUPLES[debut % len(COUPLES)]}-{milieu + 1:03d}-{COUPLES[fin]}"


def mfps(n: int) -> dict[str, Any]:
    """The n-th message FPS, as JSON values."""
    nombre = numero(n)
    vehicule = CreationFps.example["vehicule"] | {"immatriculation": plaque(n)}
    return CreationFps.example | {"numero_fps": str(nombre), "cle": nombre.cle, "vehicule": vehicule}


def mfps_letter(n: int, bac: str) -> tuple[Letter, CreationFps]:
    """The n-th message FPS as a letter of the collectivité."""
    text = canonical(mfps(n))
    message = CreationFps.model_validate_json(text)
    now = wall_now()
    return Letter(f"{bac}-{n}", bac, CreationFps.type, "/services/collectivite", message.sujet, 2, INSTANT, now, text), message


def emission_bodies(count: int) -> list[tuple[str, str]]:
    """Lines of one collective title: the number of the FPS, the body of the letter."""
    found = []
    for n in range(count):
        nombre = str(numero(n))
        vehicule = EmissionTitre.example["vehicule"] | {"immatriculation": plaque(n)}
        data = EmissionTitre.example | {"numero_fps": nombre, "rang_annexe": n + 1, "vehicule": vehicule}
        text = canonical(data)
        EmissionTitre.model_validate_json(text)
        found.append((nombre, text))
    return found


def emission_letters(bodies: list[tuple[str, str]], bac: str) -> list[Letter]:
    """These lines as letters of ANTAI in a bac."""
    now = wall_now()
    return [
        Letter(f"{bac}/{i}", bac, EmissionTitre.type, "/services/antai", n, 9, INSTANT, now, body) for i, (n, body) in enumerate(bodies)
    ]


def demande(n: int) -> bytes:
    """What an agent types for the n-th FPS; an agent establishes 500 in the day."""
    vehicule = CreationFps.example["vehicule"] | {"immatriculation": plaque(n)}
    return json.dumps(
        {"siret": SIRET, "zone": "rouge", "voie": "12 rue de l'Exemple", "vehicule": vehicule, "agent": f"{n // 500:04d}"}
    ).encode()
