"""The contract of the « pilote d'essai » as OpenAPI: what an editor gives to its tools."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from fps.kit.app.variantes import discriminated
from fps_certification.epreuves.lecture import epreuves
from fps_certification.sujets import formes as f
from fps_certification.sujets.contrat import ACTIONS, CONNEXIONS, ETATS, LIRE, Action

VERSION = "1.0.0"
SENS = """SPÉCIMEN — environnement simulé. Ce que `fps certifier` demande à un produit piloté par HTTP : douze actions au plus,
chacune `POST <adresse>/<action>`. Ce contrat est celui du simulateur ; le produit l'implémente à côté de ses portes, pour ses essais
seulement.

Une action que le produit ne fait pas répond 501 : ce qu'elle aurait prouvé n'est pas prouvé. Un refus du métier répond 409 et son code.
Le corps porte `bac` : chaque épreuve se joue dans une copie du bac où le produit est enrôlé ; ses messages vont sous `/bacs/<bac>` de
chaque service. Un champ que le produit ne connaît pas s'ignore. La réponse vient quand l'action est faite, et transmise s'il y a lieu,
sous le délai du plan (30 s à défaut).

Avant de répondre à `lire`, le produit relève ses lettres : c'est d'elles qu'il apprend un paiement, un rejet, une décision."""


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    modeles: list[type[BaseModel]] = [f.Refus, *dict.fromkeys(m for a in ACTIONS.values() for m in (a.entree, a.sortie))]
    _, found = models_json_schema([(m, "validation") for m in modeles], ref_template="#/components/schemas/{model}")
    schemas = found["$defs"]
    schemas[LIRE.sortie.__name__]["properties"]["etat"]["enum"] = [*ETATS, *CONNEXIONS]
    for schema in schemas.values():
        schema.pop("description", None)  # in English, for those who read the code
        discriminated(schema, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pilote d'essai d'un produit (SPÉCIMEN — environnement simulé)",
            "version": VERSION,
            "description": SENS,
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": "http://127.0.0.1:9000", "description": "L'adresse que donne `fps certifier --pilote`"}],
        "security": [],
        "paths": {f"/{action.nom}": {"post": _operation(action)} for action in ACTIONS.values()},
        "components": {"schemas": schemas},
    }


def _operation(action: Action) -> dict[str, Any]:
    return {
        "operationId": action.nom,
        "summary": action.sens,
        "requestBody": {"required": True, "content": _json(action.entree)},
        "responses": {
            "200": {"description": "C'est fait", "content": _json(action.sortie)},
            "409": {"description": _refus(action), "content": _json(f.Refus)},
            "501": {"description": "Le produit ne fait pas cela"},
        },
    }


def _refus(action: Action) -> str:
    """What a refusal says: the codes that the checks await of this action, read in them."""
    attendus = sorted({e.refus for vie in epreuves().values() for e in vie.etapes if e.acte == action.acte and e.refus is not None})
    codes = ", ".join(f"`{code}`" for code in attendus)
    return "Le produit refuse, et dit pourquoi" + (f" ; les épreuves attendent {codes}" if codes else "")


def _json(modele: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{modele.__name__}"}}}
