"""The espaces of a bac and the certificates deposited in them, as the screens read them."""

from functools import cache
from typing import Any

from sqlalchemy import Select, Text, bindparam, select

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
    donnes = {nom: valeur for nom, valeur in (("siret", siret), ("cle", cle)) if valeur is not None}
    return [habilitations.RECORD.item(row) for row in await tx.select(_depots(tuple(donnes)), bac=bac, **donnes)]


@cache
def _depots(noms: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    """The deposits of which these columns are given: asked by every request that shows a certificate, so compiled once."""
    h = tables.habilitations.c
    donnees = [h[nom] == bindparam(nom, type_=Text) for nom in ("bac", *noms)]
    return select(tables.habilitations).where(*donnees).order_by(h.deposee_le, h.cle, h.siret)
