"""The dossiers, and everything that hangs on one of them: its journal, its letters, its notices, its deadlines."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from antai.domain.avis import AvisEmis
from antai.domain.dossier import Dossier
from antai.domain.titre_annulation import Appariement, LigneAnnulation
from antai.store.tables import (
    APPARIEMENTS,
    AVIS_EMIS,
    DOSSIERS,
    LIGNES_ANNULATIONS,
    RANGEMENT,
    appariements,
    avis_emis,
    dossiers,
    lignes_annulations,
)
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.data.listes import Feuillet, Recherche, completer_plaques, feuilleter
from fps.messages.message import MessageClass


@dataclass(frozen=True, slots=True)
class Acte:
    """Une ligne du journal."""

    date: datetime
    acte: str
    article: str
    donnees: dict[str, Any]


async def feuillet_dossiers(tx: Transaction, bac: str, recherche: Recherche) -> tuple[list[Dossier], Feuillet]:
    """A page of the dossiers that a search finds, and where its neighbours stand. Raises Malformed."""
    trouve = await feuilleter(tx, bac, RANGEMENT, recherche)
    return [DOSSIERS.item(row) for row in trouve.lignes], trouve


async def dossiers_de(tx: Transaction, bac: str, numeros: Sequence[str]) -> list[Dossier]:
    """Those of these dossiers that are known, in the order of their numbers."""
    rows = await tx.load(dossiers, [(bac, numero) for numero in sorted({*numeros})])
    return sorted((DOSSIERS.item(row) for row in rows), key=lambda d: d.numero)


async def reprendre_plaques(tx: Transaction, bac: str) -> None:
    """What an export of an earlier version lacks: the plate by which a list finds a dossier (0017)."""
    await completer_plaques(tx, bac, DOSSIERS, lambda dossier: dossier.immatriculation)


async def avis_de(tx: Transaction, bac: str, numero: str) -> list[AvisEmis]:
    """The notices sent for a FPS, in their order."""
    rows = await tx.load(avis_emis, [(bac, numero)], ("bac", "numero_fps"))
    return sorted((AVIS_EMIS.item(row) for row in rows), key=lambda a: (a.date_envoi, a.numero_avis, a.nature))


async def annulations_de(tx: Transaction, bac: str, numero: str) -> list[LigneAnnulation]:
    """The lines of titres d'annulation about a FPS, in their order."""
    rows = await tx.load(lignes_annulations, [(bac, numero)], ("bac", "numero_fps"))
    return sorted((LIGNES_ANNULATIONS.item(row) for row in rows), key=lambda a: (a.numero_annulation, a.rang))


async def appariements_de(tx: Transaction, bac: str, numero: str) -> list[Appariement]:
    """What is known of the petitions about a FPS, by their numbers."""
    rows = await tx.load(appariements, [(bac, numero)], ("bac", "numero"))
    return sorted((APPARIEMENTS.item(row) for row in rows), key=lambda a: a.numero_requete)


async def relances(tx: Transaction, bac: str, siret: str, zones: Sequence[str]) -> list[Appariement]:
    """The petitions of a collectivité that ANTAI had to ask about, the oldest first; no zone means all of them."""
    query: Any = (
        select(appariements)
        .join(dossiers, (dossiers.c.bac == appariements.c.bac) & (dossiers.c.numero == appariements.c.numero))
        .where(appariements.c.bac == bac, dossiers.c.siret == siret, appariements.c.relance_le.is_not(None))
        .order_by(appariements.c.relance_le, appariements.c.numero)
    )
    if zones:
        query = query.where(dossiers.c.zone.in_(zones))
    return [APPARIEMENTS.item(row) for row in await tx.select(query)]


async def journal_de(tx: Transaction, bac: str, numero: str) -> list[Acte]:
    """The acts of ANTAI on a FPS, in their order."""
    rows = sorted(await tx.load(tables.journal, [(bac, numero)], ("bac", "subject")), key=lambda row: row[0])
    return [Acte(row[4], row[5], row[6], json.loads(row[7])) for row in rows]


async def echeances_de(tx: Transaction, bac: str, numero: str) -> list[tuple[str, date]]:
    """What will happen to a FPS by itself, the nearest first."""
    rows = await tx.load(tables.deadlines, [(bac, numero)], ("bac", "subject"))
    return sorted(((row[2], row[3]) for row in rows), key=lambda one: (one[1], one[0]))


async def courrier_du(tx: Transaction, bac: str, numero: str, message: MessageClass) -> datetime:
    """The instant of the first letter of that class about a FPS; raises LookupError when none was written."""
    for row in await tx.load(tables.courriers, [(bac, numero)], ("bac", "subject")):
        if row[2] == message.type:
            return row[4]  # type: ignore[no-any-return]
    raise LookupError(f"{numero}: no {message.nom}")
