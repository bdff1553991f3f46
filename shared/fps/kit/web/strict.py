"""How the fields of a request are read at every door: JSON values as JSON writes them, 64-bit integers, dates as ISO 8601 writes them."""

import json
import re
from datetime import date
from typing import Any, Final, TypeVar

from fastapi.dependencies.models import Dependant
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from fps.kit.web.problems import malformed
from fps.messages.erreurs import phrases, reste

M = TypeVar("M", bound=BaseModel)
WHOLE: Final = dict[str, Any]  # a body that its act reads by itself
ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class StrictBody:
    """The type of a body, that takes no value for another: no number for a date, no text for a number."""

    def __init__(self, adapter: TypeAdapter[Any]):
        self._adapter = adapter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)

    def validate_python(self, value: Any, **_: Any) -> Any:
        """The value of a parsed body."""
        return self._adapter.validate_json(_text(value), strict=True)


class StrictParameter:
    """The type of a parameter, which is always a text: no number is a date there, and no integer passes 64 bits."""

    def __init__(self, adapter: TypeAdapter[Any]):
        self._adapter = adapter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)

    def validate_python(self, value: Any, **options: Any) -> Any:
        """The value of a text of the path, of the query or of a header."""
        found = self._adapter.validate_python(value, **options)
        if isinstance(found, date) and isinstance(value, str) and not ISO.match(value):
            raise _error("date_parsing", value)
        if isinstance(found, int) and not -(1 << 63) <= found < 1 << 63:
            raise _error("int_parsing_size", value)
        return found


def _error(kind: Any, value: Any) -> ValidationError:
    return ValidationError.from_exception_data("parametre", [InitErrorDetails(type=PydanticCustomError(kind, kind), loc=(), input=value)])


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)  # what is no JSON value is no value of any field


def strict(dependant: Dependant) -> None:
    """Read strictly every field of a route and of what it depends on."""
    for field in dependant.body_params:
        if field.field_info.annotation != WHOLE:
            _replace(field, StrictBody)
    for field in (*dependant.path_params, *dependant.query_params, *dependant.header_params, *dependant.cookie_params):
        _replace(field, StrictParameter)
    for one in dependant.dependencies:
        strict(one)


def _replace(field: Any, kind: type[StrictBody] | type[StrictParameter]) -> None:
    if not isinstance(field._type_adapter, StrictBody | StrictParameter):  # FastAPI offers no other place
        field._type_adapter = kind(field._type_adapter)


def read(model: type[M], value: Any) -> M:
    """A parsed value as a model, as strictly as a body; raises Malformed with every error found."""
    try:
        return model.model_validate_json(_text(value), strict=True)
    except ValidationError as error:
        raise malformed(phrases(error), reste(error.error_count())) from error
