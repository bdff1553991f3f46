"""The OpenAPI of a service: FastAPI's own, and the letter routes written from the flow table."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from fps.droit import Historique
from fps.flows import flow, received_by
from fps.kit.app.gestes import ACTES
from fps.kit.app.heure import DIT, bac_de
from fps.kit.app.outcomes import Outcome, Outcomes
from fps.kit.app.variantes import discriminated
from fps.kit.engine.once import Once
from fps.kit.engine.service import Service
from fps.kit.ground.clock import INSTANT
from fps.kit.post import door
from fps.kit.post.door import DOORS, LOT
from fps.kit.trust.acces import CERTIFICAT, SECURITE, portes_of, routes_of, securite
from fps.kit.web import keys, problems
from fps.kit.web.body import READING, JsonRoute, doors_of
from fps.kit.web.gate import Gate, OrigineRefusee
from fps.kit.web.media import NDJSON
from fps.messages.message import MessageClass
from fps.parties import LIBELLES, Channel

ADRESSE = Outcome(404, "adresse-illisible", problems.TITLES[404])  # of the addresses that carry a value
RECU = {
    "type": "object",
    "description": "Le message est reçu ; rien d'autre n'est à attendre par cette voie",
    "required": ["id", "statut"],
    "properties": {
        "id": {"type": "string", "description": "L'Idempotency-Key donnée, ou l'empreinte du message"},
        "statut": {"type": "string", "enum": ["recu"]},
    },
}
FAUTE = {
    "type": "object",
    "description": "Une erreur, et ce qu'il faut faire",
    "required": ["code", "champ", "phrase", "article"],
    "properties": {
        "code": {"type": "string"},
        "champ": {"type": "string", "description": "Chemin du champ, de la racine à la valeur"},
        "phrase": {"type": "string"},
        "article": {"type": "string", "description": "Texte appliqué ; vide quand aucun ne l'est"},
        "que_faire": {"type": "string"},
    },
}
PROBLEM = {
    "type": "object",
    "description": "Un problème (RFC 9457), en français : ce qui est refusé, pourquoi, et ce qu'il faut faire",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Le code, sous forme d'URN"},
        "title": {"type": "string", "description": "Ce qui est refusé : la même phrase pour le même code"},
        "status": {"type": "integer", "description": "Le statut HTTP de la réponse"},
        "code": {"type": "string", "description": "Code stable : c'est lui qu'un programme lit"},
        "detail": {"type": "string", "description": "Ce qui, dans cette demande, est refusé"},
        "article": {"type": "string", "description": "Texte appliqué ; vide quand aucun ne l'est"},
        "que_faire": {"type": "string", "description": "Comment obtenir ce qui était demandé"},
        "champ": {"type": "string", "description": "Le champ en cause, quand il n'y en a qu'un"},
        "erreurs": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/Faute"},
            "description": "Les erreurs trouvées, cinquante au plus",
        },
        "erreurs_non_listees": {"type": "integer", "description": "Combien d'autres erreurs ont été trouvées"},
        "accuse": {
            "type": "object",
            "additionalProperties": True,
            "description": "L'accusé métier du message (celui de sa réponse 200), quand il en a un : il nomme chaque erreur",
        },
    },
}
SENS = {
    400: "Le corps n'est pas du JSON en UTF-8",
    401: "Personne n'est reconnu : il manque un jeton, une session ou un certificat, ou il ne peut pas être cru",
    403: "Cet accès n'est pas ouvert à qui le demande : le code dit l'étape qui manque",
    404: "Rien n'est connu sous ce numéro ou à cette adresse",
    406: "Aucune forme de réponse demandée n'existe ici",
    409: "Refusé par le droit ou par l'état du dossier",
    413: "Le corps est trop volumineux",
    415: "Le Content-Type n'est pas accepté",
    421: "Cette machine ne répond pas à ce nom",
    422: "La demande ne respecte pas son schéma, ou son contenu est refusé",
    429: "Trop de demandes : réessayer après le délai que dit Retry-After",
    503: "Rien n'a été enregistré : réessayer après le délai que dit Retry-After, avec la même Idempotency-Key",
}
REUSSITES = {"200": "La réponse", "201": "Ce qui vient d'être fait", "204": "C'est fait, rien d'autre n'est à dire"}
SUITES: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "Comment être reconnu", "schema": {"type": "string"}}},
    429: {
        "Retry-After": {"description": "Secondes à attendre", "schema": {"type": "integer"}},
        "RateLimit-Policy": {"description": "La limite : combien, en combien de secondes", "schema": {"type": "string"}},
    },
    503: {"Retry-After": {"description": "Secondes à attendre", "schema": {"type": "integer"}}},
}
NOMMES = (
    *(("numero_fps", collection) for collection in ("/dossiers", "/fps", "/prises-en-charge", "/rapos")),
    *(("numero_requete", collection) for collection in ("/requetes", "/recours")),
)
LIGNES = (404, 409)  # of a batch: what refuses one line is told in the line
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


def _problems(outcomes: Iterable[Outcome], *, page: bool = False) -> dict[str, Any]:
    """The responses of what may be refused, status by status, with every code; on a page for people, the act is refused in the page."""
    codes: dict[int, dict[str, str]] = defaultdict(dict)
    for one in sorted(outcomes):
        codes[one.status][one.code] = "" if one.titre == problems.TITLES.get(one.status) else f" : {one.titre}"
    found: dict[str, Any] = {}
    for status, titres in sorted(codes.items()):
        listed = "\n".join(f"- `{code}`{titre}" for code, titre in titres.items())
        content: dict[str, Any] = {problems.MEDIA_TYPE: {"schema": _ref("Probleme")}}
        if page:
            content["text/html"] = {"schema": {"type": "string"}}
        found[str(status)] = {
            "description": f"{SENS[status]}.\n\n{listed}",
            "content": content,
            "x-codes": list(titres),
            **({"headers": SUITES[status]} if status in SUITES else {}),
        }
    return found


def _operation(cls: MessageClass, outcomes: Iterable[Outcome]) -> dict[str, Any]:
    parameter = KEY | {"description": "La même clé reçoit la même réponse ; sans clé, le contenu en tient lieu."}
    if cls.answer is not None:
        good = {"200": {"description": "Réponse métier", "content": {"application/json": {"schema": _ref(cls.answer.__name__)}}}}
    else:
        good = {"202": {"description": "Reçu", "content": {"application/json": {"schema": _ref("Recu")}}}}
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
        "responses": good | _problems(outcomes),
    }


def _batch(cls: MessageClass, outcomes: Iterable[Outcome]) -> dict[str, Any]:
    operation = _operation(cls, ())
    return operation | {
        "summary": f"{operation['summary']} (lot)",
        "description": f'NDJSON, {LOT} lignes au plus : {{"id": "clé d\'idempotence", "data": {{le message}}}}. Une réponse par ligne.',
        "operationId": f"{operation['operationId']}_lot",
        "parameters": [],
        "requestBody": {"required": True, "content": {NDJSON: {"schema": {"type": "string"}}}},
        "responses": {"200": {"description": "Un résultat par ligne", "content": {NDJSON: {"schema": {"type": "string"}}}}}
        | _problems(one for one in outcomes if one.status not in LIGNES),
    }


def _letters(service: Service, outcomes: Outcomes) -> Iterator[tuple[str, dict[str, Any]]]:
    """The routes of the letters: their bodies are those of the flow table, their refusals those of the act that each one brings."""
    for cls in received_by(service.party):
        if cls.channel in DOORS:
            act = service.definition.handlers[cls]
            asked = cls.channel is Channel.REST  # else a person writes: no certificate is asked
            alone, batch = (
                {
                    o
                    for o in outcomes.of(Gate._refused, droit_connu, *roots)
                    if asked or not o.code.startswith(("certificat-", "entete-certificat"))
                }
                for roots in ((door._endpoint(service, cls), Service._letter, act), (door._batch_endpoint(service, cls),))
            )
            yield cls.path, _operation(cls, alone - {ADRESSE})
            yield f"{cls.path}/lot", _batch(cls, batch)


def _refused(route: JsonRoute | APIRoute, path: str, method: str, dependant: Dependant, outcomes: Outcomes) -> set[Outcome]:
    """What a route may refuse: at the gate, at its doors, by its body, for its key, in its act."""
    roots: list[Any] = [Gate._refused, route.endpoint, *doors_of(dependant)]
    roots += getattr(route.endpoint, "__dict__", {}).get(ACTES, ())
    writes = method not in READING
    if isinstance(route, JsonRoute):
        if dependant.body_params:
            roots += [route.request.body, route.request.json]
        if writes and route.once:
            roots.append(Once.__call__)
    found = outcomes.of(*roots)
    if dependant.body_params:
        found |= outcomes.of(droit_connu)
    if any((dependant.path_params, dependant.query_params, dependant.header_params, dependant.body_params)):
        found |= outcomes.of(problems.malformed)
    if not writes:
        found = {one for one in found if one.code != OrigineRefusee.code}
    return found if "{" in path else found - {ADRESSE}


def droit_connu(historique: Historique, le: date) -> Any:
    """What every date that is given may be refused for: the values of the law are read through descriptors, which no name leads to."""
    return historique.en_vigueur(le)


def document(app: FastAPI, service: Service) -> dict[str, Any]:
    """The whole OpenAPI 3.1 document of a service."""
    address = service.settings.addresses[service.party].rstrip("/")
    found = get_openapi(
        title=app.title,
        version=app.version,
        description=NOTICE,
        routes=app.routes,
        license_info={"name": "EUPL 1.2", "identifier": "EUPL-1.2"},
        servers=[
            {"url": address, "description": "Le bac par défaut"},
            {
                "url": f"{address}/bacs/{{bac}}",
                "description": "Un bac à sable : un monde à vous",
                "variables": {"bac": {"default": "editeur", "description": "Le nom du bac"}},
            },
        ],
    )
    outcomes = Outcomes(service)
    messages = [m for m in received_by(service.party) if m.channel in DOORS]
    wanted = dict.fromkeys([*messages, *(m.answer for m in messages if m.answer is not None)])
    _, schemas = models_json_schema([(m, "validation") for m in wanted], ref_template="#/components/schemas/{model}")
    letters = {m.__name__: m for m in wanted}
    components = found.setdefault("components", {}).setdefault("schemas", {})
    _one_shape_a_name(components, schemas.get("$defs", {}))
    components |= (
        schemas.get("$defs", {})
        | {"Probleme": PROBLEM, "Faute": FAUTE}
        | ({"Recu": RECU} if any(m.answer is None for m in messages) else {})
    )
    for context in routes_of(app):
        path, route = str(context.path_format), context.route
        for method in context.methods or ():
            operation = found["paths"][path][method.lower()]
            operation["security"] = securite(portes_of(context.dependant))
            if method not in READING:
                operation.setdefault("parameters", []).append(KEY | {"description": KEPT})
            operation["responses"].pop("422", None)  # FastAPI's own, which no route answers
            for status, response in operation["responses"].items():
                if response.get("description") == "Successful Response":
                    response["description"] = REUSSITES[status]
            for media in operation.get("requestBody", {}).get("content", {}).values():
                if (letter := letters.get(media["schema"].get("$ref", "").rpartition("/")[2])) is not None:
                    media["examples"] = {"exemple": {"value": letter.example}}
            content = operation["responses"].get("200", {}).get("content", {})
            refused = _refused(route, path, method, context.dependant, outcomes)
            if NDJSON in content and method not in READING:
                refused = {one for one in refused if one.status not in LIGNES}
            for status, problem in _problems(refused, page="text/html" in content).items():
                known = operation["responses"].setdefault(status, problem)
                if known is not problem:  # the route has its own answer of that status, beside the problem
                    known["content"] = {**known.get("content", {}), **problem["content"]}
                    known["description"] = f"{known['description']} ; ou : {problem['description']}"
                    known["x-codes"] = problem["x-codes"]
    found["paths"] |= {path: {"post": operation} for path, operation in _letters(service, outcomes)}
    if "JsonValue" in components:
        components["JsonValue"] = {"description": "Une valeur JSON : une date, un montant en centimes, un texte, une liste…"}
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    used = {name for operations in found["paths"].values() for o in operations.values() for way in o["security"] for name in way}
    found["components"]["securitySchemes"] = {name: scheme for name, scheme in SECURITE.items() if name in used}
    for schema in list(components.values()):
        discriminated(schema, components)
    found["paths"] = dict(sorted(found["paths"].items()))
    _dated(found)
    _linked(found["paths"], components)
    return found


def _dated(found: dict[str, Any]) -> None:
    """Each answer that is about a bac says its instant."""
    found["components"]["headers"] = {INSTANT: {"description": DIT, "schema": {"type": "string", "format": "date-time"}}}
    for path, operations in found["paths"].items():
        if bac_de(path, "bac") is not None:
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if status.startswith("2"):
                        response["headers"] = {**response.get("headers", {}), INSTANT: {"$ref": f"#/components/headers/{INSTANT}"}}


def _one_shape_a_name(routes: dict[str, Any], letters: dict[str, Any]) -> None:
    """Raises ValueError when a model of a route and a part of a letter have one name and two shapes: one would be told for the other."""
    for name in sorted(routes.keys() & letters.keys()):
        if routes[name].get("properties", {}).keys() != letters[name].get("properties", {}).keys():
            raise ValueError(f"« {name} » nomme dans ce contrat deux formes : donnez un autre nom à l'une")


def _linked(paths: dict[str, Any], components: dict[str, Any]) -> None:
    """What an answer names leads to the operations about it: the life of a dossier, request after request."""
    about: dict[str, list[tuple[str, str]]] = defaultdict(list)  # by collection: the parameter and the operations under it
    for path, operations in paths.items():
        if (found := re.match(r"(/[a-z-]+)/\{(\w+)\}", path)) and path.count("{") == 1:
            about[found[1]] += ((found[2], operation["operationId"]) for operation in operations.values())
    for path, operations in paths.items():
        for operation in operations.values():
            for status in ("200", "201"):
                response = operation["responses"].get(status, {})
                schema = response.get("content", {}).get("application/json", {}).get("schema", {})
                fields = components.get(schema.get("$ref", "").rpartition("/")[2], {}).get("properties", {})
                for name, collection, where in _names(path, fields):
                    for parameter, target in about.get(collection, ()):
                        if parameter == name:
                            link = {"operationId": target, "parameters": {name: f"$response.body#/{where}"}}
                            response.setdefault("links", {})[target] = link
                for target, parameters in _under(path, fields, paths):
                    response.setdefault("links", {}).setdefault(target, {"operationId": target, "parameters": parameters})


def _under(path: str, fields: dict[str, Any], paths: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """The operations below an address, about what its answer names: the rest of their address is that of the request."""
    for below, operations in paths.items():
        if "{" in path and below.startswith(f"{path}/{{"):
            asked = re.findall(r"\{(\w+)\}", below.removeprefix(path))
            if all(name in fields for name in asked):
                given = {name: f"$request.path.{name}" for name in re.findall(r"\{(\w+)\}", path)}
                for operation in operations.values():
                    yield operation["operationId"], given | {name: f"$response.body#/{name}" for name in asked}


def _names(path: str, fields: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The parameter, the collection and the place in the answer of each thing that an answer names."""
    if "numero" in fields and path.count("/") == 1:
        yield "numero", path, "numero"
    if "elements" in fields:
        yield "numero", path, "elements/0/numero"
        yield "numero", path, "elements/0/numero_fps"
    if path.startswith("/flux/"):
        yield from (("numero", collection, place) for place, collection in NOMMES if place in fields)
