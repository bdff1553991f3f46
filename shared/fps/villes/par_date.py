"""What a town sets once for all, or by date: a value alone is that of always."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, TypeVar, cast

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, SerializerFunctionWrapHandler, WrapSerializer
from pydantic_core import CoreSchema

from fps.villes.lecture import REFORME, DepuisLaReforme

T = TypeVar("T")


def _date(cle: object) -> object:
    try:
        return date.fromisoformat(cle) if isinstance(cle, str) else cle
    except ValueError:
        return cle


class _Toujours(date):
    """The first day of a value that was written alone: the place of an error in it (`fps.messages.erreurs.chemin`) says no date."""

    def __repr__(self) -> str:
        return ""


_DE_TOUJOURS: Final = _Toujours(REFORME.year, REFORME.month, REFORME.day)


def _figee(valeur: object) -> object:
    if isinstance(valeur, Mapping):
        return {cle: _figee(suite) for cle, suite in valeur.items()}
    return tuple(map(_figee, valeur)) if isinstance(valeur, list) else valeur


def _par_date(valeur: object) -> object:
    """The keys and the lists are read here: what a validator receives of a JSON document is strict about its dates and its tuples."""
    valeur = _figee(valeur)
    datees = {_date(cle): suite for cle, suite in valeur.items()} if isinstance(valeur, Mapping) else {None: valeur}
    return datees if all(isinstance(cle, date) for cle in datees) else {_DE_TOUJOURS: valeur}


def _ecrire(valeurs: dict[date, Any], suite: SerializerFunctionWrapHandler) -> Any:
    ecrites = suite(valeurs)
    return next(iter(ecrites.values())) if list(valeurs) == [REFORME] else ecrites


class _SeuleOuDatee:
    """Either writing, in the published schema."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        lue = {cle: valeur for cle, valeur in core.items() if cle != "serialization"}  # which says nothing of what it writes
        datee = handler.resolve_ref_schema(handler(cast(CoreSchema, lue)))
        return {"anyOf": [datee["additionalProperties"], datee]}


# A value, or values by date; it is written again as it was read.
ParDate = Annotated[dict[DepuisLaReforme, T], Field(min_length=1), BeforeValidator(_par_date), WrapSerializer(_ecrire), _SeuleOuDatee()]


def valeur_au(valeurs: Mapping[date, T], le: date) -> T:
    """The value in force that day; before the first one, that one."""
    return valeurs[max((depuis for depuis in valeurs if depuis <= le), default=min(valeurs))]
