"""The language of the lives as its pages tell it: what each act gives is read in the contract of the service that it asks."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from fps.parties import LIBELLES, SERVICES, Party
from fps_console.documentation.fiches import anchor, grid
from fps_simulateur.langue.actes import ACTES, VUES, Acte
from fps_simulateur.langue.modele import Etape, Vie, catalogue
from fps_simulateur.langue.schema import avec, dedans
from fps_simulateur.pilote.reperes import REPERES


def corps_des_actes(contracts: Mapping[Party, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The properties of the body, or of the query, of each act that is no letter, by its name."""
    return {un.nom: _corps(un, contracts[un.a]) for un in ACTES.values() if un.message is None}


def _corps(un: Acte, contract: Mapping[str, Any]) -> dict[str, Any]:
    (operation,) = (
        operations[un.methode.lower()]
        for route, operations in contract["paths"].items()
        if _forme(route) == _forme(un.route) and un.methode.lower() in operations
    )
    found = {
        p["name"]: {"description": p.get("description", ""), **p["schema"]} for p in operation.get("parameters", ()) if p["in"] == "query"
    }
    contenu = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    for part in (contenu, *contenu.get("anyOf", ())):
        if "$ref" in part:
            found |= contract["components"]["schemas"][part["$ref"].rpartition("/")[2]].get("properties", {})
    return {mot: une | dedans(une, contract["components"]["schemas"]) for mot, une in found.items()}


def champs_des_vues(contracts: Mapping[Party, Mapping[str, Any]]) -> dict[Party, dict[str, Any]]:
    """What each service shows of a dossier: field by field, with the values of those that have a list."""
    found: dict[Party, dict[str, Any]] = {}
    for party, vue in VUES.items():
        parts = contracts[party]["components"]["schemas"]
        (answer,) = (ops["get"]["responses"]["200"] for route, ops in contracts[party]["paths"].items() if _forme(route) == _forme(vue))
        champs = parts[_nom(answer["content"]["application/json"]["schema"])]["properties"]
        found[party] = {mot: {**(parts[_nom(une)] if "$ref" in une else {}), **une} for mot, une in champs.items()}
        for une in found[party].values():
            if une.get("type") == "object":  # the words of a part are not those of a field
                une.pop("description", None)
    return found


def _nom(part: Mapping[str, Any]) -> str:
    return str(part["$ref"]).rpartition("/")[2]


def _forme(route: str) -> str:
    return re.sub(r"\{\w+\}", "{}", route)


def reference(contracts: Mapping[Party, Mapping[str, Any]]) -> str:
    """The words of a life, of a step, the days that have a name, and each act: what it gives, by default, and a step of the catalogue."""
    corps = corps_des_actes(contracts)
    blocks = [
        "### Une vie",
        grid(("mot", "sens", "à défaut"), _champs(Vie)),
        "### Une étape",
        grid(("mot", "sens", "à défaut"), _champs(Etape)),
        f"### Les jours qui ont un nom\n\n{', '.join(f'`{nom}`' for nom in REPERES)}.\n\n"
        "Avec `+` ou `-` un nombre de jours, de semaines, de mois ou d'ans ; avec « la veille de », « le lendemain de » ; à une heure\n"
        "(`à 10 h 30`), sinon le soir. C'est le jour qui est prévu, sinon le dernier qui est passé, sinon celui qui viendra.",
    ]
    for party in SERVICES:
        blocks.append(f"### Ce qui se demande à : {LIBELLES[party]}")
        blocks += [_acte(un, corps) for un in ACTES.values() if un.a is party]
    return "\n\n".join(blocks)


def _champs(model: type[Vie] | type[Etape]) -> Iterator[tuple[str, str, str]]:
    for nom, champ in model.model_fields.items():
        defaut = None if champ.is_required() else champ.get_default(call_default_factory=True)
        yield f"`{nom}`", str(champ.description), f"`{defaut}`" if defaut else "—"


def _acte(un: Acte, corps: Mapping[str, dict[str, Any]]) -> str:
    mots = avec(un, corps)
    donnes = {mot: valeur for mot, valeur in un.defauts.items() if mot in mots or isinstance(valeur, dict)}
    lignes = [f"**{un.nom}** — {un.sens}", f"`avec` : {', '.join(f'`{mot}`' for mot in mots) or 'rien'}."]
    if un.message is not None:
        lignes.append(f"À défaut : l'[exemple](flux.md#{anchor(un.message)}) du message, avec les numéros du dossier.")
    elif donnes:
        lignes.append(f"À défaut : `{_yaml(donnes)}`.")
    if exemple := _exemple(un):
        lignes.append(f"Au catalogue : `{exemple}`.")
    return "\n".join(f"{'  ' if rang else ''}- {ligne}" for rang, ligne in enumerate(lignes))


def _exemple(un: Acte) -> str:
    """The first step of the catalogue that does it."""
    faites = (e for vie in catalogue() for e in vie.etapes if e.acte == un.nom)
    return next((_yaml({"acte": e.acte, **({"avec": e.avec} if e.avec else {})}) for e in faites), "")


def _yaml(donnees: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(donnees), allow_unicode=True, default_flow_style=True, sort_keys=False, width=10_000).strip()
