"""The bacs à sable of a service: worlds side by side, created, moved in time, copied, exported and deleted whole."""

from collections.abc import AsyncIterator
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import MetaData, Table, Text, bindparam, delete, func, insert, or_, select, update

from fps.errors import Conflit
from fps.kit.data import tables
from fps.kit.data.database import PATIENCE, Transaction
from fps.kit.data.sql import SHORT, Insert, Upsert
from fps.kit.engine import archive, audit, buried, journal, reprise, villes
from fps.kit.engine.acts import Bac, BacInconnu
from fps.kit.engine.extension import Extension
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import NOM
from fps.kit.ground.clock import PARIS, BacClock, Marche, civil_date, wall_now
from fps.kit.ground.faults import Malformed
from fps.kit.web.geste import geste_en_cours
from fps.messages.temps import Temps
from fps.villes.annuaire import Annuaire
from fps.villes.catalogue import livrees

_NEXT_DUE: Any = select(func.min(tables.deadlines.c.due)).where(tables.deadlines.c.bac == bindparam("nom", type_=Text))
_FIRST_DUE: Any = _NEXT_DUE.execution_options(**SHORT)
_OUTBOX: Any = select(func.count()).select_from(tables.outbox).where(tables.outbox.c.bac == bindparam("nom", type_=Text))
_HELD: Any = _OUTBOX.where(tables.outbox.c.attempts > 0)  # tried in vain
_REVEIL: Any = select(func.min(tables.reveils.c.instant)).where(
    tables.reveils.c.bac == bindparam("nom", type_=Text), tables.reveils.c.passe_le.is_(None)
)
_TOLD: Any = (
    select(func.count())
    .select_from(tables.destinations)
    .where(tables.destinations.c.bac == bindparam("nom", type_=Text), tables.destinations.c.temps)
)
_TOLD_OF = tables.boites.alias("muettes").c
_SILENT: Any = select(func.count(_TOLD_OF.numero)).where(
    _TOLD_OF.bac == bindparam("nom", type_=Text),
    or_(_TOLD_OF.etat == "attente", _TOLD_OF.etat == "en-souffrance"),
    _TOLD_OF.type == Temps.type,
)
_ACTING: Any = (
    select(func.count()).select_from(tables.usagers).where(tables.usagers.c.bac == bindparam("nom", type_=Text), ~tables.usagers.c.fini)
)
_ASKED = (_NEXT_DUE, buried.COUNT, _HELD, _REVEIL, _TOLD, _SILENT, _ACTING, journal.LAST)
_ANCHORS: Any = select(func.count()).select_from(tables.ancres).where(tables.ancres.c.bac == bindparam("nom", type_=Text))
ILLISIBLES = "?"  # where letters are kept that do not say their bac
BACS = tuple(tables.bacs.columns.keys())
CLOCK = BACS[:6]  # without what is not of its clock: an update leaves it
# Who moves a bac, what was answered, what was signed of it, what was seen of it, until when it is kept: not its world.
APART = (tables.avances, tables.reponses_gardees, tables.ancres, tables.observations, tables.echanges, tables.retentions)


class BacExistant(Conflit):
    """Un bac à sable porte déjà ce nom"""

    code = "bac-existant"
    que_faire = "Choisissez un autre nom, ou supprimez d'abord ce bac."


class RetourEnArriere(Conflit):
    """Le temps d'un bac ne recule pas"""

    code = "retour-en-arriere"
    que_faire = "Créez un autre bac à la date voulue. Une date sans heure veut dire 20:00, heure de Paris."


class EcheanceSautee(Conflit):
    """Une échéance serait sautée : le temps d'un bac passe par chacune"""

    code = "echeance-sautee"
    que_faire = (
        "Avancez d'abord jusqu'à cette échéance dans les quatre services et vivez-la (POST …/horloge, puis POST …/jour), ou laissez "
        "faire la console : POST /pilotage/bacs/{bac}/avance, ou « fps advance »."
    )


def check_name(nom: str) -> str:
    """The name, or Malformed: lower-case letters, digits and hyphens, 40 at most."""
    if not NOM.fullmatch(nom):
        raise Malformed("nom-de-bac", f"« {nom[:40]} » : de 1 à 40 lettres minuscules, chiffres ou tirets.")
    return nom


def tables_of(service: Service) -> list[Table]:
    """Every table that holds the data of a bac."""
    return _of(service.definition.metadata)


@cache
def _of(metadata: MetaData) -> list[Table]:
    kit = [table for table in tables.metadata.sorted_tables if table not in APART]
    return [*kit, *metadata.sorted_tables]


async def find(tx: Transaction, nom: str) -> Bac:
    """The bac of that name; raises BacInconnu."""
    rows = await tx.load(tables.bacs, [(nom,)])
    if not rows:
        raise BacInconnu(f"« {nom} »")
    _, graine, mode, instant, wall, vitesse, *_ = rows[0]
    return Bac(nom, graine, BacClock(Marche(mode), instant, wall, vitesse))


async def create(
    service: Service,
    nom: str,
    graine: str,
    mode: Marche,
    instant: datetime,
    vitesse: int = 1,
    *,
    vierge: bool = False,
    ancre: datetime | None = None,
    annuaire: Annuaire | None = None,
) -> None:
    """A new world of these towns, each enrolled with its reference system unless it is `vierge`; raises BacExistant.

    `annuaire`: when none is given, the shipped towns, or none in a blank bac. `ancre`: the real instant from which its clock runs, the
    same in every service; now when none is said.
    """
    check_name(nom)
    async with service.database.write() as tx:
        if await tx.load(tables.bacs, [(nom,)]):
            raise BacExistant(f"« {nom} »")
        known = annuaire if annuaire is not None else Annuaire() if vierge else livrees()
        kept, marked = villes.entered(service.party, known, nom)
        row = (nom, graine, mode.value, instant, ancre or wall_now(), vitesse, vierge, marked)
        await tx.apply([Insert(tables.bacs, BACS, [row]), Insert(tables.villes, villes.COLUMNS, kept)])
        batch = service.batch(tx)
        await batch.open([nom], [])
        batch.new.add(nom)
        batch.noter(batch.bac(nom), geste_en_cours.get())
        if not vierge:
            work = Work(batch, batch.bac(nom))
            for siret in known:
                await enrol(service, siret, work)
            work.keep()
        await batch.save()


async def enrol(service: Service, siret: str, work: Work) -> None:
    """What a town begins with in a bac that is not blank: everything that its reference system needs."""
    for one in service.extensions.values():
        await one.opening(siret, work)
    if service.definition.ouverture is not None:
        await service.definition.ouverture(siret, work)


async def set_clock(
    service: Service,
    nom: str,
    instant: datetime,
    mode: Marche | None = None,
    vitesse: int | None = None,
    ancre: datetime | None = None,
) -> None:
    """Move the clock of a bac forward, or change how it runs; raises RetourEnArriere, EcheanceSautee.

    Nothing is lived here: every service of the world gets the new instant before any of them lives it (`Service.live`).
    """
    async with service.database.write() as tx:
        bac = await find(tx, nom)
        clock = bac.horloge
        first = (await tx.select(_FIRST_DUE, nom=nom))[0][0]
        if clock.mode is Marche.FIGE and first is not None and instant > clock.now() and first < civil_date(instant):
            raise EcheanceSautee(f"« {nom} » : une échéance est due le {first:%d/%m/%Y}.", "instant")
        if instant < clock.now():
            asked, now = instant.astimezone(PARIS), clock.now()
            raise RetourEnArriere(f"« {nom} » est au {now:%d/%m/%Y %H:%M}, date demandée {asked:%d/%m/%Y %H:%M}")
        wall = wall_now()
        row = (nom, bac.graine, (mode or clock.mode).value, instant, ancre or wall, vitesse or clock.vitesse)
        line = audit.note(nom, "bac", "administration", "horloge", instant=instant)
        await tx.apply([Upsert(tables.bacs, CLOCK, [row]), *await audit.ops(tx, [line], wall)])
    service.clocks.see(nom, BacClock(Marche(row[2]), *row[3:]))
    for one in service.extensions.values():
        service.database.after(partial(one.moved, nom))


async def remove(service: Service, nom: str) -> None:
    """Delete everything of a bac."""
    async with service.database.write() as tx:
        await find(tx, nom)
        for table in (*tables_of(service), *APART):
            await tx.execute(_emptying(table), PATIENCE, nom=nom)


async def copy(service: Service, source: str, cible: str, *, muette: bool = False) -> None:
    """A second world identical to the first, its history included; raises BacExistant.

    `muette`: its products are told nothing, and asked nothing: a world in which one looks at what would come.
    """
    check_name(cible)
    async with service.database.write() as tx:
        await find(tx, source)
        if await tx.load(tables.bacs, [(cible,)]):
            raise BacExistant(f"« {cible} »")
        for table in tables_of(service):
            await tx.execute(_copying(table), PATIENCE, source=source, cible=cible)
        for statement in _SILENCE if muette else ():
            await tx.execute(statement, PATIENCE, nom=cible)


_NOM = bindparam("nom", type_=Text)
_SILENCE: Any = (
    update(tables.destinations).where(tables.destinations.c.bac == _NOM, tables.destinations.c.mode == "adresse").values(mode="retrait"),
    update(tables.destinations).where(tables.destinations.c.bac == _NOM).values(adresse=None, temps=None),
    update(tables.boites).where(tables.boites.c.bac == _NOM).values(prochain=None, adresse=None),
    delete(tables.reveils).where(tables.reveils.c.bac == _NOM),
    delete(tables.pannes).where(tables.pannes.c.bac == _NOM),
)


@cache
def _copying(table: Table) -> Any:
    """The rows of the bac `source`, written again for the bac `cible`."""
    names = [c.name for c in archive.exported(table)]
    order = [table.c.position] if "position" in table.c else []
    rows = select(bindparam("cible", type_=Text), *(table.c[n] for n in names)).where(table.c.bac == bindparam("source", type_=Text))
    return insert(table).from_select(["bac", *names], rows.order_by(*order))


@cache
def _emptying(table: Table) -> Any:
    """The rows of the bac `nom`, taken away."""
    return delete(table).where(table.c.bac == bindparam("nom", type_=Text))


async def waiting(service: Service, tx: Transaction, bac: Bac) -> int:
    """How many letters wait: in the outbox, and those that an extension has to try now. A bac is quiet when each was tried once."""
    return int(sum((await tx.select(_told(tuple(service.extensions)), nom=bac.nom, le=bac.horloge.now()))[0]))


@cache
def _told(kinds: tuple[type[Extension], ...], *first: Any) -> Any:
    """These figures, then what waits, place by place. Made once: a statement that is made at each call is compiled at each call."""
    waiting = (kind.waiting for kind in kinds if kind.waiting is not None)
    return select(*(one.scalar_subquery() for one in (*first, _OUTBOX, *waiting))).execution_options(**SHORT)


async def state(service: Service, tx: Transaction, nom: str) -> dict[str, Any]:
    """The date of a bac, its next due date, its counts, how many letters wait to leave, and the deadlines that could not be lived."""
    bac = await find(tx, nom)
    service.clocks.see(nom, bac.horloge)
    counts = {row[1]: row[2] for row in await tx.load(tables.counts, [(nom,)], ("bac",))}
    row = (await tx.select(_told(tuple(service.extensions), *_ASKED), nom=nom, le=bac.horloge.now()))[0]
    first, enterrees, retenues, reveil, prevenus, muets, usagers, position, *attendent = row
    return {
        "bac": nom,
        "graine": bac.graine,
        "mode": bac.horloge.mode.value,
        "vitesse": bac.horloge.vitesse,
        "instant": bac.horloge.now().isoformat(),
        "prochaine_echeance": None if first is None else str(first)[:10],
        "prochain_reveil": None if reveil is None else reveil.isoformat(),
        "a_prevenir": prevenus,
        "muets": muets,
        "usagers": usagers,
        "en_attente": sum(attendent),
        "retenues": retenues,
        "position": position or 0,
        "comptes": dict(sorted(counts.items())),
        "echeances_enterrees": {"nombre": enterrees, "premieres": await buried.named(tx, nom, enterrees)},
    }


async def dump(service: Service, nom: str, *, signees: bool = False) -> AsyncIterator[bytes]:
    """All the rows of a bac as they are at one instant, some lines at a time (`archive`); raises BacInconnu before the first.

    `signees`: the signed heads of its journals follow, by which who takes it back sees whether it was changed on the way.
    """
    async with service.database.snapshot() as tx:
        await find(tx, nom)
        suite = [tables.ancres] if signees else []
        ancres = int((await tx.select(_ANCHORS, nom=nom))[0][0]) if signees else 0
        async for some in archive.write(tx, service.party.value, nom, [*tables_of(service), *suite], ancres):
            yield some


def taken(
    service: Service, nom: str, source: reprise.Source, origine: str = "", temoin: reprise.LecteurDesTetes | None = None
) -> reprise.Reprise:
    """An export that is going to be put back under a name; `origine`: that which it left with. Raises Malformed."""
    return reprise.Reprise(service, check_name(nom), tables_of(service), source, origine, temoin)


async def restore(service: Service, repris: reprise.Reprise) -> None:
    """Put back what was verified, all of it or nothing; raises Malformed, BacExistant."""
    nom = repris.nom
    async with service.database.write() as tx:
        if await tx.load(tables.bacs, [(nom,)]):
            raise BacExistant(f"« {nom} »")
        await repris.inserer(tx)
        await reprise.verifier_villes(tx, nom)
        if service.definition.reprise is not None:
            await service.definition.reprise(tx, nom)
        batch = service.batch(tx)
        await batch.open([nom], [])
        await reprise.relire(service, Work(batch, batch.bac(nom)))
