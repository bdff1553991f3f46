"""One batch is one transaction; one Work is what one letter, request or deadline may change inside it: everything or nothing."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from fps.confiance.habilitation import Identite
from fps.droit.money import EcritureEquilibree
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.data.records import Record
from fps.kit.data.scope import HorsPartage, Scope
from fps.kit.data.sql import Delete, Insert, Op, Row, Upsert
from fps.kit.engine import audit, chain, villes
from fps.kit.engine.acts import Act, Bac, BacInconnu
from fps.kit.engine.clocks import Clocks
from fps.kit.ground.clock import BacClock, Marche, civil_date, wall_now
from fps.kit.web.geste import Geste
from fps.kit.wire.envelope import canonical, digest
from fps.messages.message import Message
from fps.parties import Channel, Party
from fps.regles.machine import Passage, noter_passages
from fps.releves import VERS
from fps.villes.annuaire import Annuaire, Version
from fps.villes.communes import Commune

T = TypeVar("T")
Key = tuple[type, Row]
IDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:fps-simulateur")
TRANSIT = (Channel.REST, Channel.AMQP)
JOURNAL = ("bac", "subject", "rang", "time", "acte", "article", "data", "hash", "wall_time", "sceau")
GESTES = ("bac", "time", "wall_time", "methode", "chemin", "corps", "lettre")
OUTBOX = ("bac", "id", "type", "subject", "rang", "time", "body", "traceparent", "attempts", "not_before", "apres")


@dataclass
class Batch:
    """Everything that one transaction loads and will save."""

    party: Party
    records: dict[type, Record[Any]]
    kinds: frozenset[str]  # of the deadlines that the service knows
    tx: Transaction
    directories: villes.Directories
    clocks: Clocks
    wall: datetime = field(default_factory=wall_now)
    bacs: dict[str, Bac] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)  # bacs made in this transaction: there is nothing of them to load
    towns: dict[str, Annuaire] = field(default_factory=dict)  # of the bacs whose towns were changed, as they were found
    known: dict[tuple[type, str, Row], Any] = field(default_factory=dict)
    touched: dict[tuple[type, str, Row], Any] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    deadlines: dict[tuple[str, str], dict[str, date | None]] = field(default_factory=dict)
    cleared: dict[tuple[str, str], None] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    ops: list[Op] = field(default_factory=list)
    notes: list[audit.Note] = field(default_factory=list)
    sent: int = 0
    posted: set[tuple[str, str]] = field(default_factory=set)  # the dossiers of these letters
    gestes: dict[int, tuple[Geste, Row]] = field(default_factory=dict)
    scope: Scope | None = None  # what of their bacs may be changed here; None: everything

    async def open(self, bacs: Iterable[str], keys: Iterable[tuple[str, Key]]) -> None:
        """Load the bacs and, one statement per table, the case files that the letters are about."""
        names = [(b,) for b in dict.fromkeys(bacs)]
        for row in await self.tx.load(tables.bacs, names):
            nom, graine, mode, instant, wall, vitesse, vierge, marked = row
            known = await self.directories.of(self.tx, nom, marked)
            self.bacs[nom] = Bac(nom, graine, BacClock(Marche(mode), instant, wall, vitesse), bool(vierge), known)
            self.clocks.see(nom, self.bacs[nom].horloge)
        wanted: dict[type, dict[Row, None]] = {}
        for bac, (cls, key) in keys:
            wanted.setdefault(cls, {})[(bac, *key)] = None
        for cls, rows in wanted.items():
            await self._load(cls, list(rows))

    async def _load(self, cls: type, keys: list[Row]) -> None:
        record = self.records[cls]
        for key in keys:
            self.known.setdefault((cls, key[0], key[1:]), None)
        for row in await self.tx.load(record.table, keys):
            item = record.item(row)
            self.known[cls, row[0], record.key_of(item)] = item

    def bac(self, nom: str) -> Bac:
        """The bac of that name; raises BacInconnu."""
        if nom not in self.bacs:
            raise BacInconnu(f"« {nom} »")
        return self.bacs[nom]

    def within(self, bac: str, dossier: str) -> None:
        """Raises HorsPartage unless this transaction is alone to change that dossier."""
        if self.scope is not None and not self.scope.holds(bac, dossier):
            raise HorsPartage(f"{dossier}, « {bac} »")

    def touch(self, key: tuple[type, str, Row], item: Any) -> None:
        """This case file is to be saved; raises HorsPartage for what the dossiers of its bac share, unless the whole bac is held."""
        if self.scope is not None and self.scope.mine is not None and not self.records[key[0]].par_dossier:
            raise HorsPartage(f"{key[0].__name__} {key[2]}, « {key[1]} »")
        self.touched[key] = item

    def count(self, bac: str, nom: str, by: int = 1) -> None:
        """Increase one of the bac's figures."""
        self.counts[bac, nom] = self.counts.get((bac, nom), 0) + by

    def noter(self, bac: Bac, geste: Geste | None) -> None:
        """Keep what was asked of a bac, once, however many acts it asks for (`kit.engine.gestes`)."""
        if geste is not None and not geste.note and id(geste) not in self.gestes:
            chemin = geste.chemin.replace(f"/pilotage/bacs/{bac.nom}/", "/pilotage/bacs/{bac}/", 1)
            row = (bac.nom, bac.horloge.now(self.wall), self.wall, geste.methode, chemin, geste.corps, geste.lettre)
            self.gestes[id(geste)] = (geste, row)

    def noted(self) -> None:
        """What was asked is kept: the transaction is done."""
        for geste, _ in self.gestes.values():
            geste.note = True

    async def save(self) -> None:
        """Write everything in one go: case files, journal, letters, entries, deadlines, counts."""
        ops = self.ops
        ops += self._towns()
        chains = await self._chain(ops)
        for cls in dict.fromkeys(c for c, _, _ in self.touched):
            record = self.records[cls]
            rows = [record.row(bac, item) for (c, bac, _), item in self.touched.items() if c is cls]
            ops.append(Upsert(record.table, record.columns, rows))
        planned = [(*at, kind, due) for at, kinds in self.deadlines.items() for kind, due in kinds.items()]
        kept = [row for row in planned if row[3] is not None]
        gone = [row[:3] for row in planned if row[3] is None]
        if self.cleared:
            rows = await self.tx.load(tables.deadlines, list(self.cleared), ("bac", "subject"))
            again = {row[:3] for row in kept}
            gone += [r[:3] for r in rows if r[:3] not in again]
        ops.append(Delete(tables.deadlines, ("bac", "subject", "kind"), gone))
        ops.append(Upsert(tables.deadlines, ("bac", "subject", "kind", "due"), kept))
        ops.append(Upsert(tables.chains, ("bac", "subject", "rang", "hash", "sceau"), [(*k, *v) for k, v in chains.items()]))
        ops.append(Upsert(tables.counts, ("bac", "nom", "valeur"), [(*k, v) for k, v in self.counts.items()], add=("valeur",)))
        ops.append(Insert(tables.gestes, GESTES, [row for _, row in self.gestes.values()]))
        if self.scope is not None and self.scope.mine is not None:
            await self.tx.in_turn(
                self.scope.bacs
            )  # what a bac has one of (audit, counts, order of its journal) is written by one at a time
        ops += await audit.ops(self.tx, self.notes, self.wall)
        await self.tx.apply(ops)

    def _towns(self) -> list[Op]:
        """The towns that were changed, and the digest of all those of their bac."""
        ops: list[Op] = []
        for nom, before in self.towns.items():
            bac = self.bacs[nom]
            clock, kept = bac.horloge, villes.rows(nom, bac.villes)
            keys, former, marked = {row[:3] for row in kept}, villes.rows(nom, before), villes.mark(kept)
            gone = [row[:3] for row in former if row[:3] not in keys]
            self.directories.keep(marked, bac.villes)
            row = (nom, bac.graine, clock.mode.value, clock.instant, clock.wall, clock.vitesse, bac.vierge, marked)
            ops.append(Delete(tables.villes, villes.COLUMNS[:3], gone))
            known = set(former)
            ops.append(Upsert(tables.villes, villes.COLUMNS, [row for row in kept if row not in known]))
            ops.append(Upsert(tables.bacs, tuple(tables.bacs.columns.keys()), [row]))
        return ops

    async def _chain(self, ops: list[Op]) -> dict[tuple[str, str], tuple[int, str, str | None]]:
        """Give each act its rank and its hash, each letter its number; append the rows to write."""
        heads = dict.fromkeys((a.bac.nom, a.subject) for a in self.acts)
        chains = {(r[0], r[1]): (r[2], r[3], r[4]) for r in await self.tx.load(tables.chains, list(heads))}
        journal: list[Row] = []
        outbox: list[Row] = []
        courriers: list[Row] = []
        ecritures: list[Row] = []
        wall = self.wall.astimezone(UTC).isoformat()
        before: dict[tuple[str, str, Party], tuple[str, str]] = {}  # the last letter to a receiver about a dossier, and its way
        for act in self.acts:
            bac = act.bac.nom
            rang, previous, seal = chains.get((bac, act.subject), (0, "", None))
            rang = max(rang, act.floor) + 1
            if act.message is not None:
                name = f"{act.bac.graine}/{self.party}/{act.subject}/{rang}"
                letter = str(uuid.uuid5(IDS, name))
                body = act.message.model_dump_json()
                act.data = {"id": letter, "type": act.message.type, "empreinte": digest(body), **act.data}
                if act.message.channel in TRANSIT or (act.message.channel is Channel.PORTAIL and act.message.receiver is not Party.USAGER):
                    to = (bac, act.subject, act.message.receiver)
                    way = act.message.routing_key if act.message.channel is Channel.AMQP else ""
                    last, former = before.get(to, (None, way))
                    apres = None if way == former else last  # one way keeps the order by itself; two do not
                    outbox.append((bac, letter, act.message.type, act.subject, rang, act.time, body, act.trace, 0, self.wall, apres))
                    before[to] = (letter, way)
                    self.count(bac, "ecrites")
                    self.count(bac, VERS[act.message.receiver])
                else:
                    courriers.append((bac, letter, act.message.type, act.subject, act.time, body))
                    self.count(bac, "courriers")
                self.count(bac, f"emis:{act.message.type}")
            if act.ecriture is not None:
                for i, ligne in enumerate(act.ecriture.lignes):
                    e = act.ecriture
                    ecritures.append((bac, act.subject, rang, i, e.le, e.libelle, ligne.compte, ligne.debit, ligne.credit))
            data = canonical(act.data)
            link = chain.act_hash(previous, act.subject, rang, act.time, act.acte, act.article, data)
            seal = chain.act_seal(seal or "", link, wall)
            chains[bac, act.subject] = (rang, link, seal)
            journal.append((bac, act.subject, rang, act.time, act.acte, act.article, data, link, self.wall, seal))
        self.sent += len(outbox)
        self.posted |= {(row[0], row[3]) for row in outbox}
        ops.append(Insert(tables.journal, JOURNAL, journal))
        ops.append(Insert(tables.outbox, OUTBOX, outbox))
        ops.append(Insert(tables.courriers, tuple(tables.courriers.columns.keys()), courriers))
        ops.append(Insert(tables.ecritures, tuple(tables.ecritures.columns.keys()), ecritures))
        return {k: chains[k] for k in heads}


class Work:
    """What a handler may do: find and add case files, send letters, plan days, keep the journal and the books. Never a commit."""

    def __init__(self, batch: Batch, bac: Bac, floor: int = 0, trace: str = ""):
        self.batch, self.bac, self._floor, self._trace = batch, bac, floor, trace
        self.now: datetime = bac.horloge.now(batch.wall)
        self.today: date = civil_date(self.now)
        self.tx = batch.tx
        self._villes = bac.villes
        self._before: dict[tuple[type, str, Row], dict[str, Any] | None] = {}
        self._acts: list[Act] = []
        self._passages: list[Passage] = []  # of the machines, that no line tells yet
        self._deadlines: dict[tuple[str, str], dict[str, date | None]] = {}
        self._cleared: dict[tuple[str, str], None] = {}
        self._lasting: set[int] = set()

    @property
    def verrous(self) -> datetime:
        """The instant at which a lock of the bac is closed or looked at: real time passes for it."""
        return self.bac.horloge.verrous(self.batch.wall)

    @property
    def villes(self) -> Annuaire:
        """The towns of the bac."""
        return self._villes

    def ville(self, siret: str, le: date | None = None) -> Commune:
        """The town of this SIRET as it is configured that day, today when none is said; raises CommuneInconnue."""
        return self.villes.commune(siret, le or self.today)

    def ville_du(self, siret: str, instant: datetime) -> Commune:
        """The town of this SIRET as it is configured on the civil day, there, of an instant; raises CommuneInconnue."""
        return self.ville(siret, self.ville(siret, civil_date(instant)).jour(instant))

    def inscrire(self, version: Version) -> None:
        """A town, or a configuration of it that counts from a day on."""
        self._villes = self._villes.avec(version)

    def radier(self, siret: str) -> None:
        """The bac no longer knows this town."""
        self._villes = self._villes.sans(siret)

    @property
    def graine(self) -> str:
        """The seed of the bac: same seed, same registers, same identifiers."""
        return self.bac.graine

    async def find(self, cls: type[T], *key: Any) -> T | None:
        """The case file of that key, or None. What is changed on it is saved at the end of the batch."""
        at = (cls, self.bac.nom, key)
        if self.batch.records[cls].par_dossier:
            self.batch.within(self.bac.nom, str(key[0]))
        if at not in self.batch.known:
            if self.bac.nom in self.batch.new:
                self.batch.known[at] = None
            else:
                await self.batch._load(cls, [(self.bac.nom, *key)])
        item: T | None = self.batch.known[at]
        if item is not None and at not in self._before:
            self._before[at] = dict(item.__dict__)
        return item

    async def find_or_add(self, new: T) -> T:
        """The case file that has the key of this one, or this one, now added."""
        cls = type(new)
        found = await self.find(cls, *self.batch.records[cls].key_of(new))
        if found is None:
            self.add(new)
        return new if found is None else found

    def add(self, item: object) -> None:
        """A new case file."""
        cls = type(item)
        at = (cls, self.bac.nom, self.batch.records[cls].key_of(item))
        if self.batch.known.get(at) is not None:
            raise ValueError(f"{cls.__name__} {at[2]} already exists")
        if self.batch.records[cls].par_dossier:
            self.batch.within(self.bac.nom, str(at[2][0]))
        self.batch.known[at] = item
        self._before[at] = None

    def lasting(self, item: object) -> None:
        """What was changed on this case file stays even when the act is refused: a count of failures."""
        self._lasting.add(id(item))

    def send(self, message: Message, **data: Any) -> None:
        """Write a letter: it leaves after the commit, or waits in its addressee's mailbox."""
        if message.sender is not self.batch.party:
            raise ValueError(f"{type(message).__name__} is not for {self.batch.party} to send")
        acte = "courrier" if message.channel is Channel.COURRIER else "envoi"
        self._acts.append(Act(self.bac, message.sujet, self.now, acte, message.law, data, self._floor, self._trace, message=message))

    def record(self, subject: str, acte: str, article: str, **data: Any) -> None:
        """A line of the journal: an act, the article that founds it, and its dates and amounts (JSON values)."""
        self._acts.append(Act(self.bac, subject, self.now, acte, article, data, self._floor, self._trace))
        self._tell()

    @contextmanager
    def noting(self) -> Iterator[None]:
        """What the machines of the case files do meanwhile is told by the next line of the journal, or by the last one."""
        with noter_passages(self._passages):
            yield

    def _tell(self) -> None:
        if self._passages and self._acts:
            told = self._acts[-1].data.get("passages", [])
            self._acts[-1].data = {**self._acts[-1].data, "passages": [*told, *(list(one) for one in self._passages)]}
            self._passages.clear()

    def audit(self, acte: str, qui: Identite | str | None, objet: str, *, code: str = "", **details: Any) -> None:
        """A line of the audit journal; it stays even when the act is refused (`code`: that of the refusal)."""
        self.batch.notes.append(audit.note(self.bac.nom, acte, qui, objet, code=code, instant=self.now, **details))

    def book(self, subject: str, ecriture: EcritureEquilibree, article: str) -> None:
        """A balanced entry of the ledger, told in the journal."""
        data = {"libelle": ecriture.libelle, "lignes": [[x.compte, x.debit, x.credit] for x in ecriture.lignes]}
        self._acts.append(Act(self.bac, subject, self.now, "ecriture", article, data, self._floor, self._trace, ecriture=ecriture))

    def schedule(self, subject: str, kind: str, due: date) -> None:
        """Plan what must happen to a dossier on a day; the same kind again moves the day. Raises ValueError for a kind nobody lives."""
        self._known(kind)
        self._deadlines.setdefault((self.bac.nom, subject), {})[kind] = due

    def unschedule(self, subject: str, *kinds: str) -> None:
        """Forget what was planned for a dossier: these kinds, or everything when none is named."""
        at = (self.bac.nom, subject)
        self._known(*kinds)
        if kinds:
            self._deadlines.setdefault(at, {}).update(dict.fromkeys(kinds))
        else:
            self._cleared[at] = None
            self._deadlines.pop(at, None)

    def _known(self, *kinds: str) -> None:
        if unknown := set(kinds) - self.batch.kinds:
            raise ValueError(f"{self.batch.party} has no deadline called {', '.join(sorted(unknown))}: see its deadlines.py")

    def keep(self) -> bool:
        """Join the batch: what this work did will be saved with it; gives whether it did something."""
        self._tell()
        batch = self.batch
        for subject in {act.subject for act in self._acts} | {at[1] for at in (*self._deadlines, *self._cleared)}:
            batch.within(self.bac.nom, subject)
        done = bool(self._acts or self._deadlines or self._cleared or self._villes is not self.bac.villes)
        if self._villes is not self.bac.villes:
            if batch.scope is not None and batch.scope.mine is not None:
                raise HorsPartage(f"les villes de « {self.bac.nom} »")
            batch.towns.setdefault(self.bac.nom, batch.bac(self.bac.nom).villes)
            batch.bacs[self.bac.nom] = replace(batch.bac(self.bac.nom), villes=self._villes)
        for key, before in self._before.items():
            item = batch.known[key]
            if before is None or item.__dict__ != before:
                batch.touch(key, item)
                done = True
        batch.acts += self._acts
        for at in self._cleared:
            batch.cleared[at] = None
            batch.deadlines.pop(at, None)
        for at, kinds in self._deadlines.items():
            batch.deadlines.setdefault(at, {}).update(kinds)
        return done

    def undo(self) -> None:
        """Leave no trace: case files are given back their values (replaced, never mutated in place, so a copy of the fields is enough)."""
        self._villes = self.bac.villes
        for key, before in self._before.items():
            if id(self.batch.known[key]) in self._lasting:
                self.batch.touch(key, self.batch.known[key])
            elif before is None:
                self.batch.known[key] = None
            else:
                self.batch.known[key].__dict__.update(before)
        self._acts.clear()
        self._passages.clear()
        self._deadlines.clear()
        self._cleared.clear()
        self._before.clear()
