"""The lives of the catalogue start in a settled past, so that tomorrow's law breaks none but the few that are named here; nor any test."""

from datetime import date, datetime, timedelta

from fps.droit.calculs import majoration
from fps_simulateur.langue.modele import Vie, catalogue
from fps_simulateur.langue.moments import Moment
from tests.demain import DEMAIN, LECTURES
from tests.demain import NOMMES as LECTEURS

DEPART = date(2024, 12, 31)  # a life starts there at the latest
FIN = date(2026, 12, 31)  # and does not live a later day: a figure of 2027 cannot reach it
NOMMEES = {
    "b01-plaque-sans-tiret": "a real case keeps the dates that were told",
    "b04-w-garage": "a real case keeps the dates that were told",
    "comptable-refuse-06": "a title is prescribed four years after its seizure, in July 2028",
    "e08-reduit-a-la-ville": "a real case keeps the dates that were told",
    "e09-hors-heures-payantes": "a real case keeps the dates that were told",
    "e10-ticket-gratuit": "a real case keeps the dates that were told",
    "j17-rapo-a-completer": "a real case keeps the dates that were told",
    "j18-notice-au-lieu-de-l-avis": "a real case keeps the dates that were told",
    "j26-delai-franc": "a real case keeps the dates that were told",
    "rapo-rejete-puis-paye": "the decision names the court of today, the term is of next year",
    "titre-prescrit": "a title of January 2024 is prescribed in January 2028",
    "titre-prescrit-puis-annule": "a title of January 2024 is prescribed in January 2028",
}


def jours(vie: Vie) -> list[date]:
    """The days that a life lives, the first one included; one that has a name is counted from the first."""
    dits = (etape.le for etape in vie.etapes if etape.le is not None)
    vecus = [jour.le(jour.base if isinstance(jour.base, date) else vie.depart) if isinstance(jour, Moment) else jour for jour in dits]
    return [vie.depart, *(jour.date() if isinstance(jour, datetime) else jour for jour in vecus)]


def test_a_life_starts_in_a_settled_past_and_ends_before_the_law_that_may_come_but_for_the_named_ones() -> None:
    tard = {vie.vie for vie in catalogue() if vie.depart > DEPART or max(jours(vie)) > FIN}
    assert tard == set(NOMMEES)


def test_a_test_that_reads_the_majoration_of_tomorrow_is_found_unless_it_is_named() -> None:
    majoration(3500, DEMAIN - timedelta(days=1))
    assert LECTURES.reproche("flows/test_new.py") is None
    majoration(3500, DEMAIN)
    assert "01/01/2027" in str(LECTURES.reproche("flows/test_new.py"))
    majoration(3500, DEMAIN)
    assert LECTURES.reproche(sorted(LECTEURS)[0]) is None
