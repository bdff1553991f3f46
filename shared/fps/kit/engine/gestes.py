"""What was asked of a bac from outside, in the order in which it was kept: what a fork in its past, or a recorded life, does again."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, Text, and_, bindparam, select

from fps.flows import by_type
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.data.sql import Delete, Upsert
from fps.kit.engine import bacs
from fps.kit.engine.service import Receipt, Service
from fps.kit.ground.clock import PARIS, wall_now
from fps.kit.ground.faults import Malformed
from fps.kit.wire.envelope import Letter, parse, read_message

EXTERNE = "/externe"  # what is kept and done again was never written by a service
_G, _I = tables.gestes.c, tables.inbox.c
_LINES: Any = (
    select(_G.position, _G.time, _G.wall_time, _G.methode, _G.chemin, _G.corps, _G.lettre, _I.type, _I.body)
    .select_from(tables.gestes.outerjoin(tables.inbox, and_(_I.bac == _G.bac, _I.id == _G.lettre)))
    .where(_G.bac == bindparam("nom", type_=Text), _G.position > bindparam("apres", type_=BigInteger))
    .order_by(_G.position)
    .limit(bindparam("limite", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class GesteFait:
    """One thing that was asked; `corps` is that of the request, or of the letter, whose `type` and `lettre` are then known."""

    position: int
    date: datetime
    wall_time: datetime
    methode: str
    chemin: str
    corps: Any
    lettre: str | None
    type: str | None

    @property
    def rejouable(self) -> bool:
        """Whether it can be asked again: its body was kept, or it had none to keep."""
        return self.corps is not None or self.methode == "GET"


async def lire(tx: Transaction, nom: str, apres: int, limite: int) -> list[GesteFait]:
    """What was asked of a bac after a position; raises BacInconnu."""
    await bacs.find(tx, nom)
    rows = await tx.select(_LINES, nom=nom, apres=apres, limite=limite)
    return [_fait(row) for row in rows]


def _fait(row: Any) -> GesteFait:
    position, time, wall, methode, chemin, corps, lettre, type_, body = row
    text = body if lettre is not None else corps
    value = None if text is None else parse(text.encode())
    return GesteFait(position, time.astimezone(PARIS), wall.astimezone(PARIS), methode, chemin, value, lettre, type_)


async def recevoir(service: Service, nom: str, identifiant: str, type_: str, corps: Any) -> Receipt:
    """A letter that this service once received from outside, received again in another bac, whoever brought it then.

    Raises Malformed, BacInconnu, and what its act raises.
    """
    try:
        cls = by_type(type_)
    except (KeyError, ValueError):
        raise Malformed("type-de-message", f"« {type_[:60]} » : aucun message ne porte ce type.") from None
    if cls.receiver is not service.party:
        raise Malformed("type-de-message", f"« {type_} » : ce service ne reçoit pas ce message.")
    message, text = read_message(cls, corps)
    now = wall_now()
    letter = Letter(identifiant, nom, type_, EXTERNE, message.sujet, 0, now, now, text, "")
    result = (await service.receive([(letter, message)]))[0]
    if isinstance(result, BaseException):
        raise result
    return result


async def garder(service: Service, nom: str, jusqu_au: date | None) -> None:
    """Keep a bac until that real day, or for ever (None); nothing is removed by itself. Raises BacInconnu."""
    async with service.database.write() as tx:
        await bacs.find(tx, nom)
        table = tables.retentions
        await tx.apply([Delete(table, ("bac",), [(nom,)]) if jusqu_au is None else Upsert(table, ("bac", "jusqu_au"), [(nom, jusqu_au)])])


async def retenus(tx: Transaction) -> dict[str, date]:
    """Until which real day each bac is kept, of those of which it was said."""
    query: Any = select(tables.retentions.c.bac, tables.retentions.c.jusqu_au).order_by(tables.retentions.c.bac)
    return {row[0]: date.fromisoformat(str(row[1])[:10]) for row in await tx.select(query)}
