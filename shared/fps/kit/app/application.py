"""The ASGI application of a service: letters, its own API, pilot, health, figures, documentation; and its life, from start to stop."""

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Table, Text, column, select
from sqlalchemy import table as named
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp

from fps.kit.app import asyncapi, gestes, openapi, pilotage, revision, temoin, transfert, usagers
from fps.kit.app.chiffres import Chiffres
from fps.kit.app.formes import Pret, Vivant
from fps.kit.app.heure import Heure
from fps.kit.boxes import boite_aux_lettres, boites, derangement, remise, retrait, signature, suivi, tour
from fps.kit.boxes.facteur import Facteur
from fps.kit.boxes.signature import Signataire
from fps.kit.boxes.sonnette import Boites
from fps.kit.data import tables
from fps.kit.data.database import BaseSansPlace
from fps.kit.data.opening import engine_of, open_database
from fps.kit.data.schema import MARKED
from fps.kit.engine.definition import Definition
from fps.kit.engine.once import Once
from fps.kit.engine.room import Room
from fps.kit.engine.service import Service
from fps.kit.engine.ticker import Ticker
from fps.kit.ground.bac_path import DEFAUT, BacPath, bac_of
from fps.kit.ground.faults import Unavailable
from fps.kit.ground.retry import attempts
from fps.kit.ground.settings import Settings
from fps.kit.ground.telemetry import Metrics
from fps.kit.post import door
from fps.kit.post.inbound import Inbound
from fps.kit.post.relay import Relay
from fps.kit.trust.acces import acces, administrateur, publique
from fps.kit.trust.ancres import Ancreur, Notaire
from fps.kit.trust.identity import Trust
from fps.kit.trust.mandataires import Mandataires
from fps.kit.trust.pki import Pki, ephemere
from fps.kit.trust.tls import between_services
from fps.kit.web import body, page, problems
from fps.kit.web.gate import Gate
from fps.kit.web.load import Bounded, Load
from fps.kit.web.media import forme
from fps.kit.web.prompt import Prompt
from fps.kit.web.quotas import Quotas
from fps.kit.web.seen import Seen
from fps.kit.wire.bus import Bus
from fps.kit.wire.carrier import Carrier, open_client
from fps.kit.wire.envelope import BODY_LIMIT
from fps.kit.wire.opening import open_bus
from fps.parties import Party

if TYPE_CHECKING:
    from fps.kit.ground.traces import Spans, Traces

VERSION = "0.1.0"
SPECIMEN = page.SPECIMEN


@dataclass
class Running:
    """A service with all that makes it live: application, relay, postman, ticker."""

    service: Service
    app: FastAPI
    asgi: ASGIApp
    relay: Relay
    facteur: Facteur
    inbound: Inbound
    bus: Bus
    load: Load


def build(
    definition: Definition,
    settings: Settings,
    bus: Bus | None = None,
    client: httpx.AsyncClient | None = None,
    pki: Pki | None = None,
    spans: "Spans | None" = None,
) -> Running:
    """Assemble a service; `bus`, `client` and `pki` are given when services share a process. Nothing is opened before the lifespan.

    `spans`: who keeps its traces in this process, whatever the environment asks for.
    """
    pki = pki or open_pki(settings)
    service = Service(definition, settings, open_database(settings.database_url), [Trust(pki), Boites()])
    metrics = Metrics(service.party)
    service.observe, service.saved = metrics.observe, metrics.saved
    service.traces = traces = _traces(service.party, settings, spans)
    own_bus, own_client = bus is None, client is None
    bus = bus or open_bus(settings.bus_url, settings.bus_prefix, settings.retry_delays, settings.parts)
    client = client or open_client(verify=between_services(pki, service.party))
    relay = Relay(service, bus, Carrier(service.party, settings.addresses, client))
    inbound = Inbound(service)
    ticker = Ticker(service)
    ancreur = Ancreur(service, Notaire(pki, service.party))
    room = Room(service.database)
    signataire = Signataire(pki, service.party)
    facteur = Facteur(service, signataire)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            await service.start()
            await _migrated(service, settings.start_timeout)
            if why := await room.refusal():
                raise BaseSansPlace(why)
            await bus.start(settings.start_timeout)
        except Unavailable:
            await service.stop()
            raise
        if service.shares is None:
            await bus.consume(service.party, inbound.take)
        else:
            await bus.consume(service.party, inbound.take, service.shares)
            service.shares.leave.append(partial(bus.left, service.party))
        relay.start()
        ticker.start()
        if ancreur.durable:
            ancreur.start()
        if service.party in boites.EXPEDITEURS:
            facteur.start()
        service.share()
        yield
        await facteur.stop()
        await ticker.stop()
        await relay.stop()
        await ancreur.stop()
        if own_bus:  # a shared one is closed by who opened it
            await bus.stop()
        await service.stop()
        if own_client:
            await client.aclose()
        if traces is not None:
            await asyncio.to_thread(traces.close)

    app = FastAPI(
        title=definition.titre,
        version=VERSION,
        lifespan=lifespan,
        strict_content_type=False,
        redirect_slashes=False,
        generate_unique_id_function=body.operation_id,
        openapi_url=None,  # FastAPI's own pages load from elsewhere
        docs_url=None,
        redoc_url=None,
    )
    problems.install(app)
    app.state.once = Once(service)
    app.state.carrier = relay.carrier  # for what a person asks to be filed at once, outside the letters
    app.state.quotas = Quotas(lambda request: administrateur(service, request))
    # First those that are asked most often: routes are tried one after the other.
    app.router.routes.extend(door.routes(service))
    witness = temoin.Temoin(Gate(Heure(derangement.Derangement(Prompt(app), service), service), settings.hosts_served), service)
    pilote = pilotage.routes(service, inbound, ancreur)
    temoin.routes(service, witness, pilote)
    app.router.routes.extend(pilote.routes)
    app.router.routes.extend(transfert.routes(service, ancreur).routes)
    app.router.routes.extend(gestes.routes(service).routes)
    if definition.routes is not None:
        app.router.routes.extend(definition.routes(service).routes)
    app.router.routes.extend(signature.routes(signataire).routes)
    if service.party in boites.EXPEDITEURS:
        app.router.routes.extend(retrait.routes(service, signataire).routes)
        app.router.routes.extend(retrait.pilotage(service).routes)
        app.router.routes.extend(suivi.pilotage(service).routes)
        app.router.routes.extend(tour.routes(service).routes)
        app.router.routes.extend(tour.pilotage(service).routes)
        app.router.routes.extend(derangement.pilotage(service).routes)
    if service.party is usagers.HOTE:
        app.router.routes.extend(usagers.routes(service).routes)
    if service.party is remise.HOTE:
        app.router.routes.extend(boite_aux_lettres.routes(service).routes)
        app.router.routes.extend(boite_aux_lettres.pilotage(service).routes)
    _technical(app, service, bus, metrics, room, Chiffres(service, metrics, pki))
    load = Load(settings.bodies_mio * BODY_LIMIT, told=lambda why: service.observe("surcharge", why, 1), patience=settings.patience)
    seen = Seen(Bounded(witness, load), metrics, traces)
    return Running(service, app, Mandataires(BacPath(seen), settings.proxy_networks), relay, facteur, inbound, bus, load)


def _traces(party: Party, settings: Settings, spans: "Spans | None") -> "Traces | None":
    """The traces of a service, None unless somebody asked for them: nothing of them is imported then."""
    if spans is None and not settings.exporters:
        return None
    from fps.kit.ground.traces import open_traces

    return open_traces(party.value, settings.exporters, spans)


def open_pki(settings: Settings) -> Pki:
    """The test PKI of these settings, made now when it does not exist yet."""
    if settings.pki_dir is None:
        return ephemere()
    pki = Pki(settings.pki_dir)
    pki.preparer()
    return pki


class BaseNonMigree(Unavailable):
    """La base de données n'a pas les tables de ce service"""

    code = "base-non-migree"


_MARK: Any = select(column("version_num", Text)).select_from(named("alembic_version"))


@cache
def _nothing_of(table: Table) -> Any:
    """No row of a table, with all its columns."""
    return select(*table.columns).limit(0)


async def _migrated(service: Service, timeout: float) -> None:
    """Wait for the tables and for their revision, which another command makes; raises BaseNonMigree with it when they do not come."""
    if (last := revision.head(service.definition)) is None:
        return
    wanted = [*tables.metadata.sorted_tables, *service.definition.metadata.sorted_tables]
    command = f"python -m {service.party} migrate"

    async for attempt in attempts(BaseNonMigree, timeout):
        with attempt:
            try:
                async with service.database.read() as tx:
                    for table in wanted:
                        await tx.select(_nothing_of(table))
            except Unavailable:
                raise
            except Exception as error:
                raise BaseNonMigree(f"il manque une table ou une colonne : lancez « {command} » ({error})") from error
            # A revision may change no table, and still be what tells another version how the rows are written (ADR 0045).
            if (there := await _revision(service)) not in (None, last):
                raise BaseNonMigree(f"elle est à la révision {there}, ce service attend la {last} : lancez « {command} »")


async def _revision(service: Service) -> str | None:
    """The revision that a database is marked with; None for one that no migration made."""
    async with service.database.read() as tx:
        if not await tx.select(MARKED[engine_of(service.database.url)]):
            return None
        return "".join(str(row[0]) for row in await tx.select(_MARK))


def _technical(app: FastAPI, service: Service, bus: Bus, metrics: Metrics, room: Room, chiffres: Chiffres) -> None:
    document: dict[str, Any] = {}

    @app.get("/", include_in_schema=False)
    async def accueil(request: Request) -> HTMLResponse:
        """What the address of a service shows to the people whose letters print it."""
        prefixe = "" if (bac := bac_of(request)) == DEFAUT else f"/bacs/{bac}"
        payable = any(path == "/payer" for path, _, _ in acces(app))  # asked here: walking the routes at start costs a quarter of it
        vers = {"Payer": f"{prefixe}/payer"} if payable else {}
        return page.page(app.title, page.liens({**vers, "Documentation de l'interface": f"{prefixe}/docs"}))

    @app.get("/sante/vivant", tags=["santé"], summary="Dire que le service vit", dependencies=[publique()])
    async def vivant() -> Vivant:
        return Vivant(statut="vivant", service=service.party, mention=SPECIMEN)

    @app.get(
        "/sante/pret",
        tags=["santé"],
        summary="Dire si la base répond et écrit, et si le courtier répond",
        dependencies=[publique()],
        response_model=None,
        responses=forme(Pret, "Tout répond") | forme(Pret, "Quelque chose ne répond pas", status=503),
    )
    async def pret() -> Response:
        found = {"base": True, "ecriture": False, "courtier": bus.ready()}
        why = ""
        try:
            await service.database.ping()
            why = await room.refusal()
            found["ecriture"] = not why
        except Unavailable:
            found["base"] = False
        good = all(found.values())
        own = {"statut": "pret" if good else "indisponible", "service": service.party.value, "parts": service.settings.parts}
        body = own | found | ({"cause": why} if why else {})
        return JSONResponse(body, 200 if good else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metriques(request: Request) -> Response:
        await chiffres.relever()
        text, media = metrics.expose(request.headers.get("accept", ""))
        return Response(text, headers={"Content-Type": media})

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi_document() -> dict[str, Any]:
        if not document:
            document.update(openapi.document(app, service))
        return document

    @app.get("/asyncapi.json", include_in_schema=False)
    async def asyncapi_document() -> dict[str, Any]:
        return asyncapi.document(service.party, service.settings.bus_prefix)

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        page = get_swagger_ui_html(
            openapi_url="openapi.json",
            title=f"{SPECIMEN} · {app.title}",
            swagger_js_url="static/swagger-ui/swagger-ui-bundle.js",
            swagger_css_url="static/swagger-ui/swagger-ui.css",
            swagger_favicon_url="data:,",
        )
        banner = f'<p style="margin:0;padding:.6em;background:#7a1f1f;color:#fff;text-align:center;font-family:sans-serif">{SPECIMEN}</p>'
        html = bytes(page.body).decode().replace("<html>", '<html lang="fr">', 1).replace("<body>", f"<body>{banner}", 1)
        html = html.replace("</body>", '<script src="static/francais.js"></script></body>', 1)
        return HTMLResponse(html, headers={"Content-Security-Policy": _policy(html)})

    static = files("fps.kit.web") / "static"
    app.mount("/static", StaticFiles(directory=Path(str(static))), name="static")


def _policy(html: str) -> str:
    """The policy of the documentation page: what it loads is here, what it runs is what is written in it."""
    inline = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    runs = " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in inline)
    return (
        f"default-src 'self'; script-src 'self' {runs}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@asynccontextmanager
async def running(*services: Running) -> AsyncIterator[Mapping[str, Running]]:
    """Start services in this process without listening on a port, and stop them in the reverse order."""
    from contextlib import AsyncExitStack

    async with AsyncExitStack() as stack:
        for one in services:
            await stack.enter_async_context(one.app.router.lifespan_context(one.app))
        yield {one.service.party.value: one for one in services}
