"""Locks last real minutes, in the nights of a change of hour too (hypotheses H50, H90)."""

from datetime import UTC, datetime, timedelta

import pytest

from fps.droit.calendar import PARIS, paris_date
from fps.regles.verrou import Verrou, ferme, regime_compte, regime_telepaiement

NUITS = {
    "02:50 in summer time, ten minutes before the hour comes back": datetime(2026, 10, 25, 2, 50, tzinfo=PARIS),
    "02:50 in winter time": datetime(2026, 10, 25, 2, 50, tzinfo=PARIS, fold=1),
    "01:50, ten minutes before the hour that does not exist": datetime(2026, 3, 29, 1, 50, tzinfo=PARIS),
    "02:00, which does not exist": datetime(2026, 3, 29, 2, 0, tzinfo=PARIS),
    "any noon": datetime(2026, 10, 6, 12, 0, tzinfo=PARIS),
}
nuits = pytest.mark.parametrize("instant", NUITS.values(), ids=list(NUITS))


def plus(instant: datetime, minutes: int) -> datetime:
    """That many real minutes later, told in Paris as a bac tells it."""
    return (instant.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(PARIS)


@nuits
def test_the_fifth_failure_locks_a_number_for_thirty_real_minutes(instant: datetime) -> None:
    verrou = Verrou("21590350100017261163072245")
    for rang in range(1, 6):
        assert not verrou.ferme(instant), f"échec {rang}"
        verrou.echouer(instant)
    assert [verrou.ferme(plus(instant, minutes)) for minutes in (0, 15, 29, 30, 60)] == [True, True, True, False, False]


@nuits
def test_the_fifth_failure_locks_an_account_for_fifteen_real_minutes(instant: datetime) -> None:
    regime = regime_compte(paris_date(instant))
    assert [regime.fin(rang, instant) for rang in range(5)] == [None] * 5
    fin = regime.fin(5, instant)
    assert [ferme(fin, plus(instant, minutes)) for minutes in (0, 10, 14, 15, 60)] == [True, True, True, False, False]


@nuits
def test_each_series_locks_an_account_twice_as_long_up_to_a_day_and_a_number_as_long(instant: datetime) -> None:
    compte, numero = regime_compte(paris_date(instant)), regime_telepaiement(paris_date(instant))
    rangs = [5, 10, 15, 20, 35, 40, 5000]
    assert [compte.fin(rang, instant) for rang in rangs] == [plus(instant, m).astimezone(UTC) for m in (15, 30, 60, 120, 960, 1440, 1440)]
    assert [numero.fin(rang, instant) for rang in rangs] == [plus(instant, 30).astimezone(UTC)] * len(rangs)


def test_a_success_forgets_the_failures() -> None:
    instant, verrou = NUITS["any noon"], Verrou("21590350100017261163072245")
    for _ in range(4):
        verrou.echouer(instant)
    verrou.reussir()
    verrou.echouer(instant)
    assert (verrou.echecs, verrou.ferme(instant)) == (1, False)
