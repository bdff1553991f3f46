"""A town is where its postcode is, and lives at the hour of its territory."""

from datetime import date, datetime

import pytest

from fps.villes.commune import Commune
from fps.villes.defaut import par_defaut
from tests.law.test_rue import EXEMPLE

CODES = [
    ("97120", "guadeloupe"),
    ("97133", "saint-barthelemy"),
    ("97150", "saint-martin"),
    ("97200", "martinique"),
    ("97300", "guyane"),
    ("97400", "la-reunion"),
    ("97500", "saint-pierre-et-miquelon"),
    ("97600", "mayotte"),
    ("96999", "metropole"),
    ("59000", "metropole"),
    ("00400", "metropole"),
]


@pytest.mark.parametrize(("code_postal", "territoire"), CODES)
def test_a_town_is_where_its_postcode_is(code_postal: str, territoire: str) -> None:
    ville = Commune.model_validate({**EXEMPLE, "adresse": {**EXEMPLE["adresse"], "code_postal": code_postal}})
    assert (ville.territoire, ville.outre_mer) == (territoire, territoire != "metropole")


def test_what_the_town_tells_comes_before_its_postcode() -> None:
    assert Commune.model_validate({**EXEMPLE, "territoire": "moselle"}).territoire == "moselle"


def test_a_siret_alone_of_a_commune_overseas_is_there() -> None:
    reunion = par_defaut("21974011500015")
    assert (reunion.territoire, reunion.adresse.code_postal) == ("la-reunion", "97400")
    instant = datetime.fromisoformat("2024-06-17T20:00:00+00:00")
    assert (reunion.jour(instant), par_defaut("21590350100017").jour(instant)) == (date(2024, 6, 18), date(2024, 6, 17))
