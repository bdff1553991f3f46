"""The console as one application: the families of pages, the pilot's doors, the probes, under one guard."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fps.kit.ground.faults import Unavailable
from fps.kit.web.gate import Gate
from fps.kit.web.load import Bounded, Load
from fps.parties import Party
from fps_console.commandes.output import SPECIMEN
from fps_console.web.cadre import Cadre
from fps_console.web.formes import refus_de
from fps_console.web.mesures import Mesures
from fps_console.web.pages.table import FAMILLES
from fps_console.web.pilotage import RouteAvance, problem
from fps_console.web.villes import Villes
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur

if TYPE_CHECKING:
    from fps_console.web.observation import Observateur

log = logging.getLogger(__name__)
HEADERS = {
    b"content-security-policy": b"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cache-control": b"no-store",
}


# The theme of the documentation draws its icons from its style sheet; what is in a file there may be kept by the browser.
ICONES = {b"content-security-policy": HEADERS[b"content-security-policy"] + b"; img-src 'self' data:"}


MACHINES = ("/pilotage/", "/openapi.json", "/metrics", "/sante/", "/.well-known/")  # what programs ask: no page answers them


def methods_at(request: Request) -> list[str]:
    """The methods that an address accepts, whichever routes have it."""
    here = [route for route in request.app.routes if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in here for method in route.methods or ()})


def sans_barre(request: Request) -> str | None:
    """The page that an address with a slash too many means, when there is one."""
    chemin = request.scope["path"].rstrip("/")
    if request.method not in ("GET", "HEAD") or chemin == request.scope["path"]:
        return None
    sien = {**request.scope, "path": chemin}
    if all(not isinstance(route, Route) or route.matches(sien)[0] is not Match.FULL for route in request.app.routes):
        return None
    return quote(chemin) + (f"?{request.url.query}" if request.url.query else "")


def headers(path: str) -> dict[bytes, bytes]:
    """The headers of an address: a page is never kept, a file may be, after asking whether it has changed."""
    if path.startswith("/documentation/"):
        return HEADERS | ICONES | {b"cache-control": b"no-cache"}
    return {k: v for k, v in HEADERS.items() if not (path.startswith("/static/") and k == b"cache-control")}


class Sealed:
    """Puts the security headers on every answer."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *headers(scope["path"]).items()]}
            await send(message)

        await self.app(scope, receive, sealed)


def echecs(cadre: Cadre) -> dict[Any, Any]:
    """The pages of what does not exist, of what is refused, of who does not answer."""

    async def missing(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        allow = {"Allow": ", ".join(methods_at(request))} if status == 405 else {}
        if request.scope["path"].startswith(MACHINES):
            titre = "Cette méthode n'est pas celle de cette adresse" if allow else "Cette adresse n'existe pas"
            que_faire = (
                f"Cette adresse accepte {allow['Allow']}." if allow else "Le contrat de la console, /openapi.json, dit ses adresses."
            )
            return problem(status, f"http-{status}", titre, f"{request.method} {request.scope['path'][:200]}", que_faire, entetes=allow)
        detail = error.detail if isinstance(error, HTTPException) and error.detail not in ("Not Found", "Method Not Allowed") else ""
        if status == 404 and (ailleurs := sans_barre(request)) is not None:
            return RedirectResponse(ailleurs, 308)
        phrase = detail or "Vérifiez l'adresse, ou revenez à l'accueil."
        titre = "Cette page n'existe pas" if status in (404, 405) else "La demande est refusée"
        page = await cadre.page(request, "erreur.html", status, titre=titre, phrase=phrase, que_faire="", accueil=True)
        page.headers.update(allow)
        return page

    async def refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, PiloteErreur):
            raise error
        return await cadre.formes.refusee(request, refus_de(error))

    async def away(request: Request, error: Exception) -> Response:
        if not isinstance(error, Unavailable):
            raise error
        quand = {"Retry-After": str(error.retry_after)}
        titre, que_faire = str(type(error).__doc__), f"Recommencez dans {error.retry_after} s : rien n'a été fait."
        if request.scope["path"].startswith(MACHINES):
            return problem(503, error.code, titre, str(error), que_faire, entetes=quand)
        page = await cadre.page(request, "erreur.html", 503, titre=titre, phrase=que_faire, que_faire="", accueil=True)
        page.headers.update(quand)
        return page

    async def fault(request: Request, error: Exception) -> Response:
        log.error("une page a échoué", exc_info=error)
        que_faire = "Le journal de « fps up » la dit en entier ; signalez-la au projet."
        if request.scope["path"].startswith(MACHINES):
            faute = f"Une faute du simulateur ({type(error).__name__})."
            return problem(500, "erreur-interne", "La console a rencontré une erreur", faute, que_faire)
        own = {"phrase": f"Une faute du simulateur ({type(error).__name__}), et non de vous : rien n'est perdu.", "que_faire": que_faire}
        return await cadre.page(request, "erreur.html", 500, titre="Cette page a échoué", accueil=True, **own)

    return {400: missing, 404: missing, 405: missing, 413: missing, PiloteErreur: refused, Unavailable: away, Exception: fault}


def application(
    pilot: Pilot,
    client: httpx.AsyncClient,
    addresses: Mapping[Party, str],
    links: Mapping[Party, str] | None = None,
    lifespan: Callable[[Any], Any] | None = None,
    hosts: Iterable[str] = (),
    donnees: Path | None = None,
    *,
    lecture_seule: bool = False,
    observateur: "Observateur | None" = None,
    load: Load | None = None,
) -> ASGIApp:
    """The console's application, called by `hosts` beside the loopback's names; it publishes the key of the evidence kept in `donnees`.

    With a `lifespan`, it says that it is ready when that sets `app.state.ready`. `lecture_seule`: no page acts, whoever asks.
    `observateur`: who keeps the last minutes, for their page.
    """
    cadre = Cadre(
        pilot, client, addresses, links or addresses, FAMILLES, lecture_seule=lecture_seule, donnees=donnees, observateur=observateur
    )
    mesures, towns = Mesures(), Villes(pilot)

    async def vivant(request: Request) -> Response:
        return JSONResponse({"statut": "vivant", "service": "console", "mention": SPECIMEN})

    async def pret(request: Request) -> Response:
        ready = bool(request.app.state.ready)
        return JSONResponse({"statut": "pret" if ready else "indisponible", "service": "console"}, 200 if ready else 503)

    async def contrat(request: Request) -> Response:
        from fps_console.web.contrat import document  # its schemas are made when somebody asks

        return JSONResponse(document(str(request.base_url).rstrip("/")))

    async def cles(request: Request) -> Response:
        from fps_certification.preuves.signature import publiees

        dites = {"keys": []} if donnees is None else await asyncio.to_thread(publiees, donnees)
        return JSONResponse(dites, media_type="application/jwk-set+json")

    async def metrics(request: Request) -> Response:
        return Response(mesures.text(), media_type=CONTENT_TYPE_LATEST)

    app = Starlette(
        routes=[
            *(route for famille in FAMILLES for route in famille.routes(cadre)),
            Route("/pilotage/bacs/{bac}/avance", RouteAvance(pilot).post, methods=["POST"], name="avance"),
            Route("/pilotage/bacs/{bac}/villes", towns.toutes, methods=["GET", "POST"], name="villes"),
            Route("/pilotage/bacs/{bac}/villes/{siret}", towns.une, methods=["GET", "DELETE"], name="ville"),
            Route("/openapi.json", contrat),
            Route("/.well-known/jwks.json", cles),
            Route("/metrics", metrics),
            Route("/sante/vivant", vivant),
            Route("/sante/pret", pret),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static"),
        ],
        exception_handlers=echecs(cadre),
        lifespan=lifespan,
    )
    app.state.ready = lifespan is None
    app.router.redirect_slashes = False
    return mesures.counting(Gate(Bounded(Sealed(app), load or Load()), hosts, texts=False))
