"""An instant is written with the offset of Paris, wherever it came from: the day that a person reads is the legal one."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fps.droit.calendar import PARIS
from fps.flows import MESSAGES
from fps.messages.formats import a_paris
from fps.messages.information_paiement import FpsPaye

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def en_utc(valeur: Any) -> Any:
    """The same content, its instants written as Greenwich does."""
    if isinstance(valeur, dict):
        return {nom: en_utc(v) for nom, v in valeur.items()}
    if isinstance(valeur, list):
        return [en_utc(v) for v in valeur]
    if isinstance(valeur, str) and INSTANT.fullmatch(valeur):
        return datetime.fromisoformat(valeur).astimezone(UTC).isoformat().replace("+00:00", "Z")
    return valeur


def instants(valeur: Any) -> Iterator[str]:
    """Every instant of a content."""
    if isinstance(valeur, (dict, list)):
        for v in valeur.values() if isinstance(valeur, dict) else valeur:
            yield from instants(v)
    elif isinstance(valeur, str) and INSTANT.fullmatch(valeur):
        yield valeur


def test_every_message_writes_its_instants_with_the_offset_of_paris() -> None:
    vus = 0
    for cls in MESSAGES:
        exemple = cls.exemplaire()
        lu = cls.model_validate_json(json.dumps(en_utc(json.loads(exemple.model_dump_json()))))
        assert lu == exemple, cls.type
        for ecrit in instants(json.loads(lu.model_dump_json())):
            vus += 1
            instant = datetime.fromisoformat(ecrit)
            assert instant.utcoffset() == instant.astimezone(PARIS).utcoffset(), (cls.type, ecrit)
    assert vus > 30


def test_a_cheque_of_midnight_in_paris_is_of_that_day() -> None:
    message = FpsPaye.model_validate_json(json.dumps({**FpsPaye.example, "date_heure_paiement": "2026-07-19T22:00:00Z"}))
    assert json.loads(message.model_dump_json())["date_heure_paiement"] == "2026-07-20T00:00:00+02:00"


@given(st.integers(0, 7_000_000_000), st.integers(0, 7_200), st.integers(-14, 14))
def test_the_offset_never_changes_the_instant_nor_the_order_of_two(secondes: int, apres: int, heures: int) -> None:
    """Two hours at most, across a change of hour too; from 1970 to 2191."""
    un = datetime.fromtimestamp(secondes, timezone(timedelta(hours=heures)))
    deux = un + timedelta(seconds=apres)
    assert a_paris(un) == un and a_paris(a_paris(un)) == a_paris(un)
    assert a_paris(deux) - a_paris(un) == timedelta(seconds=apres) and (a_paris(un) < a_paris(deux)) == (apres > 0)
    assert a_paris(un).utcoffset() == un.astimezone(PARIS).utcoffset()


def test_the_hour_that_comes_twice_keeps_its_two_instants() -> None:
    ete, hiver = (a_paris(datetime(2026, 10, 25, heure, 30, tzinfo=UTC)) for heure in (0, 1))
    assert (ete.isoformat(), hiver.isoformat()) == ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00")
    assert ete < hiver and hiver - ete == timedelta(hours=1)
