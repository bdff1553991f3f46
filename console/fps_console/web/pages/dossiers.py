"""The life of one dossier, and its letters as they are printed."""

import re
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps.parties import SERVICES, Party
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.pages.actes import fait_de, offerts
from fps_console.web.possibles import lire

IDENTIFIER: Final = re.compile(r"[0-9a-f-]{1,64}")
NUMERO: Final = re.compile(r"[0-9]{26}")


def routes(cadre: Cadre) -> list[Route]:
    """A dossier, and each of its letters."""

    async def dossier(request: Request) -> Response:
        bac, numero = cadre.bac(request), request.path_params["numero"]
        found = await cadre.lecture.dossier(bac, numero) if NUMERO.fullmatch(numero) else None
        if found is None:
            raise HTTPException(404, f"Aucun dossier ne porte le numéro {numero[:40]} dans le bac « {bac} ».")
        etat = await cadre.etat(request, bac)
        actes = offerts(await lire(cadre.lecture, bac, numero, found["journal"], etat=etat, vues=found["vues"]))
        return await cadre.page(request, "dossiers/dossier.html", bac=bac, dossier=found, fait=fait_de(cadre, request), **actes)

    async def courrier(request: Request) -> Response:
        bac, service, identifier = cadre.bac(request), request.path_params["service"], request.path_params["identifiant"]
        if service not in SERVICES or not IDENTIFIER.fullmatch(identifier):
            raise HTTPException(404, "Ce courrier n'existe pas.")
        pdf = await cadre.pilot.pdf(bac, Party(service), identifier)
        name = f"{service}-{identifier}.pdf"
        return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})

    return [
        Route("/bacs/{bac}/dossiers/{numero}", dossier, name="dossier"),
        Route("/bacs/{bac}/courriers/{service}/{identifiant}.pdf", courrier, name="courrier"),
    ]


FAMILLE = Famille(routes)
