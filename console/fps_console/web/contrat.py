"""The OpenAPI contract of the console's own routes: those that move a world, and that give it its towns."""

from typing import Any, Final

from fps.kit.ground.settings import CONSOLE_PORT
from fps.kit.web.keys import EN_TETE, LONGUEUR
from fps.villes.commune import Commune
from fps_console.commandes.output import SPECIMEN
from fps_console.web.pilotage import ATTENTE
from fps_console.web.villes import JSON, YAML
from fps_simulateur.langue.villes import FichierVille
from fps_simulateur.pilote.produit import PATIENCE

REF: Final = "#/components/schemas/"
PROBLEME: Final = "application/problem+json"
TEXTE: Final = {"type": "string"}
SIRET: Final = {"type": "string", "pattern": "^[0-9]{14}$", "description": "SIRET, 14 chiffres"}
JOUR: Final = {"type": "string", "format": "date"}
CLE: Final = {
    "name": EN_TETE,
    "in": "header",
    "required": False,
    "schema": {**TEXTE, "minLength": 1, "maxLength": LONGUEUR},
    "description": "Une clé par demande : la même demande avec la même clé n'est faite qu'une fois, et finie si elle avait été coupée",
}
DES_CLES: Final = ("cle-idempotence-invalide", "cle-idempotence-reutilisee")
REFUS: Final = {
    400: ("Le corps n'est pas du JSON en UTF-8", ("json-invalide", "encodage-invalide", "marque-d-ordre-des-octets")),
    401: ("Le jeton de pilotage manque ou n'est pas le bon", ("jeton-requis",)),
    404: ("Ce bac n'existe pas, ou personne ne lui a rien dit de cette collectivité", ("bac-inconnu", "siret-inconnu", "ville-non-donnee")),
    409: ("L'état du bac s'y oppose", ("ville-existante", "ville-avec-dossiers")),
    413: ("Le corps est trop grand", ("corps-trop-grand",)),
    415: ("Le corps n'est pas annoncé comme cette adresse le prend", ("type-de-contenu",)),
    422: ("La demande ne peut pas être comprise, ou une collectivité est mal décrite", ("demande-invalide", "ville-illisible", *DES_CLES)),
    502: ("Un service a répondu autre chose qu'un refus", ("service-en-panne",)),
    503: ("Un service ne répond pas ; ce que les autres avaient gardé leur est repris", ("service-injoignable",)),
}
AVANCE: Final = {
    **REFUS,
    404: ("Ce bac n'existe pas", ("bac-inconnu",)),
    409: (
        "Le bac ne peut pas avancer ainsi",
        ("retour-en-arriere", "avance-en-cours", "bac-courant", "courrier-en-retard", "produit-muet"),
    ),
}


def _objet(description: str, exiges: tuple[str, ...] = (), **champs: Any) -> dict[str, Any]:
    """An object of these fields and of no other."""
    return {
        "type": "object",
        "description": description,
        "properties": champs,
        "required": [*exiges],
        "additionalProperties": False,
    }


def _schemas() -> dict[str, Any]:
    """What the routes take and give; the town itself is the model of the files."""
    schemas: dict[str, Any] = {}
    for model in (Commune, FichierVille):
        lu = model.model_json_schema(ref_template=f"{REF}{{model}}")
        schemas |= lu.pop("$defs")
        schemas[model.__name__] = lu
    depuis = {**JOUR, "type": ["string", "null"], "description": "Premier jour de cette configuration ; à défaut, le 1er janvier 2018"}
    schemas["VilleDonnee"] = _objet(
        "La configuration d'une collectivité, à partir d'un jour", ("commune",), depuis=depuis, commune={"$ref": f"{REF}Commune"}
    )
    schemas["VilleVue"] = _objet(
        "Une collectivité du bac, telle qu'elle est configurée à sa date",
        ("siret", "nom", "type", "cycle", "zones", "depuis"),
        siret=SIRET,
        nom=TEXTE,
        type=TEXTE,
        cycle=TEXTE,
        zones={"type": "array", "items": TEXTE},
        depuis={"type": "array", "items": JOUR, "description": "Premier jour de chacune de ses configurations"},
    )
    schemas["VillesDonnees"] = {
        "description": "Un SIRET seul, avec la configuration par défaut, ou des configurations entières",
        "oneOf": [
            _objet("Un SIRET seul", ("siret",), siret=SIRET, nom={"type": ["string", "null"], "description": "Nom de la collectivité"}),
            _objet("Des configurations", ("villes",), villes={"type": "array", "minItems": 1, "items": {"$ref": f"{REF}VilleDonnee"}}),
        ],
        "example": {"siret": "21690123100011", "nom": "Ville d'Exemple"},
    }
    schemas["Avance"] = {
        **_objet(
            "Jusqu'où avancer : « jusqua », « de » ou « a », un seul des trois",
            jusqua={**TEXTE, "description": "Un jour (à 20:00, heure de Paris), ou un instant ISO 8601"},
            de={**TEXTE, "description": "Une durée ISO 8601 : P3M, P6D"},
            a={**TEXTE, "description": "Un jour qui a un nom : prochaine, titre, limite-paiement…"},
            dossier={**TEXTE, "description": "Le dossier dont c'est le jour, avec « a »"},
            attente={
                "type": "number",
                "minimum": 0,
                "maximum": ATTENTE,
                "default": PATIENCE,
                "description": "Secondes laissées à un produit pour acquitter sa lettre de temps",
            },
        ),
        "example": {"de": "P3M"},
    }
    schemas["Avancee"] = {
        "type": "object",
        "description": "L'état du bac, puis ce qui s'est passé, fait par fait",
        "required": ["instant", "evenements", "mention"],
        "properties": {
            "instant": {"type": "string", "format": "date-time"},
            "evenements": {"type": "array", "items": {"type": "object"}},
            "mention": TEXTE,
        },
    }
    schemas["Faute"] = _objet(
        "Une erreur, et où elle est",
        ("champ", "phrase"),
        champ={**TEXTE, "description": "Le champ, ou la ligne et la colonne du fichier"},
        phrase=TEXTE,
        code=TEXTE,
        article=TEXTE,
        que_faire=TEXTE,
    )
    schemas["Probleme"] = {
        "type": "object",
        "description": "Un problème (RFC 9457), en français : ce qui est refusé, pourquoi, et ce qu'il faut faire",
        "required": ["type", "title", "status", "code", "detail", "que_faire"],
        "properties": {
            **dict.fromkeys(("type", "title", "code", "detail", "que_faire"), TEXTE),
            "status": {"type": "integer"},
            "service": {**TEXTE, "description": "Le service qui a refusé"},
            "erreurs": {"type": "array", "items": {"$ref": f"{REF}Faute"}},
        },
    }
    return schemas


def _operation(
    nom: str, resume: str, statut: int, rendu: dict[str, Any] | None, refus: tuple[int, ...], table: Any = None, **plus: Any
) -> dict[str, Any]:
    """One operation: how it succeeds, and each way in which it is refused."""
    connus = REFUS if table is None else table
    reussi: dict[str, Any] = {"description": "Fait"}
    if rendu is not None:
        reussi["content"] = {JSON: {"schema": rendu}}
    reponses: dict[str, Any] = {str(statut): reussi}
    for code in refus:
        sens, codes = connus[code]
        reponses[str(code)] = {
            "description": sens + " : " + ", ".join(f"`{un}`" for un in codes),
            "content": {PROBLEME: {"schema": {"$ref": f"{REF}Probleme"}}},
            "x-codes": [*codes],
        }
    return {"operationId": nom, "summary": resume, "security": [{"pilotage": []}], "responses": reponses, **plus}


def _chemin(nom: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": nom, "in": "path", "required": True, "schema": schema}


def document(serveur: str = f"http://127.0.0.1:{CONSOLE_PORT}") -> dict[str, Any]:
    """The whole contract, served at that address."""
    vues = {"type": "array", "items": {"$ref": f"{REF}VilleVue"}}
    donnees = {"type": "array", "items": {"$ref": f"{REF}VilleDonnee"}}
    essai = {
        "name": "essai",
        "in": "query",
        "schema": {"type": "string", "enum": ["true", "false"], "default": "false"},
        "description": "Tout vérifier, ne rien garder (200)",
    }
    corps = {
        "required": True,
        "content": {JSON: {"schema": {"$ref": f"{REF}VillesDonnees"}}, YAML: {"schema": {"$ref": f"{REF}FichierVille"}}},
    }
    donner = _operation(
        "donner_villes",
        "Donner des collectivités aux quatre services, ou à aucun",
        201,
        vues,
        (*REFUS,),
        requestBody=corps,
        parameters=[essai, CLE],
    )
    donner["responses"]["200"] = {"description": "Tout est bon ; rien n'est gardé", "content": {JSON: {"schema": vues}}}
    avance = {"required": True, "content": {JSON: {"schema": {"$ref": f"{REF}Avance"}}}}
    bac = _chemin("bac", {**TEXTE, "pattern": "^[a-z0-9-]{1,40}$"})
    lus = (401, 404, 502, 503)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Console du simulateur",
            "description": f"{SPECIMEN}. Ce que la console fait des quatre services à la fois ; chacun a son propre contrat.",
            "version": "1",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": serveur}],
        "paths": {
            "/pilotage/bacs/{bac}/avance": {
                "parameters": [bac],
                "post": _operation(
                    "avancer",
                    "Avancer la date d'un bac, et dire ce qui s'est passé",
                    200,
                    {"$ref": f"{REF}Avancee"},
                    (*AVANCE,),
                    AVANCE,
                    parameters=[CLE],
                    requestBody=avance,
                ),
            },
            "/pilotage/bacs/{bac}/villes": {
                "parameters": [bac],
                "get": _operation("lister_villes", "Lister les collectivités d'un bac", 200, vues, lus),
                "post": donner,
            },
            "/pilotage/bacs/{bac}/villes/{siret}": {
                "parameters": [bac, _chemin("siret", SIRET)],
                "get": _operation("montrer_ville", "Lire les configurations d'une collectivité", 200, donnees, lus),
                "delete": _operation(
                    "retirer_ville", "Retirer une collectivité sans dossier", 204, None, (401, 404, 409, 422, 502, 503), parameters=[CLE]
                ),
            },
        },
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"pilotage": {"type": "http", "scheme": "bearer", "description": "Le jeton de pilotage"}},
        },
    }
