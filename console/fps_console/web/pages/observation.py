"""The page of what is seen from outside, and the waterfall of a trace."""

import re
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps_console.web import observation
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.formes import Saisie

TRACE: Final = re.compile(r"[0-9a-f]{32}")


def routes(cadre: Cadre) -> list[Route]:
    """The essentials, and one trace."""

    async def accueil(request: Request) -> Response:
        observateur = cadre.observateur
        lus = await (observation.lire(cadre.lecture.client, cadre.lecture.addresses) if observateur is None else observateur.relever())
        spans = None if observateur is None else observateur.spans
        saisie = Saisie({"dossier": re.sub(r"\s", "", request.query_params.get("dossier", ""))[:40]})
        return await cadre.page(
            request,
            "observation/observation.html",
            lignes=observation.lignes(lus),
            horloges=observation.horloges(lus),
            debits=[] if observateur is None else observation.debits(lus, observateur.avant()),
            observe=observateur is not None,
            traces=None if spans is None else observation.dernieres(spans, saisie["dossier"]),
            lentes=[] if spans is None else observation.lentes(spans),
            saisie=saisie,
        )

    async def trace(request: Request) -> Response:
        nom, observateur = request.path_params["trace"], cadre.observateur
        spans = None if observateur is None else observateur.spans
        etapes = [] if spans is None or not TRACE.fullmatch(nom) else observation.cascade(spans, nom)
        if spans is None or not etapes:
            raise HTTPException(404, "Cette trace n'est pas gardée ici : seules les dernières le sont, avec « fps up --observe ».")
        return await cadre.page(request, "observation/trace.html", trace=nom, etapes=etapes, suites=observation.suites(spans, nom))

    return [Route("/observation", accueil, name="observation"), Route("/observation/traces/{trace}", trace, name="trace")]


FAMILLE = Famille(routes)
