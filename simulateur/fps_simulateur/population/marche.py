"""The run: day after day the bac of a town is moved, its agents establish the FPS of the day, everybody does what he had to do.

A run that was cut goes on from the day of its bac: what that day had begun is found, and finished.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from fps.kit.ground.clock import civil_date, paris
from fps.parties import Party
from fps.villes.commune import Commune
from fps_simulateur.joueur import QuatreServices
from fps_simulateur.pilote.pilot import PiloteErreur
from fps_simulateur.population.conduites import Avis, Conduite
from fps_simulateur.population.executant import Executant
from fps_simulateur.population.gestes import ActePrevu, Soiree
from fps_simulateur.population.parametres import Parametres
from fps_simulateur.population.rue import SOIR, Constat, Periode, constats

VOIE: Final = "12 rue de l'Exemple"
OUBLI: Final = 20  # seconds: more than it takes to forget an advance that says nothing any more
# Told all along: the day that is lived, how many FPS are established.
Dire = Callable[[date, int], None]


def _silence(jour: date, etablis: int) -> None:
    """Nobody listens."""


class AutreNumero(Exception):
    """The town gave another number than its series leads to: somebody else establishes FPS in this bac."""


@dataclass(frozen=True)
class Marche:
    """What makes a run the same as another: its town, its seed, how many FPS, its period, its parameters."""

    ville: Commune
    graine: str
    fps: int
    periode: Periode
    parametres: Parametres

    def constats(self) -> list[Constat]:
        """The FPS that it establishes; raises SansHeurePayante."""
        return constats(self.ville, self.periode, self.graine, self.fps, self.parametres)

    @property
    def fiche(self) -> dict[str, Any]:
        """What is written beside a run, to know it again."""
        return {
            "ville": self.ville.siret,
            "graine": self.graine,
            "fps": self.fps,
            "du": self.periode.du.isoformat(),
            "au": self.periode.au.isoformat(),
            "parametres": self.parametres.empreinte,
        }


async def jouer(monde: QuatreServices, bac: str, marche: Marche, dire: Dire = _silence) -> list[Constat]:
    """Play a run in its bac, from its beginning or from where it was cut; gives the FPS established.

    Raises SansHeurePayante, GesteRefuse, AutreNumero, PiloteErreur.
    """
    plan = marche.constats()
    course = _Course(monde, bac, marche, plan)
    if bac in await monde.pilot.lister():
        await course.reprendre()
    else:
        commune = marche.ville.model_dump(mode="json", by_alias=True)
        veille = paris(marche.periode.du - timedelta(days=1), SOIR)
        await monde.pilot.creer(bac, veille, marche.graine, villes=[{"depuis": None, "commune": commune}])
    await course.courir(dire)
    return plan


class _Course:
    """Where a run is."""

    def __init__(self, monde: QuatreServices, bac: str, marche: Marche, plan: Iterable[Constat]):
        self.monde, self.bac, self.marche = monde, bac, marche
        self.executant = Executant(monde, bac, f"ville/{marche.graine}")
        self.a_etablir: dict[date, list[Constat]] = defaultdict(list)
        for constat in plan:
            self.a_etablir[constat.jour].append(constat)
        self.a_faire: dict[date, list[ActePrevu]] = defaultdict(list)
        self.etablis = 0
        self.voies = {zone.code: (zone.voies or (VOIE,)) for zone in marche.ville.zones}

    async def reprendre(self) -> None:
        """Find again what was established, and what is to be done from the day of the bac on."""
        pilot = self.monde.pilot
        ici = datetime.fromisoformat((await pilot.etat(self.bac))["instant"])
        await self._accorder(ici)
        connus = {constat.numero: constat for some in self.a_etablir.values() for constat in some}
        async for vu in self.executant.lister(Party.COLLECTIVITE, siret=self.marche.ville.siret):
            self._prevoir(connus.pop(vu["numero"], None), vu)
        jour = civil_date(ici)
        self.a_etablir = defaultdict(list)
        for constat in connus.values():
            self.a_etablir[constat.jour].append(constat)
        self.a_faire = defaultdict(list, {le: some for le, some in self.a_faire.items() if le >= jour})
        for some in self.a_faire.values():
            some.sort(key=lambda prevu: prevu.constat.rang)
        self.executant.rejoue = True

    async def _accorder(self, ici: datetime) -> None:
        """Finish what a cut advance left; a run that was killed is remembered as moving the bac for a few seconds more."""
        for reste in reversed(range(OUBLI)):
            try:
                await self.monde.pilot.conduire(self.bac, ici)
                return
            except PiloteErreur as error:
                if error.problem.get("code") != "avance-en-cours" or not reste:
                    raise
                await asyncio.sleep(1)

    async def courir(self, dire: Dire) -> None:
        """Every day that is left, then the end of the period."""
        fin = self.marche.periode.au
        while jour := min((le for le in (*self.a_etablir, *self.a_faire) if le <= fin), default=None):
            await self.monde.pilot.conduire(self.bac, paris(jour, SOIR))
            await self._soiree(jour)
            self.executant.rejoue = False
            dire(jour, self.etablis)
        await self.monde.pilot.conduire(self.bac, paris(fin, SOIR))

    async def _soiree(self, jour: date) -> None:
        nouveaux, prevus = self.a_etablir.pop(jour, []), self.a_faire.pop(jour, [])
        siret = self.marche.ville.siret
        demandes = [c.demande(siret, self.voies[c.zone][c.rang % len(self.voies[c.zone])]) for c in nouveaux]
        for constat, vu in zip(nouveaux, await self.executant.etablir(demandes), strict=True):
            self._prevoir(constat, vu)
        await Soiree(self.executant, self.marche.ville, jour).faire(sorted(prevus, key=lambda prevu: prevu.constat.rang))

    def _prevoir(self, constat: Constat | None, vu: dict[str, Any]) -> None:
        """A FPS is established: what will be done of it is known from now on."""
        if constat is None or constat.numero != vu["numero"]:
            raise AutreNumero(
                f"{vu['numero']} n'est pas un FPS de cette marche{'' if constat is None else f' ({constat.numero} était attendu)'}."
            )
        self.etablis += 1
        conduite = Conduite(constat, Avis.de(vu), self.marche.ville, self.marche.graine, self.marche.parametres)
        for geste in conduite.gestes():
            if geste.jour <= self.marche.periode.au:
                self.a_faire[geste.jour].append(ActePrevu(constat, geste))
