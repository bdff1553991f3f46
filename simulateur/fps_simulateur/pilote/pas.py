"""The steps of an advance: the next instant through which a bac goes, a deadline, a wish of a product, or what a usager does by himself."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from fps.kit.ground.clock import MATIN, paris

if TYPE_CHECKING:
    from fps_simulateur.pilote.pilot import Pilot


def step(due: str | None, now: datetime) -> datetime | None:
    """When the next deadline is lived: in the morning of its day, or at once when that morning is already behind; None without one."""
    return None if due is None else max(now, paris(date.fromisoformat(due), MATIN).astimezone(now.tzinfo))


def premier(state: Mapping[str, Any], now: datetime, geste: datetime | None) -> datetime | None:
    """The next instant of a bac; `geste`: that of the first thing that a usager does by himself."""
    asked = state["prochain_reveil"]
    reveil = None if asked is None else max(now, datetime.fromisoformat(asked).astimezone(now.tzinfo))
    return min(filter(None, (step(state["prochaine_echeance"], now), reveil, geste)), default=None)


async def geste(pilot: "Pilot", nom: str, state: Mapping[str, Any], now: datetime) -> datetime | None:
    """When a usager acts next, as far as is known now; None in a bac where none does. Raises PiloteErreur."""
    if not state["usagers"]:
        return None
    from fps_simulateur.usagers.conduite import prochain  # it plays with the words of the lives, which know this pilot

    return await prochain(pilot, nom, now)


async def agir(pilot: "Pilot", nom: str, state: dict[str, Any], prevu: datetime | None) -> dict[str, Any]:
    """Let the usagers whose moment has come act, and give the state that follows."""
    now = datetime.fromisoformat(state["instant"])
    if prevu is None or prevu > now:
        return state
    from fps_simulateur.usagers.conduite import agir as faire

    await faire(pilot, nom, now)
    return await pilot.au_calme(nom)
