"""The classes that the annotations of the project name, read without running anything."""

import functools
import inspect
import sys
import types
import typing
from typing import Any


def class_named(annotation: Any, names: dict[str, Any]) -> type | None:
    """The first class of the project in an annotation."""
    if isinstance(annotation, str):
        annotation = names.get(annotation.strip('"'))
    if isinstance(annotation, typing.ForwardRef):
        annotation = names.get(annotation.__forward_arg__)
    if isinstance(annotation, type) and not typing.get_args(annotation):
        return annotation if str(annotation.__module__).partition(".")[0] not in ("builtins", "typing", "datetime") else None
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType, typing.Annotated) or getattr(origin, "__name__", "") in ("AsyncIterator", "Iterator"):
        return next((found for one in arguments if (found := class_named(one, names)) is not None), None)
    return None


def left_open(annotation: Any) -> bool:
    return isinstance(annotation, typing.TypeVar) or any(left_open(one) for one in typing.get_args(annotation))


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    return {name: hint for one in reversed(cls.__mro__) for name, hint in vars(one).get("__annotations__", {}).items()}


def class_of_field(cls: type, name: str) -> type | None:
    names = vars(sys.modules[cls.__module__]) if cls.__module__ in sys.modules else {}
    found = inspect.getattr_static(cls, name, None)
    if isinstance(found, property) and found.fget is not None:
        return class_named(found.fget.__annotations__.get("return"), names)
    return class_named(_hints(cls).get(name), names)
