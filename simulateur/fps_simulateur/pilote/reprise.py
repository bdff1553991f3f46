"""An advance with an Idempotency-Key: where it goes is fixed before anything moves; the same again finishes it, or tells it again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fps.parties import SERVICES, Party
from fps_simulateur.pilote.pilot import MAITRE, Pilot, _bac, order

TOLD: Final = ("bac", "instant", "prochaine_echeance", "en_attente")  # what is told of the bac at the end


@dataclass(frozen=True, slots=True)
class Avancee:
    """A world that was moved: the state of its bac, what happened in order, and whether all this had already been told."""

    etat: dict[str, Any]
    evenements: list[dict[str, Any]]
    redite: bool = False


Cible = Callable[[Mapping[str, Any]], Awaitable[datetime]]


async def avancer(pilot: Pilot, nom: str, cible: Cible, cle: str | None, demande: str) -> Avancee:
    """Move a world to the instant that `cible` computes of its state, once when there is a key; raises PiloteErreur, what `cible` raises.

    ANTAI keeps, under the key, the target and where the journals stood: first at the start, then at the end.
    """
    if cle is None:
        evenements = await pilot.avancer(nom, await cible(await pilot.etat(nom)))
        return Avancee(_told(await pilot.etat(nom)), evenements)

    async def garder(**contenu: Any) -> dict[str, Any]:
        body = {"cle": cle, "demande": demande, **contenu}
        found: dict[str, Any] = (await pilot._call(MAITRE, "PUT", f"{_bac(nom)}/avance/depart", json=body)).json()
        return found

    depart = await garder()
    redite = depart["fin"] is not None
    if not redite:
        state, passed = await pilot.au_calme(nom), depart["cible"] is not None
        if not passed:
            depart = await garder(cible=(await cible(state)).isoformat(), marques=await _marques(pilot, nom))
        target = datetime.fromisoformat(depart["cible"])
        if not passed or datetime.fromisoformat(state["instant"]) <= target:
            await pilot.avancer(nom, target)
        depart = await garder(fin=_told(await pilot.etat(nom)), marques_fin=await _marques(pilot, nom))
    journaux = await asyncio.gather(*(pilot._journal(s, nom, depart["marques"][s.value]) for s in SERVICES))
    lines = [x for s, found in zip(SERVICES, journaux, strict=True) for x in found if x["position"] <= depart["marques_fin"][s.value]]
    return Avancee(depart["fin"], sorted(lines, key=order), redite)


async def _marques(pilot: Pilot, nom: str) -> dict[Party, int]:
    return dict(zip(SERVICES, await asyncio.gather(*(pilot._last(s, nom) for s in SERVICES)), strict=True))


def _told(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: state[name] for name in TOLD}
