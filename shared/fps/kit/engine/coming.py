"""What falls due in a bac, in the order of the days."""

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Integer, Text, bindparam, select

from fps.kit.data import tables
from fps.kit.data.database import Transaction

_D = tables.deadlines.c


@cache
def _statement(nature: bool) -> Any:
    """Made once for each way of asking: a statement made at each call is compiled at each call."""
    found = select(_D.subject, _D.kind, _D.due).where(_D.bac == bindparam("nom", type_=Text))
    if nature:
        found = found.where(_D.kind == bindparam("nature", type_=Text))
    return found.order_by(_D.due, _D.subject, _D.kind).limit(bindparam("limite", type_=Integer))


async def coming(tx: Transaction, bac: str, nature: str | None, sujet: str | None, limite: int) -> list[tuple[str, str, date]]:
    """The first days that a service waits for: subject, nature, day; those of one nature or of one dossier when they are given."""
    if sujet is not None:  # found by its key: in the order of the days, a whole bac would be read for it
        days = [row[1:4] for row in await tx.load(tables.deadlines, [(bac, sujet)], ("bac", "subject")) if nature in (None, row[2])]
        rows = sorted(days, key=lambda row: (row[2], row[1]))[:limite]
    else:
        rows = await tx.select(_statement(nature is not None), nom=bac, limite=limite, **({} if nature is None else {"nature": nature}))
    return [(row[0], row[1], date.fromisoformat(str(row[2])[:10])) for row in rows]
