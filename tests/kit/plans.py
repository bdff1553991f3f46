"""What the engines mean to do with a statement: collected while lives are played, explained on both, and those that would walk."""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Table
from sqlalchemy.schema import CreateIndex, CreateTable

from fps.kit.data import postgres, sqlite, tables
from fps.kit.data.sql import Upsert, load, pg_type, pg_write, sqlite_write
from fps.parties import Party
from fps_simulateur.pilote.world import DEFINITIONS, World

# What stays small whatever the number of dossiers, or holds only what waits or what failed.
SMALL = {
    "bacs": "one row per bac",
    "counts": "some thirty figures per bac",
    "audit_tetes": "one row per bac",
    "avances": "who moves a bac now",
    "outbox": "the letters that have not left yet",
    "dead_letters": "what could not be done",
    "habilitations": "one row per certificate of a collectivité",
    "espaces": "one row per collectivité",
    "pannes": "the few rules that the pilot has set in a bac",
}
ROWS, BACS = 300, 3  # enough for PostgreSQL to tell an index from another
# Equal to one of a few values: a list of those in a state is read in the order of its key, a page at a time.
STATES = {"bac", "etat", "suite", "sens", "mode"}


@dataclass(frozen=True)
class Asked:
    """A statement as the gateway was asked for it: by whom, for which table, in the words of each engine."""

    party: Party
    what: str
    sqlite: str
    postgresql: str
    by: tuple[str, ...] = ()  # the columns of the keys of a bulk load


@contextmanager
def collected(world: World) -> Iterator[set[Asked]]:
    """Every statement asked of the databases of a world meanwhile."""
    found: set[Asked] = set()
    parties = {id(one.service.database): party for party, one in world.services.items()}
    cls = sqlite.SqliteTransaction
    with pytest.MonkeyPatch.context() as patch:

        def watch(name: str, words: Any) -> None:
            true = getattr(cls, name)

            async def asked(self: Any, *given: Any, **values: Any) -> Any:
                if id(self.database) in parties:
                    found.update(Asked(parties[id(self.database)], *one) for one in words(*given))
                return await true(self, *given, **values)

            patch.setattr(cls, name, asked)

        watch("load", _load)
        watch("apply", _apply)
        watch("select", lambda statement: [(str(statement)[:80], sqlite._compiled(statement)[0], postgres._compiled(statement)[0])])
        watch("execute", lambda statement: [(str(statement)[:80], *_executed(statement))])
        yield found


def _load(table: Table, keys: Any, by: tuple[str, ...] = ()) -> Iterable[tuple[Any, ...]]:
    columns = by or tuple(c.name for c in table.primary_key.columns)
    yield f"load {table.name} by {', '.join(columns)}", load("sqlite", table, columns), load("postgresql", table, columns), columns


def _apply(ops: Any) -> Iterable[tuple[Any, ...]]:
    for op in ops:
        shape = (op.table, type(op).__name__, op.columns, op.add if isinstance(op, Upsert) else ())
        yield f"{shape[1]} {op.table.name}", sqlite_write(*shape), pg_write(*shape, 1)


def _executed(statement: Any) -> tuple[str, str]:
    options = {"render_postcompile": True}
    return tuple(str(statement.compile(dialect=d, compile_kwargs=options)) for d in (sqlite.DIALECT, postgres.DIALECT))  # type: ignore[return-value]


def _ddl(party: Party, dialect: Any) -> Iterator[str]:
    for table in (*tables.metadata.sorted_tables, *DEFINITIONS[party].metadata.sorted_tables):
        yield str(CreateTable(table).compile(dialect=dialect))
        yield from (str(CreateIndex(index).compile(dialect=dialect)) for index in sorted(table.indexes, key=lambda i: str(i.name)))


def _rows(party: Party) -> Iterator[str]:
    """Rows of some bacs: each value but the bac is another one in each row."""
    kinds = {
        "timestamptz": "now() + i * interval '1 day'",
        "date": "current_date + i",
        "boolean": "i % 2 = 0",
        "bigint": "i",
        "text": "i::text",
    }
    for table in (*tables.metadata.sorted_tables, *DEFINITIONS[party].metadata.sorted_tables):
        values = [f"i % {BACS}" if c.name == "bac" else kinds[pg_type(c)] for c in table.columns]
        rows = (
            1
            if len(table.primary_key.columns) == 1 and table.primary_key.columns[0].name == "bac"
            else ROWS * 10
            if table.name == "boites"
            else ROWS
        )
        yield f"INSERT INTO {table.name} SELECT {', '.join(values)} FROM generate_series(1, {rows}) i"


def walks_on_sqlite(asked: Iterable[Asked]) -> list[str]:
    """The statements that read a whole table or a whole bac on SQLite, each with its plan."""
    wrong, bases = [], {}
    for one in sorted(asked, key=lambda a: (a.party, a.what, a.sqlite)):
        if one.party not in bases:
            bases[one.party] = sqlite3.connect(":memory:")
            for ddl in _ddl(one.party, sqlite.DIALECT):
                bases[one.party].execute(ddl)
        plan = [row[3] for row in bases[one.party].execute(f"EXPLAIN QUERY PLAN {one.sqlite}", [None] * one.sqlite.count("?"))]
        if any(_walks(one, *_sqlite_step(line)) for line in plan):
            wrong.append(f"{one.party}, {one.what}: {'; '.join(plan)}")
    for base in bases.values():
        base.close()
    return wrong


def _sqlite_step(line: str) -> tuple[str, set[str]]:
    """Of a step of a plan: its table, and the columns that its index compares."""
    found = re.match(r"(SCAN|SEARCH) (\w+)(?: USING (?:COVERING )?(?:INDEX \w+|INTEGER PRIMARY KEY)(?: \((.*)\))?)?$", line)
    if found is None or found[2] in ("CONSTANT", "k") or found[2].startswith("anon_"):
        return "", set()
    if found[1] == "SEARCH" and found[3] is None:  # one end of an index
        return "", set()
    return found[2], set(re.findall(r"(\w+)[=<>]", found[3] or ""))


async def walks_on_postgresql(url: str, asked: Iterable[Asked]) -> list[str]:
    """The same on PostgreSQL, planned as the services have it planned; each table holds one bac of some rows, and its statistics."""
    wrong: list[str] = []
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), server_settings=postgres.SERVER)
    try:
        party = None
        for one in sorted(asked, key=lambda a: (a.party, a.what, a.postgresql)):
            if one.party is not party:
                party = one.party
                await connection.execute(f"CREATE SCHEMA {party}; SET search_path TO {party}")
                await connection.execute(";".join([*_ddl(party, postgres.DIALECT), *_rows(party), "ANALYZE"]))
            given = len(set(re.findall(r"\$(\d+)", one.postgresql)))
            values = f"({', '.join(['NULL'] * given)})" if given else ""
            await connection.execute(f"PREPARE asked AS {one.postgresql}")
            told = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked{values}")
            await connection.execute("DEALLOCATE asked")
            plan = json.loads(told)[0]["Plan"]
            if any(_walks(one, *step) for step in _postgres_steps(plan)):
                wrong.append(f"{one.party}, {one.what}: {json.dumps(plan)}")
    finally:
        await connection.close()
    return wrong


def _postgres_steps(plan: Any) -> Iterator[tuple[str, set[str]]]:
    below = plan.get("Plans", [])
    if plan["Node Type"] in ("Seq Scan", "Index Scan", "Index Only Scan"):
        yield plan["Relation Name"], _compared(plan)
    elif plan["Node Type"] == "Bitmap Heap Scan":
        yield plan["Relation Name"], _compared(below[0])
    for one in below:
        yield from _postgres_steps(one)


def _compared(plan: Any) -> set[str]:
    return set(re.findall(r"(\w+)\"?\)?(?:::\w+)? (?:=|<|>|IS)", plan.get("Index Cond", "")))


def _walks(asked: Asked, table: str, compared: set[str]) -> bool:
    """Whether a step reads more of a table than what was asked: all of it, all of a bac, or all that precedes or follows something."""
    if not table or table in SMALL:
        return False
    if asked.by:
        return not set(asked.by) <= compared
    equal = set(re.findall(rf"(?:\b{table}\.|(?<![.\w]))(\w+) = \?", asked.sqlite)) - STATES
    if equal:
        return not equal & compared
    if compared <= {"bac"}:  # the first or the last of an order is read at one end of its index, a page at its beginning
        return not compared or not re.search(r"\b(min|max)\(|LIMIT", asked.sqlite)
    return False
