"""The OpenAPI of a service: FastAPI's own, and the letter routes written from the flow table."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from fps.flows import flow, received_by
from fps.kit.post.door import DOORS, LOT
from fps.kit.trust.acces import CERTIFICAT, SECURITE, acces, securite
from fps.kit.web import keys
from fps.kit.web.body import READING
from fps.messages.message import MessageClass
from fps.parties import LIBELLES, Channel, Party

PROBLEM = {
    "type": "object",
    "description": "Problème (RFC 9457)",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "code stable"},
        "detail": {"type": "string"},
        "article": {"type": "string", "description": "texte appliqué"},
        "que_faire": {"type": "string"},
        "champ": {"type": "string"},
        "erreurs": {"type": "array", "items": {"type": "object"}, "description": "toutes les erreurs trouvées"},
        "accuse": {"type": "object", "description": "accusé métier, quand le message en a un"},
    },
}
OUTCOMES = {
    "400": "Le corps n'est pas du JSON en UTF-8",
    "401": "Aucun certificat n'est présenté, ou il ne peut pas être cru",
    "403": "Le certificat n'est pas habilité : le code dit l'étape qui manque",
    "404": "Bac ou dossier inconnu",
    "409": "Refusé par le droit ou par l'état du dossier",
    "413": "Plus de 1 Mio",
    "415": "Content-Type inattendu",
    "422": "Le message ne respecte pas son schéma, ou son contenu est refusé (l'accusé nomme chaque erreur)",
    "429": "Trop de demandes du même appelant : Retry-After dit quand recommencer, RateLimit-Policy la limite",
    "503": "Le service ne peut pas enregistrer maintenant : réessayer avec la même Idempotency-Key",
}
KEY: dict[str, Any] = {
    "name": keys.EN_TETE,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": keys.LONGUEUR},
}
KEPT = "La même clé et la même demande reçoivent la même réponse pendant un jour, rien n'est refait ; sans clé, chaque demande est un acte."
NOTICE = "**SPÉCIMEN — environnement simulé.** Interface du simulateur, et non celle d'un système de l'État : voir docs/specification.md."


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/problem+json": {"schema": _ref("Probleme")}}}


def _operation(cls: MessageClass) -> dict[str, Any]:
    parameter = KEY | {"description": "La même clé reçoit la même réponse ; sans clé, le contenu en tient lieu."}
    if cls.answer is not None:
        good = {"200": {"description": "Réponse métier", "content": {"application/json": {"schema": _ref(cls.answer.__name__)}}}}
    else:
        good = {"202": {"description": "Reçu", "content": {"application/json": {"schema": {"type": "object"}}}}}
    return {
        "tags": [f"flux {cls.flow:02d}"],
        "summary": f"Flux {cls.flow} · {flow(cls.flow).nom} · {cls.nom}",
        "description": f"{LIBELLES[cls.sender]} → {LIBELLES[cls.receiver]}. {cls.law}.",
        "operationId": cls.type.replace(".", "_").replace("-", "_"),
        "parameters": [parameter],
        "security": [{CERTIFICAT: []}] if cls.channel is Channel.REST else [],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _ref(cls.__name__), "examples": {"exemple": {"value": cls.example}}}},
        },
        "responses": good | {status: _problem(text) for status, text in OUTCOMES.items()},
    }


def _batch(cls: MessageClass) -> dict[str, Any]:
    operation = _operation(cls)
    return operation | {
        "summary": f"{operation['summary']} (lot)",
        "description": f'NDJSON, {LOT} lignes au plus : {{"id": "clé d\'idempotence", "data": {{le message}}}}. Une réponse par ligne.',
        "operationId": f"{operation['operationId']}_lot",
        "parameters": [],
        "requestBody": {"required": True, "content": {"application/x-ndjson": {"schema": {"type": "string"}}}},
        "responses": {"200": {"description": "Un résultat par ligne", "content": {"application/x-ndjson": {"schema": {"type": "string"}}}}}
        | {status: _problem(OUTCOMES[status]) for status in ("400", "401", "403", "413", "415", "429", "503")},
    }


def document(app: FastAPI, party: Party) -> dict[str, Any]:
    """The whole OpenAPI 3.1 document of a service."""
    found = get_openapi(title=app.title, version=app.version, description=NOTICE, routes=app.routes)
    messages = [m for m in received_by(party) if m.channel in DOORS]
    wanted = dict.fromkeys([*messages, *(m.answer for m in messages if m.answer is not None)])
    _, schemas = models_json_schema([(m, "validation") for m in wanted], ref_template="#/components/schemas/{model}")
    components = found.setdefault("components", {}).setdefault("schemas", {})
    components |= schemas.get("$defs", {}) | {"Probleme": PROBLEM}
    found["components"]["securitySchemes"] = SECURITE
    for path, methods, portes in acces(app):
        for method in methods:
            operation = found["paths"][path][method.lower()]
            operation["security"] = securite(portes)
            if method not in READING:
                operation.setdefault("parameters", []).append(KEY | {"description": KEPT})
    for cls in messages:
        found["paths"][cls.path] = {"post": _operation(cls)}
        found["paths"][f"{cls.path}/lot"] = {"post": _batch(cls)}
    for operations in found["paths"].values():
        for operation in operations.values():
            if "422" in operation["responses"]:
                operation["responses"]["422"] = _problem(OUTCOMES["422"])
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    found["paths"] = dict(sorted(found["paths"].items()))
    return found
