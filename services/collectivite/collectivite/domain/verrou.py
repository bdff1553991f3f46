"""The lock of the follow-up door: the number and the plate are also what pays the FPS, so failures are counted (hypothesis H50)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fps.droit import droit
from fps.droit.calendar import paris_date


@dataclass
class Verrou:
    """The failures in a row about one FPS, and until when its door is locked."""

    numero: str
    echecs: int = 0
    jusqu_a: datetime | None = None

    def ferme(self, instant: datetime) -> bool:
        """Whether the lock holds; the instant of its end is free."""
        return self.jusqu_a is not None and instant < self.jusqu_a

    def echouer(self, instant: datetime) -> None:
        """One more failure; at the maximum the door is locked, and the count starts again."""
        loi = droit(paris_date(instant))
        self.echecs += 1
        if self.echecs >= loi.telepaiement_echecs_maximum:
            self.echecs = 0
            self.jusqu_a = instant + timedelta(minutes=loi.telepaiement_verrou_minutes)

    def reussir(self) -> None:
        """The number and the plate agree: the failures are forgotten."""
        self.echecs, self.jusqu_a = 0, None
