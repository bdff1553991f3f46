"""An advance with an Idempotency-Key: where it goes is fixed before anything moves; the same again finishes it, or tells it again."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fps.parties import Party
from fps_simulateur.pilote.pilot import MAITRE, Pilot, _bac
from fps_simulateur.pilote.produit import PATIENCE

TOLD: Final = ("bac", "instant", "prochaine_echeance", "en_attente")  # what is told of the bac at the end


@dataclass(frozen=True, slots=True)
class Avancee:
    """A world that was moved: the state of its bac, what happened in order (read once), and whether all this had already been told."""

    etat: dict[str, Any]
    evenements: AsyncIterator[dict[str, Any]]
    redite: bool = False


Cible = Callable[[Mapping[str, Any]], Awaitable[datetime]]


async def avancer(pilot: Pilot, nom: str, cible: Cible, cle: str | None, demande: str, patience: float = PATIENCE) -> Avancee:
    """Move a world to the instant that `cible` computes of its state, once when there is a key; raises PiloteErreur, what `cible` raises.

    ANTAI keeps, under the key, the target and where the journals stood: first at the start, then at the end.
    """
    if cle is None:
        marks = await pilot.conduire(nom, await cible(await pilot.etat(nom)), patience=patience)
        return Avancee(_told(await pilot.etat(nom)), pilot.faits(nom, marks, await pilot.marques(nom)))

    async def garder(**contenu: Any) -> dict[str, Any]:
        body = {"cle": cle, "demande": demande, **contenu}
        found: dict[str, Any] = (await pilot._call(MAITRE, "PUT", f"{_bac(nom)}/avance/depart", json=body)).json()
        return found

    depart = await garder()
    redite = depart["fin"] is not None
    if not redite:
        state, passed = await pilot.au_calme(nom), depart["cible"] is not None
        if not passed:
            depart = await garder(cible=(await cible(state)).isoformat(), marques=await pilot.marques(nom))
        target = datetime.fromisoformat(depart["cible"])
        if not passed or datetime.fromisoformat(state["instant"]) <= target:
            await pilot.conduire(nom, target, patience=patience)
        depart = await garder(fin=_told(await pilot.etat(nom)), marques_fin=await pilot.marques(nom))
    marques, fins = [{Party(s): place for s, place in depart[name].items()} for name in ("marques", "marques_fin")]
    return Avancee(depart["fin"], pilot.faits(nom, marques, fins), redite)


def _told(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: state[name] for name in TOLD}
