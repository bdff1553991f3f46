"""The mailbox of the people of a bac, whatever the dossier: its letters by their day, filtered, a page at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Integer, Text, bindparam, or_, select

from fps.flows import MESSAGES
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.data.sql import Instant, Row
from fps.kit.ground.clock import DEBUT, FIN
from fps.messages.message import MessageClass
from fps.parties import Channel, Party

# What may stand in a mailbox, by its type.
COURRIERS: Final[Mapping[str, MessageClass]] = {cls.type: cls for cls in MESSAGES if cls.channel is Channel.COURRIER}
DESTINATAIRES: Final[tuple[Party, ...]] = tuple(sorted({cls.receiver for cls in COURRIERS.values()}))
PREMIER, DERNIER = "", "zzzz"  # before and after every identifier, whatever the collation
_C = tables.courriers.c
COLONNES: Final = (_C.bac, _C.id, _C.type, _C.subject, _C.time)


@dataclass(frozen=True, slots=True)
class Tri:
    """What is asked of a mailbox: the letters after `apres` (its instant, its identifier) in the order of the days, or backwards."""

    recents: bool
    apres: tuple[datetime, str] | None = None
    types: frozenset[str] = frozenset(COURRIERS)
    du: datetime = DEBUT  # at that instant or later
    au: datetime = FIN  # before that instant
    sujet: str | None = None

    @property
    def bornes(self) -> tuple[tuple[datetime, str], tuple[datetime, str]]:
        """Between which two places the letters stand, both left out."""
        bas, haut = (self.du, PREMIER), (self.au, PREMIER)
        if self.apres is None:
            return bas, haut
        return (bas, min(haut, self.apres)) if self.recents else (max(bas, self.apres), haut)


@cache
def _statement(recents: bool) -> Any:
    """The letters of one type between two places, from one end: a range of the index, whatever the number of the letters of the bac."""
    bas, haut = bindparam("bas", type_=Instant), bindparam("haut", type_=Instant)
    found = select(*COLONNES).where(
        _C.bac == bindparam("nom", type_=Text),
        _C.type == bindparam("type_", type_=Text),
        _C.time >= bas,
        _C.time <= haut,
        or_(_C.time > bas, _C.id > bindparam("bas_id", type_=Text)),
        or_(_C.time < haut, _C.id < bindparam("haut_id", type_=Text)),
    )
    order = (_C.time.desc(), _C.id.desc()) if recents else (_C.time, _C.id)
    return found.order_by(*order).limit(bindparam("limite", type_=Integer))


async def depouiller(tx: Transaction, nom: str, tri: Tri, limite: int) -> list[Row]:
    """The first letters of a mailbox that answer, at most `limite`: bac, id, type, subject, time."""
    bas, haut = tri.bornes
    found: list[Row] = []
    if tri.sujet is not None:  # those of one dossier are a few
        rows = await tx.load(tables.courriers, [(nom, tri.sujet)], ("bac", "subject"))
        found = [row[:5] for row in rows if row[2] in tri.types and bas < (row[4], row[1]) < haut]
    else:
        bornes = {"bas": bas[0], "bas_id": bas[1], "haut": haut[0], "haut_id": haut[1]}
        for type_ in sorted(tri.types):
            found += await tx.select(_statement(tri.recents), nom=nom, type_=type_, limite=limite, **bornes)
    return sorted(found, key=lambda row: (row[4], row[1]), reverse=tri.recents)[:limite]


def types(voulus: Iterable[str], destinataires: Sequence[Party]) -> frozenset[str]:
    """The types of the letters that are asked: all when none is, those for these people when some are."""
    chosen = frozenset(voulus) or frozenset(COURRIERS)
    return frozenset(t for t in chosen if not destinataires or COURRIERS[t].receiver in destinataires)
