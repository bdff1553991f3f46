"""The steps of an advance: the next instant through which a bac goes, a deadline, a wish of a product, or what a usager does by himself."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from fps.kit.ground.clock import MATIN, paris

if TYPE_CHECKING:
    from fps_simulateur.pilote.pilot import Pilot
    from fps_simulateur.usagers.conduite import Agenda


def step(due: str | None, now: datetime) -> datetime | None:
    """When the next deadline is lived: in the morning of its day, or at once when that morning is already behind; None without one."""
    return None if due is None else max(now, paris(date.fromisoformat(due), MATIN).astimezone(now.tzinfo))


def premier(state: Mapping[str, Any], now: datetime, geste: datetime | None) -> datetime | None:
    """The next instant of a bac; `geste`: that of the first thing that a usager does by himself."""
    asked = state["prochain_reveil"]
    reveil = None if asked is None else max(now, datetime.fromisoformat(asked).astimezone(now.tzinfo))
    return min(filter(None, (step(state["prochaine_echeance"], now), reveil, geste)), default=None)


class Usagers:
    """What the usagers of a bac do of themselves along one advance; nothing is even loaded for a bac where none does."""

    def __init__(self, pilot: "Pilot", nom: str):
        self.pilot, self.nom = pilot, nom
        self._agenda: Agenda | None = None

    async def prochain(self, state: Mapping[str, Any], now: datetime) -> datetime | None:
        """When one of them acts next, as far as is known now. Raises PiloteErreur."""
        if not state["usagers"]:
            return None
        if self._agenda is None:
            from fps_simulateur.usagers.conduite import Agenda  # it plays with the words of the lives, which know this pilot

            self._agenda = Agenda(self.pilot, self.nom)
        return await self._agenda.prochain(state, now)

    async def agir(self, state: dict[str, Any], prevu: datetime | None) -> dict[str, Any]:
        """Let those whose moment has come act, and give the state that follows."""
        now = datetime.fromisoformat(state["instant"])
        if self._agenda is None or prevu is None or prevu > now:
            return state
        await self._agenda.agir(now)
        return await self.pilot.au_calme(self.nom)
