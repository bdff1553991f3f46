"""The journal of a service read back, in order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, Text, bindparam, select, tuple_

from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.ground.clock import PARIS
from fps.kit.wire.envelope import trusted

_T = tables.journal.c
_NOM, _MOST = bindparam("nom", type_=Text), bindparam("most", type_=Integer)
_AFTER = bindparam("after", type_=BigInteger)
_LINES: Any = select(_T.position, _T.subject, _T.rang, _T.time, _T.acte, _T.article, _T.data, _T.hash, _T.wall_time).limit(_MOST)
# Written so that each engine takes the index of a bac, or of a dossier, and never walks the journal in the order of its positions: a row
# that is compared whole has that index for itself, and `position + 0` has none.
SINCE: Any = _LINES.where(tuple_(_T.bac, _T.position) > tuple_(_NOM, _AFTER), _T.bac <= _NOM).order_by(_T.bac, _T.position)
DOSSIER: Any = _LINES.where(_T.bac == _NOM, _T.subject == bindparam("sujet", type_=Text), _T.position + 0 > _AFTER).order_by(_T.rang)
LAST: Any = select(_T.position).where(_T.bac >= _NOM, _T.bac <= _NOM).order_by(_T.bac.desc(), _T.position.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Line:
    """One act of one dossier, as the journal keeps it. `rang` orders the acts of a dossier across services."""

    position: int
    subject: str
    rang: int
    time: datetime
    acte: str
    article: str
    data: str
    hash: str
    wall_time: datetime

    def view(self, party: str) -> dict[str, Any]:
        """What is shown: everything, the data as JSON."""
        return {
            "service": party,
            "position": self.position,
            "sujet": self.subject,
            "rang": self.rang,
            "date": self.time.isoformat(),
            "acte": self.acte,
            "article": self.article,
            "donnees": trusted(self.data),
            "empreinte": self.hash,
            "wall_time": self.wall_time.isoformat(),
        }


async def lines(tx: Transaction, bac: str, *, after: int = 0, subject: str | None = None, limit: int = 1_000) -> list[Line]:
    """The lines of a bac after a position, or those of one dossier."""
    if subject is None:
        rows = await tx.select(SINCE, nom=bac, after=after, most=limit)
    else:
        rows = await tx.select(DOSSIER, nom=bac, after=after, most=limit, sujet=subject)
    return [Line(r[0], r[1], r[2], r[3].astimezone(PARIS), *r[4:]) for r in rows]


async def last(tx: Transaction, bac: str) -> int:
    """The position of the last line of a bac, 0 when there is none."""
    rows = await tx.select(LAST, nom=bac)
    return int(rows[0][0]) if rows else 0
