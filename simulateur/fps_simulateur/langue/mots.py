"""The words that each act takes in « avec », at every depth, as the published schema and the messages say them, told before playing."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from fps.messages.mfps import CreationFps
from fps_simulateur.langue.actes import ACTES
from fps_simulateur.langue.fautes import Chemin, proche


@cache
def mots_de(acte: str) -> frozenset[str]:
    """What an act may be given; empty for one that the installed schema does not know."""
    return _tous().get(acte, frozenset())


@cache
def _tous() -> Mapping[str, frozenset[str]]:
    schema = json.loads((files("fps_simulateur.langue") / "vie.schema.json").read_text("utf-8"))
    regles = schema["$defs"]["Etape"]["allOf"]
    return {
        regle["if"]["properties"]["acte"]["const"]: frozenset(regle["then"]["properties"]["avec"]["properties"])
        for regle in regles
        if "acte" in regle["if"].get("properties", {})
    }


def inconnus(etapes: Sequence[Any]) -> Iterator[tuple[Chemin, str]]:
    """Each word of an « avec » that its act does not take: where it stands from the life on, and the nearest one."""
    for rang, etape in enumerate(etapes):
        acte, avec = etape.get("acte"), etape.get("avec")
        connus = mots_de(acte) if isinstance(acte, str) else frozenset()
        for mot in avec if connus and isinstance(avec, Mapping) else ():
            if mot not in connus:
                phrase = f"« {mot} » n'est pas un mot de « {acte} »{proche(str(mot), connus) or f' : il prend {_liste(connus)}'}"
                yield ("etapes", rang, "avec", str(mot)), phrase
            elif mot in (dedans := _dedans(str(acte))):
                for chemin, nom, permis in _perdus(avec[mot], dedans[mot]):
                    dans = next((pas for pas in reversed(chemin[:-1]) if isinstance(pas, str)), mot)
                    phrase = f"« {nom} » n'est pas un mot de « {dans} »{proche(nom, permis) or f' : il prend {_liste(frozenset(permis))}'}"
                    yield ("etapes", rang, "avec", str(mot), *chemin), phrase


@cache
def _dedans(acte: str) -> Mapping[str, Any]:
    """The words inside those of an act, as the message says them that it sends; inside a vehicle, wherever one is given."""
    un = ACTES.get(acte)
    if un is None:
        return {}
    found = {} if un.message is None else _mots(un.message.model_json_schema())
    if "vehicule" in un.defauts:
        found["vehicule"] = _mots(CreationFps.model_json_schema())["vehicule"]
    return {mot: suite for mot, suite in found.items() if suite}


def _mots(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What a schema has inside, word by word, each with what it has inside; empty for what has no words of its own."""
    parts = schema.get("$defs", {})

    def lire(une: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        branches = [une, *une.get("anyOf", ()), *une.get("oneOf", ()), *([une["items"]] if isinstance(une.get("items"), Mapping) else ())]
        for branche in branches[1:]:
            found |= lire(branche)
        if "$ref" in une:
            found |= lire(parts[une["$ref"].rpartition("/")[2]])
        return found | {mot: lire(suite) for mot, suite in une.get("properties", {}).items()}

    return lire(schema)


def _perdus(valeur: Any, mots: Mapping[str, Any]) -> Iterator[tuple[Chemin, str, Sequence[str]]]:
    """The words of a value that are none: where from it on, the word, those that it could be."""
    if isinstance(valeur, list):
        for rang, une in enumerate(valeur):
            yield from (((rang, *chemin), nom, permis) for chemin, nom, permis in _perdus(une, mots))
    elif isinstance(valeur, Mapping) and mots:
        for mot, suite in valeur.items():
            if mot not in mots:
                yield (str(mot),), str(mot), sorted(mots)
            else:
                yield from (((str(mot), *chemin), nom, permis) for chemin, nom, permis in _perdus(suite, mots[mot]))


def _liste(mots: frozenset[str]) -> str:
    return ", ".join(sorted(mots))
