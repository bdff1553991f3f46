"""A PDF read as its reader sees it: its words page by page, and its pages as pictures."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2
from PIL.Image import Image

PPP = 96  # dots an inch of a picture


class PdfIllisible(ValueError):
    """Bytes that are no PDF, or that are cut."""


@contextmanager
def _ouvert(octets: bytes) -> Iterator[Any]:
    try:
        document = pypdfium2.PdfDocument(octets)
    except pypdfium2.PdfiumError as error:
        raise PdfIllisible("ce n'est pas un PDF, ou il est coupé") from error
    try:
        yield document
    finally:
        document.close()


def textes(octets: bytes) -> list[str]:
    """The words of each page; raises PdfIllisible."""
    with _ouvert(octets) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def images(octets: bytes, ppp: int = PPP) -> list[Image]:
    """Each page as a picture, in colours, at so many dots an inch; raises PdfIllisible."""
    with _ouvert(octets) as document:
        return [page.render(scale=ppp / 72).to_pil().convert("RGB") for page in document]
