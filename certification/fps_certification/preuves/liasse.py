"""The evidence of a run in one file: a header, each line chained to the one before it, an end that is signed."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from joserfc.jwk import ECKey

from fps_certification.preuves import signature
from fps_certification.preuves.trace import Ligne

FORMAT: Final = "fps-preuve"
VERSION: Final = 1
LIGNE: Final = 64 << 20  # characters of one line
MENTION: Final = "SPÉCIMEN — environnement simulé, ne vaut pas certification par l'ANTAI"


class LiasseFausse(ValueError):
    """The file is no evidence, or was changed: `ligne` is the first that is not as it was written, 0 for the whole."""

    def __init__(self, ligne: int, phrase: str):
        super().__init__(f"ligne {ligne} : {phrase}" if ligne else phrase)
        self.ligne, self.phrase = ligne, phrase


@dataclass(frozen=True, slots=True)
class Liasse:
    """What a file of evidence holds."""

    entete: dict[str, Any]
    lignes: tuple[Ligne, ...]
    fin: dict[str, Any]
    kid: str
    connue: bool  # whether its key is one of those that were given
    plan_livre: bool = False  # whether its plan tries what the shipped one of that name does


def _canonique(valeur: Any) -> str:
    return json.dumps(valeur, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _suivante(avant: str, texte: str) -> str:
    return hashlib.sha256(f"{avant}\n{texte}".encode()).hexdigest()


def ecrire(place: Path, entete: dict[str, Any], lignes: list[Ligne], fin: dict[str, Any], signataire: ECKey) -> str:
    """Write the evidence; gives the digest of its last line. The same run gives the same lines, but the signed end: how long it took."""
    avant = ""
    with gzip.GzipFile(place, "wb", mtime=0) as file:
        debut = {"format": FORMAT, "version": VERSION, "mention": MENTION, "fps": version("fps-certification"), **entete}
        for valeur in (debut, *lignes):
            texte = _canonique(valeur)
            avant = _suivante(avant, texte)
            file.write(f"{avant} {texte}\n".encode())
        contenu = {"tete": avant, "lignes": len(lignes), **fin}
        file.write(f"{_canonique({'fin': contenu, 'signature': signature.signer(signataire, contenu)})}\n".encode())
    return avant


def lire(place: Path, cles: dict[str, Any] | None = None) -> Liasse:
    """The evidence of a file, its chain and its signature checked; raises LiasseFausse with the first line that was changed, OSError."""
    avant, lues, fin = "", list[Any](), None
    rang = 0
    for rang, texte in _lignes(place):
        if fin is not None:
            raise LiasseFausse(rang, "il y a quelque chose après la fin signée")
        if texte.startswith("{"):
            fin = _objet(texte, rang)
            continue
        hash_, _, corps = texte.partition(" ")
        if hash_ != _suivante(avant, corps):
            raise LiasseFausse(rang, "cette ligne, ou celle d'avant, n'est plus celle qui a été écrite")
        avant = hash_
        lues.append(_objet(corps, rang))
    if not lues or lues[0].get("format") != FORMAT:
        raise LiasseFausse(0, "ce fichier n'est pas une preuve de la certification")
    if lues[0].get("version") != VERSION:
        raise LiasseFausse(1, f"cette preuve est de la version {lues[0].get('version')} ; ce programme lit la version {VERSION}")
    if fin is None:
        raise LiasseFausse(rang, "la fin signée manque : le fichier est coupé")
    try:
        contenu, kid, connue = signature.lire(str(fin.get("signature")), cles)
    except signature.SignatureFausse as error:
        raise LiasseFausse(rang, f"la signature est fausse ({error})") from error
    if contenu != fin.get("fin") or contenu.get("tete") != avant or contenu.get("lignes") != len(lues) - 1:
        raise LiasseFausse(rang, "la signature est celle d'une autre preuve")
    return Liasse(lues[0], tuple(lues[1:]), contenu, kid, connue)


def commenter(place: Path, texte: str, signataire: ECKey) -> None:
    """Add to an evidence what somebody says of it, and sign its end again; raises LiasseFausse, and ValueError for another's.

    Its lines, and so its digest, stay what they were.
    """
    lue = lire(place)
    if lue.kid != signataire.thumbprint():
        raise ValueError("cette preuve est signée d'une autre clé")
    fin = {nom: valeur for nom, valeur in lue.fin.items() if nom not in ("tete", "lignes")}
    neuve = place.with_suffix(".neuve")
    ecrire(neuve, lue.entete, list(lue.lignes), {**fin, "commentaires": [*fin.get("commentaires", ()), texte]}, signataire)
    neuve.replace(place)


def _lignes(place: Path) -> Iterator[tuple[int, str]]:
    rang = 0
    try:
        with gzip.open(place, "rt", encoding="utf-8") as file:
            while texte := file.readline(LIGNE):
                rang += 1
                yield rang, texte.removesuffix("\n")
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # no such path, or nobody may read it: nothing is said of an evidence
        dit = "il est coupé" if isinstance(error, EOFError) else "ce n'est pas une preuve, ou ses octets ont changé"
        raise LiasseFausse(rang + 1, f"ce fichier ne se lit plus : {dit}") from error


def _objet(texte: str, rang: int) -> Any:
    try:
        found = json.loads(texte)
    except ValueError as error:
        raise LiasseFausse(rang, "ce n'est pas du JSON") from error
    if not isinstance(found, dict):
        raise LiasseFausse(rang, "un objet est attendu")
    return found
