"""Plain dataclasses to rows and back: the bulk mapping of the case files, without an ORM."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter
from sqlalchemy import Table

from fps.kit.data.sql import Row

T = TypeVar("T")
Converter = Callable[[Any], Any] | None
PLAIN = {str, int, bool, date, datetime}


def _value(member: Any) -> Any:
    return None if member is None else member.value


def _converters(hint: Any) -> tuple[Converter, Converter]:
    """How a field is written to its column and read back; None where the value travels as it is."""
    arms = [a for a in get_args(hint) if a is not NoneType] if get_origin(hint) in (Union, UnionType) else [hint]
    kind = arms[0]
    if len(arms) == 1 and kind in PLAIN:
        return None, None
    if len(arms) == 1 and isinstance(kind, type) and issubclass(kind, Enum):
        return _value, lambda v: None if v is None else kind(v)
    adapter: TypeAdapter[Any] = TypeAdapter(hint)
    return (lambda v: None if v is None else adapter.dump_json(v).decode()), (lambda v: None if v is None else adapter.validate_json(v))


class Record(Generic[T]):
    """The mapping of one dataclass to one table: enums by value, composed fields as JSON text; the first key column is `bac`."""

    def __init__(self, table: Table, cls: type[T]):
        self.table, self.cls = table, cls
        self.columns = tuple(c.name for c in table.columns)
        own = {f.name for f in fields(cls)}  # type: ignore[arg-type]
        if self.columns[0] != "bac" or set(self.columns[1:]) != own:
            raise TypeError(f"{table.name}: columns and fields differ: {sorted(set(self.columns[1:]) ^ own)}")
        hints = get_type_hints(cls)
        converters = [_converters(hints[n]) for n in self.columns[1:]]
        self.key = tuple(c.name for c in table.primary_key.columns)[1:]
        self._write = [(n, w) for n, (w, _) in zip(self.columns[1:], converters, strict=True)]
        self._read = [(n, r) for n, (_, r) in zip(self.columns[1:], converters, strict=True)]

    def key_of(self, item: T) -> Row:
        """The key of an object, without its bac."""
        return tuple(getattr(item, k) for k in self.key)

    def row(self, bac: str, item: T) -> Row:
        """The row of an object, in the order of the columns."""
        values = item.__dict__
        return (bac, *[values[n] if w is None else w(values[n]) for n, w in self._write])

    def item(self, row: Row) -> T:
        """The object of a row (whose first value is the bac)."""
        return self.cls(**{n: v if r is None else r(v) for (n, r), v in zip(self._read, row[1:], strict=True)})
