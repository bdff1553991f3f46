"""The answers that are no JSON, as a contract declares them: documents to print, spreadsheets, certificates."""

from typing import Any, Final

PDF: Final = "application/pdf"
Responses = dict[int | str, dict[str, Any]]


def fichier(description: str, *kinds: str, status: int = 200) -> Responses:
    """The response of a route that gives a file, in one of these media types."""
    return {status: {"description": description, "content": {kind: {"schema": _schema(kind)} for kind in kinds}}}


def _schema(kind: str) -> dict[str, str]:
    textual = kind.startswith("text/") or "pem" in kind or "ndjson" in kind
    return {"type": "string"} if textual else {"type": "string", "format": "binary"}


DOCUMENT: Final[Responses] = fichier("Le document, en PDF", PDF)


def forme(modele: Any, description: str, *, status: int = 200) -> Responses:
    """The response of a route that writes its JSON by itself: the contract says its shape, nothing computes it a second time."""
    return {status: {"model": modele, "description": description}}
