"""The collective titles and the titres d'annulation, with the lines of their annexes."""

from sqlalchemy import select

from antai.domain.titre import LigneTitre, TitreCollectif
from antai.domain.titre_annulation import LigneAnnulation, TitreAnnulation
from antai.store.tables import (
    LIGNES_ANNULATIONS,
    LIGNES_TITRES,
    TITRES,
    TITRES_ANNULATION,
    lignes_annulations,
    lignes_titres,
    titres,
    titres_annulation,
)
from fps.kit.data.database import Transaction


async def titre_par_numero(tx: Transaction, bac: str, numero: str) -> TitreCollectif | None:
    """A collective title by its number."""
    rows = await tx.select(select(titres).where(titres.c.bac == bac, titres.c.numero == numero))
    return TITRES.item(rows[0]) if rows else None


async def page_lignes(tx: Transaction, bac: str, numero: str, apres: int, limite: int) -> list[LigneTitre]:
    """The lines of an annexe that follow a rank."""
    t = lignes_titres.c
    query = select(lignes_titres).where(t.bac == bac, t.numero_titre == numero, t.rang > apres)
    return [LIGNES_TITRES.item(row) for row in await tx.select(query.order_by(t.rang).limit(limite))]


async def annulation_par_numero(tx: Transaction, bac: str, numero: str) -> TitreAnnulation | None:
    """A titre d'annulation by its number."""
    t = titres_annulation.c
    rows = await tx.select(select(titres_annulation).where(t.bac == bac, t.numero == numero))
    return TITRES_ANNULATION.item(rows[0]) if rows else None


async def page_annulations(tx: Transaction, bac: str, numero: str, apres: int, limite: int) -> list[LigneAnnulation]:
    """The lines of the annexe of a titre d'annulation that follow a rank."""
    t = lignes_annulations.c
    query = select(lignes_annulations).where(t.bac == bac, t.numero_annulation == numero, t.rang > apres)
    return [LIGNES_ANNULATIONS.item(row) for row in await tx.select(query.order_by(t.rang).limit(limite))]
