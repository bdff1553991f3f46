"""What ISO 19005-2 asks of a file and can be read in it, clause by clause: apart from the writer, which says that it did it."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader

ACTIONS = frozenset({"/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/JavaScript"})  # 6.5.1


def manques(octets: bytes) -> list[str]:
    """The clauses that a file does not keep."""
    return sorted(set(_manques(octets, PdfReader(BytesIO(octets)))))


def _manques(octets: bytes, lu: PdfReader) -> Iterator[str]:
    racine: Any = lu.trailer["/Root"].get_object()
    debut = octets.split(b"\n")[:2]
    if not debut[0].startswith(b"%PDF-1.") or not debut[1].startswith(b"%") or sum(o > 127 for o in debut[1][1:5]) < 4:
        yield "6.1.2 en-tête"
    if "/ID" not in lu.trailer or "/Encrypt" in lu.trailer:
        yield "6.1.3 identifiant, chiffrement"
    intentions = [un.get_object() for un in racine.get("/OutputIntents", ())]
    profils = [un["/DestOutputProfile"].get_object() for un in intentions if un.get("/S") == "/GTS_PDFA1"]
    if not profils or any(un.get_data()[36:40] != b"acsp" or un["/N"] not in (1, 3, 4) for un in profils):
        yield "6.2.3 profil ICC de destination"
    meta = racine.get("/Metadata")
    if meta is None or "/Filter" in meta.get_object() or b"<pdfaid:conformance>A<" not in meta.get_object().get_data():
        yield "6.6.2 métadonnées"
    if not racine.get("/MarkInfo", {}).get("/Marked") or "/StructTreeRoot" not in racine or "/Lang" not in racine:
        yield "6.7 structure logique"
    for nom in ("/AA", "/OpenAction"):
        if nom in racine and racine[nom].get_object().get("/S") in ACTIONS:
            yield "6.5 actions"
    for rang in range(1, len(lu.xref[0]) + len(lu.xref_objStm) + 1):
        objet: Any = lu.get_object(rang) if rang in lu.xref[0] or rang in lu.xref_objStm else None
        if isinstance(objet, dict):
            yield from _d_un_objet(objet)


def _d_un_objet(objet: Any) -> Iterator[str]:
    if objet.get("/S") in ACTIONS:
        yield "6.5 actions"
    if "/LZWDecode" in str(objet.get("/Filter", "")):
        yield "6.1.7 filtres"
    if objet.get("/Type") == "/FontDescriptor" and not any(f"/FontFile{n}" in objet for n in ("", 2, 3)):
        yield "6.2.11.4 police absente"
    if objet.get("/Type") == "/Font" and objet.get("/Subtype") in ("/Type0", "/TrueType", "/Type1"):
        if "/ToUnicode" not in objet:
            yield "6.2.11.7 caractères sans Unicode"
        if objet["/Subtype"] != "/Type0" and "/FontDescriptor" not in objet:
            yield "6.2.11.4 police absente"
    if objet.get("/Type") == "/Annot" and (not objet.get("/F", 0) & 4 or objet.get("/F", 0) & 0b100011):
        yield "6.3.2 annotation qui ne s'imprime pas"
