"""The pilot's door of the console: one route moves a whole world, for those who have no Python, and answers with what happened."""

import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from fps.kit.web.keys import EN_TETE, REJOUEE
from fps_console.commandes.avance import target
from fps_console.commandes.output import SPECIMEN, Panne, objet
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur
from fps_simulateur.pilote.reprise import avancer

MEDIA_TYPE: Final = "application/problem+json"
LIMIT: Final = 4_096  # bytes: a name and a date
EXEMPLE: Final = (
    'Envoyez {"jusqua": "2026-10-05"} (ce jour-là à 20:00, heure de Paris, ou un instant ISO 8601), {"de": "P3M"} (une durée), '
    '{"a": "prochaine"} (la prochaine échéance, vécue) ou {"a": "titre", "dossier": "2159…"} (un jour qui a un nom).'
)


def problem(status: int, code: str, title: str, detail: str, que_faire: str = "", **more: Any) -> Response:
    """An answer that tells what is wrong, in the four parts of every refusal of the simulator."""
    body = {
        "type": f"urn:fps-simulateur:probleme:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "que_faire": que_faire,
        **more,
    }
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse(body, status, headers, MEDIA_TYPE)


def of(error: PiloteErreur) -> Response:
    """What a service refused, or that it did not answer."""
    found = error.problem
    away = found.get("code") == "service-injoignable"
    status = 503 if away else int(found["status"]) if found.get("status") in (404, 409, 422) else 502 if "status" in found else 409
    return problem(
        status,
        str(found.get("code", "service-en-panne")),
        str(found.get("title", "La demande est refusée")),
        str(found.get("detail", "")),
        str(found.get("que_faire", "") or ("Vérifiez que les quatre services tournent : « fps doctor »." if away else "")),
        service=error.service.value,
        **({"erreurs": found["erreurs"]} if found.get("erreurs") else {}),
    )


async def _asked(request: Request) -> Mapping[str, str]:
    """The body: one key, one text; raises Panne."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Panne("Le corps n'est pas annoncé comme du JSON (en-tête Content-Type: application/json).", EXEMPLE)
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LIMIT:
            raise Panne("Le corps est trop grand.", EXEMPLE)
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise Panne("Le corps n'est pas un document JSON.", EXEMPLE) from None
    if not isinstance(found, dict) or len(set(found) - {"dossier"}) != 1 or not set(found) <= {"jusqua", "de", "a", "dossier"}:
        raise Panne("Dites jusqu'où avancer, par un seul des trois champs « jusqua », « de » ou « a ».", EXEMPLE)
    if not all(isinstance(value, str) for value in found.values()):
        raise Panne("La valeur est un texte.", EXEMPLE)
    return found


class Avance:
    """POST /pilotage/bacs/{bac}/avance: with the pilot's credential, lives a world until an instant, synchronously."""

    def __init__(self, pilot: Pilot):
        self.pilot = pilot

    async def post(self, request: Request) -> Response:
        """Move the world, then tell what happened; the same request with the same Idempotency-Key is told the same again."""
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.pilot.token}".encode()):
            que_faire = "Donnez le jeton de pilotage : en-tête « Authorization: Bearer … » (fichier pilotage.token, ou FPS_PILOTAGE_TOKEN)."
            return problem(401, "jeton-requis", "Cette adresse demande le jeton de pilotage", "POST /pilotage/bacs/{bac}/avance", que_faire)
        bac = request.path_params["bac"]
        try:
            asked = await _asked(request)
            cle = request.headers.get(EN_TETE)
            avancee = await avancer(self.pilot, bac, lambda state: target(self.pilot, bac, asked, state), cle, json.dumps(asked))
        except Panne as error:
            return problem(422, "demande-invalide", "La demande ne peut pas être comprise", error.phrase, error.que_faire)
        except PiloteErreur as error:
            return of(error)
        told = objet({**avancee.etat, "mention": SPECIMEN}, "evenements", avancee.evenements)
        return StreamingResponse(told, headers=REJOUEE if avancee.redite else {}, media_type="application/json")
