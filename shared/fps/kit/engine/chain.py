"""The links of the two journals: how the hash of a line is made, version after version.

An act has a hash, which two lives that are the same give alike: it covers everything but the machine's time. Since the second version it
also has a seal (`sceau`), which covers its hash, the machine's time and the seal before it; an act of the first version has none.
A line of audit of the second version has `2:` before its hash: it does not cover the name of the bac, since a bac is copied with its
history. The signed heads say the bac (`fps.kit.trust.ancres`).
"""

from datetime import UTC, datetime
from typing import Any

from fps.kit.data.sql import Row
from fps.kit.ground.clock import PARIS
from fps.kit.wire.envelope import canonical, digest

V2 = "2:"


def act_hash(previous: str, subject: str, rang: int, time: datetime, acte: str, article: str, data: str) -> str:
    """The link of an act to the one before it in its dossier; `time` as Paris tells it."""
    return digest(f"{previous}\n{subject}\n{rang}\n{time.isoformat()}\n{acte}\n{article}\n{data}")


def act_seal(previous: str, hash_: str, wall: str) -> str:
    """The seal of an act; `wall` in ISO 8601, UTC."""
    return digest(f"{previous}\n{hash_}\n{wall}")


def act_is_good(previous: tuple[str, str], line: Row) -> bool:
    """Whether an act follows the one that has these hash and seal; `line`: subject, rang, time, wall, acte, article, data, hash, seal.

    Raises ValueError, TypeError or AttributeError when a value cannot be read.
    """
    subject, rang, time, wall, acte, article, data, hash_, seal = line
    if hash_ != act_hash(previous[0], subject, rang, instant(time).astimezone(PARIS), acte, article, data):
        return False
    told = instant(wall).astimezone(UTC).isoformat()
    return not previous[1] if seal is None else bool(seal == act_seal(previous[1], hash_, told))


def audit_hash(previous: str, line: Row) -> str:
    """The link of a line of audit to the one before it; `line` is its row without its bac and its hash."""
    return V2 + digest(canonical([previous, *map(_told, line)]))


def audit_expected(stored: str, previous: str, bac: str, line: Row) -> str:
    """What the hash of a line of audit must be, in the version that it says. Raises ValueError or TypeError for an unreadable value."""
    rang, wall, le, *rest = line
    read = (int(rang), instant(wall), None if le is None else instant(le), *rest)
    if stored.startswith(V2):
        return audit_hash(previous, read)
    return digest("\n".join([previous, bac, *("" if value is None else str(_told(value)) for value in read)]))


def instant(value: Any) -> datetime:
    """An instant as a database gives it raw: text on SQLite; raises ValueError or TypeError."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("no offset")
    return found


def _told(value: Any) -> Any:
    """The same instant, whatever zone it is told in."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
