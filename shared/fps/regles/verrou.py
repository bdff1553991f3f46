"""The lock that failures in a row close: for real minutes, in the nights of a change of hour too (hypotheses H50, H90)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from fps.droit import droit
from fps.droit.calendar import paris_date


@dataclass(frozen=True, slots=True)
class Regime:
    """How many failures close a lock, and for how many minutes: each full series twice as long as the one before, up to a maximum."""

    serie: int
    minutes: int
    maximum: int

    def fin(self, echecs: int, instant: datetime) -> datetime | None:
        """Until when the failure of this rank locks, in UTC: hours are real there; None when it does not fill a series."""
        series, reste = divmod(echecs, self.serie)
        if series == 0 or reste:
            return None
        minutes = min(self.minutes << min(series - 1, 20), self.maximum)
        return instant.astimezone(UTC) + timedelta(minutes=minutes)


def regime_telepaiement(le: date) -> Regime:
    """The lock of a number printed on a notice, always as long: number, key and plate are what pays (hypothesis H50)."""
    loi = droit(le)
    return Regime(loi.telepaiement_echecs_maximum, loi.telepaiement_verrou_minutes, loi.telepaiement_verrou_minutes)


def regime_compte(le: date) -> Regime:
    """The lock of the account of a named person (hypothesis H90)."""
    loi = droit(le)
    return Regime(loi.compte_echecs_maximum, loi.compte_verrou_minutes, loi.compte_verrou_maximum_minutes)


def ferme(jusqu_a: datetime | None, instant: datetime) -> bool:
    """Whether a lock holds; the instant of its end is free."""
    return jusqu_a is not None and instant.astimezone(UTC) < jusqu_a.astimezone(UTC)


@dataclass
class Verrou:
    """The failures in a row about one FPS, and until when its number opens no door."""

    numero: str
    echecs: int = 0
    jusqu_a: datetime | None = None

    def ferme(self, instant: datetime) -> bool:
        """Whether the number is locked; the instant of the end is free."""
        return ferme(self.jusqu_a, instant)

    def echouer(self, instant: datetime) -> None:
        """One more failure: each full series locks the number."""
        self.echecs += 1
        self.jusqu_a = regime_telepaiement(paris_date(instant)).fin(self.echecs, instant) or self.jusqu_a

    def reussir(self) -> None:
        """Number, key and plate agree: the failures are forgotten."""
        self.echecs, self.jusqu_a = 0, None
