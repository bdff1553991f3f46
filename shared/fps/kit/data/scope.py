"""What a transaction may change when several processes write at once: some dossiers of some bacs, or these bacs whole."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import ColumnElement, FromClause, Integer, any_, bindparam, func
from sqlalchemy.dialects.postgresql import ARRAY

from fps.kit.ground.partage import GRAINS, part_of

# The first keys of the advisory locks of a database: PostgreSQL keeps those that have two keys apart from those that have one.
BAC: Final = zlib.crc32(b"fps: a bac") >> 1
GRAIN: Final = zlib.crc32(b"fps: a part of the dossiers") >> 1
TURN: Final = zlib.crc32(b"fps: the journals of a bac") >> 1
MOST: Final = 64  # bacs that are locked one by one; more are locked as all of them


class HorsPartage(Exception):
    """An act touches more than the dossiers of its part: it is done again with its bac to itself."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`mine`: grains of the dossiers of these bacs, and nothing else of them; None: the whole of these bacs.

    Whoever has a bac whole is alone in it; whoever has grains of it shares it with who has others. A grain is a part of the finest cutting,
    whatever this process was set to: two that were set otherwise still write one dossier one after the other.
    """

    bacs: frozenset[str]
    mine: frozenset[int] | None

    @classmethod
    def of(cls, dossiers: Iterable[tuple[str, str]]) -> "Scope":
        """What holds these dossiers."""
        known = list(dossiers)
        return cls(frozenset(bac for bac, _ in known), frozenset(part_of(bac, one, GRAINS) for bac, one in known))

    def whole(self) -> "Scope":
        """The same bacs, alone in them."""
        return replace(self, mine=None)

    def holds(self, bac: str, dossier: str) -> bool:
        """Whether this transaction is the only one that changes that dossier."""
        return bac in self.bacs and (self.mine is None or part_of(bac, dossier, GRAINS) in self.mine)

    def locks(self) -> Iterator[tuple[int, int, bool]]:
        """The advisory locks to take, in the order in which everybody takes them: two keys, and whether it is shared."""
        for key in sorted({of_bac(bac) for bac in self.bacs}):
            yield BAC, key, self.mine is not None
        for grain in sorted(self.mine or ()):
            yield GRAIN, grain, False


def of_bac(bac: str) -> int:
    """The second key of the locks of a bac; two bacs that have the same one only wait for each other."""
    return zlib.crc32(bac.encode()) >> 1


def in_parts(table: FromClause, parts: int, mine: Iterable[int] | None = None) -> ColumnElement[bool]:
    """Whether the dossier of a row is in one of these parts, else of those that `mine` binds: PostgreSQL computes what `part_of` gives."""
    text = table.c.bac.concat("/").concat(table.c.subject)
    part = func.get_byte(func.sha256(func.convert_to(text, "UTF8")), 0) % parts
    bound = bindparam("mine", type_=ARRAY(Integer)) if mine is None else bindparam("mine", sorted(mine), type_=ARRAY(Integer))
    return part == any_(bound)
