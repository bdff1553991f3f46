"""The traps of the calendar: the day on which a delay begins, or the one on which it ends."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

LOIN: Final = 900  # days looked back at most, to find what ends on a day


@dataclass(frozen=True, slots=True)
class Piege:
    """A day that the calendar makes special, for what begins or for what ends there."""

    nom: str
    titre: str
    bout: Literal["debut", "fin"]
    le: date

    def debut(self, fin: Callable[[date], date], annees: int = 0) -> date:
        """The day on which a delay must begin: the first one whose delay ends on the trap, or after it when none does.

        `annees`: later by so many years, for a delay that lasts longer than the law is known.
        """
        if self.bout == "debut":
            return self.le
        cible = self.le.replace(year=self.le.year + annees)
        jour = cible
        while fin(jour - timedelta(days=1)) >= cible and (cible - jour).days < LOIN * (1 + annees):
            jour -= timedelta(days=1)
        return jour


PIEGES: Final = (
    Piege("jour-ordinaire", "Commence un jeudi ordinaire", "debut", date(2023, 10, 5)),
    Piege("depart-31", "Commence un 31", "debut", date(2023, 10, 31)),
    Piege("depart-30-novembre", "Commence un 30 novembre", "debut", date(2023, 11, 30)),
    Piege("depart-31-janvier", "Commence un 31 janvier, année bissextile", "debut", date(2024, 1, 31)),
    Piege("depart-29-fevrier", "Commence un 29 février", "debut", date(2024, 2, 29)),
    Piege("fin-28-fevrier", "Finit un 28 février, année ordinaire", "fin", date(2023, 2, 28)),
    Piege("fin-29-fevrier", "Finit un 29 février", "fin", date(2024, 2, 29)),
    Piege("fin-annee", "Finit un 31 décembre, un dimanche", "fin", date(2023, 12, 31)),
    Piege("nouvel-an", "Finit un 1er janvier, jour férié", "fin", date(2024, 1, 1)),
    Piege("heure-d-hiver", "Finit le jour du passage à l'heure d'hiver", "fin", date(2023, 10, 29)),
    Piege("heure-d-ete", "Finit à Pâques, jour du passage à l'heure d'été", "fin", date(2024, 3, 31)),
    Piege("ferie", "Finit un 1er mai", "fin", date(2024, 5, 1)),
    Piege("ascension", "Finit un 8 mai, la veille de l'Ascension", "fin", date(2024, 5, 8)),
)
