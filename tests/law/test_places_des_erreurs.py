"""Where an error is said to stand: as it was written, a date that is a key as a date, and no date where none was written."""

from typing import Any

import pytest
from pydantic import ValidationError

from fps.messages.erreurs import phrases
from fps.villes.catalogue import par_nom
from fps.villes.commune import Commune

LILLE: dict[str, Any] = par_nom()["lille"].model_dump(mode="json", by_alias=True)
FAUSSES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a value alone": ({"minoration": {"montant": 100}}, {"minoration.delai_jours"}),
    "a value by date": ({"minoration": {"2024-01-01": {"montant": 100}}}, {"minoration.2024-01-01.delai_jours"}),
    "a date before the law": ({"minoration": {"2010-01-01": {"montant": 100, "delai_jours": 3}}}, {"minoration.2010-01-01"}),
    "hours by date": ({"horaires": {"2024-01-01": {"jour": 1}}}, {"horaires.2024-01-01.jour"}),
    "a key that is no date": ({"horaires": {"2024-13-01": {}}}, {"horaires.2024-13-01"}),
}


@pytest.mark.parametrize("cas", FAUSSES)
def test_an_error_stands_where_it_was_written(cas: str) -> None:
    donnees, champs = FAUSSES[cas]
    with pytest.raises(ValidationError) as erreur:
        Commune.model_validate(LILLE | donnees)
    dits = {une["champ"] for une in phrases(erreur.value)}
    assert champs <= dits and not any("datetime" in champ or "[key]" in champ for champ in dits), dits


def test_a_value_that_was_written_alone_is_written_alone_again() -> None:
    seule = Commune.model_validate(LILLE | {"minoration": {"montant": 100, "delai_jours": 3}})
    ecrite = seule.model_dump(mode="json", by_alias=True)
    assert ecrite["minoration"]["montant"] == 100 and Commune.model_validate(ecrite) == seule
