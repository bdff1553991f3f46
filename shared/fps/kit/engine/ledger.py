"""The books of a service: balances of the double entry, per dossier or in total."""

from typing import Any

from sqlalchemy import BigInteger, cast, func, select

from fps.kit.data.database import Transaction
from fps.kit.data.tables import ecritures


async def soldes(tx: Transaction, bac: str, subject: str | None = None) -> dict[str, int]:
    """Debits less credits of each account, in centimes; they sum to zero, for one dossier or for the whole bac."""
    table = ecritures.c
    # cast: PostgreSQL sums bigints into numeric
    total = cast(func.sum(table.debit - table.credit), BigInteger)
    query: Any = select(table.compte, total).where(table.bac == bac).group_by(table.compte).order_by(table.compte)
    if subject is not None:
        query = query.where(table.subject == subject)
    return {compte: int(solde) for compte, solde in await tx.select(query)}
