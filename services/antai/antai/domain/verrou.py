"""The lock of a télépaiement number: number, key and plate are asked, and failures are counted (hypothesis H50)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from antai.domain.refus import TelepaiementVerrouille
from fps.droit import droit
from fps.droit.calendar import PARIS, paris_date


@dataclass
class Verrou:
    """The failures in a row about one notice, and until when its number is locked."""

    numero: str
    echecs: int = 0
    jusqu_a: datetime | None = None

    def exiger_ouvert(self, instant: datetime) -> None:
        """Raises TelepaiementVerrouille while the lock holds; the instant of its end is free."""
        if self.jusqu_a is not None and instant < self.jusqu_a:
            raise TelepaiementVerrouille(f"Verrouillé jusqu'au {self.jusqu_a.astimezone(PARIS):%d/%m/%Y à %H:%M}.", "numero_telepaiement")

    def echouer(self, instant: datetime) -> None:
        """One more failure; at the maximum the number is locked, and the count starts again."""
        loi = droit(paris_date(instant))
        self.echecs += 1
        self.jusqu_a = None
        if self.echecs >= loi.telepaiement_echecs_maximum:
            self.echecs = 0
            # In UTC: hours are real in the nights of a change.
            self.jusqu_a = instant.astimezone(UTC) + timedelta(minutes=loi.telepaiement_verrou_minutes)

    def reussir(self) -> None:
        """Number, key and plate agree: the failures are forgotten."""
        self.echecs, self.jusqu_a = 0, None
