"""The dead letters and the buried deadlines of a bac: told with their remedy, counted, tried again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Integer, Text, bindparam, select, tuple_

from fps.flows import by_type
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.data.sql import Delete, Insert, Instant, Op, Upsert
from fps.kit.engine import buried
from fps.kit.engine.remedes import remede
from fps.kit.engine.service import INTERNAL, Service
from fps.kit.ground.clock import wall_now
from fps.kit.ground.faults import Malformed
from fps.kit.web.keys import reused
from fps.kit.wire.envelope import canonical, parse, read_event
from fps.parties import Party
from fps.releves import ARRETEES, VENUES

LIMITE: Final = 1_000_000  # who asks for no page gets them all
NOMS: Final = tuple(tables.dead_letters.columns.keys())
PLACE: Final = re.compile(r"([^~]{20,40})~(envoi|reception|echeance)~(.{1,200})")
_D = tables.dead_letters.c


@dataclass(frozen=True, slots=True)
class MortesVoulues:
    """What is asked of the dead letters of a bac: a way, a type, a dossier, an identifier; those after a place in their order."""

    sens: str | None = None
    type: str | None = None
    sujet: str | None = None
    id: str | None = None
    apres: str | None = None
    recentes: bool = False


async def told(tx: Transaction, nom: str, choix: MortesVoulues | None = None, limite: int = LIMITE) -> list[dict[str, Any]]:
    """The dead letters and the buried deadlines of a bac, oldest first unless `choix` says, each with its cause and its remedy.

    Raises ValueError when the place of `choix` cannot be read.
    """
    choix = choix or MortesVoulues()
    egaux = {"sens": choix.sens, "type": choix.type, "subject": choix.sujet, "id": choix.id}
    voulus = {colonne: valeur for colonne, valeur in egaux.items() if valeur is not None}
    place = {} if choix.apres is None else dict(zip(("le", "apres_sens", "apres_id"), lire_place(choix.apres), strict=True))
    statement = _mortes(tuple(voulus), choix.recentes, bool(place))
    rows = await tx.select(statement, nom=nom, limite=limite, **{f"un_{k}": v for k, v in voulus.items()}, **place)
    found = [dict(zip(NOMS, row, strict=True)) for row in rows]
    return [f | {"wall_time": f["wall_time"].isoformat(), "que_faire": remede(f["sens"], f["cause"])} for f in found]


def lire_place(texte: str) -> tuple[datetime, str, str]:
    """A place in the order of the dead letters: when it died, its way, its identifier. Raises ValueError."""
    lu = PLACE.fullmatch(texte)
    instant = None if lu is None else datetime.fromisoformat(lu[1])
    if lu is None or instant is None or instant.tzinfo is None:
        raise ValueError("une place s'écrit « instant~sens~identifiant » : reprenez celle qu'une page a donnée")
    return instant, lu[2], lu[3]


@cache
def _mortes(egaux: tuple[str, ...], recentes: bool, depuis: bool) -> Any:
    found = select(tables.dead_letters).where(_D.bac == bindparam("nom", type_=Text))
    for colonne in egaux:
        found = found.where(_D[colonne] == bindparam(f"un_{colonne}", type_=Text))
    ordre = (_D.wall_time, _D.id, _D.sens)
    if depuis:
        place = (bindparam("le", type_=Instant), bindparam("apres_id", type_=Text), bindparam("apres_sens", type_=Text))
        found = found.where(tuple_(*ordre) < tuple_(*place) if recentes else tuple_(*ordre) > tuple_(*place))
    return found.order_by(*(c.desc() if recentes else c for c in ordre)).limit(bindparam("limite", type_=Integer))


async def replay(service: Service, nom: str, identifiant: str | None, take: Any) -> int:
    """Try dead letters and buried deadlines again, one or all; gives how many are no longer dead. What fails again has its new cause."""
    async with service.database.read() as tx:
        rows = [r for r in await tx.load(tables.dead_letters, [(nom,)], ("bac",)) if identifiant in (None, r[1])]
    done = 0
    for row in rows:
        done += await {"envoi": _resend, "reception": _retake, buried.SENS: _relive}[row[2]](service, row, take)
    if done:
        service.database.after(service.committed.set)
    return done


async def _forget(service: Service, row: Sequence[Any], *also: Op) -> None:
    async with service.database.write() as tx:
        await tx.apply([Delete(tables.dead_letters, ("bac", "id", "sens"), [tuple(row[:3])]), *also])


def figures_of(row: Sequence[Any]) -> tuple[str, ...]:
    """Under which figures a dead letter is counted: « mortes » and its way when a service wrote it, « ecartees » when nobody here did.

    Only the first are letters that somebody waits for: what else comes on the broker must not make a bac look quiet.
    """
    if row[2] == "envoi":
        return "mortes", ARRETEES[by_type(row[3]).receiver]
    try:
        letter, _ = read_event(parse(row[6]))
    except (Malformed, ValidationError):
        return ("ecartees",)
    waited = letter.source in INTERNAL and not row[5].startswith(reused().code)
    return ("mortes", VENUES[Party(letter.source.removeprefix("/services/"))]) if waited else ("ecartees",)


def _one_less(row: Sequence[Any]) -> Op:
    """The letters that are dead are counted one by one; the deadlines are not letters."""
    return Upsert(tables.counts, ("bac", "nom", "valeur"), [(row[0], figure, -1) for figure in figures_of(row)], add=("valeur",))


async def _resend(service: Service, row: Sequence[Any], take: Any) -> int:
    event, now = parse(row[6]), wall_now()
    time = datetime.fromisoformat(event["time"])
    columns = tuple(c.name for c in tables.outbox.columns if c.name != "position")
    back = (
        row[0],
        event["id"],
        event["type"],
        event["subject"],
        event["rang"],
        time,
        canonical(event["data"]),
        event["traceparent"],
        0,
        now,
        event.get("apres"),
    )
    await _forget(service, row, _one_less(row), Insert(tables.outbox, columns, [back]))
    return 1


async def _retake(service: Service, row: Sequence[Any], take: Any) -> int:
    await take([f"[{row[6]}]".encode()])
    async with service.database.read() as tx:
        received = bool(await tx.load(tables.inbox, [(row[0], row[1])]))
    if received:
        await _forget(service, row, _one_less(row))
        return 1
    return 0


async def _is_dead(service: Service, row: Sequence[Any]) -> bool:
    async with service.database.read() as tx:
        return bool(await tx.load(tables.dead_letters, [tuple(row[:3])]))


async def _relive(service: Service, row: Sequence[Any], take: Any) -> int:
    """Lived at once: its day is behind. What raises again is buried again, with its new cause."""
    await _forget(service, row, buried.again(row))
    await service.live(row[0])
    return 0 if await _is_dead(service, row) else 1
