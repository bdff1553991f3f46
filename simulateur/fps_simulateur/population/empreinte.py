"""The digest of a world: what its journals say, without what only the machine says of it."""

import hashlib
import json
from typing import Final

from fps.parties import SERVICES
from fps_simulateur.pilote.pilot import Pilot

DE_LA_MACHINE: Final = ("position", "wall_time")


async def empreinte(pilot: Pilot, bac: str) -> str:
    """The SHA-256 of every line of the four journals, in order: two worlds that have it were lived alike, whenever they were."""
    found = hashlib.sha256()
    async for line in pilot.faits(bac, dict.fromkeys(SERVICES, 0)):
        found.update(json.dumps({k: v for k, v in line.items() if k not in DE_LA_MACHINE}, sort_keys=True).encode() + b"\n")
    return found.hexdigest()
