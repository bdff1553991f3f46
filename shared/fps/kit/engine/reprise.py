"""An exported bac, before it is taken back: each value against its column, each row against what reads it; a fault has its path."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, String, Table

from fps.errors import Refus
from fps.flows import by_type
from fps.kit.data.sql import Insert, Instant, Row
from fps.kit.engine import buried, releve
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.clock import DEBUT, FIN, Marche
from fps.kit.ground.faults import Malformed, Unavailable
from fps.kit.wire.envelope import INTERDITS

PAGE: Final = 1_000  # dossiers read back at once
SENS: Final = ("envoi", "reception", buried.SENS)


class Faux(ValueError):
    """A value that its place cannot hold."""


def fault(path: str, why: str) -> Malformed:
    """The refusal of an export, with the place of its first fault."""
    return Malformed(
        "export-invalide",
        f"Ce fichier n'est pas un export que ce service puisse reprendre : {path} : {why}. Rien n'est repris.",
        [{"code": "export-invalide", "champ": path, "phrase": f"{why}.", "article": ""}],
    )


def inserts(service: Service, nom: str, content: Any, tables: Sequence[Table]) -> Iterator[Insert]:
    """The rows of an export, in the order of the tables, under the name `nom`; raises Malformed with the path of the first fault."""
    if not isinstance(content, dict) or not isinstance(content.get("tables"), dict):
        raise fault("tables", "un objet est attendu")
    if content.get("service") != service.party.value:
        raise fault("service", f"cet export vient de « {str(content.get('service'))[:40]} », ce service est « {service.party} »")
    given, known = content["tables"], {t.name: t for t in tables}
    if set(given) != set(known):
        raise fault("tables", f"les tables diffèrent : {sorted(set(given) ^ set(known))} (autre version du simulateur ?)"[:400])
    readers = {record.table.name: record for record in service.records.values()}
    for name, table in known.items():
        columns, rows = _shape(table, given[name])
        checked: list[Row] = []
        for rank, row in enumerate(rows):
            path = f"tables.{name}.lignes.{rank}"
            if not isinstance(row, list) or len(row) != len(columns):
                raise fault(path, f"{len(columns)} valeurs sont attendues")
            values = {column.name: _value(column, one, f"{path}.{column.name}") for column, one in zip(columns, row, strict=True)}
            try:
                _row(service, name, values)
                if name in readers:
                    readers[name].item((nom, *(values.get(c) for c in readers[name].columns[1:])))
            except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, Refus) as error:
                where = f"{path}.{error.args[1]}" if isinstance(error, Faux) and len(error.args) > 1 else path
                why = str(error.args[0]) if isinstance(error, Faux) else "ce qui lit cette ligne ne la comprend pas"
                raise fault(where, why) from error
            checked.append((nom, *values.values()))
        names = ("bac", *(column.name for column in columns))
        _alone(table, names, checked)
        if name == "bacs" and len(checked) != 1:
            raise fault("tables.bacs.lignes", "une ligne, et une seule, est attendue")
        yield Insert(table, names, checked)


def _shape(table: Table, given: Any) -> tuple[list[Column[Any]], list[Any]]:
    path = f"tables.{table.name}"
    if not isinstance(given, dict) or not isinstance(given.get("lignes"), list) or not isinstance(given.get("colonnes"), list):
        raise fault(path, "« colonnes » et « lignes » sont attendues, deux listes")
    names = given["colonnes"]
    expected = {c.name for c in table.columns} - {"bac", "position"}
    newer = {c.name for c in table.columns if c.nullable}  # what an export made by an earlier version may not have
    if not all(isinstance(n, str) for n in names) or len(set(names)) != len(names) or not expected - newer <= set(names) <= expected:
        raise fault(f"{path}.colonnes", f"les colonnes de cette table sont {', '.join(sorted(expected))}")
    return [table.c[n] for n in names], given["lignes"]


def _value(column: Column[Any], value: Any, path: str) -> Any:
    """A value as its column holds it, on both engines."""
    if value is None:
        if not column.nullable:
            raise fault(path, "une valeur est attendue")
        return None
    kind = column.type
    try:
        if isinstance(kind, Instant | Date):
            return _date(isinstance(kind, Instant), value)
        if isinstance(kind, Boolean):
            if value in (0, 1) and isinstance(value, int):
                return bool(value)
            raise Faux("true ou false est attendu")
        if isinstance(kind, BigInteger | Integer):
            if isinstance(value, int) and not isinstance(value, bool) and -(1 << 62) <= value < 1 << 62:
                return value
            raise Faux("un nombre entier de moins de 63 bits est attendu")
        if isinstance(kind, String):
            if isinstance(value, str) and not INTERDITS.search(value):
                return value
            raise Faux("un texte sans caractère de commande est attendu")
    except ValueError as error:
        raise fault(path, str(error) if isinstance(error, Faux) else "une date ISO 8601 est attendue") from error
    raise TypeError(f"{column}: no check for {kind!r}")


def _date(instant: bool, value: Any) -> date:
    if not isinstance(value, str):
        raise Faux("une date entre guillemets est attendue")
    found = datetime.fromisoformat(value) if instant else date.fromisoformat(value)
    if not 1900 <= found.year <= 2199 or (isinstance(found, datetime) and found.tzinfo is None):
        raise Faux("une date de 1900 à 2199 est attendue, avec son décalage quand elle a une heure")
    return found


def _alone(table: Table, names: Sequence[str], rows: Sequence[Row]) -> None:
    """No two rows with one key, nor with the same values of a unique index."""
    keys = [[c.name for c in table.primary_key.columns], *([c.name for c in index.columns] for index in table.indexes if index.unique)]
    for key in keys:
        if "position" in key:
            continue
        places = [names.index(n) for n in key if n in names]
        seen: dict[Row, int] = {}
        for rank, row in enumerate(rows):
            first = seen.setdefault(tuple(row[p] for p in places), rank)
            if first != rank:
                raise fault(f"tables.{table.name}.lignes.{rank}", f"la ligne {first} a déjà la même clé ({', '.join(key)})")


def _row(service: Service, table: str, values: Mapping[str, Any]) -> None:
    check = ROWS.get(table)
    if check is not None:
        check(service, values)


def _object(text: str, field: str) -> Any:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Faux("un objet JSON est attendu", field)
    return found


def _bac(service: Service, row: Mapping[str, Any]) -> None:
    if row["mode"] not in [m.value for m in Marche]:
        raise Faux("« fige » ou « courant » est attendu", "mode")
    if not 1 <= row["vitesse"] <= 86_400 * 31:
        raise Faux("une vitesse de 1 à 2 678 400 est attendue", "vitesse")
    if not DEBUT <= row["instant"] <= FIN:
        raise Faux(f"un instant de {DEBUT:%Y} à {FIN:%Y} est attendu", "instant")


def _letter(service: Service, row: Mapping[str, Any]) -> None:
    """A letter that is kept is one that can still be read, carried and printed."""
    try:
        cls = by_type(row["type"])
    except (KeyError, ValueError):
        raise Faux("aucun message ne porte ce type", "type") from None
    try:
        message = cls.model_validate_json(row["body"])
    except ValidationError:
        raise Faux("le message ne respecte pas son schéma", "body") from None
    if message.sujet != row["subject"]:
        raise Faux("ce n'est pas le dossier du message", "subject")


def _received(service: Service, row: Mapping[str, Any]) -> None:
    _letter(service, row)
    if row["outcome"] not in ("recu", "refuse"):
        raise Faux("« recu » ou « refuse » est attendu", "outcome")
    if row["answer"] is not None:
        _object(row["answer"], "answer")


def _act(service: Service, row: Mapping[str, Any]) -> None:
    _object(row["data"], "data")
    _rank(service, row)


def _rank(service: Service, row: Mapping[str, Any]) -> None:
    if not 0 <= row["rang"] < 1 << 40:
        raise Faux("un rang positif est attendu", "rang")


def _deadline(service: Service, row: Mapping[str, Any]) -> None:
    if row["kind"] not in service.kinds:
        raise Faux("ce service n'a pas d'échéance de ce nom", "kind")


def _dead(service: Service, row: Mapping[str, Any]) -> None:
    if row["sens"] not in SENS:
        raise Faux(f"{' ou '.join(SENS)} est attendu", "sens")
    if row["sens"] == buried.SENS:
        planned = _object(row["envelope"], "envelope")
        try:
            date.fromisoformat(planned["due"]), str(planned["subject"]), str(planned["kind"])
        except (KeyError, TypeError, ValueError):
            raise Faux("une échéance (subject, kind, due) est attendue", "envelope") from None


def _audited(service: Service, row: Mapping[str, Any]) -> None:
    _object(row["details"], "details")
    _rank(service, row)


ROWS: Final[Mapping[str, Callable[[Service, Mapping[str, Any]], None]]] = {
    "bacs": _bac,
    "outbox": _letter,
    "courriers": _letter,
    "boites": _letter,
    "inbox": _received,
    "journal": _act,
    "chains": _rank,
    "deadlines": _deadline,
    "dead_letters": _dead,
    "audit": _audited,
    "audit_tetes": _rank,
}


async def relire(service: Service, work: Work) -> None:
    """Read back what was just stored, as its statement and its pages do, before it is committed; raises Malformed."""
    try:
        await releve.ensemble(work, 0)
        if service.definition.releve is not None:
            await service.definition.releve.ensemble(work)
        for cls, voir in service.definition.vues.items():
            record = service.records[cls]
            for row in await work.tx.load(record.table, [(work.bac.nom,)], ("bac",)):
                voir(record.item(row), work.today)
        apres: str | None = ""
        while apres is not None:
            apres = (await releve.dossiers(work, service.definition.releve, apres, PAGE)).suivant
    except Unavailable:
        raise
    except Exception as error:
        raise fault("tables", f"ce qui est repris ne se relit pas ({type(error).__name__})") from error
