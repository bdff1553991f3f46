"""Dates and durations as people type them: ISO 8601, Paris civil time."""

import re
from datetime import date, datetime

from dateutil.relativedelta import relativedelta

from fps.kit.ground.clock import DEBUT, FIN, PARIS, paris
from fps_console.commandes.output import Panne

DUREE = re.compile(r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
UNITES = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")


def instant(text: str) -> datetime:
    """The instant of « 2026-10-05 » (that evening, 20:00) or « 2026-10-05T10:00 » (Paris unless an offset is given); raises Panne."""
    try:
        if len(text) <= 10:
            return _simule(paris(date.fromisoformat(text)), text)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Panne(f"« {text[:40]} » n'est pas une date.", "Écrivez 2026-10-05, ou 2026-10-05T10:00.", statut=2) from None
    return _simule(found.replace(tzinfo=PARIS) if found.tzinfo is None else found, text)


def _simule(found: datetime, text: str) -> datetime:
    """An instant that a bac can have, in Paris; raises Panne. Near the ends of the calendar, another zone is beyond them."""
    if not DEBUT <= found <= FIN:
        que_faire = f"Choisissez un jour du {DEBUT:%d/%m/%Y} au {FIN:%d/%m/%Y}."
        raise Panne(f"« {text[:40]} » est hors de ce qui se simule.", que_faire, statut=2)
    return found.astimezone(PARIS)


def after(start: datetime, text: str) -> datetime:
    """`start` plus an ISO 8601 duration, months from date to date, hours by the clock of Paris; raises Panne."""
    match = DUREE.fullmatch(text.strip().upper())
    if match is None:
        que_faire = "Écrivez P3M pour trois mois, P6D pour six jours, P1Y, P2W ou PT12H."
        raise Panne(f"« {text[:40]} » n'est pas une durée.", que_faire, statut=2)
    try:
        units: dict[str, int] = {name: int(value or 0) for name, value in zip(UNITES, match.groups(), strict=True)}
        # Civil time: three months later at the same hour, whatever the season.
        civil = start.astimezone(PARIS).replace(tzinfo=None) + relativedelta(**units)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        raise Panne(f"La durée « {text[:40]} » mène hors du calendrier.", "Choisissez une durée plus courte.", statut=2) from None
    return civil.replace(tzinfo=PARIS)
