"""The mailbox of the bac: what a product writes to the people in the place of its collectivité, and the mentions that it must hold."""

import base64
import binascii
import io
import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Text, bindparam, select

from fps.confiance.habilitation import Habilitation, Permission
from fps.errors import Introuvable, MessageRefuse
from fps.flows import by_type
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.data.records import Record
from fps.kit.data.sql import Insert
from fps.kit.engine.work import IDS, Work
from fps.kit.wire.envelope import INTERDITS, digest
from fps.messages.avis_collectivite import AvisPaiementCollectivite, AvisRectificatifCollectivite
from fps.messages.message import Message, MessageClass
from fps.messages.rapo import AccuseReceptionRapo, DecisionRapo, DemandePiecesRapo
from fps.parties import Party
from fps.regles.mentions import ConstatDeMention, examiner

HOTE: Final = Party.ANTAI  # the service where the product is known by its certificate, and that keeps this mailbox
PDF: Final = "application/pdf"
_RAPO, _EMISSION = frozenset({Permission.RAPO}), frozenset({Permission.EMISSION})
REMIS: Final[dict[MessageClass, frozenset[Permission]]] = {
    **dict.fromkeys((AccuseReceptionRapo, DemandePiecesRapo, DecisionRapo), _RAPO),
    AvisPaiementCollectivite: _EMISSION,
    AvisRectificatifCollectivite: _EMISSION | _RAPO,
}
PAGES: Final = 20  # of a document, read at most
_R: Any = tables.remises.c
_UNE: Any = select(tables.remises).where(_R.bac == bindparam("nom", type_=Text), _R.id == bindparam("id", type_=Text))
COURRIERS: Final = tuple(tables.courriers.columns.keys())


class CourrierNonRemis(MessageRefuse):
    """Ce n'est pas un courrier que le produit d'une collectivité remet"""

    code = "courrier-non-remis"
    que_faire = "Remettez un courrier de la collectivité à l'usager : " + ", ".join(f"« {cls.type} »" for cls in REMIS) + "."


class CourrierDAilleurs(MessageRefuse):
    """Ce courrier est celui d'une autre collectivité"""

    code = "courrier-d-une-autre-collectivite"
    que_faire = "Le SIRET du courrier, celui de son numéro de FPS (ses 14 premiers chiffres) et celui de la demande sont le même."


class DocumentIllisible(MessageRefuse):
    """Le document joint ne peut pas être lu"""

    code = "document-illisible"
    que_faire = "Joignez un PDF dont le texte se lit, ou un texte en UTF-8, en base64, et dites lequel dans « type_media »."


class RemiseInconnue(Introuvable):
    """Aucun courrier de ce numéro n'a été remis par le produit de cette collectivité"""

    code = "remise-inconnue"
    que_faire = "Reprenez l'identifiant que POST /courriers a donné."


@dataclass
class Remise:
    """What stands beside a letter of the mailbox that a product wrote: who, its own document (base64), what was found of its mentions."""

    id: str
    siret: str
    prestataire: str
    type_media: str | None
    document: str | None
    constats: str
    remise_le: datetime


REMISES: Final = Record.of(tables.remises, Remise)


def texte_de(type_media: str | None, document: str | None) -> str | None:
    """The text of a document, None when there is none; raises DocumentIllisible. It reads a PDF: beside the loop of events."""
    if document is None:
        return None
    try:
        brut = base64.b64decode(document, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DocumentIllisible("Ce n'est pas du base64.", "document") from error
    try:
        return _pdf(brut) if type_media == PDF else brut.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentIllisible("Ce texte n'est pas de l'UTF-8.", "document") from error


def _pdf(brut: bytes) -> str:
    from pypdf import PdfReader  # a long import, for who joins a document
    from pypdf.errors import PyPdfError

    try:
        pages = PdfReader(io.BytesIO(brut)).pages
        texte = "\n".join(page.extract_text() for page in pages[:PAGES])
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        raise DocumentIllisible(f"Ce PDF ne s'ouvre pas ({type(error).__name__}).", "document") from error
    if not texte.strip():
        raise DocumentIllisible("Ce PDF ne contient pas de texte, seulement une image.", "document")
    return texte


def classe(type_: str) -> MessageClass:
    """The letter of that type; raises CourrierNonRemis."""
    cls: MessageClass | None
    try:
        cls = by_type(type_)
    except KeyError:
        cls = None
    if cls is None or cls not in REMIS:
        raise CourrierNonRemis(f"« {INTERDITS.sub('', type_)[:60]} »", "type")
    return cls


def verifier_siret(message: Message, siret: str) -> None:
    """Raises CourrierDAilleurs."""
    cites = {message.sujet[:14], getattr(message, "siret", siret), getattr(getattr(message, "etablissement", None), "siret", siret)}
    if cites != {siret}:
        raise CourrierDAilleurs(f"SIRET {siret} ; le courrier dit {', '.join(sorted(cites - {siret}))}.", "siret")


async def remettre(
    work: Work, siret: str, message: Message, texte: str | None, type_media: str | None, document: str | None, qui: Habilitation
) -> tuple[Remise, bool]:
    """Put the letter of a product in the mailbox, with what is missing in it; the same letter again is not put twice (False)."""
    corps = message.model_dump_json()
    id = str(uuid.uuid5(IDS, f"{work.graine}/produit/{siret}/{message.type}/{digest(corps)}/{digest(document or '')}"))
    if (connue := await work.find(Remise, id)) is not None:
        return connue, False
    constats = examiner(message, texte)
    manquent = [one.mention for one in constats if one.manque]
    said = json.dumps([{"mention": x.mention, "article": x.article, "manque": x.manque} for x in constats], ensure_ascii=False)
    remise = Remise(id, siret, qui.prestataire, type_media, document, said, work.now)
    work.add(remise)
    work.batch.ops.append(Insert(tables.courriers, COURRIERS, [(work.bac.nom, id, message.type, message.sujet, work.now, corps)]))
    work.batch.count(work.bac.nom, "courriers")
    work.record(message.sujet, "courrier", message.law, id=id, type=message.type, prestataire=qui.prestataire, mentions_manquantes=manquent)
    return remise, True


async def lire(tx: Transaction, bac: str, id: str, siret: str | None = None) -> Remise:
    """What a product put in the mailbox; raises RemiseInconnue."""
    rows = await tx.select(_UNE, nom=bac, id=id)
    if not rows or (siret is not None and rows[0][2] != siret):
        raise RemiseInconnue(id[:80])
    return REMISES.item(rows[0])


def constats(remise: Remise) -> list[ConstatDeMention]:
    """What was found of each mention, in the order of the text."""
    return [ConstatDeMention(**one) for one in json.loads(remise.constats)]
