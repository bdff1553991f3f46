"""One of the sixteen flows: its messages, what the law and the wire say of each, how many this bac has seen."""

import json
import re
from functools import cache
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps.flows import FLOWS, flow
from fps.messages.message import MessageClass
from fps_console.mots import recit
from fps_console.web.cadre import Cadre, Famille

LIEN: Final = re.compile(r"\[([^\]]*)\]\(#[^)]*\)")  # of Markdown


def routes(cadre: Cadre) -> list[Route]:
    """The page of a flow."""

    async def voir(request: Request) -> Response:
        bac, numero = cadre.bac(request), cadre.rang(request, "numero")
        if not 1 <= numero <= len(FLOWS):
            raise HTTPException(404, f"Les flux vont de 1 à {len(FLOWS)}.")
        found = flow(numero)
        comptes = recit.per_message((await cadre.etat(request, bac))["comptes"])
        voisins = [(n, flow(n).nom) for n in (numero - 1, numero + 1) if 1 <= n <= len(FLOWS)]
        messages = [{**_dit(cls), "nombre": comptes.get(cls, 0)} for cls in found.messages]
        return await cadre.page(request, "flux/flux.html", bac=bac, flux=found, messages=messages, voisins=voisins)

    return [Route("/bacs/{bac}/flux/{numero}", voir, name="flux")]


@cache
def _dit(cls: MessageClass) -> dict[str, Any]:
    """What is told of a message, in every bac: its schema is made once."""
    from fps_console.documentation.fiches import address, kind

    champs = cls.model_json_schema()
    exiges = set(champs.get("required", ()))
    return {
        "nom": recit.message(cls),
        "type": cls.type,
        "de": recit.court(cls.sender),
        "a": recit.court(cls.receiver),
        "canal": recit.CANAUX[cls.channel],
        "adresse": address(cls).replace("`", ""),
        "texte": cls.law,
        "mots": " ".join((cls.__doc__ or "").split()),
        "champs": [(nom, _lu(kind(un)), str(un.get("description", "")), nom in exiges) for nom, un in champs.get("properties", {}).items()],
        "exemple": json.dumps(cls.example, ensure_ascii=False, indent=2),
    }


def _lu(genre: str) -> str:
    """A kind of value as it is read, without the marks of Markdown."""
    return LIEN.sub(r"\1", genre).replace("`", "")


FAMILLE = Famille(routes)
