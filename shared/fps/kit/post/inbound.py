"""What comes from the broker, or from the memory bus: handled, tried again later, or buried as a dead letter with its cause."""

import json
from collections.abc import Sequence
from typing import Any

from fps.kit.data import tables
from fps.kit.data.sql import Row, Upsert
from fps.kit.engine import bacs, dead_letters
from fps.kit.engine.service import Receipt, Service
from fps.kit.ground.clock import wall_now
from fps.kit.ground.faults import HorlogeEnRetard, Malformed, Unavailable, cause
from fps.kit.wire.envelope import Letter, digest, events, pack, read_event
from fps.messages.message import Message
from fps.parties import LIBELLES, SERVICES, Channel, Party

APPORTE_PAR = "apportepar"  # what the envelope of a letter that was not believed says more: who brought it


class SourceNonCrue(Malformed):
    """A letter whose account, or channel, is not that of the service that it says it comes from."""

    def __init__(self, detail: str):
        super().__init__("source-non-crue", f"{detail} Elle n'est pas crue : donnez à chaque service son compte au courtier.")


DEAD = tuple(tables.dead_letters.columns.keys())


class Inbound:
    """The reception of packs by one service."""

    def __init__(self, service: Service):
        self.service = service

    async def take(self, packs: Sequence[bytes], bringers: Sequence[str | None] = ()) -> list[Letter]:
        """Handle packs; gives the letters to try again later. Raises Unavailable when nothing could be done: the packs must come again.

        `bringers`: for each pack, the service that is proved to have brought it, "" for nobody known, None when nothing is proved.
        """
        good: list[tuple[Letter, Message]] = []
        dead: list[Row] = []
        for raw, bringer in zip(packs, bringers or [None] * len(packs), strict=True):
            try:
                found = events(raw)
            except Exception as error:  # whatever it is: a body that nobody can read must never stop a consumer
                dead.append(_row("?", digest(raw.decode("latin-1")), "?", "?", cause(error), raw.decode("utf-8", "replace")))
                continue
            for event in found:
                try:
                    letter, message = read_event(event)
                    self._believe(event, letter, message, bringer)
                except Exception as error:
                    doubtful = isinstance(error, SourceNonCrue) or not _told_by(event, bringer)
                    dead.append(_forged(event, bringer, error) if doubtful else _unreadable(event, error))
                else:
                    good.append((letter, message))
        later = []
        for (letter, _), result in zip(good, await self.service.receive(good) if good else [], strict=True):
            if isinstance(result, Receipt):
                continue
            if isinstance(result, Unavailable) and not isinstance(result, HorlogeEnRetard):
                raise result
            if isinstance(result, HorlogeEnRetard):
                later.append(letter)  # the clock here is behind: not a failed try
                continue
            if letter.attempts < len(self.service.settings.retry_delays) and not isinstance(result, Malformed):
                later.append(letter.later())
            else:
                text = pack([letter]).decode()[1:-1]
                dead.append(_row(letter.bac, letter.id, letter.type, letter.subject, cause(result), text))
        if dead:
            await self._bury(dead)
        return later

    def _believe(self, event: Any, letter: Letter, message: Message, bringer: str | None) -> None:
        """Raises SourceNonCrue unless such letters come to this service by the broker, from who says that it writes and brings them."""
        cls = type(message)
        if cls.channel is not Channel.AMQP or cls.receiver is not self.service.party:
            raise SourceNonCrue(f"« {cls.nom} » (flux {cls.flow}) n'arrive pas ici par le courtier.")
        who = event.get(APPORTE_PAR, bringer)
        if who is None:
            return  # one account for all: nothing is proved, and nothing can be refused
        if who != cls.sender or APPORTE_PAR in event:
            raise SourceNonCrue(f"« {cls.nom} » vient du compte de {LIBELLES[Party(who)] if who in SERVICES else 'personne de connu'}.")
        if letter.source != f"/services/{who}":
            raise SourceNonCrue(f"« {cls.nom} » vient du compte de {LIBELLES[cls.sender]}, sa source dit « {letter.source[:80]} ».")

    async def _bury(self, rows: list[Row]) -> None:
        """Keep dead letters, each counted once however often it comes: a bac is quiet when as many letters arrived as were written."""
        async with self.service.database.write() as tx:
            batch = self.service.batch(tx)
            fresh = {r[:3]: r for r in rows}
            known = {r[:3] for r in await tx.load(tables.dead_letters, list(fresh))}
            for key, row in fresh.items():
                if key not in known:
                    for figure in dead_letters.figures_of(row):
                        batch.count(row[0], figure)
                batch.ops.append(Upsert(tables.dead_letters, DEAD, [row]))
            await batch.save()
        self.service.observe("lettre", "morte", len(rows))


def _told_by(event: Any, bringer: str | None) -> bool:
    """Whether nothing says that who brought an event is not its source."""
    known = event if isinstance(event, dict) else {}
    return APPORTE_PAR not in known and (bringer is None or known.get("source") == f"/services/{bringer}")


def _forged(event: Any, bringer: str | None, error: Exception) -> Row:
    """Kept with who brought it, in no bac: nobody outside moves the counts of one, and a replay does not forget it."""
    marked = event if not isinstance(event, dict) or bringer is None else event | {APPORTE_PAR: event.get(APPORTE_PAR, bringer)}
    row = _unreadable(marked, error)
    return (bacs.ILLISIBLES, *row[1:])


def _row(bac: str, id: str, type: str, subject: str, why: str, envelope: str) -> Row:
    clean = [v.replace("\x00", "�") for v in (bac, id, type, subject, why, envelope)]
    return (clean[0], clean[1], "reception", clean[2], clean[3], clean[4], clean[5], wall_now())


def _unreadable(event: Any, error: Exception) -> Row:
    text = json.dumps(event)
    names = event if isinstance(event, dict) else {}
    bac, id, type, subject = (str(names.get(n) or "?")[:200] for n in ("bac", "id", "type", "subject"))
    return _row(bac, id if id != "?" else digest(text), type, subject, cause(error), text)
