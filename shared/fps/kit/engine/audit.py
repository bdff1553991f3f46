"""The audit journal of a service: who came, what was let in or refused, what was administered; append-only, chained by hash in each bac."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import BigInteger, Integer, Text, bindparam, func, or_, select

from fps.confiance.habilitation import Identite
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.data.sql import Insert, Op, Row, Upsert
from fps.kit.engine import chain
from fps.kit.ground.clock import PARIS
from fps.kit.wire.envelope import canonical

SANS_BAC = "?"  # where the lines are kept of who named no bac that exists
COLUMNS = tuple(tables.audit.columns.keys())
_A = tables.audit.c
FENETRE: Final = 20_000  # ranks that one search looks at
_BAC = bindparam("nom", type_=Text)
_DES: Any = select(_A.rang, _A.wall_time).where(_A.bac == _BAC, _A.rang >= bindparam("rang", type_=BigInteger)).order_by(_A.rang).limit(1)
_LINES: Any = (
    select(tables.audit)
    .where(_A.bac == bindparam("nom", type_=Text), _A.rang > bindparam("apres", type_=BigInteger))
    .order_by(_A.rang)
    .limit(bindparam("limite", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to keep: `acte` (lettre, porte, session, administration…), `resultat` (accepte or refuse), the code of a refusal."""

    bac: str
    acte: str
    resultat: str
    qui: str
    objet: str
    code: str = ""
    details: str = "{}"
    instant: datetime | None = None


def note(
    bac: str, acte: str, qui: Identite | str | None, objet: str, *, code: str = "", instant: datetime | None = None, **details: Any
) -> Note:
    """A line to come: accepted, or refused with a code. No name, address or full key of a person ever goes in it."""
    return Note(bac, acte, "refuse" if code else "accepte", nommer(qui), objet[:200], code, canonical(details), instant)


def nommer(qui: Identite | str | None) -> str:
    """How a caller is written: the service, the SHA-256 of the certificate, or the account."""
    if qui is None:
        return "anonyme"
    return qui if isinstance(qui, str) else qui.cle


async def ops(tx: Transaction, notes: Sequence[Note], wall: datetime) -> list[Op]:
    """The writes of new lines: each gets its rank and its hash in its bac's chain."""
    if not notes:
        return []
    heads = {r[0]: (r[1], r[2]) for r in await tx.load(tables.audit_tetes, [(b,) for b in dict.fromkeys(n.bac for n in notes)])}
    rows: list[Row] = []
    for n in notes:
        rang, previous = heads.get(n.bac, (0, ""))
        rang += 1
        row = (rang, wall, n.instant, n.acte, n.resultat, n.code, n.qui, n.objet, n.details)
        heads[n.bac] = (rang, chain.audit_hash(previous, row))
        rows.append((n.bac, *row, heads[n.bac][1]))
    tops = [(bac, *head) for bac, head in heads.items()]
    return [Insert(tables.audit, COLUMNS, rows), Upsert(tables.audit_tetes, ("bac", "rang", "hash"), tops)]


async def lines(tx: Transaction, bac: str, apres: int = 0, limite: int = 1_000) -> list[Row]:
    """The lines of a bac after a rank, in order."""
    return await tx.select(_LINES, nom=bac, apres=apres, limite=limite)


@dataclass(frozen=True, slots=True)
class Piste:
    """What is asked of an audit journal: lines of an act, of an outcome, that name a text; written between two instants of the machine."""

    acte: str | None = None
    resultat: str | None = None
    texte: str | None = None
    du: datetime | None = None
    au: datetime | None = None  # before that instant
    recentes: bool = True
    apres: int | None = None  # from the line that follows this rank, in that order


@cache
def _piste(recentes: bool, filtres: tuple[str, ...]) -> Any:
    found = select(tables.audit).where(
        _A.bac == _BAC, _A.rang > bindparam("bas", type_=BigInteger), _A.rang < bindparam("haut", type_=BigInteger)
    )
    un = {nom: bindparam(nom, type_=Text) for nom in filtres}
    # Within a range of ranks, which the key finds: what is asked is compared there, and leads the engine to no other way.
    if "acte" in un:
        found = found.where(func.coalesce(_A.acte, _A.acte) == un["acte"])
    if "resultat" in un:
        found = found.where(func.coalesce(_A.resultat, _A.resultat) == un["resultat"])
    if "texte" in un:  # the same on both engines, whatever the text: no pattern, no folding of case
        found = found.where(or_(*(func.replace(c, un["texte"], "") != c for c in (_A.objet, _A.details, _A.qui, _A.code))))
    return found.order_by(_A.rang.desc() if recentes else _A.rang).limit(bindparam("limite", type_=Integer))


async def suivre(tx: Transaction, bac: str, piste: Piste, limite: int) -> tuple[list[Row], int | None]:
    """The lines that answer, `limite` at most, among so many ranks (FENETRE); and the rank from which to go on, None at the end."""
    tetes = await tx.load(tables.audit_tetes, [(bac,)])
    bas, haut = 0, (tetes[0][1] if tetes else 0) + 1
    if piste.du is not None:
        bas = await _rang_a(tx, bac, piste.du, haut) - 1
    if piste.au is not None:
        haut = await _rang_a(tx, bac, piste.au, haut)
    if piste.apres is not None:
        bas, haut = (bas, min(haut, piste.apres)) if piste.recentes else (max(bas, piste.apres), haut)
    ici = (max(bas, haut - 1 - FENETRE), haut) if piste.recentes else (bas, min(haut, bas + 1 + FENETRE))
    voulus = {nom: v for nom in ("acte", "resultat", "texte") if (v := getattr(piste, nom)) is not None}
    rows = await tx.select(_piste(piste.recentes, tuple(voulus)), nom=bac, bas=ici[0], haut=ici[1], limite=limite + 1, **voulus)
    if len(rows) > limite:
        return rows[:limite], int(rows[limite - 1][1])
    if ici == (bas, haut):
        return rows, None
    return rows, ici[0] + 1 if piste.recentes else ici[1] - 1


async def _rang_a(tx: Transaction, bac: str, instant: datetime, fin: int) -> int:
    """The first rank whose line was written at this instant of the machine or later, `fin` when there is none: a rank follows the time."""
    bas, haut = 1, fin
    while bas < haut:
        milieu = (bas + haut) // 2
        rows = await tx.select(_DES, nom=bac, rang=milieu)
        if rows and rows[0][1] < instant:
            bas = int(rows[0][0]) + 1
        else:
            haut = milieu
    return min(bas, fin)


def view(service: str, row: Row) -> dict[str, Any]:
    """One line as it is shown."""
    _, rang, wall, instant, acte, resultat, code, qui, objet, details, hash_ = row
    return {
        "service": service,
        "rang": rang,
        "wall_time": wall.isoformat(),
        "date": None if instant is None else instant.astimezone(PARIS).isoformat(),
        "acte": acte,
        "resultat": resultat,
        "code": code,
        "qui": qui,
        "objet": objet,
        "details": json.loads(details),
        "empreinte": hash_,
    }
