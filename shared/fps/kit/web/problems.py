"""RFC 9457: the one place where a refusal, a malformed message or a fault becomes an HTTP answer, in French."""

import json
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Match

from fps.confiance.refus import AccesRefuse
from fps.errors import Introuvable, MessageRefuse, Refus
from fps.kit.ground.faults import Malformed, Unavailable, trace
from fps.kit.web.quotas import TropDeDemandes
from fps.messages.erreurs import phrases_de, reste

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
STATUS: dict[type[Refus], int] = {Introuvable: 404, MessageRefuse: 422, TropDeDemandes: TropDeDemandes.statut}
TITLES = {
    400: "La demande ne peut pas être lue",
    401: "Vous n'êtes pas identifié",
    403: "Cet accès ne vous est pas ouvert",
    404: "Rien n'existe à cette adresse",
    405: "Cette adresse n'accepte pas cette méthode",
    406: "Aucune forme acceptée n'existe",
    413: "Le message est trop volumineux",
    415: "Le type de contenu n'est pas accepté",
    422: "Le message ne respecte pas son schéma",
}

WHAT_TO_DO = {
    401: "Donnez le jeton de pilotage : en-tête « Authorization: Bearer … » (fichier pilotage.token, ou FPS_PILOTAGE_TOKEN).",
    404: "Vérifiez l'adresse : /docs liste celles de ce service.",
    405: "Vérifiez la méthode (GET, POST…) : /docs dit laquelle.",
}


def status_of(error: Refus) -> int:
    """401, 403 for a closed door, 404 for what is unknown, 422 for a content that is refused, 409 for what the law or the state forbids."""
    if isinstance(error, AccesRefuse):
        return error.statut
    return next((STATUS[c] for c in type(error).__mro__ if c in STATUS), 409)


def refus_body(error: Refus) -> dict[str, Any]:
    """The problem of a refusal: stable code, title, detail, field, article, what to do, and the accusé when there is one."""
    body: dict[str, Any] = {
        "type": f"urn:fps-simulateur:probleme:{error.code}",
        "title": error.titre(),
        "status": status_of(error),
        "code": error.code,
        "detail": error.detail,
        "article": error.article,
        "que_faire": error.que_faire,
    }
    if error.champ is not None:
        body["champ"] = error.champ
    if error.accuse is not None:
        body["accuse"] = json.loads(error.accuse.model_dump_json())
    return body


def malformed_body(error: Malformed) -> dict[str, Any]:
    """The problem of a message that cannot be read: its errors, the first fifty, and how many more there are."""
    return {
        "type": f"urn:fps-simulateur:probleme:{error.code}",
        "title": TITLES.get(error.status, TITLES[422]),
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "erreurs": error.erreurs,
        **({"erreurs_non_listees": error.non_listees} if error.non_listees else {}),
    }


def malformed(erreurs: list[dict[str, str]], non_listees: int = 0) -> Malformed:
    """The refusal of a request that does not follow its schema."""
    detail = "La demande ne respecte pas son schéma : corrigez chaque erreur listée."
    return Malformed("demande-invalide", detail, erreurs, non_listees=non_listees)


def methods_at(request: Request, path: str) -> set[str]:
    """The methods that a path accepts, whichever routes have it; none when there is no such path."""
    found: set[str] = set()
    for context in iter_route_contexts(request.app.routes):
        if context.matches({**request.scope, "path": path})[0] is not Match.NONE:
            found |= set(context.methods or ())
    return found | ({"HEAD"} if "GET" in found else set())


def answer(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """The HTTP answer of a problem; who is not recognised is told how to be (RFC 9110, § 15.5.2)."""
    if body["status"] == 401:
        headers = {"WWW-Authenticate": 'Bearer realm="fps-simulateur"'} | (headers or {})
    return JSONResponse(body, body["status"], headers=headers, media_type=MEDIA_TYPE)


def of(error: BaseException) -> Response:
    """The HTTP answer of any exception; what is not known is a 500 that says nothing of the inside."""
    if isinstance(error, Refus):
        return answer(refus_body(error), error.entetes if isinstance(error, AccesRefuse | TropDeDemandes) else None)
    if isinstance(error, Malformed):
        return answer(malformed_body(error))
    if isinstance(error, Unavailable):
        body = {
            "type": f"urn:fps-simulateur:probleme:{error.code}",
            "title": (type(error).__doc__ or "").strip(),
            "status": 503,
            "code": error.code,
            "detail": f"Rien n'a été enregistré : renvoyez la même demande dans {error.retry_after} s, avec la même Idempotency-Key.",
            **({"que_faire": error.que_faire} if error.que_faire else {}),
        }
        return answer(body, {"Retry-After": str(error.retry_after)})
    if isinstance(error, ClientDisconnect):  # nobody hears it
        detail = "La demande a été interrompue avant sa fin."
        return answer(malformed_body(Malformed("demande-interrompue", detail, status=400)))
    tell(error)
    body = {
        "type": "urn:fps-simulateur:probleme:erreur-interne",
        "title": "Le simulateur a rencontré une erreur",
        "status": 500,
        "code": "erreur-interne",
        "detail": "Rien n'a été enregistré. Le journal technique du service dit pourquoi ; signalez-le au projet.",
    }
    return answer(body)


def tell(error: BaseException) -> None:
    """Write a fault of ours in the log, once: where it comes from, never what the request held."""
    log.error("erreur interne", extra={"trace": trace(error)})


def install(app: FastAPI) -> None:
    """Every error of an application becomes a problem+json."""

    async def known(request: Request, error: Exception) -> Response:
        return of(error)

    for kind in (Refus, Malformed, Unavailable):
        app.add_exception_handler(kind, known)

    async def invalid(request: Request, error: Exception) -> Response:
        # FastAPI puts the place first (body, query, path): what the caller knows is the field.
        raw = error.errors() if isinstance(error, RequestValidationError) else []
        errors = phrases_de({**e, "loc": e["loc"][1:] or e["loc"]} for e in raw)
        return of(malformed(errors, reste(len(raw))))

    app.add_exception_handler(RequestValidationError, invalid)

    async def http(request: Request, error: Exception) -> Response:
        """What the router answers by itself: no such address, no such method there."""
        if not isinstance(error, HTTPException):
            return of(error)
        if isinstance(error.__cause__, Malformed | Unavailable):  # FastAPI hides why a body could not be read
            return of(error.__cause__)
        que_faire = WHAT_TO_DO.get(error.status_code, "Consultez la documentation de l'interface : /docs.")
        headers, path = dict(error.headers or {}), request.scope["path"]
        if error.status_code == 405:
            allowed = methods_at(request, path)
            headers["Allow"] = ", ".join(sorted(allowed))
            que_faire = f"Cette adresse accepte {' ou '.join(sorted(allowed - {'HEAD'}))} : /docs dit laquelle fait quoi."
        elif error.status_code == 404 and methods_at(request, path.rstrip("/")):
            que_faire = f"L'adresse s'écrit sans barre oblique à la fin : {request.url.path.rstrip('/')}."
        body = {
            "type": f"urn:fps-simulateur:probleme:http-{error.status_code}",
            "title": TITLES.get(error.status_code, "La demande est refusée"),
            "status": error.status_code,
            "code": f"http-{error.status_code}",
            "detail": f"{request.method} {path}",
            "que_faire": que_faire,
        }
        return answer(body, headers)

    app.add_exception_handler(HTTPException, http)

    async def unknown(request: Request, error: Exception) -> Response:
        return of(error)

    app.add_exception_handler(Exception, unknown)
