"""The words that each act takes in « avec », as the published schema says them: what is no word is told before anything is played."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

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


def _liste(mots: frozenset[str]) -> str:
    return ", ".join(sorted(mots))
