"""The end of a delay computed apart from the services: the dated law read again in its files, and a calendar of its own.

Nothing here is shared with what it judges: neither `fps.droit.calculs`, nor its calendar, nor the values that are in force in the process.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

from dateutil.easter import easter

from fps.donnees import lire_yaml

FICHIERS: Final = ("delais.yaml", "procedure.yaml", "reglages.yaml")
FIXES: Final = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))  # public holidays (code du travail, art. L. 3133-1)
MOBILES: Final = (1, 39, 50)  # days after Easter: its Monday, the Ascension, Whit Monday


class RegleFausse(ValueError):
    """A rule of the grid is ill written."""


@cache
def _loi() -> dict[str, Any]:
    droit = files("fps.droit")
    return {nom: brut["valeurs"] for fichier in FICHIERS for nom, brut in lire_yaml(droit.joinpath(fichier).read_text("utf-8")).items()}


def valeur(nom: str, le: date) -> Any:
    """The value of the law that day, a number as it is written; raises RegleFausse."""
    if nom.isdigit():
        return int(nom)
    connues = [depuis for depuis in _loi().get(nom, {}) if depuis <= le]
    if not connues:
        raise RegleFausse(f"« {nom} » n'a pas de valeur au {le:%d/%m/%Y}")
    return _loi()[nom][max(connues)]["valeur"]


def fin(depart: date, regle: Sequence[str]) -> date:
    """The day that a rule gives, from the day that starts it; raises RegleFausse.

    Its steps: « jours N », « francs N », « mois N », « ans N », « juridiction N » (months, franc, until a working day), « mois-suivant N »
    (the Nth of the next month); N is a number, or a value of the law of the day that starts the step, or a sum of such.
    """
    for pas in regle:
        depart = _pas(depart, *pas.split())
    return depart


def _pas(depart: date, genre: str, *noms: str) -> date:
    nombre = sum(int(valeur(nom, depart)) for nom in noms)
    if genre == "jours":
        return depart + timedelta(days=nombre)
    if genre == "francs":
        return depart + timedelta(days=nombre + 1)
    if genre == "mois":
        dernier = dans_mois(depart, nombre)
        return ouvrable(dernier) if valeur("report_jour_ouvrable", dernier) else dernier
    if genre == "quantieme":
        return dans_mois(depart, nombre)
    if genre == "ans":
        return dans_mois(depart, 12 * nombre)
    if genre == "juridiction":
        dernier = dans_mois(depart, nombre)
        if valeur("delais_juridiction_francs", depart):
            dernier += timedelta(days=1)
        return ouvrable(dernier) if valeur("delais_juridiction_jour_ouvrable", depart) else dernier
    if genre == "mois-suivant":
        return dans_mois(depart.replace(day=1), 1).replace(day=nombre)
    raise RegleFausse(f"« {genre} » n'est pas un pas du calendrier")


def dans_mois(jour: date, mois: int) -> date:
    """The same day number so many months later, the last day of that month when it has none (CPC, art. 641)."""
    annee, rang = divmod(jour.year * 12 + jour.month - 1 + mois, 12)
    return date(annee, rang + 1, min(jour.day, monthrange(annee, rang + 1)[1]))


def ferie(jour: date) -> bool:
    """Whether a day is a public holiday of metropolitan France."""
    paques = easter(jour.year)
    return (jour.month, jour.day) in FIXES or (jour - paques).days in MOBILES


def ouvrable(jour: date) -> date:
    """That day, or the first one after that is no Saturday, no Sunday and no public holiday (CPC, art. 642)."""
    while jour.isoweekday() > 5 or ferie(jour):
        jour += timedelta(days=1)
    return jour
