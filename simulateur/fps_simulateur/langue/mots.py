"""The words that each act takes in « avec », at every depth, and those of what is expected, by the schema, told before playing."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from fps.parties import SERVICES
from fps_simulateur.langue.fautes import Chemin, proche
from fps_simulateur.langue.publies import publie

Mots = Mapping[str, Mapping[str, Any]]  # each word, with what the schema says of it


@cache
def mots_de(acte: str) -> frozenset[str]:
    """What an act may be given; empty for one that the installed schema does not know."""
    return frozenset(_tous().get(acte, ()))


@cache
def _etape() -> Mapping[str, Any]:
    return dict(json.loads(publie("vie"))["$defs"]["Etape"])


@cache
def _tous() -> Mapping[str, Mots]:
    regles = _etape()["allOf"]
    return {
        regle["if"]["properties"]["acte"]["const"]: regle["then"]["properties"]["avec"]["properties"]
        for regle in regles
        if "acte" in regle["if"].get("properties", {})
    }


def inconnus(etapes: Sequence[Any]) -> Iterator[tuple[Chemin, str]]:
    """Each word that an act does not take, or that can never be as expected: where it stands from the life on, and the nearest one."""
    for rang, etape in enumerate(etapes):
        acte, avec = etape.get("acte"), etape.get("avec")
        connus = mots_de(acte) if isinstance(acte, str) else frozenset()
        for mot in avec if connus and isinstance(avec, Mapping) else ():
            if mot not in connus:
                phrase = f"« {mot} » n'est pas un mot de « {acte} »{proche(str(mot), connus) or f' : il prend {_liste(connus)}'}"
                yield ("etapes", rang, "avec", str(mot)), phrase
            else:
                for chemin, nom, permis in _perdus(avec[mot], _tous()[str(acte)][mot]):
                    dans = next((pas for pas in reversed(chemin[:-1]) if isinstance(pas, str)), mot)
                    phrase = f"« {nom} » n'est pas un mot de « {dans} »{proche(nom, permis) or f' : il prend {_liste(frozenset(permis))}'}"
                    yield ("etapes", rang, "avec", str(mot), *chemin), phrase
        yield from ((("etapes", rang, *chemin), phrase) for chemin, phrase in _attendus(etape))


def _attendus(etape: Mapping[str, Any]) -> Iterator[tuple[Chemin, str]]:
    """What a step expects that can never be: a code that no refusal has, a field that a service does not show, a letter of no kind."""
    dits = _etape()["properties"]
    refus = etape.get("refus")
    if isinstance(refus, str) and "{" not in refus and refus not in (codes := dits["refus"]["examples"]):
        yield ("refus",), f"« {refus} » n'est le code d'aucun refus{proche(refus, codes)}"
    for party in SERVICES:
        for champ in etape.get(party.value) or ():
            montres = dits[party.value]["properties"]
            premier = str(champ).partition(".")[0]
            if "{" not in premier and premier not in montres:
                yield (party.value, str(champ)), f"« {premier} » n'est pas un champ que montre « {party.value} »{proche(premier, montres)}"
    types = dits["courriers"]["items"]["enum"]
    for mot in ("courriers", "recus", "contenu"):
        for rang, nom in enumerate(etape.get(mot) or ()):
            if isinstance(nom, str) and "{" not in nom and nom not in types:
                yield (mot, rang if mot == "courriers" else nom), f"« {nom} » n'est le type d'aucun courrier{proche(nom, types)}"


def _perdus(valeur: Any, dit: Mapping[str, Any]) -> Iterator[tuple[Chemin, str, Sequence[str]]]:
    """The words of a value that are none: where from it on, the word, those that it could be."""
    if isinstance(valeur, list):
        for rang, une in enumerate(valeur):
            yield from (((rang, *chemin), nom, permis) for chemin, nom, permis in _perdus(une, dit.get("items", {})))
    elif isinstance(valeur, Mapping) and "properties" in dit:
        for mot, suite in valeur.items():
            if mot not in dit["properties"]:
                yield (str(mot),), str(mot), sorted(dit["properties"])
            else:
                yield from (((str(mot), *chemin), nom, permis) for chemin, nom, permis in _perdus(suite, dit["properties"][mot]))


def _liste(mots: frozenset[str]) -> str:
    return ", ".join(sorted(mots))
