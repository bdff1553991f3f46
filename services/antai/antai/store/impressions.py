"""The orders that went to the print shop: those of a day, those of a town, in the order of their days and numbers."""

from datetime import date, time, timedelta
from typing import Any, Final

from sqlalchemy import select

from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.ground.clock import paris
from fps.messages.avis import RequeteImpression

_C = tables.courriers.c
AUTOUR: Final = timedelta(days=3)  # between the day of the sending and that of its order


async def requetes(tx: Transaction, bac: str, siret: str | None, apres: str, limite: int) -> list[tuple[str, RequeteImpression]]:
    """Some orders after a place, each with the id of its letter; the subjects of a town begin with its SIRET."""
    query: Any = select(_C.subject, _C.id, _C.body).where(_C.bac == bac, _C.type == RequeteImpression.type)
    query = query.where(_C.subject + "/" + _C.id > apres)
    if siret is not None:
        query = query.where(_C.subject.between(siret, siret + "9" * 12))
    rows = await tx.select(query.order_by(_C.subject + "/" + _C.id).limit(limite))
    return [(f"{sujet}/{identifiant}", RequeteImpression.model_validate_json(body)) for sujet, identifiant, body in rows]


async def du_jour(tx: Transaction, bac: str, lot: str, siret: str | None) -> list[RequeteImpression]:
    """The orders of a batch, in the order of the numbers of their notices: they were written about the day that begins its name."""
    try:
        jour = paris(date.fromisoformat(lot[:10]), time())
        du, au = jour - AUTOUR, jour + AUTOUR
    except (ValueError, OverflowError):
        return []
    query: Any = select(_C.body).where(_C.bac == bac, _C.type == RequeteImpression.type, _C.time.between(du, au))
    if siret is not None:
        query = query.where(_C.subject.between(siret, siret + "9" * 12))
    found = [RequeteImpression.model_validate_json(body) for (body,) in await tx.select(query)]
    return sorted((one for one in found if one.lot == lot), key=lambda one: one.numero_avis)
