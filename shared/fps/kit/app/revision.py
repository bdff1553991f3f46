"""The revision of a SQLite file, read without Alembic so that a start stays quick."""

import sqlite3
from contextlib import closing
from pathlib import Path

from fps.kit.engine.definition import Definition


def is_current(url: str, definition: Definition) -> bool:
    """Whether a SQLite file already is at the last revision."""
    if definition.migrations is None or not url.startswith("sqlite"):
        return False
    path = Path(url.partition("://")[2].removeprefix("/"))
    if not path.exists():
        return False
    # Revisions are files named by their number: the last name is the head.
    head = max(f.name.partition("_")[0] for f in (definition.migrations / "versions").iterdir() if f.name.endswith(".py"))
    with closing(sqlite3.connect(path)) as connection:
        try:
            return connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(head,)]
        except sqlite3.OperationalError:
            return False
