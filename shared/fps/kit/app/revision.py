"""Whether a SQLite file is what the code declares, read without Alembic so that a start stays quick."""

import sqlite3
from contextlib import closing
from pathlib import Path

from fps.kit.data import schema, tables
from fps.kit.engine.definition import Definition


class BaseEtrangere(Exception):
    """Cette base vient d'une autre version du simulateur, et ne peut pas être reprise"""


class BaseAbimee(Exception):
    """Ce fichier n'est pas une base de données, ou il est abîmé"""


def file_of(url: str) -> Path | None:
    """The file of a SQLite URL; None for memory, and for another engine."""
    path = url.partition("://")[2].removeprefix("/")
    return Path(path) if url.startswith("sqlite") and path else None


def bacs_of(url: str) -> int | None:
    """How many bacs a SQLite file holds; None when there is no file, or no table in it. Raises BaseAbimee."""
    path = file_of(url)
    if path is None or not path.exists() or not path.stat().st_size:
        return None
    with closing(sqlite3.connect(path)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM bacs").fetchone()[0])
        except sqlite3.OperationalError:
            return None
        except sqlite3.DatabaseError as error:
            raise BaseAbimee(f"{path} : {error}") from error


def head(definition: Definition) -> str | None:
    """The last revision that the code knows of the tables of a service: files named by their number; None for a service without any."""
    if definition.migrations is None:
        return None
    return max(f.name.partition("_")[0] for f in (definition.migrations / "versions").iterdir() if f.name.endswith(".py"))


def is_current(url: str, definition: Definition) -> bool:
    """Whether a SQLite file is at the last revision and has the tables that the code declares: their columns, their keys, their indexes.

    Raises BaseAbimee when it cannot be read at all.
    """
    if definition.migrations is None or not url.startswith("sqlite"):
        return False
    path = Path(url.partition("://")[2].removeprefix("/"))
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as connection:
        try:
            there = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            columns, indexes = (connection.execute(query).fetchall() for query in schema.QUERIES["sqlite"])
        except sqlite3.OperationalError:
            return False
        except sqlite3.DatabaseError as error:
            raise BaseAbimee(f"{path} : {error}") from error
    return there == [(head(definition),)] and schema.facts(columns, indexes) == schema.declared(
        "sqlite", tables.metadata, definition.metadata
    )
