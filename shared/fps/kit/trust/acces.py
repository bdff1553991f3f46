"""The doors of a service beside the letters: each says who may use it, refuses the others, and keeps the refusal in the audit journal."""

import hmac
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts

from fps.confiance.habilitation import Identite
from fps.confiance.refus import AccesRefuse, CertificatRequis
from fps.kit.engine import audit
from fps.kit.engine.once import AUTEUR, PORTEUR
from fps.kit.engine.service import Service, porte_en_cours
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust import personnes
from fps.kit.trust.identity import Trust
from fps.kit.web.quotas import CONNEXIONS, ECRITURES, compter

ADMINISTRATION, CERTIFICAT, SESSION, PUBLIQUE = "administration", "certificat", "session", "publique"
SECURITE: Final = {
    ADMINISTRATION: {
        "type": "http",
        "scheme": "bearer",
        "description": "Jeton de pilotage (FPS_PILOTAGE_TOKEN, ou fichier pilotage.token)",
    },
    CERTIFICAT: {"type": "mutualTLS", "description": "Certificat déposé et activé, ou celui d'un service simulé"},
    SESSION: {"type": "http", "scheme": "bearer", "description": "Jeton de session d'un compte nommé (POST …/sessions)"},
}


class JetonRequis(AccesRefuse):
    """Cette adresse demande le jeton de pilotage"""

    code, statut = "jeton-requis", 401
    que_faire = "Donnez le jeton de pilotage : en-tête « Authorization: Bearer … » (fichier pilotage.token, ou FPS_PILOTAGE_TOKEN)."


class PiloteAilleurs(AccesRefuse):
    """Le pilotage n'est pas ouvert depuis cette adresse"""

    code = "pilotage-hors-machine"
    que_faire = "Appelez depuis la machine du simulateur, ou déclarez votre réseau dans FPS_PILOTAGE_NETWORKS."


def marquer(check: Callable[[Request], Awaitable[Any]], *portes: str) -> Any:
    """A FastAPI dependency that the documentation and the tests of authorisation recognise, asked once a request.

    A route asks its doors before it reads a byte of the body (`web.body.JsonRoute`), FastAPI after.
    """

    async def door(request: Request) -> None:
        passed: set[int] = request.scope.setdefault("fps.portes", set())
        if id(check) not in passed:
            await check(request)
            passed.add(id(check))

    door.portes = portes  # type: ignore[attr-defined]
    return Depends(door)


def publique(*, ecrit: bool = False) -> Any:
    """A door that anyone may use: what a person sees without an account, health, documentation.

    What writes is counted for each address; `ecrit`: even what is read there writes.
    """

    async def check(request: Request) -> None:
        if ecrit or request.method != "GET":
            compter(request, ECRITURES)
        porte_en_cours.set(None)  # in one process, requests follow one another in one context

    return marquer(check, PUBLIQUE)


def connexions() -> Any:
    """What a password is tried at, or made: it costs, and is counted for each address. Asked with a door, before the body."""

    async def check(request: Request) -> None:
        compter(request, CONNEXIONS)

    return marquer(check)


def administrateur(service: Service, request: Request) -> bool:
    """Whether a request carries the pilot's credential, and comes from where the pilot may call; never, when the service was given none."""
    return credential(service, request) and service.settings.pilots(client(request))


def client(request: Request) -> str:
    """The network address of the caller."""
    return request.client.host if request.client is not None else ""


def credential(service: Service, request: Request) -> bool:
    """Whether a request carries the pilot's credential."""
    token = service.settings.pilotage_token
    given = jeton(request)
    return token is not None and given is not None and hmac.compare_digest(given.encode(), token.get_secret_value().encode())


def administration(service: Service) -> Any:
    """The doors by which the simulator itself is driven: closed to all but who has the pilot's credential."""

    async def check(request: Request) -> None:
        if not credential(service, request):
            await refuser(service, request, JetonRequis(f"{request.method} {request.url.path}"))
        if not service.settings.pilots(client(request)):
            await refuser(service, request, PiloteAilleurs(f"Appel depuis {client(request)}."))
        request.state.compte = None  # see `titulaire`
        suivre(request, ADMINISTRATION)

    return marquer(check, ADMINISTRATION)


def suivre(request: Request, qui: Identite | str) -> None:
    """Let the act that this request asks for be kept in the audit journal, when it changes something; and say whose its key is.

    A provider's SIRET outlives its certificates: its keys too.
    """
    request.scope[AUTEUR] = qui if isinstance(qui, str) else f"{qui.service or ''}/{qui.siret or ''}"
    porte_en_cours.set(None if request.method == "GET" else (audit.nommer(qui), f"{request.method} {chemin(request)}"))


def chemin(request: Request) -> str:
    """The path of the route that a request reached, without what the request put in it."""
    route = request.scope.get("route")
    return getattr(route, "path", "") or request.url.path


async def refuser(service: Service, request: Request, error: AccesRefuse, qui: Identite | str | None = None) -> None:
    """Keep the refusal in the audit journal, then raise it. What is kept is the path of the route: no number, no key.

    Those of nobody known are counted: an audit line is a writing too. Raises TropDeDemandes.
    """
    if qui is None:
        compter(request, ECRITURES)
    await service.note(bac_of(request), "porte", qui, f"{request.method} {chemin(request)}", code=error.code)
    raise error


async def identifier(service: Service, request: Request) -> Identite | None:
    """Whose certificate a request shows, or None; a certificate that is not good is refused and kept in the audit journal."""
    try:
        return service.extension(Trust).identifier(request.scope)
    except AccesRefuse as error:
        await refuser(service, request, error)
        raise


def service_of(service: Service, request: Request) -> Identite | None:
    """The service of this simulator whose certificate a request shows, where none is asked; whatever else is shown is nobody's."""
    try:
        qui = service.extension(Trust).identifier(request.scope)
    except AccesRefuse:
        return None
    return qui if qui is not None and qui.service is not None else None


def certificat(service: Service) -> Any:
    """A door for who shows a good certificate; what it may do is checked by the act. The route reads it by `porteur`."""

    async def check(request: Request) -> None:
        qui = await identifier(service, request)
        if qui is None:
            await refuser(service, request, CertificatRequis(f"{request.method} {request.url.path}"))
        else:
            suivre(request, qui)
        request.state.identite = qui

    return marquer(check, CERTIFICAT)


def session(service: Service, espace_de: Callable[[Request], str], *, ou_administration: bool = False) -> Any:
    """A door for who has an open session in the espace that the request names; the route reads whose by `titulaire`.

    `ou_administration`: the pilot's credential opens it too, and then `titulaire` gives None.
    """

    async def check(request: Request) -> None:
        request.state.compte = None
        if ou_administration and administrateur(service, request):
            suivre(request, ADMINISTRATION)
            return
        try:
            async with service.reading(bac_of(request)) as lecture:
                compte = await personnes.session(lecture.work, jeton(request), espace_de(request))
        except AccesRefuse as error:
            await refuser(service, request, error)
        else:
            suivre(request, compte.qui)
            request.scope[PORTEUR] = request.headers["authorization"]
            request.state.compte = compte

    return marquer(check, SESSION, *((ADMINISTRATION,) if ou_administration else ()))


def jeton(request: Request) -> str | None:
    """The token that a request carries after its scheme, Bearer, or None."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def titulaire(request: Request) -> personnes.ComptePersonnel | None:
    """The account whose session opened a door; None for the pilot."""
    compte: personnes.ComptePersonnel | None = request.state.compte
    return compte


def auteur(request: Request) -> str:
    """Who acts by a door of session or of administration."""
    compte = titulaire(request)
    return ADMINISTRATION if compte is None else compte.qui


def porteur(request: Request) -> Identite:
    """The caller of a door that asks a certificate."""
    identite: Identite = request.state.identite
    return identite


def routes_of(app: FastAPI) -> Iterator[Any]:
    """Every documented route of an application, as FastAPI knows it where it was included."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.route, APIRoute) and route.include_in_schema:
            yield route


def acces(app: FastAPI) -> Iterator[tuple[str, set[str], frozenset[str]]]:
    """Every documented route of an application: its path, its methods, and who may use it."""
    for route in routes_of(app):
        yield str(route.path_format), set(route.methods or ()), portes_of(route.dependant)


def portes_of(dependant: Any) -> frozenset[str]:
    """The doors of the dependencies of a route, at every depth."""
    found: set[str] = set()
    waiting = [dependant]
    while waiting:
        one = waiting.pop()
        found |= set(getattr(one.call, "portes", ()))
        waiting += one.dependencies
    return frozenset(found)


def securite(portes: frozenset[str]) -> list[dict[str, list[str]]]:
    """The `security` of an operation in OpenAPI: one entry for each way in; an empty list is an open door."""
    return [{porte: []} for porte in sorted(portes) if porte in SECURITE]
