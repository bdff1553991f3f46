"""The only reader of the machine's time; everything else receives dates and instants as arguments."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from time import time_ns
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
# Hour given to a day named without an hour: late enough for the acts of that day to be in the past.
SOIR = time(20, 0)
# Hour at which the deadlines of a day are lived (a morning batch).
MATIN = time(6, 0)


INSTANT = "Fps-Instant"  # the header that says the instant of a bac
# What a bac may be told: before the first of these instants there is nothing to simulate, at the last one its clock stops.
DEBUT, FIN = datetime(1990, 1, 1, tzinfo=PARIS), datetime(2199, 12, 31, 23, 59, 59, tzinfo=PARIS)


def wall_now() -> datetime:
    """The machine's time, in UTC: for `wall_time`, retries and TLS only, never for the law."""
    return datetime.now(UTC)


def wall_nanoseconds() -> int:
    """The same in nanoseconds, as the spans of a trace say it."""
    return time_ns()


def paris(day: date, hour: time = SOIR) -> datetime:
    """The instant of `day` at `hour`, Paris civil time (DST gaps resolve as PEP 495 does)."""
    return datetime.combine(day, hour, tzinfo=PARIS)


def civil_date(instant: datetime) -> date:
    """The legal date of an instant: the civil date in Paris."""
    return instant.astimezone(PARIS).date()


class Marche(StrEnum):
    """Comment va l'horloge d'un bac : seulement quand on le demande, ou avec le temps réel."""

    FIGE = "fige"
    COURANT = "courant"


@dataclass(frozen=True, slots=True)
class BacClock:
    """The clock of one bac: an anchor in simulated time, one in real time, and a speed."""

    mode: Marche
    instant: datetime
    wall: datetime
    vitesse: int = 1

    def now(self, wall: datetime | None = None) -> datetime:
        """Simulated instant, Paris time; a frozen clock always answers its anchor."""
        if self.mode is Marche.FIGE:
            return self.instant.astimezone(PARIS)
        # Never before its anchor, which another machine may have given, whose time is a little ahead.
        elapsed: timedelta = max(timedelta(), (wall or wall_now()) - self.wall) * self.vitesse
        # astimezone(UTC) first: aware arithmetic inside one zone ignores DST.
        start = self.instant.astimezone(UTC)
        return FIN if elapsed >= FIN - start else (start + elapsed).astimezone(PARIS)

    def verrous(self, wall: datetime | None = None) -> datetime:
        """The instant at which locks are looked at: a frozen clock, and the whole real minutes since it was set.

        Without them, five tries of anybody would lock an account or a payment until somebody moves the date.
        """
        if self.mode is Marche.COURANT:
            return self.now(wall)
        minutes = max(timedelta(), (wall or wall_now()) - self.wall) // timedelta(minutes=1)
        start = self.instant.astimezone(UTC)
        return min(start + timedelta(minutes=min(minutes, 60 * 24 * 366)), FIN.astimezone(UTC)).astimezone(PARIS)
