"""What was looked at on the network before a plan: kept with the run, and given back when it is verified."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from fps_certification.prealable.sondes import Arret, Sonde, Sondes
from fps_certification.preuves.trace import Divergence, Ligne, Trace

SONDE: Final = "sonde"
INSTANT: Final = "instant"


class SondesEnregistrees:
    """What looks at the network, and what was found; the instant is that of its first question."""

    def __init__(self, sondes: Sondes, trace: Trace):
        self._sondes, self._trace = sondes, trace
        self._deja = SondesRejouees(trace.lignes)  # of a run that was stopped and goes on
        self._maintenant = self._deja.instant

    def maintenant(self) -> datetime:
        """One instant for the whole run, kept."""
        if self._maintenant is None:
            self._maintenant = self._sondes.maintenant()
            self._trace.lignes.append({"quoi": INSTANT, "instant": self._maintenant.isoformat()})
        return self._maintenant

    async def sonder(self, quoi: str, a_qui: str) -> Sonde:
        """Look, and keep."""
        if self._deja.attend(a_qui):
            return await self._deja.sonder(quoi, a_qui)
        found = await self._sondes.sonder(quoi, a_qui)
        fin = None if found.fin is None else found.fin.isoformat()
        self._trace.lignes.append(
            {"quoi": SONDE, "a_qui": a_qui, "adresse": found.quoi, "arret": found.arret, "detail": found.detail, "fin": fin}
        )
        return found


class SondesRejouees:
    """What was found of the network then, in the same order."""

    def __init__(self, lignes: Iterable[Ligne]):
        toutes = list(lignes)
        self._suite = deque(ligne for ligne in toutes if ligne["quoi"] == SONDE)
        self.instant = next((datetime.fromisoformat(ligne["instant"]) for ligne in toutes if ligne["quoi"] == INSTANT), None)

    def attend(self, a_qui: str) -> bool:
        """Whether the next thing that was looked at is of this kind."""
        return bool(self._suite) and self._suite[0]["a_qui"] == a_qui

    def maintenant(self) -> datetime:
        """The instant of the run; raises Divergence."""
        if self.instant is None:
            raise Divergence("L'instant de l'exécution n'y est pas.")
        return self.instant

    async def sonder(self, quoi: str, a_qui: str) -> Sonde:
        """What was found; raises Divergence when something else was looked at."""
        if not self.attend(a_qui):
            raise Divergence(f"« {quoi} » n'a pas été sondé pendant l'exécution.")
        ligne = self._suite.popleft()
        arret = None if ligne["arret"] is None else Arret(ligne["arret"])
        fin = None if ligne["fin"] is None else datetime.fromisoformat(ligne["fin"])
        return Sonde(ligne["adresse"], arret, ligne["detail"], fin)
