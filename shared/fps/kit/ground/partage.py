"""How the dossiers of a service are shared between its replicas: each is in one of N parts, by a hash that every machine computes alike."""

import hashlib
from functools import lru_cache

PARTS = (1, 2, 4, 8, 16, 32, 64)  # into how many parts the work may be cut
GRAINS = PARTS[-1]  # a part of any cutting is made of whole grains


@lru_cache(maxsize=65_536)
def part_of(bac: str, dossier: str, parts: int) -> int:
    """The part of a dossier of a bac, from 0: what PostgreSQL computes too (`fps.kit.data.scope.in_parts`)."""
    return hashlib.sha256(f"{bac}/{dossier}".encode()).digest()[0] % parts
