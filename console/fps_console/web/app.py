"""The pages of the console: the map with its counts, the dossiers of a bac, the life and the letters of one dossier."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
from markupsafe import Markup
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fps.flows import FLOWS
from fps.kit.ground.bac_path import NOM
from fps.kit.ground.settings import PORTS
from fps.kit.web.gate import Gate
from fps.parties import LIBELLES, SERVICES, Party
from fps_console.commandes import enterrees
from fps_console.commandes.output import SPECIMEN
from fps_console.lecture import DEFAUT, Lecture
from fps_console.mots import recit
from fps_console.web.carte import carte_svg
from fps_console.web.mesures import Mesures
from fps_console.web.pilotage import Avance
from fps_console.web.villes import Villes
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur

if TYPE_CHECKING:
    from jinja2 import Environment

HEADERS = {
    b"content-security-policy": b"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cache-control": b"no-store",
}
IDENTIFIER = re.compile(r"[0-9a-f-]{1,64}")
NUMERO = re.compile(r"[0-9]{26}")


def curly(value: Any) -> Any:
    """The typographic apostrophe in every word that a page shows; drawings and pages already made are left alone."""
    return value.replace("'", "’") if type(value) is str else value


class Sealed:
    """Puts the security headers on every answer."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                static = scope["path"].startswith("/static/")
                own = {k: v for k, v in HEADERS.items() if not (static and k == b"cache-control")}
                message = {**message, "headers": [*message["headers"], *own.items()]}
            await send(message)

        await self.app(scope, receive, sealed)


class Pages:
    """The pages of one ecosystem. `links` are the addresses that a browser can reach."""

    def __init__(self, pilot: Pilot, client: httpx.AsyncClient, addresses: Mapping[Party, str], links: Mapping[Party, str]):
        self.pilot, self.links = pilot, links
        self.lecture = Lecture(pilot, client, addresses)

    @cached_property
    def templates(self) -> "Environment":
        """The templates, read when the first page is asked: an import the start does not wait for."""
        from jinja2 import Environment, PackageLoader, StrictUndefined

        found = Environment(
            loader=PackageLoader("fps_console.web"),
            autoescape=True,
            finalize=curly,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        found.globals.update(longue=recit.longue, libelles=LIBELLES, enterree=enterrees.phrase)
        return found

    def page(self, name: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page made from its template."""
        return HTMLResponse(self.templates.get_template(name).render(**values), status)

    async def accueil(self, request: Request) -> Response:
        """The map of a bac, its counts and its dossiers."""
        bac = request.path_params.get("bac")
        if bac is None and (asked := request.query_params.get("bac")):
            return RedirectResponse(f"/bacs/{quote(asked, safe='')}", 303)
        names = await self.pilot.lister()
        if bac is None and DEFAUT not in names:
            return RedirectResponse(f"/bacs/{names[0]}", 303) if names else self.sans_bac()
        bac = _nom(bac or DEFAUT)
        state = await self.pilot.etat(bac)
        counts = recit.per_message(state["comptes"])
        dossiers, suivant = await self.lecture.dossiers(bac, request.query_params.get("apres", ""))
        return self.page(
            "accueil.html",
            bac=bac,
            bacs=names,
            etat=state,
            instant=datetime.fromisoformat(state["instant"]),
            echeance=None if state["prochaine_echeance"] is None else datetime.fromisoformat(state["prochaine_echeance"]).date(),
            carte=Markup(carte_svg(FLOWS, recit.per_way(counts))),  # noqa: S704 (our own drawing, its words are escaped)
            flux=[
                (flow, [(recit.message(m), recit.court(m.sender), recit.court(m.receiver), counts.get(m, 0)) for m in flow.messages])
                for flow in FLOWS
            ],
            dossiers=dossiers,
            suivant=suivant,
            debut="apres" not in request.query_params,
            services=[(p, LIBELLES[p], self.links[p]) for p in sorted(SERVICES, key=PORTS.__getitem__)],
        )

    def sans_bac(self) -> HTMLResponse:
        """What to do when there is no bac at all."""
        que_faire = "Créez-en un : « fps bac creer defaut », puis rechargez cette page."
        return self.page("erreur.html", titre="Il n'y a aucun bac", phrase="Tous ont été supprimés.", que_faire=que_faire, accueil=False)

    async def dossier(self, request: Request) -> Response:
        """The life of one dossier."""
        bac, numero = _nom(request.path_params["bac"]), request.path_params["numero"]
        found = await self.lecture.dossier(bac, numero) if NUMERO.fullmatch(numero) else None
        if found is None:
            raise HTTPException(404, f"Aucun dossier ne porte le numéro {numero[:40]} dans le bac « {bac} ».")
        return self.page("dossier.html", bac=bac, dossier=found)

    async def courrier(self, request: Request) -> Response:
        """The PDF of a letter."""
        bac, service, identifier = (request.path_params[k] for k in ("bac", "service", "identifiant"))
        _nom(bac)
        if service not in SERVICES or not IDENTIFIER.fullmatch(identifier):
            raise HTTPException(404, "Ce courrier n'existe pas.")
        pdf = await self.pilot.pdf(bac, Party(service), identifier)
        name = f"{service}-{identifier}.pdf"
        return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})

    async def missing(self, request: Request, error: Exception) -> Response:
        """What does not exist."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        detail = error.detail if isinstance(error, HTTPException) and error.detail not in ("Not Found", "Method Not Allowed") else ""
        return self.page(
            "erreur.html",
            status,
            titre="Cette page n'existe pas",
            phrase=detail or "Vérifiez l'adresse, ou revenez à l'accueil.",
            que_faire="",
            accueil=True,
        )

    async def refused(self, request: Request, error: Exception) -> Response:
        """A service that refuses, or does not answer."""
        if not isinstance(error, PiloteErreur):
            raise error
        problem = error.problem
        away = problem.get("code") == "service-injoignable"
        status = 503 if away else problem["status"] if problem.get("status") in (404, 409, 422) else 502
        titre = f"{LIBELLES[error.service]} ne répond pas" if away else str(problem.get("title", "La demande est refusée"))
        que_faire = "Vérifiez que les quatre services tournent : « fps doctor »." if away else str(problem.get("que_faire") or "")
        return self.page("erreur.html", status, titre=titre, phrase=str(problem.get("detail") or ""), que_faire=que_faire, accueil=True)


def _nom(bac: str) -> str:
    """The name of a bac, which no other one can have; raises HTTPException 404."""
    if not NOM.fullmatch(bac):
        raise HTTPException(404, "Aucun bac ne porte ce nom : des lettres minuscules, des chiffres et des tirets, 40 au plus.")
    return bac


def application(
    pilot: Pilot,
    client: httpx.AsyncClient,
    addresses: Mapping[Party, str],
    links: Mapping[Party, str] | None = None,
    lifespan: Callable[[Any], Any] | None = None,
    hosts: Iterable[str] = (),
    donnees: Path | None = None,
) -> ASGIApp:
    """The console's application, called by `hosts` beside the loopback's names; it publishes the key of the evidence kept in `donnees`.

    With a `lifespan`, it says that it is ready when that sets `app.state.ready`.
    """
    pages = Pages(pilot, client, addresses, links or addresses)
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
            Route("/", pages.accueil, name="accueil"),
            Route("/bacs/{bac}", pages.accueil, name="bac"),
            Route("/bacs/{bac}/dossiers/{numero}", pages.dossier, name="dossier"),
            Route("/bacs/{bac}/courriers/{service}/{identifiant}.pdf", pages.courrier, name="courrier"),
            Route("/pilotage/bacs/{bac}/avance", Avance(pilot).post, methods=["POST"], name="avance"),
            Route("/pilotage/bacs/{bac}/villes", towns.toutes, methods=["GET", "POST"], name="villes"),
            Route("/pilotage/bacs/{bac}/villes/{siret}", towns.une, methods=["GET", "DELETE"], name="ville"),
            Route("/openapi.json", contrat),
            Route("/.well-known/jwks.json", cles),
            Route("/metrics", metrics),
            Route("/sante/vivant", vivant),
            Route("/sante/pret", pret),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static"),
        ],
        exception_handlers={404: pages.missing, 405: pages.missing, PiloteErreur: pages.refused},
        lifespan=lifespan,
    )
    app.state.ready = lifespan is None
    app.router.redirect_slashes = False
    return mesures.counting(Gate(Sealed(app), hosts, texts=False))
