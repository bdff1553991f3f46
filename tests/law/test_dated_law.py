"""The law changes on the right day: properties that straddle each date, the nights when the clock changes, steady limits."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fps.droit import Droit, HorsDuDroit, calculs, droit, noms, parametres
from fps.droit.calculs import fin_effets
from fps.droit.calendar import PARIS, paris_date
from fps.droit.explication import deriver
from tests.law.cas import chaque
from tests.villes import commune

TOURNANTS = [date(2018, 1, 1), date(2018, 7, 1), date(2020, 1, 1), date(2020, 9, 10), date(2021, 1, 1), date(2025, 1, 1)]
AUTOUR = [le for jour in TOURNANTS for n in range(-45, 46) if (le := jour + timedelta(days=n)) >= date(2018, 1, 1)]
# From which day on each parameter of the brief has its new value; the day before, it has the old one (None: nothing was in force).
BASCULES: list[tuple[str, date, Any, Any]] = [
    ("delai_paiement_mois", date(2018, 1, 1), None, 3),
    ("depot_electronique_obligatoire", date(2018, 7, 1), False, True),
    ("depot_electronique_seuil_habitants", date(2018, 7, 1), None, 3500),
    ("paiement_prealable", date(2020, 9, 10), True, False),
    ("facture_apa", date(2020, 1, 1), 149, 156),
    ("facture_apa", date(2021, 1, 1), 156, 132),
    ("minoration_canaux", date(2021, 1, 1), (), ("internet", "serveur-vocal")),
    ("juridiction_sigle", date(2025, 1, 1), "CCSP", "TSP"),
    ("delais_proroges_jusqu_au", date(2020, 3, 12), None, date(2020, 6, 23)),
    ("titres_repris_le", date(2020, 3, 23), None, date(2020, 9, 25)),
]
LIMITES = [
    calculs.date_notification_postale,
    calculs.date_limite_paiement,
    calculs.date_limite_rapo,
    calculs.date_limite_decision_rapo,
    calculs.emission_titre_le,
    calculs.date_envoi_avertissement,
    calculs.date_limite_rabais,
    calculs.date_limite_recours,
    calculs.date_limite_regularisation,
    calculs.date_limite_confirmation_telecopie,
    calculs.date_limite_defense,
    calculs.date_notification_decision,
    calculs.date_limite_execution,
    calculs.date_limite_pourvoi,
    calculs.date_prescription,
]
FRANCHES = [calculs.date_limite_recours, calculs.date_limite_regularisation, calculs.date_limite_pourvoi]
PRINTEMPS = date(2019, 10, 1), date(2020, 9, 25)  # the starts whose limit the spring of 2020 may move: tests/law/printemps_2020.yaml
# The last Sundays of March and October.
NUITS = [d for a in range(2018, 2041) for m in (3, 10) for d in [date(a, m, 31) - timedelta(days=(date(a, m, 31).weekday() + 1) % 7)]]


def lire(nom: str, le: date) -> Any:
    try:
        return getattr(droit(le), nom)
    except HorsDuDroit:
        return None


@chaque(BASCULES)
def test_a_parameter_changes_on_its_day_and_not_the_day_before(bascule: tuple[str, date, Any, Any]) -> None:
    nom, jour, avant, apres = bascule
    for ecart in range(1, 101):
        assert (lire(nom, jour - timedelta(days=ecart)), lire(nom, jour + timedelta(days=ecart - 1))) == (avant, apres)


@chaque(sorted(noms()))
def test_the_value_of_a_day_is_the_last_one_that_began(nom: str) -> None:
    for jour in (date(2017, 12, 31), *AUTOUR):
        passees = [v for v in parametres()[nom].valeurs if v.depuis <= jour]
        assert lire(nom, jour) == (passees[-1].valeur if passees else None), jour


@chaque(LIMITES)
def test_the_law_of_a_delay_is_that_of_the_day_that_starts_it(limite: Any) -> None:
    for depart in AUTOUR:
        derivation = deriver(partial(limite, depart))
        assert derivation is not None
        lues = [x.le for x in derivation.lu if x.nom != "report_jour_ouvrable"]
        assert lues and set(lues) == {depart}


@pytest.mark.parametrize("limite", LIMITES, ids=lambda f: f.__name__)
@given(depart=st.dates(date(2018, 1, 1), date(2060, 1, 1)).filter(lambda jour: not PRINTEMPS[0] <= jour <= PRINTEMPS[1]))
def test_a_later_start_never_gives_an_earlier_limit_and_a_limit_follows_its_start(limite: Any, depart: date) -> None:
    saut = timedelta(days=8 if limite in FRANCHES else 4)  # a short month, and a week-end of holidays before the court
    assert depart < limite(depart) <= limite(depart + timedelta(days=1)) <= limite(depart) + saut


@given(st.dates(date(2017, 1, 1), date(2017, 12, 31)), st.sampled_from(LIMITES))
def test_before_2018_no_limit_exists(depart: date, limite: Any) -> None:
    with pytest.raises(HorsDuDroit):
        limite(depart)


@chaque(AUTOUR)
def test_a_town_offers_a_reduced_amount_only_where_antai_takes_it(jour: date) -> None:
    lille = commune("21590350100017")
    assert bool(droit(jour).minoration_canaux) == (jour >= date(2021, 1, 1))
    minoration = lille.minoration(3500, jour)
    assert minoration is not None and minoration.montant == 2450


@chaque(NUITS)
def test_every_half_hour_of_a_night_when_the_clock_changes_has_one_date(nuit: date) -> None:
    minuit = datetime.combine(nuit, time(0), PARIS).astimezone(UTC)
    demain = datetime.combine(nuit + timedelta(days=1), time(0), PARIS).astimezone(UTC)
    assert demain - minuit == timedelta(hours=23 if nuit.month == 3 else 25)
    instants = [minuit + timedelta(minutes=30 * n) for n in range(-2, 53)]
    for instant in instants:
        attendu = nuit - timedelta(days=1) if instant < minuit else nuit if instant < demain else nuit + timedelta(days=1)
        assert paris_date(instant) == attendu


@given(st.sampled_from(NUITS), st.integers(0, 26 * 60), st.integers(1, 600))
def test_the_paid_minutes_are_real_minutes_when_the_clock_changes(nuit: date, depart: int, duree: int) -> None:
    debut = datetime.combine(nuit, time(0), PARIS).astimezone(UTC) + timedelta(minutes=depart)
    assert fin_effets(debut, duree).astimezone(UTC) - debut == timedelta(minutes=duree)


def test_every_value_of_the_law_has_its_type_its_reference_and_its_known_hypothesis() -> None:
    assert set(noms()) == set(parametres())
    hypotheses = set(re.findall(r"^\| (H\d{2,3}) \|", (Path(__file__).parents[2] / "docs/hypotheses.md").read_text("utf-8"), re.MULTILINE))
    for historique in parametres().values():
        assert historique.description and historique.unite
        for valeur in historique.valeurs:
            assert valeur.reference
            assert valeur.hypothese is None or valeur.hypothese in hypotheses
            if valeur.valeur is not None:
                assert getattr(Droit(valeur.depuis), historique.nom) == valeur.valeur
