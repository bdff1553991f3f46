"""The espaces of a bac and the certificates deposited in them, as the screens read them."""

from sqlalchemy import select

from antai.domain.espace.espace import Espace
from antai.store.tables import ESPACES, espaces
from fps.confiance.habilitation import Habilitation
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.trust import habilitations


async def page_espaces(tx: Transaction, bac: str) -> list[Espace]:
    """Every espace of a bac, in the order of the SIRETs; the register of the simulated towns bounds their number."""
    return [ESPACES.item(row) for row in await tx.select(select(espaces).where(espaces.c.bac == bac).order_by(espaces.c.siret))]


async def certificats_de(tx: Transaction, bac: str, *, siret: str | None = None, cle: str | None = None) -> list[Habilitation]:
    """The certificates deposited for a collectivité, or the deposits of a certificate, oldest first."""
    h = tables.habilitations.c
    query = select(tables.habilitations).where(h.bac == bac)
    query = query if siret is None else query.where(h.siret == siret)
    query = query if cle is None else query.where(h.cle == cle)
    return [habilitations.RECORD.item(row) for row in await tx.select(query.order_by(h.deposee_le, h.cle, h.siret))]
