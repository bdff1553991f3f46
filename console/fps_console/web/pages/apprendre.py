"""What helps to learn: the tour, the glossary, the documentation, the contract of each service."""

import unicodedata

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from fps.kit.ground.settings import PORTS
from fps.parties import LIBELLES, SERVICES
from fps_console.mots.glossaire import glossaire
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.documentation import Documentation
from fps_console.web.pages import visite


def routes(cadre: Cadre) -> list[BaseRoute]:
    """Their addresses."""
    documentation = Documentation(cadre)

    async def apprendre(request: Request) -> Response:
        services = [(LIBELLES[p], cadre.links[p]) for p in sorted(SERVICES, key=PORTS.__getitem__)]
        return await cadre.page(request, "apprendre/apprendre.html", services=services, documentation=documentation.la)

    async def mots(request: Request) -> Response:
        cherche = request.query_params.get("q", "").strip()[:60]
        mots = [
            (mot, sens) for mot, sens in sorted(glossaire().items(), key=lambda un: plat(un[0])) if plat(cherche) in plat(f"{mot} {sens}")
        ]
        mots.sort(key=lambda un: not plat(un[0]).startswith(plat(cherche)))
        return await cadre.page(request, "apprendre/glossaire.html", mots=mots, cherche=cherche, tous=len(glossaire()))

    async def entree(request: Request) -> Response:
        return RedirectResponse("/documentation/", 308)

    return [
        Route("/apprendre", apprendre, name="apprendre"),
        Route("/apprendre/glossaire", mots, name="glossaire"),
        *visite.routes(cadre),
        Route("/documentation", entree),
        Mount("/documentation", documentation, name="documentation"),
    ]


def plat(texte: str) -> str:
    """A text as one looks for it: without accents nor capitals, each apostrophe the same."""
    nu = unicodedata.normalize("NFD", texte.replace("’", "'").casefold())
    return "".join(c for c in nu if not unicodedata.combining(c))


FAMILLE = Famille(routes, {"Apprendre": "/apprendre"})
