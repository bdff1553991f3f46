"""When a step happens, in words: a date, « J+5 », « notification + 1 mois », « la veille de la limite de paiement »."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from fps.droit.calendar import ajouter_jours, ajouter_mois
from fps.kit.ground.clock import PARIS, paris
from fps_simulateur.langue.fautes import proche

DEPART: Final = "J"
_UNITES: Final[Mapping[str, str]] = {"jour": "jours", "semaine": "semaines", "mois": "mois", "an": "ans", "annee": "ans"}
_OUTILS: Final = frozenset({"le", "la", "les", "l", "de", "du", "des", "d"})
_AUTOUR: Final = re.compile(
    r"^(?:la\s+)?(veille)\s+(?:de\s+|du\s+|d['’]\s*)|^(?:le\s+)?(lendemain)\s+(?:de\s+|du\s+|d['’]\s*)", re.IGNORECASE
)
_DECALAGE: Final = re.compile(r"\s*([+-])\s*(\d{1,4})\s*([^\W\d]*)\s*$")
_HEURE: Final = re.compile(r"\s+à\s+(\d{1,2})\s*[h:]\s*(\d{2})?\s*$", re.IGNORECASE)
COMMENT: Final = "une date (2023-09-28), « J+5 », « notification + 1 mois », « la veille de la limite de paiement »"


@dataclass(frozen=True, slots=True)
class Moment:
    """A day counted from the first one of the life, from a date, or from a day that has a name; that evening, unless an hour is said."""

    base: str | date  # « J », a date, or the name of a day (« limite-paiement »)
    decalages: tuple[tuple[int, str], ...] = ()  # in the order in which they are added
    heure: time | None = None

    def le(self, base: date) -> date:
        """The day, once the first one is known."""
        for nombre, unite in self.decalages:
            if unite in ("mois", "ans"):
                base = ajouter_mois(base, nombre * (12 if unite == "ans" else 1))
            else:
                base = ajouter_jours(base, nombre * (7 if unite == "semaines" else 1))
        return base


def lire(texte: str, noms: Collection[str]) -> Moment:
    """What is written; `noms` are those of the days. Raises ValueError with the nearest name."""
    reste, decalages = texte.strip(), []
    heure = None
    if trouve := _HEURE.search(reste):
        heure, reste = _heure(trouve, texte), reste[: trouve.start()]
    while trouve := _DECALAGE.search(reste):
        if re.fullmatch(r"\d{4}(-\d{2})?", reste[: trouve.start()]):  # 2023-09-28 is a date, not September less 28 days
            break
        decalages.append((int(f"{trouve[1]}{trouve[2]}"), _unite(trouve[3], texte)))
        reste = reste[: trouve.start()]
    autour = []
    while trouve := _AUTOUR.search(reste):
        autour.append((-1 if trouve[1] else 1, "jours"))
        reste = reste[trouve.end() :]
    return Moment(_base(reste.strip(), noms, texte), (*reversed(autour), *reversed(decalages)), heure)


def _base(mot: str, noms: Collection[str], texte: str) -> str | date:
    if mot.upper() == DEPART:
        return DEPART
    try:
        return date.fromisoformat(mot)
    except ValueError:
        nom = normal(mot)
    if nom not in noms:
        raise ValueError(f"« {texte[:60]} » n'est pas un moment{proche(nom, noms) or f' : {COMMENT}'}")
    return nom


def _unite(mot: str, texte: str) -> str:
    if not mot:
        return "jours"
    nom = normal(mot)
    found = _UNITES.get(nom) or _UNITES.get(nom.removesuffix("s"))
    if found is None:
        raise ValueError(f"« {mot} », dans « {texte[:60]} », n'est pas une durée{proche(nom, ('jours', 'semaines', 'mois', 'ans'))}")
    return found


def _heure(trouve: re.Match[str], texte: str) -> time:
    try:
        return time(int(trouve[1]), int(trouve[2] or 0))
    except ValueError as error:
        raise ValueError(f"« {trouve[0].strip()} », dans « {texte[:60]} », n'est pas une heure : « à 10 h », « à 10:30 »") from error


def normal(mot: str) -> str:
    """The name of a day as it is known: without accents, articles nor capitals, its words joined by hyphens."""
    sans = "".join(c for c in unicodedata.normalize("NFD", mot.lower()) if not unicodedata.combining(c))
    return "-".join(one for one in re.split(r"[^a-z0-9]+", sans) if one and one not in _OUTILS)


def quand(valeur: Any, noms: Collection[str]) -> date | datetime | Moment:
    """A date, an instant or a moment, as it is written. Raises ValueError."""
    if isinstance(valeur, (date, datetime, Moment)):
        return valeur
    if not isinstance(valeur, str):
        raise ValueError(f"« {valeur} » n'est pas un moment : {COMMENT}")
    try:
        return date.fromisoformat(valeur)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(valeur)
    except ValueError:
        return lire(valeur, noms)


def instant(le: date | datetime) -> datetime:
    """A day at the evening, or the hour that is written, in Paris."""
    if isinstance(le, datetime):
        return le if le.tzinfo is not None else le.replace(tzinfo=PARIS)
    return paris(le)
