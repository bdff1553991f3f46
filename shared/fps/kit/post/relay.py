"""The relay of one service: empties the outbox onto the bus, over REST, into the boxes; a letter leaves it once safe elsewhere."""

import asyncio
import contextlib
import itertools
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Text, and_, bindparam, exists, func, select, update

from fps.flows import by_type, received_by
from fps.kit.boxes.boites import Acheminement, siret_de
from fps.kit.boxes.destinations import deposer
from fps.kit.boxes.sonnette import Boites
from fps.kit.data import tables
from fps.kit.data.scope import in_parts
from fps.kit.data.sql import SHORT, Delete, Instant, Row, Upsert
from fps.kit.engine.service import Receipt, Service
from fps.kit.engine.work import Work
from fps.kit.ground.clock import PARIS, wall_now
from fps.kit.ground.faults import Malformed, Unavailable, cause
from fps.kit.post.inbound import DEAD
from fps.kit.wire.bus import Bus, address
from fps.kit.wire.carrier import Carrier, Delivery, Fate
from fps.kit.wire.envelope import PACK, PARCEL, Letter, pack, parcels, read_message
from fps.messages.message import Message
from fps.parties import SERVICES, Channel, Party
from fps.releves import ARRETEES

log = logging.getLogger(__name__)
BATCH = 500
AT_ONCE = 8 * PARCEL  # characters of the letters carried together
POLL = 1.0  # seconds: a safety, the relay is woken by the commits
MOMENT = 0.02  # seconds before a letter is tried again whose receiver's clock is behind
QUICK = 100
AGAIN = (Fate.PLUS_TARD, Fate.TROP_TOT, Fate.INCONNUE, Fate.ECARTEE)
PAUSE = 0.5  # seconds after a server did not answer
PROBES = (0.5, 1.0, 2.0, 5.0)  # seconds between two questions to a receiver that is away; the last again and again


_OUT, _OLDER = tables.outbox, tables.outbox.alias("older")
_NOW = bindparam("now", type_=Instant)
# A letter waits behind an older one of the same dossier that is held for later.
_HELD = exists().where(
    and_(
        _OLDER.c.bac == _OUT.c.bac,
        _OLDER.c.subject == _OUT.c.subject,
        _OLDER.c.position < _OUT.c.position,
        _OLDER.c.not_before > _NOW,
    )
)
_FREE = (_OUT.c.not_before <= _NOW, ~_HELD)
_SIZE = select(_OUT.c.position, func.length(_OUT.c.body)).where(*_FREE)
_READ = select(_OUT).where(*_FREE, _OUT.c.position <= bindparam("until", type_=BigInteger))
SIZES, READY = (one.order_by(_OUT.c.position).limit(BATCH).execution_options(**SHORT) for one in (_SIZE, _READ))
# A letter that goes again; a place may serve again on SQLite, hence its name too.
_LATER = (
    update(_OUT)
    .where(_OUT.c.position == bindparam("place", type_=BigInteger), _OUT.c.id == bindparam("lettre", type_=Text))
    .values(attempts=bindparam("essais", type_=BigInteger), not_before=bindparam("pas_avant", type_=Instant))
)


@cache
def _in(parts: int) -> tuple[Any, Any]:
    """What may leave, its sizes then itself, in some parts of the dossiers."""
    return SIZES.where(in_parts(tables.outbox, parts)), READY.where(in_parts(tables.outbox, parts))


def _until(sizes: Sequence[Row]) -> int:
    """The position up to which letters are read together: as many as the memory bears, one at least."""
    total = 0
    for number, (_, size) in enumerate(sizes):
        total += int(size)
        if total > AT_ONCE and number:
            return int(sizes[number - 1][0])
    return int(sizes[-1][0])


class Relay:
    """One per service: keeps the order of each dossier's letters."""

    def __init__(self, service: Service, bus: Bus, carrier: Carrier):
        self.service, self.bus, self.carrier = service, bus, carrier
        self.quick = 0  # quick looks left, since a letter waits for its receiver's clock
        self.away: dict[Party, asyncio.Task[None]] = {}  # who did not answer, and who asks whether they do again
        self.told: dict[str, datetime] = {}  # until when a receiver said that a letter must wait
        self.turn = asyncio.Lock()  # held while letters are carried
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to empty the outbox: its own parts of it, where replicas share it."""
        if self.service.shares is not None:
            self.service.shares.leave.append(self._leave)
        self._task = asyncio.create_task(self._run(), name=f"relay-{self.service.party}")

    async def stop(self) -> None:
        """Stop at once: what was not confirmed stays in the outbox."""
        tasks = [*self.away.values(), *([] if self._task is None else [self._task])]
        self.away.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        shares, carried = self.service.shares, frozenset[int]()
        with contextlib.suppress(Unavailable):
            await self._forward(SERVICES)  # who was away when this service stopped may have come back
        while True:
            self.service.committed.clear()
            try:
                if shares is not None and shares.mine - carried:  # those of a replica that stopped
                    await self._forward(SERVICES)
                carried = frozenset() if shares is None else shares.mine
                while await self.once():
                    pass
            except Unavailable as error:
                log.warning("courrier en attente", extra={"cause": repr(error)})
                await asyncio.sleep(PAUSE)
                continue
            except Exception:
                log.exception("relais")
                await asyncio.sleep(PAUSE)
            self.quick = max(self.quick - 1, 0)
            with contextlib.suppress(TimeoutError):
                # Not wait_for, which forgets before Python 3.12 that it was cancelled when the event is set at the same moment.
                async with asyncio.timeout(MOMENT if self.quick else POLL):
                    await self.service.committed.wait()

    async def _leave(self, parts: frozenset[int]) -> None:
        """Another replica will carry the letters of these parts: what is carried now is carried first."""
        async with self.turn:
            pass

    async def once(self) -> int:
        """Carry what is ready; gives how many letters left the outbox. Raises Unavailable when the bus or the database is away."""
        async with self.turn:
            return await self._carry()

    async def _carry(self) -> int:
        letters, boxed = await self._ready()
        if not letters:
            return 0
        amqp = {p: x for p, x in letters.items() if by_type(x.type).channel is Channel.AMQP}
        rest = {p: x for p, x in letters.items() if p not in amqp and p not in boxed}
        results = await asyncio.gather(self._publish(amqp), self._deliver(rest), self._box(boxed), return_exceptions=True)
        errors = [r for r in results if isinstance(r, BaseException)]
        left = sum(r for r in results if isinstance(r, int))
        if errors:
            raise errors[0]
        return left

    async def _ready(self) -> tuple[dict[int, Letter], dict[int, Letter]]:
        """The letters that may leave, and among them those of the collectivités that an editor stands for."""
        async with self.service.database.read() as tx:
            shares, now = self.service.shares, wall_now()
            (sizes, ready), own = ((SIZES, READY), {}) if shares is None else (_in(shares.parts), {"mine": sorted(shares.mine)})
            rows = await tx.select(sizes, now=now, **own)
            if not rows:
                return {}, {}
            rows = await tx.select(ready, now=now, until=_until(rows), **own)
            letters = {r[0]: _letter(r, self.service) for r in rows}
            towns = {p: (x.bac, siret) for p, x in letters.items() if (siret := siret_de(x)) is not None}
            rows = await tx.load(tables.destinations, list(dict.fromkeys(towns.values())))
        editors = {row[:2] for row in rows if row[2] != Acheminement.REFERENCE}
        return letters, {p: letters[p] for p, town in towns.items() if town in editors}

    async def _box(self, letters: dict[int, Letter]) -> int:
        """Put letters in the boxes of their editors, who are told at once."""
        left = 0
        for bac in dict.fromkeys(x.bac for x in letters.values()):
            mine = {p: x for p, x in letters.items() if x.bac == bac}

            async def box(work: Work, mine: dict[int, Letter] = mine) -> list[str]:
                return await deposer(work, mine)

            sirets = await self.service.ask(bac, box, ours=True)
            self.service.extension(Boites).sonnette.sonner(bac, dict.fromkeys(sirets))
            left += len(sirets)
        return left

    async def _publish(self, letters: dict[int, Letter]) -> int:
        """Packs of one routing key; a pack never mixes two of them."""
        by_key: dict[str, dict[int, Letter]] = {}
        for position, letter in letters.items():
            by_key.setdefault(address(letter, self.service.settings.parts), {})[position] = letter
        left = 0
        for key, found in by_key.items():
            with self._followed(found) as named:
                later = {x.id: x for x in await self.bus.publish(key, parcels(list(named.values()), PACK))}
            fates = {p: _on_the_bus(x, later.get(x.id)) for p, x in found.items()}
            left += await self._close(found, fates)
        return left

    async def _deliver(self, letters: dict[int, Letter]) -> int:
        """Waves: in each, a dossier has one letter at most, so letters of one type go together and a dossier keeps its order."""
        left = 0
        held: set[tuple[str, str]] = set()
        for wave in _waves(letters):
            groups: dict[tuple[str, str], dict[int, Letter]] = {}
            for position, letter in wave.items():
                if (letter.bac, letter.subject) not in held:
                    groups.setdefault((letter.bac, letter.type), {})[position] = letter
            for found, fates in zip(groups.values(), await asyncio.gather(*(self._group(g) for g in groups.values())), strict=True):
                left += await self._close(found, fates)
                # What follows a letter that must go again waits behind it.
                held |= {(x.bac, x.subject) for p, x in found.items() if fates[p].fate in AGAIN}
        return left

    async def _heard(self, party: Party, away: bool) -> None:
        """A receiver answered, or did not: its letters wait for it to be ready, not for the end of their delay."""
        if away and party not in self.away:
            self.away[party] = asyncio.create_task(self._watch(party), name=f"relay-{self.service.party}-{party}")
        elif not away and (watch := self.away.pop(party, None)) is not None:
            watch.cancel()
            await self._forward([party])

    async def _watch(self, party: Party) -> None:
        """Ask a receiver that is away whether it is ready, a few times a minute whatever waits; then its letters go at once."""
        for delay in itertools.chain(PROBES, itertools.repeat(PROBES[-1])):
            await asyncio.sleep(delay)
            with contextlib.suppress(Unavailable):
                if await self.carrier.ready(party) and not await self._forward([party]):
                    break  # nothing waits for it any more
        self.away.pop(party, None)

    async def _forward(self, parties: Iterable[Party]) -> int:
        """Let the letters to these services go now, as if never tried: a try that nobody answered says nothing of a letter.

        What a receiver said of a letter (Retry-After) still holds.
        """
        types = [cls.type for party in parties for cls in received_by(party) if cls.sender is self.service.party]
        now = wall_now()
        self.told = {id: until for id, until in self.told.items() if until > now}
        async with self.service.database.write() as tx:
            values = {"not_before": now, "attempts": 0}
            waiting = (_OUT.c.type.in_(types), _OUT.c.not_before > now, _OUT.c.id.not_in(list(self.told)))
            command = update(_OUT).where(*waiting).values(**values)
            if (shares := self.service.shares) is None:
                found = await tx.execute(command)
            else:  # what was said of the others is known to who carries them
                found = await tx.execute(command.where(in_parts(_OUT, shares.parts, shares.mine)))
        self.service.committed.set()
        return found

    async def _group(self, letters: dict[int, Letter]) -> dict[int, Delivery]:
        with self._followed(letters) as named:
            deliveries = dict(zip(letters, await self.carrier.deliver(list(named.values())), strict=True))
        receiver = by_type(next(iter(letters.values())).type).receiver
        told = {letters[p].id: wall_now() + timedelta(seconds=d.wait) for p, d in deliveries.items() if d.wait is not None}
        if told:  # those whose delay is over are forgotten
            self.told = {id: until for id, until in self.told.items() if until > wall_now()} | told
        await self._heard(receiver, all(d.away for d in deliveries.values()))
        answered = {p: d for p, d in deliveries.items() if d.answer is not None}
        incoming: list[tuple[Letter, Message]] = []
        for position, delivery in answered.items():
            cls = by_type(letters[position].type).answer
            if cls is None or cls.receiver is not self.service.party:
                continue
            try:
                message, text = read_message(cls, json.loads(delivery.answer or "null"))
            except Malformed as error:
                deliveries[position] = Delivery(Fate.MORTE, None, {"detail": f"réponse illisible : {cause(error)}"})
                continue
            sent = letters[position]
            # The receiver wrote the answer just after the letter: its rank follows, on both sides.
            source = f"/services/{cls.sender}"
            answer = Letter(
                f"{sent.id}/reponse", sent.bac, cls.type, source, sent.subject, sent.rang + 1, sent.time, wall_now(), text, sent.traceparent
            )
            incoming.append((answer, message))
        results = await self.service.receive(incoming) if incoming else []
        for (letter, _), result in zip(incoming, results, strict=True):
            if not isinstance(result, Receipt):
                position = next(p for p, x in letters.items() if f"{x.id}/reponse" == letter.id)
                deliveries[position] = Delivery(Fate.PLUS_TARD, None, {"detail": f"réponse à traiter : {result!r}"})
        return deliveries

    @contextlib.contextmanager
    def _followed(self, letters: dict[int, Letter]) -> Iterator[dict[int, Letter]]:
        """The same letters, each under the span of its way where traces are asked for: what it causes is under that one."""
        if (traces := self.service.traces) is None:
            yield letters
            return
        ways = {p: traces.sent(f"envoi {x.type.removeprefix('fps.')}", x.traceparent, **_said(x)) for p, x in letters.items()}
        try:
            yield {p: replace(x, traceparent=ways[p].traceparent) for p, x in letters.items()}
        except Exception as error:
            for way in ways.values():
                way.failed(type(error).__name__)
            raise
        finally:
            for way in ways.values():
                way.end()

    async def _close(self, letters: dict[int, Letter], fates: dict[int, Delivery]) -> int:
        """Take the delivered letters out of the outbox; keep the others for later, or bury them."""
        left = 0
        if any(x.fate is Fate.TROP_TOT for x in fates.values()):
            self.quick = QUICK
        for bac in dict.fromkeys(x.bac for x in letters.values()):
            mine = {p: x for p, x in letters.items() if x.bac == bac}

            async def close(work: Work, mine: dict[int, Letter] = mine) -> int:
                return await _settle(work, mine, fates, self.service.settings.retry_delays)

            left += await self.service.ask(bac, close, dossiers=frozenset(x.subject for x in mine.values()), ours=True)
        return left


def _said(letter: Letter) -> dict[str, str | int]:
    """What a span says of a letter: nothing of what is in it."""
    said: dict[str, str | int] = {"bac": letter.bac, "dossier": letter.subject, "message": letter.type, "flux": by_type(letter.type).flow}
    return said | {"lettre": letter.id, "instant": letter.time.astimezone(PARIS).isoformat(), "essai": letter.attempts + 1}


def _on_the_bus(sent: Letter, later: Letter | None) -> Delivery:
    """What became of a letter put on the bus; `later` is the same one when its receiver will take it another time."""
    if later is None:
        return Delivery(Fate.RECUE)
    if later.attempts == sent.attempts:
        return Delivery(Fate.TROP_TOT, None, {"detail": "l'horloge du destinataire est en retard"})
    return Delivery(Fate.INCONNUE, None, {"detail": "dossier encore inconnu du destinataire"})


async def _settle(work: Work, letters: dict[int, Letter], fates: dict[int, Delivery], delays: tuple[float, ...]) -> int:
    batch, gone, dead = work.batch, [], []
    for position, letter in letters.items():
        delivery = fates[position]
        law = by_type(letter.type).law
        problem = delivery.problem or {}
        why = explain(problem)
        tried_out = delivery.fate in (Fate.INCONNUE, Fate.ECARTEE) and letter.attempts >= len(delays)
        if delivery.fate in AGAIN and not tried_out:
            early = delivery.fate is Fate.TROP_TOT
            delay = MOMENT if early else delays[min(letter.attempts, len(delays) - 1)] if delays else PAUSE
            delay = delay if delivery.wait is None else delivery.wait
            pas_avant = batch.wall + timedelta(seconds=delay)
            await work.tx.execute(_LATER, place=position, lettre=letter.id, essais=letter.attempts + (not early), pas_avant=pas_avant)
            continue
        gone.append((position, letter.id))
        if delivery.fate is Fate.MORTE or tried_out:
            work.record(letter.subject, "lettre-morte", law, id=letter.id, type=letter.type, cause=why)
            batch.count(letter.bac, "mortes")
            batch.count(letter.bac, ARRETEES[by_type(letter.type).receiver])
            text = pack([letter]).decode()[1:-1]
            dead.append((letter.bac, letter.id, "envoi", letter.type, letter.subject, why, text, batch.wall))
        elif delivery.fate is Fate.REFUSEE:
            work.record(letter.subject, "envoi-refuse", law, id=letter.id, type=letter.type, code=str(problem.get("code", "")))
    batch.ops.append(Delete(tables.outbox, ("position", "id"), gone))
    batch.ops.append(Upsert(tables.dead_letters, DEAD, dead))
    return len(gone)


def explain(problem: dict[str, Any]) -> str:
    """A problem in one line, for who reads a dead letter."""
    errors = json.dumps(problem["erreurs"], ensure_ascii=False) if problem.get("erreurs") else ""
    return " ".join(part for part in (problem.get("code"), problem.get("detail"), errors) if part)


def _waves(letters: dict[int, Letter]) -> Iterable[dict[int, Letter]]:
    waves: list[dict[int, Letter]] = []
    rank: dict[tuple[str, str], int] = {}
    for position, letter in letters.items():
        at = (letter.bac, letter.subject)
        n = rank[at] = rank.get(at, -1) + 1
        if n == len(waves):
            waves.append({})
        waves[n][position] = letter
    return waves


def _letter(row: Row, service: Service) -> Letter:
    _, bac, id, type, subject, rang, time, body, trace, attempts, _, apres = row
    source: Any = f"/services/{service.party}"
    return Letter(id, bac, type, source, subject, rang, time, wall_now(), body, trace, attempts, apres)
