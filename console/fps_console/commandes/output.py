"""What the command says: plain French lines and tables, the same with and without colours; and the failures it tells in one sentence."""

import errno
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

SPECIMEN = "SPÉCIMEN — environnement simulé"
WIDTH = 100


CAUSES = {
    errno.ENOENT: "ce chemin n'existe pas",
    errno.EACCES: "vous n'avez pas le droit d'y toucher",
    errno.EPERM: "vous n'avez pas le droit d'y toucher",
    errno.EROFS: "ce disque ne se modifie pas",
    errno.EEXIST: "un fichier porte déjà ce nom",
    errno.ENOTDIR: "ce n'est pas un dossier",
    errno.EISDIR: "c'est un dossier, pas un fichier",
    errno.ENOSPC: "le disque est plein",
}


class Panne(Exception):
    """Something the person at the keyboard can act on: one French sentence, then what to do."""

    def __init__(self, phrase: str, que_faire: str = ""):
        super().__init__(phrase)
        self.phrase, self.que_faire = phrase, que_faire


def screen(stderr: bool = False) -> "Console":
    """A console of at most 100 columns; 100 when the output is a pipe or a file, so that it reads the same everywhere."""
    from rich.console import Console  # a command that only prints its help does not need it

    found = Console(stderr=stderr, highlight=False, emoji=False, markup=True)
    found.width = min(found.width, WIDTH) if found.is_terminal else WIDTH
    return found


def say(text: str = "") -> None:
    """A line on standard output."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(phrase: str, que_faire: str = "") -> None:
    """A failure on standard error: the sentence, then what to do."""
    sys.stderr.write(f"fps : {phrase}\n")
    for line in que_faire.splitlines():
        sys.stderr.write(f"      {line}\n")


def cause(error: OSError) -> str:
    """Why a file could not be read or written, in French."""
    return CAUSES.get(error.errno or 0) or error.strerror or str(error)


def dump(value: Any) -> None:
    """A JSON document on standard output, readable, accents kept."""
    say(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def grid(title: str, columns: Sequence[str | tuple[str, dict[str, Any]]], rows: Sequence[Sequence[Any]], *, on: "Console") -> None:
    """A table without vertical bars: a header, a rule, one line per row. Cells are text, never markup."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        name, options = (column, {}) if isinstance(column, str) else column
        table.add_column(name, **options)
    if title:
        on.print(Text(title, style="bold"))
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    on.print(table)
