"""A bac as a stream of lines, written and read in constant memory: a header, its rows table after table, a last line that seals them.

Each line is a JSON value. The header says whose rows follow and how many anchors (signed heads) come with them;
`{"table": …, "colonnes": […]}` begins a table; a list is a row; `{"fin": {"lignes": …, "empreinte": …}}` counts the rows of each table and
gives the SHA-256 of all the bytes before it. Nothing in it depends on the day when it is written. The first version was one JSON document,
which is still read.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO, Final

from sqlalchemy import Column, Table, Text, bindparam, select

from fps.kit.data.database import Transaction
from fps.kit.data.sql import sqlite_value
from fps.kit.ground.faults import Malformed
from fps.kit.wire.envelope import parse

FORMAT: Final = "fps-bac-service"
VERSION: Final = 2
LOT: Final = 200  # rows read at once
LIGNE: Final = 64 << 20  # bytes of one line
APART: Final = ("bac", "position")  # columns that another world gives again
ANCRES: Final = "ancres"  # the table of the signed heads, and what the header says of it
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def fault(path: str, why: str) -> Malformed:
    """The refusal of an export, with the place of its first fault."""
    return Malformed(
        "export-invalide",
        f"Ce fichier n'est pas un export que ce service puisse reprendre : {path} : {why}. Rien n'est repris.",
        [{"code": "export-invalide", "champ": path, "phrase": f"{why}.", "article": ""}],
    )


def exported(table: Table) -> list[Column[Any]]:
    """The columns of a table that leave with a bac."""
    return [c for c in table.columns if c.name not in APART]


def schema(tables: Sequence[Table]) -> str:
    """What the tables were when they were written, as a digest."""
    return hashlib.sha256(_line({t.name: [c.name for c in exported(t)] for t in tables})).hexdigest()


def _line(value: Any) -> bytes:
    return (_ENCODER.encode(value) + "\n").encode()


@cache
def _leaving(table: Table) -> Any:
    """The rows of the bac `nom`, in the order of their keys."""
    order = [c for c in table.primary_key.columns if c.name == "position"] or list(table.primary_key.columns)
    return select(*exported(table)).where(table.c.bac == bindparam("nom", type_=Text)).order_by(*order)


async def write(tx: Transaction, service: str, nom: str, tables: Sequence[Table], ancres: int = 0) -> AsyncIterator[bytes]:
    """All the rows of a bac, some lines at a time; `ancres`: how many rows the table of the anchors has, 0 when it does not leave."""
    seal, numbers = hashlib.sha256(), dict[str, int]()
    head = _line({"format": FORMAT, "version": VERSION, "service": service, "bac": nom, "schema": schema(tables), ANCRES: ancres})
    seal.update(head)
    yield head
    for table in tables:
        numbers[table.name] = 0
        begins = _line({"table": table.name, "colonnes": [c.name for c in exported(table)]})
        seal.update(begins)
        yield begins
        async for rows in tx.stream(_leaving(table), LOT, nom=nom):
            numbers[table.name] += len(rows)
            some = b"".join(_line([sqlite_value(v) for v in row]) for row in rows)
            seal.update(some)
            yield some
    yield _line({"fin": {"lignes": numbers, "empreinte": seal.hexdigest()}})


@dataclass(frozen=True, slots=True)
class Morceau:
    """The beginning of a table (`rang` is -1, `valeur` its columns), or one of its rows; `poids`: its bytes."""

    table: str
    rang: int
    valeur: Any
    poids: int = 0


def read(file: BinaryIO, service: str) -> Iterator[Morceau]:
    """The pieces of a stream, from its first line; raises Malformed, at the end too: what it gave is only sure then."""
    file.seek(0)
    seal, numbers, table, said = hashlib.sha256(), dict[str, int](), "", None
    for number, raw in enumerate(iter(lambda: file.readline(LIGNE + 1), b""), 1):
        place = f"ligne {number}"
        if len(raw) > LIGNE:
            raise fault(place, f"elle dépasse {LIGNE >> 20} Mio")
        if not raw.endswith(b"\n"):
            raise fault(place, "elle est coupée : le fichier n'est pas entier")
        try:
            value = parse(raw)
        except Malformed as error:
            raise fault(place, error.detail.rstrip(".")) from error
        if number == 1:
            said = _head(value, service)
        elif isinstance(value, list):
            if not table:
                raise fault(place, "le nom d'une table est attendu d'abord")
            yield Morceau(table, numbers[table], value, len(raw))
            numbers[table] += 1
        elif isinstance(value, dict) and set(value) == {"table", "colonnes"} and isinstance(value["table"], str):
            table = value["table"]
            if table in numbers:
                raise fault(place, f"la table « {table[:40]} » est déjà venue")
            numbers[table] = 0
            yield Morceau(table, -1, value["colonnes"])
        elif isinstance(value, dict) and set(value) == {"fin"}:
            if value["fin"] != {"lignes": numbers, "empreinte": seal.hexdigest()}:
                raise fault(place, "ce qui précède n'est pas ce qui avait été écrit : le fichier a été changé, ou coupé")
            if file.read(1):
                raise fault(f"ligne {number + 1}", "rien n'est attendu après la dernière ligne")
            if said is not None and said != (held := numbers.get(ANCRES, 0)):
                raise fault(f"tables.{ANCRES}", f"l'en-tête annonce {said} ancres, {held} sont venues : des têtes signées ont été retirées")
            return
        else:
            raise fault(place, "une table, une liste de valeurs, ou la dernière ligne est attendue")
        seal.update(raw)
    raise fault("fin", "la dernière ligne manque : le fichier est coupé")


def origine(file: BinaryIO) -> str:
    """The name of the bac that left, as the first line of its stream says it; empty when it does not."""
    file.seek(0)
    try:
        return str(json.loads(file.readline(LIGNE))["bac"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _head(value: Any, service: str) -> Any:
    """How many anchors the header says that come; None: an earlier version wrote it, and did not say."""
    if not isinstance(value, dict) or value.get("format") != FORMAT or value.get("version") != VERSION:
        raise fault("ligne 1", f"l'en-tête d'un export est attendu (« {FORMAT} », version {VERSION})")
    _whose(value, service)
    return value.get(ANCRES)


def _whose(value: Mapping[str, Any], service: str) -> None:
    if value.get("service") != service:
        raise fault("service", f"cet export vient de « {str(value.get('service'))[:40]} », ce service est « {service} »")


def read_document(content: Any, service: str) -> Iterator[Morceau]:
    """The pieces of an export of the first version, one JSON document; raises Malformed."""
    if not isinstance(content, dict) or not isinstance(content.get("tables"), dict):
        raise fault("tables", "un objet est attendu")
    _whose(content, service)
    for name, given in content["tables"].items():
        if not isinstance(given, dict) or not isinstance(given.get("lignes"), list) or not isinstance(given.get("colonnes"), list):
            raise fault(f"tables.{name[:40]}", "« colonnes » et « lignes » sont attendues, deux listes")
        yield Morceau(name, -1, given["colonnes"])
        for rank, row in enumerate(given["lignes"]):
            yield Morceau(name, rank, row, 512)
