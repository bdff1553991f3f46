"""The shape of a database, told as facts that can be compared: columns, keys and indexes, as declared and as they are."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import MetaData, Text, select
from sqlalchemy import column as field
from sqlalchemy import table as named
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.engine import Dialect

Fact = tuple[str, ...]
_DIALECTS: dict[str, Dialect] = {"sqlite": pysqlite.dialect(), "postgresql": postgresql.dialect()}  # type: ignore[no-untyped-call]

# The only table that no code declares is that of Alembic.
SQLITE_COLUMNS = """
    SELECT t.name, c.name, c.type, c."notnull", c.pk FROM sqlite_master t JOIN pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'alembic_version'"""
SQLITE_INDEXES = """
    SELECT t.name, i.name, i."unique", c.name FROM sqlite_master t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
    WHERE t.type = 'table' AND t.name <> 'alembic_version' AND i.origin = 'c' ORDER BY i.name, c.seqno"""
POSTGRES_COLUMNS = """
    SELECT t.relname, a.attname, upper(format_type(a.atttypid, a.atttypmod)), a.attnotnull::int,
        coalesce(array_position(k.indkey::int[], a.attnum::int), -1) + 1
    FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_index k ON k.indrelid = t.oid AND k.indisprimary
    WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace AND t.relname <> 'alembic_version'"""
POSTGRES_INDEXES = """
    SELECT t.relname, i.relname, k.indisunique::int, a.attname
    FROM pg_index k JOIN pg_class i ON i.oid = k.indexrelid JOIN pg_class t ON t.oid = k.indrelid
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY(k.indkey)
    WHERE NOT k.indisprimary AND t.relnamespace = current_schema()::regnamespace AND t.relname <> 'alembic_version'
    ORDER BY i.relname, array_position(k.indkey::int[], a.attnum::int)"""
QUERIES = {"sqlite": (SQLITE_COLUMNS, SQLITE_INDEXES), "postgresql": (POSTGRES_COLUMNS, POSTGRES_INDEXES)}
# Whether migrations made this database.
MARKED: dict[str, Any] = {
    engine: select(field(name, Text)).select_from(named(catalogue)).where(field(name, Text) == "alembic_version")
    for engine, catalogue, name in (("sqlite", "sqlite_master", "name"), ("postgresql", "pg_tables", "tablename"))
}


def declared(engine: str, *metadata: MetaData) -> frozenset[Fact]:
    """What the code declares, in the words of an engine."""
    columns, indexes = [], []
    for table in (t for data in metadata for t in data.sorted_tables):
        key = [c.name for c in table.primary_key.columns]
        for c in table.columns:
            place = key.index(c.name) + 1 if c.name in key else 0
            columns.append((table.name, c.name, c.type.compile(dialect=_DIALECTS[engine]), int(not c.nullable), place))
        for index in table.indexes:
            indexes += [(table.name, str(index.name), int(bool(index.unique)), str(c.name)) for c in index.columns]
    return facts(columns, indexes)


def facts(columns: Iterable[Any], indexes: Iterable[Any]) -> frozenset[Fact]:
    """What two queries of an engine answered, as facts."""
    found: set[Fact] = {
        ("colonne", f"{table}.{name}", kind, "obligatoire" if required else "facultative", str(place))
        for table, name, kind, required, place in columns
    }
    ordered: dict[tuple[str, str, str], list[str]] = {}
    for table, name, unique, column in indexes:
        ordered.setdefault((table, name, "unique" if unique else "multiple"), []).append(column)
    return frozenset(found | {("index", f"{table}.{name}", unique, *columns) for (table, name, unique), columns in ordered.items()})


def gaps(expected: frozenset[Fact], found: frozenset[Fact]) -> str:
    """What differs, in a few French words; empty when nothing does."""
    missing = sorted({f"{kind} {name}" for kind, name, *_ in expected - found})
    foreign = sorted({f"{kind} {name}" for kind, name, *_ in found - expected} - {*missing})
    told = [
        f"{word} : {', '.join(names[:3])}{f' et {len(names) - 3} de plus' if len(names) > 3 else ''}"
        for word, names in (("il manque", missing), ("en trop", foreign))
        if names
    ]
    return " ; ".join(told)
