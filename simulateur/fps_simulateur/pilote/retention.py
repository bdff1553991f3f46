"""Until which real day the bacs are kept: ANTAI remembers it; nothing is removed without being asked."""

from datetime import date
from typing import Any

from fps_simulateur.pilote.lectures import _bac
from fps_simulateur.pilote.pilot import MAITRE, Pilot


async def garder(pilot: Pilot, nom: str, jusqu_au: date | None) -> None:
    """Keep a bac until that real day, for ever with None; raises PiloteErreur."""
    body = {"jusqu_au": None if jusqu_au is None else jusqu_au.isoformat()}
    await pilot._call(MAITRE, "PUT", f"{_bac(nom)}/retention", json=body)


async def retenus(pilot: Pilot) -> dict[str, date]:
    """The day of each bac of which one was said; raises PiloteErreur."""
    found: list[dict[str, Any]] = (await pilot._call(MAITRE, "GET", "/retentions")).json()
    return {one["bac"]: date.fromisoformat(one["jusqu_au"]) for one in found}
