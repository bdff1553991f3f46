"""Whether a SQLite file is what the code declares, read without Alembic so that a start stays quick."""

import sqlite3
from contextlib import closing
from pathlib import Path

from fps.kit.data import schema, tables
from fps.kit.engine.definition import Definition


class BaseEtrangere(Exception):
    """Cette base vient d'une autre version du simulateur, et ne peut pas être reprise"""


def is_current(url: str, definition: Definition) -> bool:
    """Whether a SQLite file is at the last revision and has the tables that the code declares: their columns, their keys, their indexes."""
    if definition.migrations is None or not url.startswith("sqlite"):
        return False
    path = Path(url.partition("://")[2].removeprefix("/"))
    if not path.exists():
        return False
    # Revisions are files named by their number: the last name is the head.
    head = max(f.name.partition("_")[0] for f in (definition.migrations / "versions").iterdir() if f.name.endswith(".py"))
    with closing(sqlite3.connect(path)) as connection:
        try:
            there = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            columns, indexes = (connection.execute(query).fetchall() for query in schema.QUERIES["sqlite"])
        except sqlite3.OperationalError:
            return False
    return there == [(head,)] and schema.facts(columns, indexes) == schema.declared("sqlite", tables.metadata, definition.metadata)
