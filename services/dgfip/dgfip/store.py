"""The tables of the DGFiP, the case files to load with a dossier, and the reads of its screens."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import BigInteger, Column, Date, MetaData, Table, Text, select

from dgfip.domain.amiable import EncaissementAmiable
from dgfip.domain.encaissement import Encaissement
from dgfip.domain.prise_en_charge import AnnulationRecue, Etat, LigneRecue, PriseEnCharge
from dgfip.domain.remboursement import PieceRecue, RemboursementsFps
from dgfip.domain.remise import DemandeRemise
from dgfip.domain.reversement import CompteCollectivite, Reversement
from fps.kit.data.database import Transaction
from fps.kit.data.records import Record
from fps.kit.engine.work import Key
from fps.messages.titre import AnnulationTitre

metadata = MetaData()

prises_en_charge = Table(
    "prises_en_charge",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero_fps", Text, primary_key=True),
    Column("numero_titre", Text, nullable=False),
    Column("rang", BigInteger, nullable=False),
    Column("siret", Text, nullable=False),
    Column("date_titre", Date, nullable=False),
    Column("montant_impaye", BigInteger, nullable=False),
    Column("majoration", BigInteger, nullable=False),
    Column("etat", Text, nullable=False),
    Column("date_envoi", Date),
    Column("date_notification", Date),
    Column("date_limite_rabais", Date),
    Column("rabais", BigInteger, nullable=False),
    Column("rabais_accorde", BigInteger, nullable=False),
    Column("paiements", BigInteger, nullable=False),
    Column("rejets", BigInteger, nullable=False),
    Column("montant_paye", BigInteger, nullable=False),
    Column("paye_le", Date),
    Column("part_collectivite", BigInteger, nullable=False),
    Column("fps_annule", BigInteger, nullable=False),
    Column("majoration_annulee", BigInteger, nullable=False),
    Column("majoration_remise", BigInteger, nullable=False),
    Column("fps_a_rembourser", BigInteger, nullable=False),
    Column("montant_rembourse", BigInteger, nullable=False),
    Column("suspendu_le", Date),
    Column("relance_le", Date),
    Column("saisi_le", Date),
)

# Written once: the rows that change stay narrow.
lignes_recues = Table(
    "lignes_recues",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero_fps", Text, primary_key=True),
    Column("message", Text, nullable=False),
)

annulations_recues = Table(
    "annulations_recues",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero_fps", Text, primary_key=True),
    Column("numero_annulation", Text, primary_key=True),
    Column("rang", BigInteger, primary_key=True, autoincrement=False),
    Column("message", Text, nullable=False),
)

encaissements = Table(
    "encaissements",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero_fps", Text, primary_key=True),
    Column("rang", BigInteger, primary_key=True),
    Column("reference", Text, nullable=False),
    Column("moyen", Text, nullable=False),
    Column("montant", BigInteger, nullable=False),
    Column("le", Date, nullable=False),
    Column("sort", Text, nullable=False),
)

demandes_remise = Table(
    "demandes_remise",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero_fps", Text, primary_key=True),
    Column("demandee_le", Date, nullable=False),
    Column("motif", Text, nullable=False),
    Column("montant_demande", BigInteger, nullable=False),
    Column("etat", Text, nullable=False),
    Column("decidee_le", Date),
    Column("montant_accorde", BigInteger, nullable=False),
)

pieces_recues = Table(
    "pieces_recues",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("numero_piece", Text, primary_key=True),
    Column("numero_fps", Text, nullable=False),
    Column("nature", Text, nullable=False),
    Column("corps", Text, nullable=False),
    Column("montant", BigInteger, nullable=False),
    Column("due", Date),
    Column("rembourse_le", Date),
    Column("rejetee_le", Date),
)

remboursements_fps = Table(
    "remboursements_fps",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero_fps", Text, primary_key=True),
    Column("ordonne", BigInteger, nullable=False),
    Column("en_attente", Text, nullable=False),
)

reversements = Table(
    "reversements",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("mois", Text, primary_key=True),
    Column("due", Date, nullable=False),
    Column("paiements", BigInteger, nullable=False),
    Column("encaisse", BigInteger, nullable=False),
    Column("annulations", BigInteger, nullable=False),
    Column("precompte", BigInteger, nullable=False),
    Column("report", BigInteger, nullable=False),
    Column("verse", BigInteger, nullable=False),
    Column("verse_le", Date),
    Column("paiements_amiables", BigInteger, nullable=False),
    Column("encaisse_amiable", BigInteger, nullable=False),
)

encaissements_amiables = Table(
    "encaissements_amiables",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero_fps", Text, primary_key=True),
    Column("siret", Text, nullable=False),
    Column("rang", BigInteger, nullable=False),
    Column("montant", BigInteger, nullable=False),
)

comptes_collectivites = Table(
    "comptes_collectivites",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("a_precompter", BigInteger, nullable=False),
)

PRISES_EN_CHARGE = Record(prises_en_charge, PriseEnCharge)
REVERSEMENTS = Record(reversements, Reversement)
PIECES = Record(pieces_recues, PieceRecue)
RECORDS = (
    PRISES_EN_CHARGE,
    Record(lignes_recues, LigneRecue),
    Record(annulations_recues, AnnulationRecue),
    Record(encaissements, Encaissement),
    Record(encaissements_amiables, EncaissementAmiable),
    Record(demandes_remise, DemandeRemise),
    PIECES,
    Record(remboursements_fps, RemboursementsFps),
    REVERSEMENTS,
    Record(comptes_collectivites, CompteCollectivite),
)


def cles_sujet(sujet: str, le: date) -> Iterable[Key]:
    """The case file of a letter or of a deadline about a FPS."""
    return ((PriseEnCharge, (sujet,)),)


def cle_ligne(sujet: str) -> Key:
    """The line of the title of a dossier."""
    return LigneRecue, (sujet,)


def cle_annulation(message: AnnulationTitre) -> Key:
    """The same line of a titre d'annulation, if it came before."""
    return AnnulationRecue, (message.numero_fps, message.numero_annulation, message.rang_annexe)


def cles_lignes(sujets: list[str], le: date) -> Iterable[Key]:
    """The lines that the avertissements of a day print."""
    return (cle_ligne(sujet) for sujet in sujets)


async def page_prises(tx: Transaction, bac: str, etat: Etat | None, titre: str | None, apres: str, limite: int) -> list[PriseEnCharge]:
    """The prises en charge that follow a number, in the order of their numbers."""
    t = prises_en_charge.c
    query = select(prises_en_charge).where(t.bac == bac, t.numero_fps > apres)
    if etat is not None:
        query = query.where(t.etat == etat.value)
    if titre is not None:
        query = query.where(t.numero_titre == titre)
    return [PRISES_EN_CHARGE.item(row) for row in await tx.select(query.order_by(t.numero_fps).limit(limite))]


async def pieces_du_fps(tx: Transaction, bac: str, numero: str) -> list[PieceRecue]:
    """The accounting documents about a FPS, in the order of their numbers."""
    t = pieces_recues.c
    query = select(pieces_recues).where(t.bac == bac, t.numero_fps == numero).order_by(t.numero_piece)
    return [PIECES.item(row) for row in await tx.select(query)]


async def reversements_de(tx: Transaction, bac: str, siret: str) -> list[Reversement]:
    """The accounts of a collectivité, month after month."""
    t = reversements.c
    query = select(reversements).where(t.bac == bac, t.siret == siret).order_by(t.mois)
    return [REVERSEMENTS.item(row) for row in await tx.select(query)]
