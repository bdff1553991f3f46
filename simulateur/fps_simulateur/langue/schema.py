"""The JSON Schema of the language, which an editor reads to complete and to check a file of lives as it is written."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from fps.flows import MESSAGES
from fps.parties import Party
from fps.villes.catalogue import par_nom
from fps_simulateur.langue.actes import ACTES, Acte, courts
from fps_simulateur.langue.modele import Vie, court
from fps_simulateur.langue.moments import COMMENT
from fps_simulateur.pilote.reperes import REPERES

TITRE: Final = "Des vies de dossiers de forfait de post-stationnement"
MENTION: Final = "Un fichier de vies, que « fps play » joue. SPÉCIMEN — environnement simulé"
UNE_VIE: Final = "Une vie entière : son titre, son premier jour, les dossiers qui y naissent, les étapes dans l'ordre."
UNE_ETAPE: Final = "Une étape : le jour vient, quelqu'un agit, puis on compare ce qu'on attend à ce qui est trouvé."
DU_DOSSIER: Final = ("numero", "requete", "siret", "siret_ville", "controle")  # known of the dossier, or kept: rarely given
Champs = Mapping[str, Mapping[str, Any]]


def schema(corps: Mapping[str, Champs], vues: Mapping[Party, Champs], refus: Iterable[str]) -> dict[str, Any]:
    """The schema, from what the contracts of the services say.

    `corps`: the properties of the body of each act that is no letter; `vues`: what each service shows of a dossier; `refus`: the codes.
    """
    found = TypeAdapter(list[Vie]).json_schema()
    parts = found["$defs"]
    parts.pop("Moment", None)
    etape, vie = parts["Etape"], parts["Vie"]
    vie["description"], etape["description"] = UNE_VIE, UNE_ETAPE
    etape["properties"]["le"] = _le()
    etape["properties"]["refus"]["examples"] = sorted(refus)
    for party, champs in vues.items():  # a hint: a path (« decision.frais ») is a field too, and a variable a value
        etape["properties"][party.value]["properties"] = {mot: dict(_hint(une)) for mot, une in champs.items()}
    etape["properties"]["acte"] = {"description": "Ce que quelqu'un fait", "oneOf": [_mot(un.nom, un.sens) for un in ACTES.values()]}
    etape["allOf"] = [
        {"if": _est(un), "then": {"properties": {"avec": {"properties": autres(un) | avec(un, corps), "additionalProperties": False}}}}
        for un in ACTES.values()
    ]
    types = sorted(court(m) for m in MESSAGES)
    etape["properties"]["courriers"] = {
        "description": "Tous les courriers du dossier, dans l'ordre",
        "type": "array",
        "items": {"enum": types},
    }
    for nom in ("recus", "contenu"):
        etape["properties"][nom]["propertyNames"] = {"enum": types}
    noms = [_mot(nom, commune.nom) for nom, commune in par_nom().items()]
    fichier = {"type": "string", "pattern": r"\.ya?ml$|\{", "description": "Le chemin d'un fichier de ville, ou une variable"}
    vie["properties"]["ville"]["oneOf"][:1] = [*noms, fichier]
    vie["properties"]["vie"]["pattern"] = "^[a-z0-9{][a-z0-9{}_-]*$"
    vie["properties"]["depart"].pop("format")  # or a variable
    for une in (*vie["properties"].values(), *etape["properties"].values()):
        if une.get("default", "") is None:  # an editor would write it
            del une["default"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": TITRE, "description": MENTION, **found}


def avec(un: Acte, corps: Mapping[str, Champs]) -> dict[str, dict[str, Any]]:
    """What an act gives, word by word: what its letter or its route says, its short words, the names of its address."""
    propres: Champs = corps.get(un.nom, {})
    if un.message is not None:
        contrat = un.message.model_json_schema()
        propres = {mot: une | dedans(une, contrat.get("$defs", {})) for mot, une in contrat["properties"].items()}
    found = {mot: dict(_champ(mot, une, un)) for mot, une in propres.items()}
    for mot, dit in _a_soi(un):
        found[mot] = {"description": dit}
    return found


def dedans(une: Mapping[str, Any], parts: Mapping[str, Any]) -> dict[str, Any]:
    """The words inside a field, those of all its forms together, and no other; empty when it has none, or takes any.

    `parts`: what its references name. No type is said: a variable may stand for the whole.
    """
    mots: dict[str, list[Any]] = {}
    elements: list[Any] = []
    for forme in _formes(une, parts):
        if forme.get("type") == "object" and not forme.get("properties"):
            return {}
        for mot, suite in forme.get("properties", {}).items():
            mots.setdefault(mot, []).append(suite)
        if isinstance(forme.get("items"), Mapping):
            elements.append(forme["items"])
    found: dict[str, Any] = {}
    if mots:
        found["properties"] = {mot: dict(_hint(suites[0])) | dedans({"anyOf": suites}, parts) for mot, suites in mots.items()}
        found["additionalProperties"] = False
    if elements and (un := dedans({"anyOf": elements}, parts)):
        found["items"] = un
    return found


def _formes(une: Mapping[str, Any], parts: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Each form that a field may have, its references followed."""
    if "$ref" in une:
        yield from _formes(parts[une["$ref"].rpartition("/")[2]], parts)
        return
    yield une
    for autre in (*une.get("anyOf", ()), *une.get("oneOf", ()), *une.get("allOf", ())):
        yield from _formes(autre, parts)


def autres(un: Acte) -> dict[str, dict[str, Any]]:
    """What an act takes from the dossier, and may be given: the number of another one, or of none."""
    return {place: {"description": "Un autre que celui du dossier"} for place in un.places if place in DU_DOSSIER}


def _a_soi(un: Acte) -> Iterator[tuple[str, str]]:
    for place in un.places:
        if place not in DU_DOSSIER:
            yield place, "Ce que l'adresse de l'acte nomme"
    if un.pilote:
        yield "service", "Le service dont les échanges sont dérangés : antai, dgfip, ccsp ; à défaut celui du type de lettre, ou les trois"
    if un.defauts.get("siret") == "{siret_ville}" or "siret_ville" in un.places:
        yield "ville", "Une autre ville que celle de la vie, par son nom"
    yield from courts(un).items()


def _hint(une: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What helps to write, and refuses nothing."""
    if dit := une.get("description"):
        yield "description", dit
    if valeurs := une.get("enum"):
        yield "examples", valeurs


def _champ(mot: str, une: Mapping[str, Any], un: Acte) -> Iterator[tuple[str, Any]]:
    yield from _hint(une)
    yield from ((dit, une[dit]) for dit in ("properties", "additionalProperties") if "properties" in une)
    if "properties" in une.get("items", {}):
        yield "items", une["items"]
    if mot in un.defauts:
        yield "default", un.defauts[mot]


def _est(un: Acte) -> dict[str, Any]:
    return {"properties": {"acte": {"const": un.nom}}, "required": ["acte"]}


def _mot(nom: str, dit: str) -> dict[str, Any]:
    return {"const": nom, "description": dit}


def _le() -> dict[str, Any]:
    exemples = ["2023-09-28", "J", "J+5", "notification + 1 mois", "la veille de la limite de paiement", *REPERES]
    dit = f"Le jour qui vient : {COMMENT} ; le soir, ou à l'heure dite (« à 10 h »)"
    return {"description": dit, "type": "string", "examples": exemples}
