"""What a defendant may file before the court, and by which way: the same rules for who files and for who receives (hypothesis H91)."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Final

from fps.droit import droit
from fps.errors import Conflit, MessageRefuse
from fps.messages.parties_prenantes import Piece
from fps.messages.recours_collectivite import CanalDefense

VOIE = "CGCT, art. R. 2333-120-32 bis"
ELECTRONIQUES: Final = frozenset({"portail", "teletransmission"})
# A file says what it is by its first bytes, never by its name; and says by its last ones that it is whole.
DEBUTS: Final[Mapping[str, bytes]] = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}
QUEUE_PDF: Final = 1_024  # bytes at the end of a PDF, among which its end mark is


class VoieElectroniqueFermee(Conflit):
    """La voie électronique n'est pas encore ouverte"""

    code = "voie-electronique-fermee"
    article = VOIE
    que_faire = "Avant l'ouverture du portail et de la télétransmission, déposez par courrier, au greffe ou par télécopie."


class PieceSansContenu(MessageRefuse):
    """Le contenu de la pièce manque"""

    code = "piece-sans-contenu"
    article = VOIE
    que_faire = "Joignez le fichier lui-même, en base 64, dans le champ « contenu » : par voie électronique il voyage avec le message."


class PieceIllisible(MessageRefuse):
    """Le contenu de la pièce n'est pas en base 64"""

    code = "piece-illisible"
    article = VOIE
    que_faire = "Encodez le fichier entier en base 64 (RFC 4648), remplissage compris."


class PieceVide(MessageRefuse):
    """La pièce est vide"""

    code = "piece-vide"
    article = VOIE
    que_faire = "Joignez un fichier qui a un contenu."


class PieceTropGrande(MessageRefuse):
    """La pièce est trop volumineuse"""

    code = "piece-trop-grande"
    article = VOIE
    que_faire = "Réduisez le fichier, ou partagez-le en plusieurs pièces."


class PieceTypeRefuse(MessageRefuse):
    """Ce type de fichier n'est pas admis"""

    code = "piece-type-refuse"
    article = VOIE
    que_faire = "Joignez un fichier PDF, JPEG ou PNG : c'est son contenu qui compte, non son nom."


class PieceTypeDifferent(MessageRefuse):
    """Le fichier n'est pas du type annoncé"""

    code = "piece-type-different"
    article = VOIE
    que_faire = "Annoncez dans « type_media » le type que montre le contenu du fichier."


class PieceTronquee(MessageRefuse):
    """Le fichier est incomplet"""

    code = "piece-tronquee"
    article = VOIE
    que_faire = "Renvoyez le fichier entier : sa marque de fin manque."


class PieceAlteree(MessageRefuse):
    """Le fichier ne correspond pas à son empreinte"""

    code = "piece-alteree"
    article = VOIE
    que_faire = "Recalculez l'empreinte SHA-256 du fichier envoyé : il a changé depuis qu'elle a été prise."


def exiger_voie(canal: CanalDefense, le: date) -> None:
    """Raises VoieElectroniqueFermee: the portal and the interface opened after the reform began."""
    if canal in ELECTRONIQUES and not droit(le).voie_electronique_ouverte:
        raise VoieElectroniqueFermee(f"Canal « {canal} », le {le:%d/%m/%Y}.", "canal")


def empreinte_de(octets: bytes) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(octets).hexdigest()


def octets_de(piece: Piece, le: date) -> bytes:
    """The file of a piece filed electronically, once it is proved whole, of an accepted type, and the one whose fingerprint was taken.

    Raises the refusal that says what is wrong, the first of: no content, base 64, empty, size, type, end, fingerprint.
    """
    if piece.contenu is None:
        raise PieceSansContenu(f"Pièce « {piece.fichier} ».", "piece.contenu")
    try:
        octets = base64.b64decode(piece.contenu, validate=True)
    except binascii.Error as erreur:
        raise PieceIllisible(f"Pièce « {piece.fichier} ».", "piece.contenu") from erreur
    if not octets:
        raise PieceVide(f"Pièce « {piece.fichier} ».", "piece.contenu")
    maximum = droit(le).piece_taille_maximum
    if len(octets) > maximum:
        raise PieceTropGrande(f"Pièce « {piece.fichier} » : {len(octets)} octets, maximum {maximum}.", "piece.contenu")
    _verifier_type(piece, octets, le)
    if not _entier(piece.type_media, octets):
        raise PieceTronquee(f"Pièce « {piece.fichier} », {len(octets)} octets.", "piece.contenu")
    if empreinte_de(octets) != piece.empreinte:
        raise PieceAlteree(f"Pièce « {piece.fichier} » : empreinte annoncée {piece.empreinte}.", "piece.empreinte")
    return octets


def _verifier_type(piece: Piece, octets: bytes, le: date) -> None:
    admis = droit(le).piece_types_admis
    vu = next((type_ for type_, debut in DEBUTS.items() if octets.startswith(debut)), None)
    if vu not in admis:
        raise PieceTypeRefuse(f"Pièce « {piece.fichier} », annoncée « {piece.type_media} ».", "piece.contenu")
    if vu != piece.type_media:
        raise PieceTypeDifferent(f"Pièce « {piece.fichier} » : annoncée « {piece.type_media} », c'est « {vu} ».", "piece.type_media")


def _entier(type_media: str, octets: bytes) -> bool:
    match type_media:
        case "application/pdf":
            return b"%%EOF" in octets[-QUEUE_PDF:]
        case "image/png":
            return octets.endswith(b"IEND\xaeB`\x82")
        case _:
            return octets.rstrip(b"\x00").endswith(b"\xff\xd9")
