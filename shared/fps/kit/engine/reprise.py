"""An exported bac, before it is taken back: each value against its column, each row against what reads it; a fault has its path."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Protocol

from pydantic import ValidationError
from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, String, Table, Text, bindparam, func, select

from fps.errors import Refus
from fps.flows import by_type
from fps.kit.data import tables
from fps.kit.data.database import LigneEnDouble, Transaction
from fps.kit.data.packed import HexDigest, Packed, Word
from fps.kit.data.sql import Insert, Instant, Row
from fps.kit.engine import buried, releve, verification, villes
from fps.kit.engine.archive import Morceau, exported, fault
from fps.kit.engine.service import Service
from fps.kit.engine.verification import Constat
from fps.kit.engine.work import Work
from fps.kit.ground.clock import DEBUT, FIN, Marche
from fps.kit.ground.faults import Malformed, Unavailable
from fps.kit.wire.envelope import INTERDITS

PAGE: Final = 100  # dossiers, or rows, read back at once
LIGNES, POIDS = 1_000, 4 << 20  # rows, and bytes of them, that are written at once
RECENTES: Final = frozenset(
    {"villes", "ancres", "reveils", "pannes", "remises", "usagers", "gestes"}
)  # tables that an export made by an earlier version may not have
METHODES: Final = ("GET", "POST", "PUT", "DELETE")
SENS: Final = ("envoi", "reception", buried.SENS)


class Faux(ValueError):
    """A value that its place cannot hold."""


Source = Callable[[], Iterator[Morceau]]  # the export, from its beginning each time
_TETES: Final[tuple[Any, ...]] = tuple(
    select(func.count()).select_from(table).where(table.c.bac == bindparam("nom", type_=Text))
    for table in (tables.chains, tables.audit_tetes)
)


class LecteurDesTetes(Protocol):
    """What reads the signed heads of an export, some rows of (number, rank of audit, JWS) after the others, and gives what they convict."""

    couvertes: int  # journals whose head, as it came, is one that was signed

    def __call__(self, tx: Transaction, nom: str, rows: Sequence[Row]) -> AsyncIterator[Constat]: ...


@dataclass(slots=True)
class Couverture:
    """How much of an export is signed: its anchors, the heads of its journals (dossiers and audit), those of them that an anchor covers."""

    ancres: int = 0
    tetes: int = 0
    signees: int = 0

    @property
    def sans_ancre(self) -> int:
        """The journals of which the chain alone was replayed: their end may have been cut or written again."""
        return self.tetes - self.signees


class Reprise:
    """An export that a service takes back under the name `nom`: read whole and verified first, then read again and written."""

    def __init__(self, service: Service, nom: str, known: Sequence[Table], source: Source, origine: str, temoin: LecteurDesTetes | None):
        self.service, self.nom, self.source, self.origine, self._temoin = service, nom, source, origine, temoin
        self._known = {t.name: t for t in (*known, tables.ancres)}
        self._readers = {record.table.name: record for record in service.records.values()}
        self.couverture = Couverture()

    async def verifier(self) -> None:
        """Each value against its column, each row against what reads it; raises Malformed with the path of the first fault."""
        async for _ in self._lots(controle=True):
            pass

    async def inserer(self, tx: Transaction) -> None:
        """Write all of it, some rows at a time; raises Malformed for two rows with one key, or a journal that is not what was written."""
        lus = False  # the journals: first their own chains, then what was signed of them
        async for lot in self._lots(controle=False):
            if lot.table is tables.ancres:  # of the bac that left: this one gets its own
                if not lus:
                    await self._journaux(tx)
                lus = True
                await self._confronter(tx, lot)
                continue
            lus = False
            try:
                await tx.apply([Insert(lot.table, lot.noms, lot.lignes)])
            except LigneEnDouble as error:
                raise await asyncio.to_thread(self._double, lot) from error
        if not lus:
            await self._journaux(tx)
        self.couverture.tetes = sum([int((await tx.select(query, nom=self.nom))[0][0]) for query in _TETES])

    async def _confronter(self, tx: Transaction, lot: "Lot") -> None:
        places = [lot.noms.index(n) for n in ("numero", "audit", "jws")]
        if self._temoin is not None:
            async for constat in self._temoin(tx, self.nom, [tuple(row[p] for p in places) for row in lot.lignes]):
                raise rompu(constat)
            self.couverture.ancres += len(lot.lignes)
            self.couverture.signees = self._temoin.couvertes

    async def _journaux(self, tx: Transaction) -> None:
        """The chain of each dossier and that of the audit, head included, as they were just stored; raises Malformed: subject and rank."""
        apres: str | None = ""
        while apres is not None:
            _, constats, apres = await verification.page(tx, self.nom, apres, PAGE)
            for constat in constats:
                raise rompu(constat)
        for constat in (await verification.audit(tx, self.nom, self.origine)).constats:
            raise rompu(constat)

    async def _lots(self, *, controle: bool) -> AsyncIterator["Lot"]:
        """Read beside the loop of events, which has others to serve."""
        lots = self._lire(controle)
        while (lot := await asyncio.to_thread(next, lots, None)) is not None:
            yield lot

    def _lire(self, controle: bool) -> Iterator["Lot"]:
        seen: dict[str, int] = {}
        columns: list[Column[Any]] = []
        lot: Lot | None = None
        for piece in self.source():
            if lot is not None and (piece.rang < 0 or len(lot.lignes) == LIGNES or lot.poids > POIDS):
                if lot.lignes:
                    yield lot
                lot = None
            if piece.rang < 0:
                if piece.table not in self._known:
                    raise self._other([piece.table])
                columns, seen[piece.table] = _shape(self._known[piece.table], piece.valeur), 0
                continue
            lot = lot or Lot(self._known[piece.table], ("bac", *(c.name for c in columns)), piece.rang)
            lot.lignes.append((self.nom, *self._row(piece, columns, controle)))
            lot.poids += piece.poids
            seen[piece.table] += 1
        if lot is not None and lot.lignes:
            yield lot
        if missing := set(self._known) - set(seen) - RECENTES:
            raise self._other(missing)
        if seen["bacs"] != 1:
            raise fault("tables.bacs.lignes", "une ligne, et une seule, est attendue")

    def _other(self, names: Iterable[str]) -> Malformed:
        return fault("tables", f"les tables diffèrent : {sorted(n[:40] for n in names)} (autre version du simulateur ?)"[:400])

    def _row(self, piece: Morceau, columns: Sequence[Column[Any]], controle: bool) -> Row:
        """The values of a row, as its table holds them."""
        name, row, path = piece.table, piece.valeur, f"tables.{piece.table}.lignes.{piece.rang}"
        if not isinstance(row, list) or len(row) != len(columns):
            raise fault(path, f"{len(columns)} valeurs sont attendues")
        values = {column.name: _value(column, one, f"{path}.{column.name}") for column, one in zip(columns, row, strict=True)}
        if controle:
            try:
                _row(self.service, name, values)
                if (reader := self._readers.get(name)) is not None:
                    reader.item((self.nom, *(values.get(c) for c in reader.columns[1:])))
            except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, Refus) as error:
                where = f"{path}.{error.args[1]}" if isinstance(error, Faux) and len(error.args) > 1 else path
                why = str(error.args[0]) if isinstance(error, Faux) else "ce qui lit cette ligne ne la comprend pas"
                raise fault(where, why) from error
        return tuple(values.values())

    def _double(self, lot: "Lot") -> Malformed:
        """Which row of these has the key of another, found by reading the table again: what was read is not kept for that."""
        for key in _keys(lot.table):
            places = [lot.noms.index(n) for n in key if n in lot.noms]
            wanted = {tuple(row[p] for p in places) for row in lot.lignes}
            first: dict[Row, int] = {}
            for other in self._lire(controle=False):
                for rank, row in enumerate(other.lignes if other.table is lot.table else (), other.premier):
                    mine = tuple(row[p] for p in places)
                    if mine in wanted and first.setdefault(mine, rank) != rank:
                        why = f"la ligne {first[mine]} a déjà la même clé ({', '.join(key)})"
                        return fault(f"tables.{lot.table.name}.lignes.{rank}", why)
        return fault(f"tables.{lot.table.name}", "une de ses lignes est déjà dans la base, sous ce nom")


def rompu(constat: Constat) -> Malformed:
    """The refusal of an export whose journals are not those that were written."""
    sujet = f".{constat.sujet}" if constat.sujet else ""
    return fault(f"{constat.journal}{sujet}.rang {constat.rang}", constat.phrase)


@dataclass(slots=True)
class Lot:
    """Rows of one table, some thousand bytes of them; `premier`: the rank of the first."""

    table: Table
    noms: tuple[str, ...]
    premier: int
    lignes: list[Row] = field(default_factory=list)
    poids: int = 0


def _keys(table: Table) -> list[list[str]]:
    """What no two rows share: the key, and the columns of each unique index."""
    keys = [[c.name for c in table.primary_key.columns], *([c.name for c in index.columns] for index in table.indexes if index.unique)]
    return [key for key in keys if "position" not in key]


def _shape(table: Table, names: Any) -> list[Column[Any]]:
    expected = {c.name for c in exported(table)}
    newer = {c.name for c in table.columns if c.nullable}  # what an export made by an earlier version may not have
    if (
        not isinstance(names, list)
        or not all(isinstance(n, str) for n in names)
        or len(set(names)) != len(names)
        or not expected - newer <= set(names) <= expected
    ):
        raise fault(f"tables.{table.name}.colonnes", f"les colonnes de cette table sont {', '.join(sorted(expected))}")
    return [table.c[n] for n in names]


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
        if isinstance(kind, String | Packed | HexDigest | Word):
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


def _town(service: Service, row: Mapping[str, Any]) -> None:
    try:
        villes.commune(row["siret"], row["document"])
    except ValueError:
        raise Faux("la configuration de cette collectivité est attendue", "document") from None


def _geste(service: Service, row: Mapping[str, Any]) -> None:
    if row["methode"] not in METHODES:
        raise Faux(f"{' ou '.join(METHODES)} est attendu", "methode")
    if not row["chemin"].startswith("/"):
        raise Faux("une adresse qui commence par / est attendue", "chemin")


ROWS: Final[Mapping[str, Callable[[Service, Mapping[str, Any]], None]]] = {
    "bacs": _bac,
    "villes": _town,
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
    "gestes": _geste,
}


async def verifier_villes(tx: Transaction, nom: str) -> None:
    """The towns that were just stored are those that their bac tells: another digest would show those of another bac. Raises Malformed."""
    (bac,) = await tx.load(tables.bacs, [(nom,)])
    lines = await villes.load(tx, nom)
    if (villes.mark(lines) if lines or bac[-1] is not None else None) != bac[-1]:
        raise fault("tables.bacs.lignes.0.villes", "ce n'est pas l'empreinte de la table « villes »")


async def relire(service: Service, work: Work) -> None:
    """Read back what was just stored, as its statement and its pages do, before it is committed; raises Malformed."""
    try:
        await releve.ensemble(work, 0)
        if service.definition.releve is not None:
            await service.definition.releve.ensemble(work)
        for cls, voir in service.definition.vues.items():
            record = service.records[cls]
            query: Any = select(record.table).where(record.table.c.bac == work.bac.nom)
            async for rows in work.tx.stream(query, PAGE):
                for row in rows:
                    voir(record.item(row), work.today)
        apres: str | None = ""
        while apres is not None:
            apres = (await releve.dossiers(work, service.definition.releve, apres, PAGE)).suivant
    except Unavailable:
        raise
    except Exception as error:
        raise fault("tables", f"ce qui est repris ne se relit pas ({type(error).__name__})") from error
