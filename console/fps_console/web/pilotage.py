"""The pilot's door of the console: one route moves a whole world, for those who have no Python, and answers with what happened."""

import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from fps.kit.ground.faults import Malformed
from fps.kit.web.keys import EN_TETE, REJOUEE
from fps.kit.wire.envelope import parse
from fps_console.commandes.avance import target
from fps_console.commandes.output import SPECIMEN, Panne, objet
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur
from fps_simulateur.pilote.produit import PATIENCE
from fps_simulateur.pilote.reprise import avancer

MEDIA_TYPE: Final = "application/problem+json"
ATTENTE: Final = 3_600  # seconds
LIMIT: Final = 4_096  # bytes: a name and a date
TITRES: Final[Mapping[int, str]] = {
    400: "La demande ne peut pas être lue",
    413: "Le message est trop volumineux",
    415: "Le type de contenu n'est pas accepté",
}
EXEMPLE: Final = (
    'Envoyez {"jusqua": "2026-10-05"} (ce jour-là à 20:00, heure de Paris, ou un instant ISO 8601), {"de": "P3M"} (une durée), '
    '{"a": "prochaine"} (la prochaine échéance, vécue) ou {"a": "titre", "dossier": "2159…"} (un jour qui a un nom).'
)


def problem(
    status: int, code: str, title: str, detail: str, que_faire: str = "", entetes: Mapping[str, str] | None = None, **more: Any
) -> Response:
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
    return JSONResponse(body, status, headers | dict(entetes or {}), MEDIA_TYPE)


def of(error: PiloteErreur) -> Response:
    """What a service refused, or that it did not answer."""
    found = error.problem
    listees = "Corrigez chaque erreur listée." if found.get("erreurs") else ""
    away = found.get("code") == "service-injoignable"
    status = 503 if away else int(found["status"]) if found.get("status") in (404, 409, 422) else 502 if "status" in found else 409
    return problem(
        status,
        str(found.get("code", "service-en-panne")),
        str(found.get("title", "La demande est refusée")),
        str(found.get("detail", "")),
        str(found.get("que_faire", "") or ("Vérifiez que les quatre services tournent : « fps doctor »." if away else listees)),
        service=error.service.value,
        **({"erreurs": found["erreurs"]} if found.get("erreurs") else {}),
    )


def sans_jeton(pilot: Pilot, request: Request) -> Response | None:
    """What is answered to who does not show the pilot's credential, None to who does."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), pilot.token.encode()):
        return None
    que_faire = "Donnez le jeton de pilotage : en-tête « Authorization: Bearer … » (fichier pilotage.token, ou FPS_PILOTAGE_TOKEN)."
    return problem(401, "jeton-requis", "Cette adresse demande le jeton de pilotage", f"{request.method} {request.url.path}", que_faire)


async def corps(request: Request, kinds: Sequence[str], limit: int) -> tuple[str, bytes]:
    """The type of the body, one of those, and its bytes, `limit` at most; raises Malformed (413, 415)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in kinds:
        raise Malformed("type-de-contenu", f"Content-Type « {kind[:80]} » : envoyez {' ou '.join(kinds)}.", status=415)
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > limit:
            raise Malformed("corps-trop-grand", f"Le corps dépasse {limit // 1024} Kio : envoyez un message plus petit.", status=413)
    return kind, bytes(raw)


def illisible(error: Panne | Malformed, exemple: str) -> Response:
    """What a body, or a question, that nobody can read is answered."""
    if isinstance(error, Panne):
        return problem(422, "demande-invalide", "La demande ne peut pas être comprise", error.phrase, error.que_faire)
    return problem(error.status, error.code, TITRES[error.status], error.detail, exemple)


def objet_json(raw: bytes, exemple: str) -> dict[str, Any]:
    """A JSON object; raises Panne, Malformed (400: it is no JSON in UTF-8)."""
    try:
        found = parse(raw)
    except Malformed as error:
        if error.status == 400:
            raise
        raise Panne(error.detail, exemple) from None
    if not isinstance(found, dict):
        raise Panne("Le corps n'est pas un objet JSON.", exemple)
    return found


async def _asked(request: Request) -> tuple[Mapping[str, str], float]:
    """The body: one key, one text; and how long a product may take, real seconds. Raises Panne, Malformed."""
    _, raw = await corps(request, ("application/json",), LIMIT)
    found = objet_json(raw, EXEMPLE)
    attente = found.pop("attente", PATIENCE)
    if isinstance(attente, bool) or not isinstance(attente, int | float) or not 0 <= attente <= ATTENTE:
        raise Panne(f"« attente » est un nombre de secondes, de 0 à {ATTENTE}.", EXEMPLE)
    if len(set(found) - {"dossier"}) != 1 or not set(found) <= {"jusqua", "de", "a", "dossier"}:
        raise Panne("Dites jusqu'où avancer, par un seul des trois champs « jusqua », « de » ou « a ».", EXEMPLE)
    if not all(isinstance(value, str) for value in found.values()):
        raise Panne("La valeur est un texte.", EXEMPLE)
    return found, float(attente)


class RouteAvance:
    """POST /pilotage/bacs/{bac}/avance: with the pilot's credential, lives a world until an instant, synchronously."""

    def __init__(self, pilot: Pilot):
        self.pilot = pilot

    async def post(self, request: Request) -> Response:
        """Move the world, then tell what happened; the same request with the same Idempotency-Key is told the same again."""
        if (refus := sans_jeton(self.pilot, request)) is not None:
            return refus
        bac = request.path_params["bac"]
        try:
            asked, attente = await _asked(request)
            cle = request.headers.get(EN_TETE)
            avancee = await avancer(self.pilot, bac, lambda state: target(self.pilot, bac, asked, state), cle, json.dumps(asked), attente)
        except (Panne, Malformed) as error:
            return illisible(error, EXEMPLE)
        except PiloteErreur as error:
            return of(error)
        told = objet({**avancee.etat, "mention": SPECIMEN}, "evenements", avancee.evenements)
        return StreamingResponse(told, headers=REJOUEE if avancee.redite else {}, media_type="application/json")
