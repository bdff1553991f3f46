"""The first page: the map of a bac, its counts, its dossiers."""

from typing import Final
from urllib.parse import quote

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from fps.flows import FLOWS
from fps.kit.ground.settings import PORTS
from fps.parties import LIBELLES, SERVICES
from fps_console.lecture import DEFAUT
from fps_console.mots import recit
from fps_console.web import repertoire
from fps_console.web.cadre import Cadre, Famille, nom_de_bac
from fps_console.web.carte import carte_svg
from fps_simulateur.pilote import villes

PREMIERS: Final = 10  # dossiers shown before the list


def routes(cadre: Cadre) -> list[Route]:
    """Its addresses: the default bac, and any."""

    async def accueil(request: Request) -> Response:
        bac = request.path_params.get("bac")
        if bac is None and (asked := request.query_params.get("bac")):
            return RedirectResponse(f"/bacs/{quote(asked, safe='')}", 303)
        names = await cadre.bacs(request)
        if bac is None and DEFAUT not in names:
            return RedirectResponse(f"/bacs/{names[0]}", 303) if names else await _sans_bac(cadre, request)
        bac = nom_de_bac(bac or DEFAUT)
        state = await cadre.etat(request, bac)
        counts = recit.per_message(state["comptes"])
        lu = await repertoire.page(cadre.lecture, bac, {}, await villes.noms(cadre.pilot, bac), PREMIERS)
        return await cadre.page(
            request,
            "bacs/bac.html",
            bac=bac,
            etat=state,
            actes=cadre.actes(bac),
            carte=Markup(carte_svg(FLOWS, recit.per_way(counts), lambda numero: f"/bacs/{bac}/flux/{numero}")),  # noqa: S704 (our own drawing, its words are escaped)
            flux=[
                (flow, [(recit.message(m), recit.court(m.sender), recit.court(m.receiver), counts.get(m, 0)) for m in flow.messages])
                for flow in FLOWS
            ],
            dossiers=lu.feuille.lignes,
            d_autres=lu.feuille.suivant is not None,
            services=[(p, LIBELLES[p], cadre.links[p]) for p in sorted(SERVICES, key=PORTS.__getitem__)],
        )

    return [Route("/", accueil, name="accueil"), Route("/bacs/{bac}", accueil, name="bac")]


async def _sans_bac(cadre: Cadre, request: Request) -> Response:
    """What to do when there is no bac at all."""
    return await cadre.page(request, "bacs/aucun.html")


FAMILLE = Famille(routes, {"Carte": "/bacs/{bac}"})
