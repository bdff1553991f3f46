"""Tries the delays of the law in bacs of this process: what each does the day before its end, that day and the day after."""

from collections.abc import AsyncIterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from fps.kit.ground.clock import PARIS, paris
from fps_simulateur.grille.delais import TEMPS, Delai
from fps_simulateur.grille.pieges import Piege
from fps_simulateur.joueur import Deroulement, QuatreServices, VieFausse, remplacer
from fps_simulateur.langue.modele import Etape, Vie
from fps_simulateur.pilote.pilot import PiloteErreur

ECARTS: Final = (-1, 0, 1)
# The last minute of a day, and the first of the next: what is counted in another time zone than that of Paris is wrong there.
FIN, DEBUT = time(23, 59), time(0, 1)


@dataclass(frozen=True, slots=True)
class Essai:
    """One day that was tried: whether it had to be in time (or lived), and what was found when it was not so."""

    ecart: int
    le: date
    attendu: bool
    trouve: str = ""

    @property
    def juste(self) -> bool:
        """Whether it is as the law wants it."""
        return not self.trouve


@dataclass(frozen=True)
class Case:
    """A delay at a trap: the day that began it, the one on which the law ends it, and the three days tried around."""

    delai: str
    piege: str
    debut: date | None
    fin: date | None
    essais: tuple[Essai, ...] = ()
    panne: str = ""  # why nothing could be tried

    @property
    def juste(self) -> bool:
        """Whether the three days are as the law wants them."""
        return not self.panne and all(essai.juste for essai in self.essais)

    def vue(self) -> dict[str, Any]:
        """As JSON."""
        dits = ((e, {"ecart": e.ecart, "le": e.le.isoformat(), "attendu": e.attendu}) for e in self.essais)
        essais = [{**dit, "juste": e.juste, "trouve": e.trouve} for e, dit in dits]
        jours = {"debut": None if self.debut is None else self.debut.isoformat(), "fin": None if self.fin is None else self.fin.isoformat()}
        return {"delai": self.delai, "piege": self.piege, **jours, "juste": self.juste, "panne": self.panne, "essais": essais}


@dataclass
class _Copie(Deroulement):
    """A life that goes on in a copy of its bac."""

    @classmethod
    def de(cls, autre: Deroulement, bac: str) -> "_Copie":
        return cls(autre.monde, autre.vie, bac, deepcopy(autre.dossiers), autre.courant, hors=deepcopy(autre.hors))


@dataclass
class Grille:
    """The delays tried in one world, in bacs of its own: `prefixe` and `nombre` name them."""

    monde: QuatreServices
    prefixe: str = "grille"
    nombre: int = 0

    async def cases(self, delais: Sequence[Delai], pieges: Sequence[Piege]) -> AsyncIterator[Case]:
        """Every delay at every trap, delay after delay."""
        for delai in delais:
            for piege in pieges:
                yield await self.case(delai, piege)

    async def case(self, delai: Delai, piege: Piege) -> Case:
        """One delay at one trap. What could not be tried is told, never hidden."""
        voulu = piege.debut(delai.fin, delai.annees)
        try:
            vie = await self._preparer(delai, voulu)
            debut = await _depuis(delai, vie, voulu)
        except (VieFausse, PiloteErreur, KeyError) as error:
            return Case(delai.delai, piege.nom, voulu, delai.fin(voulu), panne=str(error)[:500])
        fin, mots = delai.fin(debut), _mots(delai, debut)
        essais = []
        for ecart, attendu in zip(ECARTS, TEMPS[delai.sens], strict=True):
            le = fin + timedelta(days=ecart)
            essais.append(Essai(ecart, le, attendu, await self._essayer(delai, vie, le, ecart, attendu, mots)))
        return Case(delai.delai, piege.nom, debut, fin, tuple(essais))

    async def _preparer(self, delai: Delai, debut: date) -> Deroulement:
        """A new bac where the delay has just begun, or is about to."""
        premier = delai.premier_jour(debut)
        vie = Vie(vie="grille", titre=delai.titre, depart=premier, ville=delai.ville, etapes=(Etape(),))
        bac = self._nom()
        await self.monde.pilot.creer(bac, paris(premier), graine=delai.delai)
        deroulement = Deroulement(self.monde, vie, bac)
        for etape in delai.avant:
            await _faire(deroulement, etape, _mots(delai, debut))
        return deroulement

    def _nom(self) -> str:
        self.nombre += 1
        return f"{self.prefixe}-{self.nombre}"

    async def _essayer(self, delai: Delai, vie: Deroulement, le: date, ecart: int, attendu: bool, mots: Mapping[str, Any]) -> str:
        """Go to a day, and try; gives what was found when it is not what is expected. What is done is done in a copy, but the last time."""
        pilot = self.monde.pilot
        try:
            await pilot.avancer(vie.bac, datetime.combine(le, DEBUT if ecart > 0 and not delai.vecu else FIN, PARIS))
            if delai.vecu:
                return await _vecu(delai, vie, attendu)
            if ecart < ECARTS[-1]:
                copie = self._nom()
                await pilot.copier(vie.bac, copie)
                vie = _Copie.de(vie, copie)
            for etape in delai.tentative(attendu):
                await _faire(vie, etape, mots)
        except (VieFausse, PiloteErreur) as error:
            return str(error)[:500]
        return ""


async def _faire(vie: Deroulement, etape: Mapping[str, Any], mots: Mapping[str, Any]) -> None:
    """One step, the names of its days replaced; raises VieFausse, PiloteErreur."""
    propres = dict(mots)
    if "{aujourd_hui}" in str(etape):
        propres |= {"aujourd_hui": (await vie.monde.pilot.etat(vie.bac))["instant"][:10]}
    await vie.etape(Etape.model_validate(_remplacer(etape, propres)))


def _remplacer(valeur: Any, mots: Mapping[str, Any]) -> Any:
    """The words of the grid, replaced; those of the life stay."""
    if isinstance(valeur, str) and valeur[1:-1] in mots:
        return remplacer(valeur, mots)
    if isinstance(valeur, Mapping):
        return {nom: _remplacer(x, mots) for nom, x in valeur.items()}
    return [_remplacer(x, mots) for x in valeur] if isinstance(valeur, list) else valeur


def _mots(delai: Delai, debut: date) -> dict[str, Any]:
    """What the steps of a delay may call by a name."""
    return {
        "debut": debut.isoformat(),
        "veille": (debut - timedelta(days=1)).isoformat(),
        "huit_jours_avant": (debut - timedelta(days=8)).isoformat(),
        "cent_dix_jours_avant": (debut - timedelta(days=110)).isoformat(),
        "premier_jour": delai.premier_jour(debut).isoformat(),
        "annee": debut.year,
        "debut_a_midi": datetime.combine(debut, time(12), PARIS).isoformat(),
    }


async def _depuis(delai: Delai, vie: Deroulement, voulu: date) -> date:
    """The day that began the delay, as the services say it: the one that was wanted, unless an earlier delay brought another."""
    for party, champ in delai.depuis.items():
        return date.fromisoformat(str((await vie.voir(party))[champ]))
    return voulu


async def _vecu(delai: Delai, vie: Deroulement, attendu: bool) -> str:
    """Whether each service has lived what the day brings, or not yet, as its journal tells it."""
    journal = await vie.monde.pilot.journal(vie.bac)
    trouve = []
    for party, mention in delai.vecu.items():
        jours = [line["date"][:10] for line in journal if (line["service"], line["acte"]) == (party.value, mention)]
        if bool(jours) != attendu:
            trouve.append(f"{party} : « {mention} » le {jours[0]}" if jours else f"{party} : pas encore « {mention} »")
    return " ; ".join(trouve)
