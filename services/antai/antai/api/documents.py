"""The documents that ANTAI prints on demand."""

from datetime import date
from importlib.resources import files
from typing import Any

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from fps.kit.print.impression import render

DOCUMENTS = files("antai") / "documents"


async def imprimer_pdf(modele: str, contenu: dict[str, Any], le: date) -> Response:
    """The PDF of a template and of what it prints, rendered beside the requests; `le` is the date of the document."""
    pdf = await run_in_threadpool(render, DOCUMENTS / modele, contenu, le=le)
    return Response(pdf, media_type="application/pdf")
