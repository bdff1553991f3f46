"""The values that a life compares: as JSON writes them, and where they stand in an answer."""

from datetime import date, datetime
from typing import Any


def json_de(value: Any) -> Any:
    """A date of YAML as JSON writes it."""
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def lire(found: Any, champ: str) -> Any:
    """A field by its path: « annexe.0.rang »."""
    for part in champ.split("."):
        found = found[int(part)] if isinstance(found, list) else found[part]
    return found
