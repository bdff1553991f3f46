"""The audit journal of a service: who came, what was let in or refused, what was administered; append-only, chained by hash in each bac."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, Text, bindparam, select

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
