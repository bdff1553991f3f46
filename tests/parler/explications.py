"""What a view shows as dates and amounts, and whether the service that shows them explains each."""

import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from datetime import date, datetime
from typing import Any, Union, get_args, get_origin, get_type_hints

import httpx
from pydantic import BaseModel

from fps.droit.explication import Derivation, ecarts
from fps.parties import Party
from fps_simulateur.pilote.world import World

COMPTES = frozenset({"pieces"})  # how many, and not how much
PERSONNES = frozenset({"demandeur", "requerant"})  # what a person says of itself: a birth date is not a date of the dossier


def champs(vue: type, prefixe: str = "") -> Iterator[str]:
    """The dates, instants and amounts of a view and of the views inside it; a list (a page, a history) has its own lines."""
    for nom, type_ in get_type_hints(vue).items():
        if nom in COMPTES | PERSONNES:
            continue
        for possible in get_args(type_) if get_origin(type_) in (Union, types.UnionType) else (type_,):
            if possible in (date, datetime, int):
                yield f"{prefixe}{nom}"
            elif isinstance(possible, type) and (is_dataclass(possible) or issubclass(possible, BaseModel)):
                yield from champs(possible, f"{prefixe}{nom}.")


def valeur(vue: Mapping[str, Any], chemin: str) -> Any:
    """The value of « decision.amende_abus » in a view; KeyError when the view has no such field."""
    trouve: Any = vue
    for nom in chemin.split("."):
        trouve = trouve[nom]
    return trouve


def meme(vu: Any, explique: Any) -> bool:
    """The same value, an instant in whatever offset."""
    if isinstance(vu, str) and re.match(r"\d{4}-\d\d-\d\dT", vu):
        return datetime.fromisoformat(vu) == datetime.fromisoformat(explique)
    return bool(vu == explique)


class Explications:
    """The explanations that one service gives of one dossier."""

    def __init__(self, world: World, party: Party, bac: str, dossier: str) -> None:
        self.world, self.url = world, f"{world.addresses[party]}/bacs/{bac}{dossier}/explication"

    async def demander(self, champ: str) -> httpx.Response:
        return await self.world.client.get(f"{self.url}/{champ}")

    async def connus(self) -> list[str]:
        """The fields that the service explains."""
        body = (await self.demander("inconnu")).json()
        assert body["code"] == "champ-inexplique", body
        return str(body["detail"]).partition("connus : ")[2].rstrip(".").split(", ")

    async def toutes(self, *vues: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Every explanation that has a value: equal to what the views show, and given again by its tree."""
        trouvees = {}
        for champ in await self.connus():
            answer = await self.demander(champ)
            montrees = [valeur(vue, champ) for vue in vues if _montre(vue, champ)]
            if answer.status_code == 409:
                assert answer.json()["code"] == "valeur-pas-encore-connue" and not any(montrees), (champ, montrees)
                continue
            found = answer.json()
            assert answer.status_code == 200, found
            assert all(meme(vu, found["valeur"]) for vu in montrees), (champ, montrees, found["valeur"])
            if found["arbre"] is not None:
                assert ecarts(Derivation.model_validate(found["arbre"])) == [] and found["arbre"]["valeur"] == found["valeur"], champ
            else:
                assert found["fait"] is not None and found["fait"]["article"], f"{champ} : ni règle, ni source"
            trouvees[champ] = found
        return trouvees


def _montre(vue: Mapping[str, Any], champ: str) -> bool:
    try:
        valeur(vue, champ)
    except (KeyError, TypeError):
        return False
    return True


def calcules(explications: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The fields that a rule gives, and not a fact."""
    return {champ for champ, found in explications.items() if found["arbre"] is not None}


def depuis(arbre: Mapping[str, Any]) -> list[str]:
    """The rules from the field down to the fact that started it, along the longest way."""
    suites = [depuis(o) for o in arbre["origines"].values()]
    return [arbre["regle"].rpartition(".")[2], *max(suites, key=len, default=[])]
