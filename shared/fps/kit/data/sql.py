"""The set-based statements of the kit for both engines, generated from the tables: the only place that writes SQL text by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import Any, Literal

from sqlalchemy import BigInteger, Boolean, Column, Date, Dialect, Integer, String, Table
from sqlalchemy.types import DateTime, TypeDecorator, TypeEngine

from fps.kit.data import packed as kept
from fps.kit.data.packed import HexDigest, Packed, RawStamp, Word

Engine = Literal["sqlite", "postgresql"]
# The execution option of a select that reads a few rows by an index: a SQLite file answers it at once, without its thread.
SHORT: Mapping[str, bool] = {"short": True}
Row = tuple[Any, ...]
TOGETHER = 19  # rows converted column by column; not twenty: Python 3.11 never takes back the tuples of that length that it puts aside


class Instant(TypeDecorator[datetime]):
    """An aware datetime: timestamptz on PostgreSQL, ISO text in UTC on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else DateTime(timezone=True))


class Stamp(Instant):
    """An instant that no statement compares: a SQLite file keeps it as bytes."""

    cache_ok = True


@dataclass(frozen=True, slots=True)
class Insert:
    """Append rows (values in the order of `columns`)."""

    table: Table
    columns: tuple[str, ...]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Upsert:
    """Insert rows, or replace what is not the key; columns named in `add` are summed instead."""

    table: Table
    columns: tuple[str, ...]
    rows: Sequence[Row]
    add: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete the rows whose `columns` equal one of `rows`."""

    table: Table
    columns: tuple[str, ...]
    rows: Sequence[Row]


Op = Insert | Upsert | Delete


def pg_type(column: Column[Any]) -> str:
    """PostgreSQL type of a column, for the arrays given to unnest."""
    match column.type:
        case Instant():
            return "timestamptz"
        case Boolean():
            return "boolean"
        case BigInteger() | Integer():
            return "bigint"
        case Date():
            return "date"
        case String() | Packed() | HexDigest() | Word():
            return "text"
    raise TypeError(f"{column}: no array type for {column.type!r}")


def _on_conflict(table: Table, columns: Sequence[str], add: Sequence[str]) -> str:
    keys = [c.name for c in table.primary_key.columns]
    rest = [c for c in columns if c not in keys]
    sets = ", ".join(f"{c} = {table.name}.{c} + excluded.{c}" if c in add else f"{c} = excluded.{c}" for c in rest)
    return f"ON CONFLICT ({', '.join(keys)}) DO " + (f"UPDATE SET {sets}" if sets else "NOTHING")


@cache
def pg_write(table: Table, kind: str, columns: tuple[str, ...], add: tuple[str, ...], first: int) -> str:
    """One write as a statement that takes one array per column, from parameter `first` on."""
    arrays = ", ".join(f"${first + i}::{pg_type(table.c[c])}[]" for i, c in enumerate(columns))
    names = ", ".join(columns)
    if kind == "Delete":
        match = " AND ".join(f"t.{c} = k.{c}" for c in columns)
        found = f"SELECT t.ctid FROM {table.name} t WHERE {match} OFFSET 0"
        rows = f"SELECT f.ctid FROM unnest({arrays}) AS k({names}) CROSS JOIN LATERAL ({found}) f"
        return f"DELETE FROM {table.name} WHERE ctid = ANY(ARRAY({rows}))"
    tail = " " + _on_conflict(table, columns, add) if kind == "Upsert" else ""
    return f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays}){tail}"


@cache
def sqlite_write(table: Table, kind: str, columns: tuple[str, ...], add: tuple[str, ...]) -> str:
    """The same write for executemany on SQLite."""
    names = ", ".join(columns)
    if kind == "Delete":
        return f"DELETE FROM {table.name} WHERE " + " AND ".join(f"{c} = ?" for c in columns)
    tail = " " + _on_conflict(table, columns, add) if kind == "Upsert" else ""
    return f"INSERT INTO {table.name} ({names}) VALUES ({', '.join('?' * len(columns))}){tail}"


@cache
def load(engine: Engine, table: Table, by: tuple[str, ...]) -> str:
    """All the rows whose `by` columns equal one of the keys given (arrays on PostgreSQL, one JSON text on SQLite)."""
    names = ", ".join(f"t.{c.name}" for c in table.columns)
    if engine == "postgresql":
        arrays = ", ".join(f"${i + 1}::{pg_type(table.c[c])}[]" for i, c in enumerate(by))
        match = " AND ".join(f"t.{c} = k.{c}" for c in by)
        # OFFSET 0 keeps the planner from joining the whole table: each key is looked up in the index, whatever the statistics say.
        found = f"SELECT * FROM {table.name} t WHERE {match} OFFSET 0"
        return f"SELECT {names} FROM unnest({arrays}) AS k({', '.join(by)}) CROSS JOIN LATERAL ({found}) t"
    match = " AND ".join(f"t.{c} = json_extract(k.value, '$[{i}]')" for i, c in enumerate(by))
    return f"SELECT {names} FROM json_each(?) AS k CROSS JOIN {table.name} t ON {match}"


@cache
def sqlite_one(table: Table, by: tuple[str, ...]) -> str:
    """The same rows for one key, each of its values a parameter."""
    return f"SELECT {', '.join(c.name for c in table.columns)} FROM {table.name} WHERE " + " AND ".join(f"{c} = ?" for c in by)


def sqlite_value(value: Any) -> Any:
    """How SQLite keeps a value: instants in UTC and dates as ISO text, booleans as integers."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


_READ: dict[type, Callable[[Any], Any]] = {
    Instant: datetime.fromisoformat,
    Stamp: kept.from_stamp,
    Date: date.fromisoformat,
    Boolean: bool,
    Packed: kept.unpack,
    HexDigest: kept.to_hex,
    Word: kept.to_word,
    RawStamp: kept.raw_stamp,
}


def sqlite_reader(columns: Sequence[Column[Any]]) -> dict[int, Any]:
    """Positions that must be read back from text, with the function that does it."""
    readers: dict[int, Any] = {}
    for i, column in enumerate(columns):
        if (read := _READ.get(type(column.type))) is not None:
            readers[i] = read
    return readers


@cache
def sqlite_places(table: Table) -> dict[int, Any]:
    """The same for all the columns of a table: looked for once."""
    return sqlite_reader(table.columns.values())


@cache
def sqlite_writers(table: Table, columns: tuple[str, ...], packed: bool) -> Mapping[int, Callable[[Any], Any]]:
    """Positions of these columns that are not kept as they are, with the function that makes of a value what is kept.

    `packed`: whether long texts and digests are, which a file does and a memory does not.
    """
    writers: dict[int, Callable[[Any], Any]] = {}
    for i, name in enumerate(columns):
        kind = table.c[name].type
        if packed and isinstance(kind, Stamp):
            writers[i] = kept.to_stamp
        elif isinstance(kind, Instant | Date):
            writers[i] = sqlite_value
        elif packed and isinstance(kind, Packed):
            writers[i] = partial(kept.pack, number=kind.dictionary)
        elif packed and isinstance(kind, HexDigest):
            writers[i] = kept.to_bytes
        elif packed and isinstance(kind, Word):
            writers[i] = kept.to_rank
    return writers


def encoded(rows: Sequence[Row], writers: Mapping[int, Callable[[Any], Any]]) -> Sequence[Row]:
    """Rows as SQLite keeps them: only the columns at these positions (dates, instants, packed texts) are converted."""
    if not writers:
        return rows
    out: list[Row] = []
    for start in range(0, len(rows), TOGETHER):
        columns: list[Sequence[Any]] = list(zip(*rows[start : start + TOGETHER], strict=True))
        for i, write in writers.items():
            columns[i] = _column(columns[i], write)
        out += zip(*columns, strict=True)
    return out


def _column(values: Sequence[Any], write: Callable[[Any], Any]) -> list[Any]:
    """The values of a column as they are kept; one batch writes one instant, one day a thousand times."""
    if write is not sqlite_value and write is not kept.to_stamp:
        return list(map(write, values))
    told: dict[int, Any] = {}  # by identity: the values live meanwhile, and two instants that are equal may be told in two zones
    out = []
    for value in values:
        if (known := told.get(id(value))) is None and value is not None:
            known = told[id(value)] = write(value)
        out.append(known)
    return out


def decoded(rows: Sequence[Row], readers: dict[int, Any]) -> list[Row]:
    """Rows with dates, instants, booleans and packed texts given back their types."""
    if not readers:
        return [tuple(r) for r in rows]
    out = []
    for row in rows:
        values = list(row)
        for i, read in readers.items():
            if values[i] is not None:
                values[i] = read(values[i])
        out.append(tuple(values))
    return out
