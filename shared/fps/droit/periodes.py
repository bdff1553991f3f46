"""What a public stop does to a delay or to a sending: its dates are values of the law, never a case of the code (spring of 2020)."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Final

from fps.droit import droit, parametres
from fps.droit.calendar import ajouter_annees, ajouter_jours, ajouter_mois
from fps.droit.explication import regle

PROROGATION: Final = "Ordonnance n° 2020-306 du 25 mars 2020, art. 2 ; ordonnance n° 2020-305, art. 15 ; hypothèse H115"
SILENCE: Final = "Ordonnance n° 2020-306 du 25 mars 2020, art. 7 ; hypothèse H115"
RECOUVREMENT: Final = "Ordonnance n° 2020-306 du 25 mars 2020, art. 11 ; hypothèse H115"

SILENCE_SUSPENDU: Final = "rejet_implicite_suspendu_jusqu_au"  # the names of the dated values
PRESCRIPTION_SUSPENDUE: Final = "prescription_suspendue_jusqu_au"


def proroge(limite: date, delai_mois: int, delai_jours: int = 0) -> date:
    """The limit, or that of a delay of this legal length which ended in a protected period: an ordinary date is told without it."""
    return limite if _fin("delais_proroges_jusqu_au", limite) is None else proroger(limite, delai_mois, delai_jours)


@regle(PROROGATION, "Délai échu pendant la période protégée : il court de nouveau de sa fin, deux mois au plus")
def proroger(limite: date, delai_mois: int, delai_jours: int = 0) -> date:
    """The last day of a delay of these months, else of these days, that ended in a protected period: the same again from its end."""
    loi = droit(limite)
    fin = loi.delais_proroges_jusqu_au
    return ajouter_mois(fin, min(delai_mois, loi.prorogation_maximum_mois)) if delai_mois else ajouter_jours(fin, delai_jours)


def rejet_possible(depart: date, limite: date, delai_mois: int) -> date:
    """The day on which silence is a rejection, when the delay was not suspended, or was."""
    return _suspendre(SILENCE_SUSPENDU, depart, limite, partial(reporter_le_silence, depart, delai_mois), suspendre_le_silence)


@regle(SILENCE, "Le délai dont le silence vaut rejet commence à la fin de la suspension")
def reporter_le_silence(depart: date, delai_mois: int) -> date:
    """The delay that should have begun during the suspension begins at its end."""
    return ajouter_mois(droit(depart).rejet_implicite_suspendu_jusqu_au, delai_mois)


@regle(SILENCE, "Les jours de la suspension ne comptent pas dans le délai dont le silence vaut rejet")
def suspendre_le_silence(depart: date, limite: date) -> date:
    """The limit, later by the days of the suspension."""
    return ajouter_jours(limite, _suspendu(SILENCE_SUSPENDU, depart, limite))


def prescription_possible(depart: date, limite: date, delai_annees: int) -> date:
    """The day of the prescription, when it was not suspended, or was."""
    reporter = partial(reporter_la_prescription, depart, delai_annees)
    return _suspendre(PRESCRIPTION_SUSPENDUE, depart, limite, reporter, suspendre_la_prescription)


@regle(RECOUVREMENT, "La prescription commence à la fin de la suspension")
def reporter_la_prescription(depart: date, delai_annees: int) -> date:
    """The prescription that should have begun during the period begins at the end of the suspension."""
    return ajouter_annees(droit(depart).prescription_suspendue_jusqu_au, delai_annees)


@regle(RECOUVREMENT, "Les jours de la suspension ne comptent pas dans la prescription")
def suspendre_la_prescription(depart: date, limite: date) -> date:
    """The prescription, later by the days of the suspension."""
    return ajouter_jours(limite, _suspendu(PRESCRIPTION_SUSPENDUE, depart, limite))


def avis_possible(envoi: date) -> date:
    """The day a notice leaves: that day, or when ANTAI prints again what it had stopped."""
    return envoi if _fin("avis_repris_le", envoi) is None else reprendre_les_avis(envoi)


@regle("ANTAI, annonce du 17 juin 2020 ; hypothèse H116", "L'ANTAI n'imprime pas : l'avis part à la reprise")
def reprendre_les_avis(envoi: date) -> date:
    """The day on which the notices stopped that day leave."""
    return droit(envoi).avis_repris_le


def titre_possible(emission: date) -> date:
    """The day a titre exécutoire is issued: that day, or when ANTAI issues again what it had suspended."""
    return emission if _fin("titres_repris_le", emission) is None else reprendre_les_titres(emission)


@regle("ANTAI, annonce du 17 juin 2020 ; hypothèse H116", "L'ANTAI n'émet pas de titre : il l'est à la reprise")
def reprendre_les_titres(emission: date) -> date:
    """The day on which the titles suspended that day are issued."""
    return droit(emission).titres_repris_le


def _suspendre(nom: str, depart: date, limite: date, reporter: Callable[[], date], suspendre: Callable[[date, date], date]) -> date:
    """A limit when the delay should have begun during the suspension, when it went through it, and when it knew none."""
    if _fin(nom, depart) is not None:
        return reporter()
    return suspendre(depart, limite) if _suspendu(nom, depart, limite) else limite


def _fin(nom: str, jour: date) -> date | None:
    """The end of the period of this name in force that day; None outside."""
    connue = parametres()[nom].connue(jour)
    return connue.valeur if connue is not None and isinstance(connue.valeur, date) else None


def _suspendu(nom: str, depart: date, limite: date) -> int:
    """How many days the periods of this name that began between the two take out of the delay."""
    periodes = ((v.depuis, v.valeur) for v in parametres()[nom].valeurs if isinstance(v.valeur, date))
    return sum((fin - debut).days + 1 for debut, fin in periodes if depart < debut <= limite)
