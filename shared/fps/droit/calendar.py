"""Civil dates of the law: days, jours francs, months de quantième à quantième, the date in Paris, working days."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from fps.droit.explication import regle

PARIS = ZoneInfo("Europe/Paris")


@regle("CPC, art. 641", "Ajouter des jours")
def ajouter_jours(jour: date, nombre: int) -> date:
    """`nombre` calendar days later."""
    return jour + timedelta(days=nombre)


@regle("Hypothèse H02", "Compter des jours francs, ni le premier ni le dernier")
def jours_francs(depart: date, nombre: int) -> date:
    """The day after `nombre` whole days, neither the first nor the last counting: five jours francs from the 1st give the 7th."""
    return depart + timedelta(days=nombre + 1)


@regle("CPC, art. 641", "Ajouter des mois, de quantième à quantième")
def ajouter_mois(jour: date, nombre: int) -> date:
    """Same day number `nombre` months later, or the last day of that month (CPC, art. 641)."""
    annee, mois = divmod(12 * jour.year + jour.month - 1 + nombre, 12)
    return jour.replace(year=annee, month=mois + 1, day=min(jour.day, monthrange(annee, mois + 1)[1]))


@regle("CPC, art. 641", "Ajouter des années")
def ajouter_annees(jour: date, nombre: int) -> date:
    """Same day `nombre` years later; 29 February becomes 28 February (CPC, art. 641)."""
    return jour + relativedelta(years=nombre)


@regle("Décret n° 78-855 du 9 août 1978", "Prendre la date à Paris")
def paris_date(instant: datetime) -> date:
    """The civil date in Europe/Paris of an aware instant; raises ValueError when it is naive."""
    if instant.tzinfo is None:
        raise ValueError("instant sans fuseau horaire")
    return instant.astimezone(PARIS).date()


@regle("Décret n° 2017-292 du 6 mars 2017 ; hypothèse H127", "Prendre la date à l'heure légale de la collectivité, outre-mer")
def date_locale(instant: datetime, fuseau: str) -> date:
    """The civil date of an aware instant at the legal hour of a territory (its name in the tz database)."""
    return instant.astimezone(ZoneInfo(fuseau)).date()


def jour_civil(instant: datetime, fuseau: str | None = None) -> date:
    """The civil date of an instant there, in Paris when no territory is said."""
    return paris_date(instant) if fuseau is None else date_locale(instant, fuseau)


def instant_paris(jour: date, heure: time = time(0)) -> datetime:
    """The instant of this hour of this day in Paris, expressed in UTC."""
    return datetime.combine(jour, heure, PARIS).astimezone(UTC)


@cache
def _feries(annee: int, subdivision: str | None) -> frozenset[date]:
    from holidays import country_holidays  # a heavy import, needed where a day off counts

    return frozenset(country_holidays("FR", subdiv=subdivision, years=annee))


def ferie(jour: date, subdivision: str | None = None) -> bool:
    """True on a public holiday of metropolitan France, or of the subdivision whose own ones are added (ISO 3166-2: 57, 6AE, 974…)."""
    return jour in _feries(jour.year, subdivision)


def jour_ouvrable(jour: date) -> date:
    """This day, or the next one that is neither a Saturday, a Sunday nor a public holiday (CPC, art. 642)."""
    while jour.weekday() >= 5 or ferie(jour):
        jour += timedelta(days=1)
    return jour


@regle("CPC, art. 642 ; hypothèse H05", "Reporter au jour ouvrable si le report est en vigueur")
def reporter(limite: date, *, actif: bool) -> date:
    """The limit itself, or the next working day when the roll-over is in force (CPC, art. 642; hypothesis H05)."""
    return jour_ouvrable(limite) if actif else limite


@regle(
    "CE, 15 décembre 2023, n° 472836 ; hypothèse H114", "Délai franc devant la juridiction : le dernier jour est le lendemain de l'échéance"
)
def lendemain_franc(echeance: date) -> date:
    """The last day of a franc delay: the day after the one on which it would end."""
    return echeance + timedelta(days=1)


@regle("CE, 15 décembre 2023, n° 472836 ; hypothèse H114", "Devant la juridiction, reporter au premier jour ouvrable suivant")
def reporter_juridiction(limite: date) -> date:
    """The limit itself, or the next day that is neither a Saturday, a Sunday nor a public holiday."""
    return jour_ouvrable(limite)
