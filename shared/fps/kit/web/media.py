"""The answers that are no JSON, as a contract declares them: documents to print, spreadsheets, certificates."""

from typing import Any, Final

from starlette.responses import StreamingResponse
from starlette.types import Send

PDF: Final = "application/pdf"
NDJSON: Final = "application/x-ndjson"
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


class Stream(StreamingResponse):
    """An answer that is made as it is sent; what makes it is closed with it, whoever stops listening."""

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        finally:
            if (close := getattr(self.body_iterator, "aclose", None)) is not None:
                await close()
