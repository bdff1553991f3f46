"""The tables of the court and their reads."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import MetaData, select

from ccsp.domain.bordereau import Bordereau, Contenu
from ccsp.domain.consultation import PremiereConsultation
from ccsp.domain.requete import EtatRequete, Requete, RequeteDuFps, SerieRequetes
from ccsp.domain.teletransmission import Homologation, Teletransmission
from fps.kit.data.database import Transaction
from fps.kit.data.records import Record
from fps.kit.engine.work import Key

metadata = MetaData()

REQUETES = Record(
    Requete,
    metadata,
    "requetes",
    key=("numero",),
    indexes={"requetes_siret": ("siret", "numero"), "requetes_par_fps": ("numero_fps", "numero")},
    commun=True,
)
REQUETES_DU_FPS = Record(RequeteDuFps, metadata, "requetes_du_fps", key=("numero_fps", "objet"))
SERIES_REQUETES = Record(SerieRequetes, metadata, "series_requetes", key=("annee",))
BORDEREAUX = Record(Bordereau, metadata, "bordereaux", key=("numero_requete",))
# Written once, read when somebody downloads it.
CONTENUS = Record(Contenu, metadata, "contenus", key=("numero_depot",))
CONSULTATIONS = Record(PremiereConsultation, metadata, "consultations", key=("numero", "document"))
TELETRANSMISSIONS = Record(Teletransmission, metadata, "teletransmissions", key=("siret",))
HOMOLOGATIONS = Record(Homologation, metadata, "homologations", key=("siret", "rang"))

RECORDS = (
    REQUETES,
    REQUETES_DU_FPS,
    SERIES_REQUETES,
    BORDEREAUX,
    CONTENUS,
    CONSULTATIONS,
    TELETRANSMISSIONS,
    HOMOLOGATIONS,
)


def cles_sujet(sujet: str, le: date) -> Iterable[Key]:
    """The petition of a deadline, whose subject is its number."""
    return ((Requete, (sujet,)),) if len(sujet) == 8 else ()


async def page_requetes(
    tx: Transaction, bac: str, etat: EtatRequete | None, numero_fps: str | None, apres: str, limite: int
) -> list[Requete]:
    """The petitions that follow a number, in the order of their numbers."""
    query = select(REQUETES.table).where(REQUETES.table.c.bac == bac, REQUETES.table.c.numero > apres)
    if etat is not None:
        query = query.where(REQUETES.table.c.etat == etat.value)
    if numero_fps is not None:
        query = query.where(REQUETES.table.c.numero_fps == numero_fps)
    return [REQUETES.item(row) for row in await tx.select(query.order_by(REQUETES.table.c.numero).limit(limite))]


async def page_communiquees(tx: Transaction, bac: str, siret: str, apres: str, limite: int) -> list[Requete]:
    """The petitions communicated to a collectivité that follow a number, in the order of their numbers."""
    t = REQUETES.table.c
    query = select(REQUETES.table).where(t.bac == bac, t.siret == siret, t.communiquee_le.is_not(None), t.numero > apres)
    return [REQUETES.item(row) for row in await tx.select(query.order_by(t.numero).limit(limite))]


async def derniere_requete(tx: Transaction, bac: str, numero_fps: str) -> Requete | None:
    """The latest petition about a FPS."""
    query = select(REQUETES.table).where(REQUETES.table.c.bac == bac, REQUETES.table.c.numero_fps == numero_fps)
    rows = await tx.select(query.order_by(REQUETES.table.c.numero.desc()).limit(1))
    return REQUETES.item(rows[0]) if rows else None
