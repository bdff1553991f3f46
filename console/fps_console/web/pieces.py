"""The files that somebody encloses in a form: bounded, of a type that is accepted, kept in the form itself as long as it is refused."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError
from starlette.datastructures import UploadFile

from fps.droit import droit
from fps.errors import Refus as RefusDuDroit
from fps.kit.ground.clock import wall_now
from fps.messages.parties_prenantes import Piece
from fps.regles.defense import DEBUTS, empreinte_de, octets_de

PLACES: Final = 4  # files of one field
ENSEMBLE: Final = 700_000  # bytes of all of them: in base 64, with the rest, they pass the door of a service
FORMULAIRE: Final = 24 << 20  # bytes of a form with files: one that is too big is told beside its field, with what was typed kept
FICHIER, GARDE, FAUTE, RETIRER, NATURE = "fichier", "garde", "faute", "retirer", "nature"


def kilo(octets: int) -> str:
    """A size as it is told."""
    return f"{max(1, octets // 1000)} Ko"


async def garder_fichiers(fichiers: Mapping[str, UploadFile], textes: Mapping[str, str]) -> dict[str, str]:
    """What the fields of the files become once read: the file itself, or why it is refused; a kept one that is taken away goes."""
    found = {nom: "" for nom in textes if f".{FAUTE}." in nom}
    found |= {nom.replace(f".{RETIRER}.", f".{GARDE}."): "" for nom in textes if f".{RETIRER}." in nom}
    maximum = droit(wall_now().date()).piece_taille_maximum
    for nom, envoye in fichiers.items():
        if f".{FICHIER}." not in nom:
            continue
        faute, garde = nom.replace(f".{FICHIER}.", f".{FAUTE}."), nom.replace(f".{FICHIER}.", f".{GARDE}.")
        dit = _nom(envoye.filename or "")
        if (envoye.size or 0) > maximum:
            found[faute] = f"« {dit} » pèse {kilo(envoye.size or 0)} : {kilo(maximum)} au plus. Réduisez-le, ou partagez-le."
            continue
        octets = await envoye.read()
        try:
            piece_de("autre", dit, octets)
        except ValueError as error:
            found[faute] = str(error)
        else:
            found[garde] = f"{dit}|{base64.b64encode(octets).decode()}"
    return found


def gardes(nom: str, textes: Mapping[str, str]) -> list[tuple[int, str, str]]:
    """The places of a field: the rank of each, the file that it keeps and its size in words, nothing for a free one."""
    found = []
    for rang in range(1, PLACES + 1):
        dit, _, code = textes.get(f"{nom}.{GARDE}.{rang}", "").partition("|")
        found.append((rang, dit, kilo(len(code) * 3 // 4) if code else ""))
    return found


def jointes(nom: str, textes: Mapping[str, str], natures: frozenset[str]) -> list[dict[str, Any]]:
    """The pieces that the files of a field make; raises ValueError with what is wrong."""
    if fautes := [textes[f] for rang in range(1, PLACES + 1) if textes.get(f := f"{nom}.{FAUTE}.{rang}")]:
        raise ValueError(" ".join(fautes))
    found, ensemble = [], 0
    for rang, dit, octets in _lus(nom, textes):
        nature = textes.get(f"{nom}.{NATURE}.{rang}", "")
        if nature not in natures:
            raise ValueError(f"Dites ce qu'est « {dit} ».")
        ensemble += len(octets)
        found.append(piece_de(nature, dit, octets))
    if ensemble > ENSEMBLE:
        raise ValueError(f"Les fichiers pèsent {kilo(ensemble)} : {kilo(ENSEMBLE)} au plus, tous ensemble. Retirez-en, ou réduisez-les.")
    return found


def _lus(nom: str, textes: Mapping[str, str]) -> Iterator[tuple[int, str, bytes]]:
    for rang in range(1, PLACES + 1):
        dit, _, code = textes.get(f"{nom}.{GARDE}.{rang}", "").partition("|")
        if not code:
            continue
        try:
            yield rang, _nom(dit), base64.b64decode(code, validate=True)
        except binascii.Error:
            raise ValueError(f"« {_nom(dit)} » ne se lit plus : joignez-le de nouveau.") from None


def piece_de(nature: str, fichier: str, octets: bytes) -> dict[str, Any]:
    """A file as a message carries it; raises ValueError with what refuses it."""
    vu = next((type_ for type_, debut in DEBUTS.items() if octets.startswith(debut)), "application/octet-stream")
    code = base64.b64encode(octets).decode()
    found = {"nature": nature, "fichier": fichier, "type_media": vu, "empreinte": empreinte_de(octets), "contenu": code}
    try:
        octets_de(Piece.model_validate(found), wall_now().date())
    except RefusDuDroit as error:
        raise ValueError(f"« {fichier} » : {type(error).titre().lower()}. {error.que_faire}") from None
    except ValidationError:
        raise ValueError(f"« {fichier} » ne peut pas être joint : réduisez-le.") from None
    return found


def _nom(dit: str) -> str:
    """The name of a file without its folders, in one line."""
    return re.sub(r"[\x00-\x1f\x7f|]", "", dit.replace("\\", "/").rpartition("/")[2]).strip()[:100] or "fichier"
