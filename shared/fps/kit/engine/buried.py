"""The deadlines that raised, whatever they raised: buried with their cause, counted and named in the state of their bac, planned again."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, bindparam, func, select

from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.data.sql import Delete, Op, Row, Upsert
from fps.kit.ground.faults import cause
from fps.kit.wire.envelope import canonical

SENS = "echeance"  # beside "envoi" and "reception", the two ways in which a letter dies
NAMED = 20  # how many the state of a bac names: there is one cause, or a few, whatever their number
_D = tables.dead_letters.c
_OF_BAC = (_D.bac == bindparam("nom", type_=Text), _D.sens == SENS)
COUNT: Any = select(func.count()).select_from(tables.dead_letters).where(*_OF_BAC)
FIRST: Any = select(_D.subject, _D.type, _D.envelope, _D.cause).where(*_OF_BAC).order_by(_D.wall_time, _D.id).limit(NAMED)
KEY = ("bac", "subject", "kind")


class EcheanceInconnue(LookupError):
    """A kind of deadline that the definition of this service does not know: misspelt, or left by another version."""


def bury(bac: str, row: Row, error: Exception, wall: datetime) -> list[Op]:
    """Put away a deadline (subject, kind, day) with what it raised: it is no longer due, and it is not lost."""
    subject, kind, due = row
    envelope = canonical({"subject": subject, "kind": kind, "due": due.isoformat()})
    why = cause(error).replace("\x00", "�").encode("utf-8", "replace").decode()  # what a database would not keep must not stop the burial
    dead = (bac, f"{subject}/{kind}", SENS, kind, subject, why, envelope, wall)
    return [
        Upsert(tables.dead_letters, tuple(tables.dead_letters.columns.keys()), [dead]),
        Delete(tables.deadlines, KEY, [(bac, subject, kind)]),
    ]


async def named(tx: Transaction, bac: str, number: int) -> list[dict[str, Any]]:
    """The first of them, oldest first: dossier, kind, day, cause. Nothing is asked when there are none."""
    rows = await tx.select(FIRST, nom=bac) if number else []
    return [{"sujet": r[0], "echeance": r[1], "due": json.loads(r[2])["due"], "cause": r[3]} for r in rows]


def again(row: Sequence[Any]) -> Op:
    """Plan a buried deadline for its own day: that one is behind, it is due at once."""
    planned = json.loads(row[6])
    due = (row[0], planned["subject"], planned["kind"], date.fromisoformat(planned["due"]))
    return Upsert(tables.deadlines, (*KEY, "due"), [due])
