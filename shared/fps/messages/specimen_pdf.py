"""A real PDF of one page, made in memory: the pieces of the examples, and those of the tests of homologation."""

import base64
import hashlib
from typing import Any

PAGE = "SPÉCIMEN — environnement simulé"


def pdf(texte: str) -> bytes:
    """The bytes of a PDF that says SPÉCIMEN and this text (Latin letters); the same text always gives the same bytes."""
    lignes = " ".join(f"({_echappe(ligne)}) '" for ligne in (PAGE.replace("—", "-"), texte))
    flux = f"BT /F1 14 Tf 20 TL 60 780 Td {lignes} ET".encode("cp1252", "replace")
    objets = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(flux), flux),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    corps, places = b"%PDF-1.4\n", []
    for rang, objet in enumerate(objets, 1):
        places.append(len(corps))
        corps += b"%d 0 obj%s\nendobj\n" % (rang, objet)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    suite = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return corps + suite % (len(objets) + 1, table, len(objets) + 1, len(corps))


def _echappe(ligne: str) -> str:
    return ligne.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def piece_jointe(nature: str, fichier: str, contenu: bytes | None = None) -> dict[str, Any]:
    """An enclosed document with its content and its true fingerprint: these bytes, or a PDF that says its name."""
    octets = pdf(fichier) if contenu is None else contenu
    return {
        "nature": nature,
        "fichier": fichier,
        "type_media": "application/pdf",
        "empreinte": hashlib.sha256(octets).hexdigest(),
        "contenu": base64.b64encode(octets).decode(),
    }
