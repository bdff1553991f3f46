"""The tables of the court and their reads."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import BigInteger, Column, Date, Index, MetaData, Table, Text, select

from ccsp.domain.bordereau import Bordereau, Contenu
from ccsp.domain.consultation import Consultation
from ccsp.domain.requete import EtatRequete, Requete, RequeteDuFps, SerieRequetes
from ccsp.domain.teletransmission import Homologation, Teletransmission
from fps.kit.data.database import Transaction
from fps.kit.data.records import Record
from fps.kit.data.sql import Instant
from fps.kit.engine.work import Key
from fps.messages.recours_collectivite import MemoireDefense, PieceDefense
from fps.messages.recours_usager import ReponseRegularisation

metadata = MetaData()

requetes = Table(
    "requetes",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero", Text, primary_key=True),
    Column("numero_fps", Text, nullable=False),
    Column("siret", Text, nullable=False),
    Column("objet", Text, nullable=False),
    Column("canal", Text, nullable=False),
    Column("date_depot", Date, nullable=False),
    Column("deposee_a", Instant, nullable=False),
    Column("depot", Text, nullable=False),
    Column("etat", Text, nullable=False),
    Column("pieces", Text, nullable=False),
    Column("complements", Text, nullable=False),
    Column("motifs", Text, nullable=False),
    Column("confirmer_avant_le", Date),
    Column("confirmee_le", Date),
    Column("limite_regularisation", Date),
    Column("repondue_le", Date),
    Column("desistement_le", Date),
    Column("communiquee_le", Date),
    Column("communiquee_a", Instant),
    Column("limite_defense", Date),
    Column("defense_le", Date),
    Column("erreur_contestee_le", Date),
    Column("canal_defense", Text),
    Column("depots_defense", BigInteger, nullable=False),
    Column("decision", Text),
    Column("jugee_a", Instant),
    Column("notifiee_requerant_le", Date),
    Column("notifiee_collectivite_le", Date),
    Column("limite_execution", Date),
    Column("pourvoi_le", Date),
    Column("execution_demandee_le", Date),
    Column("astreinte_jour", BigInteger, nullable=False),
    Index("requetes_siret", "bac", "siret", "numero"),
)

requetes_du_fps = Table(
    "requetes_du_fps",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero_fps", Text, primary_key=True),
    Column("objet", Text, primary_key=True),
    Column("numero", Text, nullable=False),
)

series_requetes = Table(
    "series_requetes",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("annee", BigInteger, primary_key=True, autoincrement=False),
    Column("dernier", BigInteger, nullable=False),
)

bordereaux = Table(
    "bordereaux",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero_requete", Text, primary_key=True),
    Column("siret", Text, nullable=False),
    Column("depots", Text, nullable=False),
)

# Written once, read when somebody downloads it.
contenus = Table(
    "contenus",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero_depot", Text, primary_key=True),
    Column("contenu", Text, nullable=False),
)

consultations = Table(
    "consultations",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero", Text, primary_key=True),
    Column("document", Text, primary_key=True),
    Column("par", Text, nullable=False),
    Column("instant", Instant, nullable=False),
    Column("wall_time", Instant, nullable=False),
)

teletransmissions = Table(
    "teletransmissions",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("cahier_accepte_le", Date),
    Column("cahier_accepte_par", Text, nullable=False),
    Column("systeme", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("versions_homologuees", Text, nullable=False),
    Column("seances", BigInteger, nullable=False),
    Column("conventions", Text, nullable=False),
)

homologations = Table(
    "homologations",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("rang", BigInteger, primary_key=True, autoincrement=False),
    Column("systeme", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("empreinte", Text, nullable=False),
    Column("demandee_le", Instant, nullable=False),
    Column("expire_le", Date, nullable=False),
    Column("numero_requete", Text, nullable=False),
    Column("numero_fps", Text, nullable=False),
    Column("etat", Text, nullable=False),
    Column("epreuves", Text, nullable=False),
    Column("cles", Text, nullable=False),
    Column("depots", BigInteger, nullable=False),
)

REQUETES = Record(requetes, Requete)
RECORDS = (
    REQUETES,
    Record(requetes_du_fps, RequeteDuFps),
    Record(series_requetes, SerieRequetes),
    Record(bordereaux, Bordereau),
    Record(contenus, Contenu),
    Record(consultations, Consultation),
    Record(teletransmissions, Teletransmission),
    Record(homologations, Homologation),
)


def cles_sujet(sujet: str, le: date) -> Iterable[Key]:
    """The petition of a deadline, whose subject is its number."""
    return ((Requete, (sujet,)),) if len(sujet) == 8 else ()


async def page_requetes(
    tx: Transaction, bac: str, etat: EtatRequete | None, numero_fps: str | None, apres: str, limite: int
) -> list[Requete]:
    """The petitions that follow a number, in the order of their numbers."""
    query = select(requetes).where(requetes.c.bac == bac, requetes.c.numero > apres)
    if etat is not None:
        query = query.where(requetes.c.etat == etat.value)
    if numero_fps is not None:
        query = query.where(requetes.c.numero_fps == numero_fps)
    return [REQUETES.item(row) for row in await tx.select(query.order_by(requetes.c.numero).limit(limite))]


async def page_communiquees(tx: Transaction, bac: str, siret: str, apres: str, limite: int) -> list[Requete]:
    """The petitions communicated to a collectivité that follow a number, in the order of their numbers."""
    t = requetes.c
    query = select(requetes).where(t.bac == bac, t.siret == siret, t.communiquee_le.is_not(None), t.numero > apres)
    return [REQUETES.item(row) for row in await tx.select(query.order_by(t.numero).limit(limite))]


async def derniere_requete(tx: Transaction, bac: str, numero_fps: str) -> Requete | None:
    """The latest petition about a FPS."""
    query = select(requetes).where(requetes.c.bac == bac, requetes.c.numero_fps == numero_fps)
    rows = await tx.select(query.order_by(requetes.c.numero.desc()).limit(1))
    return REQUETES.item(rows[0]) if rows else None


def cles_requete(message: ReponseRegularisation | MemoireDefense | PieceDefense) -> Iterable[Key]:
    """The petition that a letter is about."""
    requete: Key = (Requete, (message.numero_requete,))
    return (requete,) if isinstance(message, ReponseRegularisation) else (requete, (Bordereau, (message.numero_requete,)))
