"""Letters: the PDF of a structured content (Typst), with its QR code and its Data Matrix, and the word SPÉCIMEN on every page.

A template is a Typst file of a service (`antai/documents/avis_paiement.typ`). It imports `commun.typ`, the pieces shared by all
letters, and if need be a file of its own folder; it says in its first lines which codes it prints, from which fields of the content:

    //@ qr: {url_paiement}
    //@ data_matrix: {numero_telepaiement};{montant:08d}

The same content and the same date always give the same bytes.
"""

import asyncio
import json
import re
import unicodedata
from collections.abc import Mapping
from concurrent.futures import Executor
from datetime import date, datetime, time
from functools import cache, partial
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from fps.messages.message import Message
from fps.villes.territoires import TERRITOIRES, territoire_de

if TYPE_CHECKING:
    import typst

PDF_STANDARDS = ["a-2a", "ua-1"]
"""Archivable (PDF/A-2a: fonts inside, tagged) and accessible (PDF/UA-1): Typst checks both and refuses what breaks them."""

_DOCUMENTS = files("fps.kit.print") / "documents"
_IMPORT = re.compile(r'^#import "(\w+\.typ)"', re.MULTILINE)
_CODE_LINE = re.compile(r"^//@ *(qr|data_matrix): *(.+?) *$", re.MULTILINE)
_PARIS = ZoneInfo("Europe/Paris")
_NEAR = str.maketrans({"\u2009": "\u00a0", "\u202f": "\u00a0", "\u2010": "-", "\u2011": "-", "\t": " "})
_UNPRINTABLE = re.compile(
    "[^\\n -~\u00a0-\u017f\u0218-\u021b\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u0486\u0488-\u0513"
    "\u1e80-\u1e85\u1ea0-\u1ef9\u2013-\u2015\u2017-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2116\u2122\u2212\ufffd]"
)


class LetterError(Exception):
    """A letter could not be printed: the template asks for a field that the content does not have, or not of that type."""


def qr_code(text: str) -> str:
    """Return the QR code of a text, as SVG, quiet zone included."""
    import zxingcpp

    return zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_svg(scale=4)


def data_matrix(text: str) -> str:
    """Return the square Data Matrix of a text, as SVG, quiet zone included."""
    import zxingcpp

    return zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True).to_svg(scale=4)


_DRAW = {"qr": qr_code, "data_matrix": data_matrix}


def codes_of(template: Traversable, content: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of the codes that a template prints, read from its `//@` lines and filled with the content's fields.

    Raises LetterError when the content lacks a field.
    """
    try:
        return {kind: pattern.format_map(content) for kind, pattern in _CODE_LINE.findall(_read(template))}
    except (KeyError, ValueError, TypeError) as error:
        raise LetterError(f"{template.name} : code illisible, {type(error).__name__} {error}") from error


def render(template: Traversable, content: Mapping[str, Any], *, le: date, common: Traversable = _DOCUMENTS) -> bytes:
    """Return the PDF of a content, dated of the day `le` of the bac (never of the machine's day).

    `content` holds Python values, as `message.model_dump()` gives them: amounts are int centimes, dates `date`, instants aware
    `datetime`, printed at the time of Paris. Raises LetterError when a field is missing or has not the type that is printed.
    """
    pdf = _compile(template, content, le, common, format="pdf", pdf_standards=PDF_STANDARDS)
    return pdf[0]


def render_png(
    template: Traversable, content: Mapping[str, Any], *, le: date, ppi: float = 110, common: Traversable = _DOCUMENTS
) -> list[bytes]:
    """Return one PNG image per page of the same letter: for the screens, and to read the codes back. Raises LetterError."""
    return _compile(template, content, le, common, format="png", ppi=ppi)


def render_message(message: Message, templates: Mapping[type[Message], Traversable], *, le: date) -> bytes:
    """Return the PDF of a letter from a service's table of templates. Raises LetterError when the message has no template."""
    template = templates.get(type(message))
    if template is None:
        raise LetterError(f"{type(message).__name__} n'a pas de modèle de courrier dans ce service.")
    return render(template, message.model_dump(), le=le)


async def render_async(
    message: Message, templates: Mapping[type[Message], Traversable], *, le: date, executor: Executor | None = None
) -> bytes:
    """Render off the event loop, in a thread (Typst releases the interpreter) or in the given pool; never inside a transaction."""
    return await asyncio.get_running_loop().run_in_executor(executor, partial(render_message, message, templates, le=le))


def printable(text: str) -> str:
    """Return the text with what the shipped font cannot draw shown as U+FFFD: a name from afar must not stop a letter."""
    return _UNPRINTABLE.sub("\ufffd", unicodedata.normalize("NFC", text).translate(_NEAR))


def _compile(template: Traversable, content: Mapping[str, Any], le: date, common: Traversable, **output: Any) -> list[bytes]:
    import typst

    codes = {kind: _DRAW[kind](text) for kind, text in codes_of(template, content).items()}
    # The files travel as bytes under invented names ("main" is Typst's): nothing depends on where the distributions are installed.
    compile_files: Any = typst.compile  # its type stub does not know of the dict of files
    try:
        result = compile_files(
            {"main": _read(template).encode(), **_imports(template, common)},
            sys_inputs={"content": json.dumps(_plain(content)), "codes": json.dumps(codes), "le": le.isoformat()},
            font_paths=_fonts(),
            ignore_system_fonts=True,
            **output,
        )
    except typst.TypstError as error:
        raise LetterError(f"{template.name} : {error.message} {error.diagnostic}".strip()) from error
    return result if isinstance(result, list) else [result]


def _imports(template: Traversable, common: Traversable) -> dict[str, bytes]:
    """Return the files a template imports, and those they import: from its own folder, else from the common one."""
    folder: Traversable = template.parent  # type: ignore[attr-defined]  # paths and zip members have it, the protocol forgot it
    found: dict[str, bytes] = {}
    wanted = _IMPORT.findall(_read(template))
    while wanted:
        name = wanted.pop()
        if name not in found:
            file = folder / name
            text = _read(file if file.is_file() else common / name)
            found[name] = text.encode()
            wanted += _IMPORT.findall(text)
    return found


def _plain(value: Any, fuseau: ZoneInfo = _PARIS) -> Any:
    """Return what JSON can carry; an instant becomes its wall time, without offset, as a reader would say it.

    In Paris, but for what is about a place overseas, which its postcode tells (H127).
    """
    match value:
        case datetime():
            if value.tzinfo is None:
                raise LetterError(f"instant sans fuseau : {value.isoformat()}")
            return value.astimezone(fuseau).replace(tzinfo=None).isoformat(timespec="minutes")
        case date() | time():
            return value.isoformat()
        case str():
            return printable(value)
        case Mapping():
            ici = _fuseau(value.get("lieu")) or fuseau
            return {str(name): _plain(item, ici) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item, fuseau) for item in value]
        case _:
            return value


def _fuseau(lieu: Any) -> ZoneInfo | None:
    code_postal = lieu.get("code_postal") if isinstance(lieu, Mapping) else None
    return TERRITOIRES[territoire_de(code_postal)].fuseau if isinstance(code_postal, str) else None


def _read(file: Traversable) -> str:
    return file.read_text(encoding="utf-8")


@cache
def _fonts() -> "typst.Fonts":
    import typst

    with as_file(_DOCUMENTS / "polices") as folder:
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[Path(folder)])
