"""What the command says: plain French lines and tables, the same with and without colours; and the failures it tells in one sentence."""

import codecs
import errno
import io
import json
import sys
import unicodedata
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

SPECIMEN = "SPÉCIMEN — environnement simulé"
WIDTH = 100


NEAREST = {
    **dict.fromkeys("«»", '"'),
    **dict.fromkeys("—–‑─", "-"),
    "→": "->",
    "…": "...",
    "’": "'",
    "×": "x",
    "€": "EUR",
    "°": "o",
    "œ": "oe",
}
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
    """Something the person at the keyboard can act on: one French sentence, then what to do.

    `problem` is what a service answered, if it did; `statut` the exit status.
    """

    def __init__(
        self,
        phrase: str,
        que_faire: str = "",
        *,
        code: str = "commande-refusee",
        statut: int = 1,
        problem: Mapping[str, Any] | None = None,
    ):
        super().__init__(phrase)
        self.phrase, self.que_faire, self.code, self.statut, self.problem = phrase, que_faire, code, statut, problem or {}

    def tell(self, en_json: bool) -> int:
        """Say it: two sentences on standard error, or one problem (RFC 9457) on standard output; gives the exit status."""
        if en_json:
            own = {"title": self.phrase, "code": self.code, "que_faire": self.que_faire, "code_sortie": self.statut}
            found = {**own, **self.problem}
            dump({"type": f"urn:fps-simulateur:probleme:{found['code']}", **found})
        else:
            complain(self.phrase, self.que_faire)
        return self.statut


def nearest(error: UnicodeError) -> tuple[str, int]:
    """What a terminal that lacks a character shows instead: the nearest one that it has."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    plain = "".join(NEAREST.get(c) or unicodedata.normalize("NFKD", c) for c in lost)
    return plain.encode("ascii", "ignore").decode() or "?", error.end


def any_terminal() -> None:
    """Let nothing that is said stop a command, whatever the encoding of the terminal."""
    codecs.register_error("fps.proche", nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="fps.proche")


def shown(text: str) -> str:
    """A text as standard output shows it: who writes it may think that no terminal is in ASCII."""
    encoding, errors = getattr(sys.stdout, "encoding", None) or "utf-8", getattr(sys.stdout, "errors", None) or "replace"
    return text.encode(encoding, errors).decode(encoding)


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


def answer(en_json: bool, phrase: str, **said: Any) -> int:
    """What a command did: a sentence for people, or what it says as one JSON document; the exit status of what succeeds."""
    if en_json:
        dump(said)
    else:
        say(phrase)
    return 0


def cause(error: OSError) -> str:
    """Why a file could not be read or written, in French."""
    return CAUSES.get(error.errno or 0) or error.strerror or str(error)


def dump(value: Any) -> None:
    """A JSON document on standard output, readable; accents are kept where the terminal has them."""
    say(json.dumps(value, ensure_ascii=narrow(), indent=2, default=str))


def narrow() -> bool:
    """Whether the terminal has no accents of its own."""
    return not (sys.stdout.encoding or "utf-8").lower().replace("-", "").startswith("utf")


async def objet(champs: Mapping[str, Any], liste: str, elements: AsyncIterator[Any], *, plain: bool = False) -> AsyncIterator[str]:
    """A JSON object as a stream: its fields, then a list of elements, one a line, that is never held whole."""
    yield json.dumps(dict(champs), ensure_ascii=plain, default=str)[:-1] + f', "{liste}": ['
    between = "\n"
    async for one in elements:
        yield between + json.dumps(one, ensure_ascii=plain, default=str)
        between = ",\n"
    yield "\n]}"


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
