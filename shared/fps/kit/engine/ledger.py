"""The books of a service: balances of the double entry, per dossier or in total."""

from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, cast, func, select

from fps.kit.data.database import Transaction
from fps.kit.data.tables import ecritures

_E = ecritures.c
# cast: PostgreSQL sums bigints into numeric
_BAC: Any = (
    select(_E.compte, cast(func.sum(_E.debit - _E.credit), BigInteger))
    .where(_E.bac == bindparam("nom", type_=Text))
    .group_by(_E.compte)
    .order_by(_E.compte)
)
_DOSSIER: Any = _BAC.where(_E.subject == bindparam("sujet", type_=Text))


async def soldes(tx: Transaction, bac: str, subject: str | None = None) -> dict[str, int]:
    """Debits less credits of each account, in centimes; they sum to zero, for one dossier or for the whole bac."""
    rows = tx.select(_BAC, nom=bac) if subject is None else tx.select(_DOSSIER, nom=bac, sujet=subject)
    return {compte: int(solde) for compte, solde in await rows}
