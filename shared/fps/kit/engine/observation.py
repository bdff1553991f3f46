"""What is observed of a bac: its exchanges as they were on the wire, kept on demand, in order, each chained to the one before it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Integer, Text, bindparam, select

from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.data.sql import Delete, Insert, Row, Upsert
from fps.kit.engine import bacs
from fps.kit.engine.service import Service
from fps.kit.ground.clock import PARIS, wall_now
from fps.kit.wire.envelope import canonical, digest

LIMITE: Final = 1 << 20  # characters kept of one body; the rest is counted
_E = tables.echanges.c
COLUMNS: Final = tuple(tables.echanges.columns.keys())
_LINES: Any = (
    select(tables.echanges)
    .where(_E.bac == bindparam("nom", type_=Text), _E.rang > bindparam("apres", type_=BigInteger))
    .order_by(_E.rang)
    .limit(bindparam("limite", type_=Integer))
)
_LAST: Any = select(_E.rang, _E.hash).where(_E.bac == bindparam("nom", type_=Text)).order_by(_E.rang.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Vu:
    """One exchange: who asked what, and what was answered. The headers are those that say something, no credential."""

    duree_ms: int
    qui: str
    methode: str
    chemin: str
    entetes: dict[str, str]
    corps: str
    statut: int
    entetes_reponse: dict[str, str]
    reponse: str


async def observe(tx: Transaction, nom: str) -> bool:
    """Whether the exchanges of a bac are kept now."""
    return bool(await tx.load(tables.observations, [(nom,)]))


async def observer(service: Service, nom: str) -> int:
    """Keep the exchanges of a bac from now on, those kept before too; gives the rank of the last one. Raises BacInconnu."""
    async with service.database.write() as tx:
        await bacs.find(tx, nom)
        for row in await tx.load(tables.observations, [(nom,)]):
            return int(row[2])
        last = await tx.select(_LAST, nom=nom)
        rang, hash_ = last[0] if last else (0, "")
        await tx.apply([Insert(tables.observations, ("bac", "depuis", "rang", "hash"), [(nom, wall_now(), rang, hash_)])])
        return int(rang)


async def cesser(service: Service, nom: str) -> None:
    """Keep no more exchange of a bac; those that are kept stay. Raises BacInconnu."""
    async with service.database.write() as tx:
        await bacs.find(tx, nom)
        await tx.apply([Delete(tables.observations, ("bac",), [(nom,)])])


async def garder(service: Service, nom: str, vu: Vu) -> None:
    """Keep one exchange, unless its bac is no longer observed."""
    async with service.database.write() as tx:
        head = await tx.load(tables.observations, [(nom,)])
        if not head:
            return
        _, depuis, rang, previous = head[0]
        wall, instant = wall_now(), (await bacs.find(tx, nom)).horloge.now()
        told = (rang + 1, wall, vu.duree_ms, instant, vu.qui, vu.methode, vu.chemin, canonical(vu.entetes), vu.corps)
        row = (*told, vu.statut, canonical(vu.entetes_reponse), vu.reponse)
        hash_ = empreinte(previous, row)
        head_ops = Upsert(tables.observations, ("bac", "depuis", "rang", "hash"), [(nom, depuis, rang + 1, hash_)])
        await tx.apply([Insert(tables.echanges, COLUMNS, [(nom, *row, hash_)]), head_ops])


def empreinte(previous: str, row: Row) -> str:
    """The hash of an exchange, `row` being its columns without its bac and its hash."""
    return digest(canonical([previous, *(v.astimezone(PARIS).isoformat() if isinstance(v, datetime) else v for v in row)]))


async def lines(tx: Transaction, nom: str, apres: int, limite: int) -> list[Row]:
    """The exchanges of a bac after a rank, in order."""
    return await tx.select(_LINES, nom=nom, apres=apres, limite=limite)
