"""The rehearsal: recorded runs played again under a draft figure of the law, to see which requirements break by it."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import yaml

from fps.donnees import lire_yaml
from fps.droit import Historique, Valeur, parametres, provisoire, type_de
from fps_certification.rapports.rapport import ExigenceRendue, Rapport
from fps_certification.verdict import Sort
from fps_simulateur.langue.fautes import Plan as Places
from fps_simulateur.langue.fautes import de_syntaxe, proche

CHAMPS: Final = frozenset({"valeur", "reference"})
Scalaire = int | bool | str | date | tuple[str, ...]
Jouer = Callable[[], Awaitable[Rapport]]


class BrouillonIllisible(ValueError):
    """The faults of a draft, one « fichier, ligne N : phrase » a line."""


@dataclass(frozen=True, slots=True)
class Changement:
    """One figure of a draft: the parameter, the day from which it would apply, what the installed law says then, what the draft does."""

    nom: str
    description: str
    unite: str
    le: date
    avant: Any
    apres: Any
    article: str  # of the draft, when it says one, else of the figure that it replaces

    def essaye(self, premier: date) -> Historique:
        """The history of the parameter where the draft applies from the first day of a run on, if it does not before: the past is tried."""
        installe = parametres()[self.nom]
        depuis = min(self.le, premier)
        neuve = Valeur(depuis, self.apres, self.article, "moyenne")
        return Historique(installe.nom, installe.description, installe.unite, (*(v for v in installe.valeurs if v.depuis < depuis), neuve))


@dataclass(frozen=True, slots=True)
class Casse:
    """A requirement that a run met, and no longer meets under a figure: its first failure, or why nothing proves it any more."""

    execution: str
    plan: str
    changement: Changement
    exigence: ExigenceRendue
    phrase: str
    le: str  # the simulated day; empty when nothing was seen


@dataclass(frozen=True, slots=True)
class Passage:
    """A recorded run: its name, its plan, and how it is had again: played on the reference collectivité, or judged as it was recorded."""

    execution: str
    plan: str
    rejouer: Jouer


def lire(texte: str, source: str) -> tuple[Changement, ...]:
    """The figures of a draft: « majoration_minimum: {2027-01-01: {valeur: 6000}} ». Raises BrouillonIllisible with every fault."""
    try:
        brut: Any = lire_yaml(texte)
    except yaml.YAMLError as error:
        raise BrouillonIllisible(str(de_syntaxe(error, source))) from error
    except ValueError as error:
        raise BrouillonIllisible(f"{source}, ligne 1 : {error}") from error
    if not isinstance(brut, dict) or not brut:
        raise BrouillonIllisible(
            f"{source}, ligne 1 : des valeurs sont attendues : « majoration_minimum: {{2027-01-01: {{valeur: 6000}}}} »"
        )
    places = Places(texte, source)
    found: list[Changement] = []
    fautes: list[str] = []
    for nom, valeurs in brut.items():
        for chemin, phrase in _fautes(nom, valeurs):
            fautes.append(str(places.faute(chemin, phrase)))
        if not fautes:
            found += (_changement(nom, le, valeurs[le]) for le in sorted(valeurs))
    if fautes:
        raise BrouillonIllisible("\n".join(fautes))
    return tuple(found)


def _fautes(nom: Any, valeurs: Any) -> Iterator[tuple[tuple[Any, ...], str]]:
    if nom not in parametres():
        yield (nom,), f"« {nom} » n'est pas une valeur du droit{proche(str(nom), parametres())}"
        return
    if not isinstance(valeurs, dict) or not valeurs:
        yield (nom,), "une date et sa valeur sont attendues : « {2027-01-01: {valeur: 6000}} »"
        return
    for le, dit in valeurs.items():
        if type(le) is not date:
            yield (nom, str(le)), f"« {le} » n'est pas une date (AAAA-MM-JJ)"
        elif parametres()[nom].connue(le) is None:
            yield (nom, str(le)), f"rien n'est en vigueur le {le:%d/%m/%Y} : un brouillon change une valeur, il n'en crée pas"
        elif not isinstance(dit, dict) or "valeur" not in dit or not dit.keys() <= CHAMPS:
            yield (nom, str(le)), "« valeur » est attendue, « reference » se peut, rien d'autre"
        elif type(_lue(dit["valeur"])) is not type_de(nom):
            yield (nom, str(le), "valeur"), f"« {dit['valeur']} » n'a pas le type de cette valeur ({parametres()[nom].unite})"


def _lue(valeur: Any) -> Any:
    return tuple(valeur) if isinstance(valeur, list) else valeur


def _changement(nom: str, le: date, dit: dict[str, Any]) -> Changement:
    historique, installee = parametres()[nom], parametres()[nom].en_vigueur(le)
    article = str(dit.get("reference") or installee.reference)
    return Changement(nom, historique.description, historique.unite, le, installee.valeur, _lue(dit["valeur"]), article)


async def repeter(passages: Sequence[Passage], changements: Sequence[Changement]) -> tuple[Casse, ...]:
    """Have each run again under the installed law, then under each figure of the draft alone; what was met and no longer is, by figure.

    Raises LiasseFausse when what was recorded is not what would be asked under a figure.
    """
    found: list[Casse] = []
    for passage in passages:
        temoin = await passage.rejouer()
        jours = [date.fromisoformat(etape.le) for une in temoin.epreuves for etape in une.etapes]
        for changement in (c for c in changements if c.apres != c.avant and jours):
            with provisoire(changement.essaye(min(jours))):
                essai = await passage.rejouer()
            avant = {e.id: e.sort for e in temoin.exigences}
            found += (
                _casse(passage, changement, une, essai)
                for une in essai.exigences
                if avant[une.id] is Sort.CONFORME and une.sort is not Sort.CONFORME
            )
    return tuple(found)


def _casse(passage: Passage, changement: Changement, une: ExigenceRendue, essai: Rapport) -> Casse:
    if une.echecs:
        carte = une.echecs[0]
        phrase = f"{carte.epreuve} : attendu {carte.attendu} ; reçu {carte.recu}"
        return Casse(passage.execution, passage.plan, changement, une, phrase, carte.le or "")
    arret = next((f"{f.epreuve} : {f.phrase}" for f in essai.fautes if f.epreuve in une.eprouvee_par), une.raison)
    return Casse(passage.execution, passage.plan, changement, une, arret, "")
