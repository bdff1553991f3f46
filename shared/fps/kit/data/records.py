"""Plain dataclasses to tables, rows and back: the bulk mapping of the case files, without an ORM."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from operator import itemgetter
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Boolean, Column, Date, Index, MetaData, Table, Text

from fps.kit.data.packed import Packed
from fps.kit.data.sql import Instant, Row

T = TypeVar("T")
Converter = Callable[[Any], Any] | None
PAR_DOSSIER = frozenset({"numero", "numero_fps", "numero_avis"})
PLAIN: dict[Any, Any] = {str: Text, int: BigInteger, bool: Boolean, date: Date, datetime: Instant}


def _value(member: Any) -> Any:
    return None if member is None else member.value


def _arms(hint: Any) -> tuple[list[Any], bool]:
    """The types that a field may have besides None, and whether None is one."""
    arms = list(get_args(hint)) if get_origin(hint) in (Union, UnionType) else [hint]
    return [a for a in arms if a is not NoneType], NoneType in arms


def _converters(hint: Any) -> tuple[Converter, Converter]:
    """How a field is written to its column and read back; None where the value travels as it is."""
    arms, _ = _arms(hint)
    kind = arms[0]
    if len(arms) == 1 and kind in PLAIN:
        return None, None
    if len(arms) == 1 and isinstance(kind, type) and issubclass(kind, Enum):
        return _value, lambda v: None if v is None else kind(v)
    adapter: TypeAdapter[Any] = TypeAdapter(hint)
    return (lambda v: None if v is None else adapter.dump_json(v).decode()), (lambda v: None if v is None else adapter.validate_json(v))


def _column(name: str, hint: Any, key: tuple[str, ...], looked: frozenset[str]) -> Column[Any]:
    """The column of a field: what is not a plain value is text, an enum by its value, the rest as JSON, packed unless it is looked for."""
    arms, optional = _arms(hint)
    plain = len(arms) == 1 and (arms[0] in PLAIN or (isinstance(arms[0], type) and issubclass(arms[0], Enum)))
    kind = PLAIN.get(arms[0], Text) if plain or name in looked else Packed
    return Column(name, kind, primary_key=name in key, nullable=optional and name not in key, autoincrement=False)


def _table(cls: type, metadata: MetaData, name: str, key: tuple[str, ...], indexes: Mapping[str, tuple[str, ...]]) -> Table:
    hints = get_type_hints(cls)
    own = [f.name for f in fields(cls)]
    if not key or not {*key, *(c for columns in indexes.values() for c in columns)} <= {*own}:
        raise TypeError(f"{name}: the key or an index names what {cls.__name__} has not: {key} {dict(indexes)}")
    looked = frozenset((*key, *(c for columns in indexes.values() for c in columns)))
    columns = (_column(n, hints[n], key, looked) for n in (*key, *(n for n in own if n not in key)))
    made = (Index(one, "bac", *named) for one, named in indexes.items())
    return Table(name, metadata, Column("bac", Text, primary_key=True), *columns, *made)


class Record(Generic[T]):
    """The mapping of one dataclass to one table, made from its fields: enums by value, composed fields as JSON text."""

    table: Table
    cls: type[T]
    par_dossier = False  # whether who has the part of its first key is alone to change it: see fps/kit/data/scope.py

    def __init__(
        self,
        cls: type[T],
        metadata: MetaData,
        name: str,
        *,
        key: tuple[str, ...],
        indexes: Mapping[str, tuple[str, ...]] | None = None,
        commun: bool = False,
    ):
        """`key`: the fields that find one in a bac; `indexes`: by name, the columns besides the bac.

        `commun`: its number is not that of the dossier by which it is looked for, and replicas share it as they share the rest of a bac.
        """
        self._map(cls, _table(cls, metadata, name, key, indexes or {}))
        self.par_dossier = self.key[0] in PAR_DOSSIER and not commun

    @classmethod
    def of(cls, table: Table, dataclass: type[T]) -> "Record[T]":
        """The same on a table that the kit declares in a lower room; its first key column is `bac`."""
        found: Record[T] = cls.__new__(cls)
        found._map(dataclass, table)
        return found

    def _map(self, cls: type[T], table: Table) -> None:
        self.table, self.cls = table, cls
        self.columns = tuple(c.name for c in table.columns)
        own = {f.name for f in fields(cls)}  # type: ignore[arg-type]
        if self.columns[0] != "bac" or set(self.columns[1:]) != own:
            raise TypeError(f"{table.name}: columns and fields differ: {sorted(set(self.columns[1:]) ^ own)}")
        hints = get_type_hints(cls)
        converters = [_converters(hints[n]) for n in self.columns[1:]]
        self.key = tuple(c.name for c in table.primary_key.columns)[1:]
        if any(hasattr(cls, name) for name in ("__post_init__", "__slots__")):
            raise TypeError(f"{cls.__name__}: a case file is its fields, which are given to it without its `__init__`")
        self._fields = self.columns[1:]
        self._values = itemgetter(*self._fields)
        self._write = [(i, w) for i, (w, _) in enumerate(converters, 1) if w is not None]
        self._read = [(n, r) for n, (_, r) in zip(self._fields, converters, strict=True) if r is not None]

    def key_of(self, item: T) -> Row:
        """The key of an object, without its bac."""
        return tuple(getattr(item, k) for k in self.key)

    def row(self, bac: str, item: T) -> Row:
        """The row of an object, in the order of the columns."""
        values = [bac, *self._values(item.__dict__)]
        for i, write in self._write:
            values[i] = write(values[i])
        return tuple(values)

    def item(self, row: Row) -> T:
        """The object of a row (whose first value is the bac)."""
        item = object.__new__(self.cls)
        values = item.__dict__
        values.update(zip(self._fields, row[1:], strict=True))
        for name, read in self._read:
            values[name] = read(values[name])
        return item
