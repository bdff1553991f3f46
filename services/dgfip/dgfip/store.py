"""The tables of the DGFiP, the case file to load with a dossier, and the reads of its screens."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import MetaData, select

from dgfip.domain.amiable import EncaissementAmiable
from dgfip.domain.encaissement import Encaissement
from dgfip.domain.prise_en_charge import AnnulationRecue, Etat, LigneRecue, PriseEnCharge
from dgfip.domain.remboursement import PieceRecue, RemboursementsFps
from dgfip.domain.remise import DemandeRemise
from dgfip.domain.reversement import CompteCollectivite, Reversement
from fps.kit.data.database import Transaction
from fps.kit.data.records import Record
from fps.kit.engine.work import Key

metadata = MetaData()

PRISES_EN_CHARGE = Record(PriseEnCharge, metadata, "prises_en_charge", key=("numero_fps",))
# Written once: the rows that change stay narrow.
LIGNES_RECUES = Record(LigneRecue, metadata, "lignes_recues", key=("numero_fps",))
ANNULATIONS_RECUES = Record(AnnulationRecue, metadata, "annulations_recues", key=("numero_fps", "numero_annulation", "rang"))
ENCAISSEMENTS = Record(Encaissement, metadata, "encaissements", key=("numero_fps", "rang"))
DEMANDES_REMISE = Record(DemandeRemise, metadata, "demandes_remise", key=("numero_fps",))
PIECES = Record(PieceRecue, metadata, "pieces_recues", key=("siret", "numero_piece"), indexes={"pieces_recues_par_fps": ("numero_fps",)})
REMBOURSEMENTS_FPS = Record(RemboursementsFps, metadata, "remboursements_fps", key=("numero_fps",))
REVERSEMENTS = Record(Reversement, metadata, "reversements", key=("siret", "mois"))
ENCAISSEMENTS_AMIABLES = Record(EncaissementAmiable, metadata, "encaissements_amiables", key=("numero_fps",))
COMPTES_COLLECTIVITES = Record(CompteCollectivite, metadata, "comptes_collectivites", key=("siret",))

RECORDS = (
    PRISES_EN_CHARGE,
    LIGNES_RECUES,
    ANNULATIONS_RECUES,
    ENCAISSEMENTS,
    ENCAISSEMENTS_AMIABLES,
    DEMANDES_REMISE,
    PIECES,
    REMBOURSEMENTS_FPS,
    REVERSEMENTS,
    COMPTES_COLLECTIVITES,
)


def cles_sujet(sujet: str, le: date) -> Iterable[Key]:
    """The case file of a letter or of a deadline about a FPS."""
    return ((PriseEnCharge, (sujet,)),)


async def page_prises(tx: Transaction, bac: str, etat: Etat | None, titre: str | None, apres: str, limite: int) -> list[PriseEnCharge]:
    """The prises en charge that follow a number, in the order of their numbers."""
    t = PRISES_EN_CHARGE.table.c
    query = select(PRISES_EN_CHARGE.table).where(t.bac == bac, t.numero_fps > apres)
    if etat is not None:
        query = query.where(t.etat == etat.value)
    if titre is not None:
        query = query.where(t.numero_titre == titre)
    return [PRISES_EN_CHARGE.item(row) for row in await tx.select(query.order_by(t.numero_fps).limit(limite))]


async def pieces_du_fps(tx: Transaction, bac: str, numero: str) -> list[PieceRecue]:
    """The accounting documents about a FPS, in the order of their numbers."""
    t = PIECES.table.c
    query = select(PIECES.table).where(t.bac == bac, t.numero_fps == numero).order_by(t.numero_piece)
    return [PIECES.item(row) for row in await tx.select(query)]


async def reversements_de(tx: Transaction, bac: str, siret: str) -> list[Reversement]:
    """The accounts of a collectivité, month after month."""
    t = REVERSEMENTS.table.c
    query = select(REVERSEMENTS.table).where(t.bac == bac, t.siret == siret).order_by(t.mois)
    return [REVERSEMENTS.item(row) for row in await tx.select(query)]
