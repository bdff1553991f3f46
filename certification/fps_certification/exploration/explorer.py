"""The exploration of a product: sequences drawn and played one after the other until the time is over, or something is wrong."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

from fps_certification.exploration import ecriture
from fps_certification.exploration.gestes import GESTES
from fps_certification.exploration.partie import Coup, Difference, Partie, actions
from fps_certification.exploration.reduction import reduire
from fps_certification.exploration.tirage import Tirage
from fps_certification.plans.plan import Plan
from fps_certification.sujets.contrat import Action
from fps_certification.sujets.sujet import Domaine, NonPrisEnCharge, Reponse, Sujet, SujetEnFaute
from fps_certification.verdict import Issue
from fps_simulateur.joueur import QuatreServices
from fps_simulateur.langue.modele import Vie
from fps_simulateur.pilote.pilot import PiloteErreur

Dire = Callable[[int], None]
FIN: Final = 5.0  # real seconds left to the services to forget the last bac


@dataclass(frozen=True, slots=True)
class Consigne:
    """What is asked: `duree` in real seconds, `pas` steps at most, `execution` names the bacs."""

    plan: Plan
    graine: str
    duree: float
    execution: str
    pas: int | None = None


@dataclass
class Exploration:
    """What was found: how many sequences and steps, the first difference and the life that shows it, what stopped the run."""

    graine: str
    pas: int = 0
    sequences: int = 0
    gestes: dict[str, int] = field(default_factory=dict)
    difference: Difference | None = None
    vie: Vie | None = None
    reduite: bool = False
    domaine: Domaine | None = None
    phrase: str = ""
    non_pris_en_charge: tuple[str, ...] = ()

    @property
    def etat(self) -> Issue:
        """The verdict, and the exit status of the command."""
        if self.difference is not None or self.domaine is Domaine.PRODUIT:
            return Issue.NON_CONFORME
        if self.domaine is not None:
            return Issue.SIMULATEUR if self.domaine is Domaine.SIMULATEUR else Issue.CONFIGURATION
        return Issue.CONFORME if self.pas > 1 else Issue.INCOMPLET

    @property
    def texte(self) -> str:
        """The file of the life that fails by itself; empty when nothing is wrong."""
        if self.vie is None or self.difference is None:
            return ""
        return ecriture.ecrire(self.vie, self.graine, f"{self.difference.exigence} : {self.difference.attendu}".replace("\n", " "))


class Minute:
    """A product, and how long it has been silent."""

    def __init__(self, sujet: Sujet):
        self._sujet, self.depuis, self.reponses = sujet, 0.0, 0
        self.action = ""

    @property
    def nom(self) -> str:
        """That of the product."""
        return self._sujet.nom

    async def agir(self, action: Action, bac: str, donnees: Mapping[str, Any]) -> Reponse:
        """Ask; raises what the product raises."""
        self.depuis, self.action = monotonic(), action.nom
        answer = await self._sujet.agir(action, bac, donnees)
        self.action, self.reponses = "", self.reponses + 1
        return answer


async def explorer(consigne: Consigne, monde: QuatreServices, sujet: Sujet, dire: Dire = lambda pas: None) -> Exploration:
    """Draw and play; it ends when its time is over, whatever the product does, and says whose fault it is when it could not go on."""
    fin = monotonic() + consigne.duree
    minute = Minute(sujet)
    meneur = _Meneur(consigne, monde, minute, Exploration(consigne.graine), dire)
    try:
        async with asyncio.timeout(consigne.duree):
            await meneur.tout(fin)
    except TimeoutError:
        if minute.action and not minute.reponses:
            meneur.fait.domaine = Domaine.RESEAU
            meneur.fait.phrase = f"Le produit n'a rien répondu à « {minute.action} » en {monotonic() - minute.depuis:.0f} s."
    except SujetEnFaute as error:
        meneur.fait.domaine, meneur.fait.phrase = error.domaine, error.phrase
    except PiloteErreur as error:
        meneur.fait.domaine, meneur.fait.phrase = Domaine.SIMULATEUR, str(error)
    finally:
        await meneur.ranger(coupee=True)
    return meneur.fait


class _Meneur:
    def __init__(self, consigne: Consigne, monde: QuatreServices, sujet: Minute, fait: Exploration, dire: Dire):
        self.consigne, self.monde, self.sujet, self.fait, self.dire = consigne, monde, sujet, fait, dire
        self.tirage = Tirage(consigne.graine)
        self.ouverte: Partie | None = None
        self.refusees: set[str] = set()
        self.rang = 0

    async def tout(self, fin: float) -> None:
        """Sequences, until one fails or all is done."""
        while monotonic() < fin and not self._assez():
            partie = await self._ouvrir(self._partie(self.tirage.depart()))
            found = await self._tirer(partie)
            await self.ranger()
            self.fait.sequences += 1
            self.dire(self.fait.pas)
            if found is not None:
                self._noter(partie, found)
                await self._reduire(partie, found)
                return

    def _assez(self) -> bool:
        return self.consigne.pas is not None and self.fait.pas >= self.consigne.pas

    def _partie(self, depart: Any) -> Partie:
        self.rang += 1
        plan = self.consigne.plan
        return Partie(self.monde, self.sujet, f"{self.consigne.execution}-{self.rang}", plan.ville, depart, plan.bac, self.refusees)

    async def _ouvrir(self, partie: Partie) -> Partie:
        self.ouverte = partie
        await partie.ouvrir()
        return partie

    async def ranger(self, *, coupee: bool = False) -> None:
        """The last bac is deleted, in bounded time; `coupee`: once the letters that were on their way have arrived."""
        partie, self.ouverte = self.ouverte, None
        if partie is not None:
            try:
                await asyncio.wait_for(partie.fermer(coupee=coupee), FIN)
            except TimeoutError:
                self.fait.phrase = self.fait.phrase or f"Le bac « {partie.bac} » est resté : fps bac supprimer {partie.bac}."

    async def _tirer(self, partie: Partie) -> Difference | None:
        for _ in range(self.tirage.longueur()):
            if self._assez() or (coup := self.tirage.suivant(partie)) is None:
                break
            if (found := await self._jouer(partie, coup)) is not None:
                return found
            self.fait.pas += 1
            self.fait.gestes[coup.geste or "jour"] = self.fait.gestes.get(coup.geste or "jour", 0) + 1
        return await partie.relire()

    async def _jouer(self, partie: Partie, coup: Coup) -> Difference | None:
        try:
            return await partie.jouer(coup)
        except NonPrisEnCharge as error:
            action = str(error)
            if action in ("etablir", "lire"):
                raise SujetEnFaute(Domaine.CONFIGURATION, f"Le produit ne fait pas « {action} » : sans elle rien ne s'explore.") from error
            self.refusees |= {nom for nom, une in actions(GESTES).items() if une == action}
            self.fait.non_pris_en_charge = (*self.fait.non_pris_en_charge, action)
            return None

    def _noter(self, partie: Partie, found: Difference) -> None:
        titre = f"Trouvé par l'exploration, graine {self.fait.graine}"
        self.fait.difference = found
        self.fait.vie = ecriture.vie("exploration", titre, partie.ville, partie.depart, partie.journal)

    async def _reduire(self, premiere: Partie, found: Difference) -> None:
        async def rejouer(coups: Sequence[Coup]) -> bool:
            partie = await self._ouvrir(self._partie(premiere.depart))
            autre = None
            for coup in coups:
                if (autre := await self._jouer(partie, coup)) is not None:
                    break
            autre = autre or await partie.relire()
            await self.ranger()
            if autre is None or autre.marque != found.marque:
                return False
            self._noter(partie, autre)
            return True

        await reduire(premiere.coups, rejouer)
        self.fait.reduite = True
