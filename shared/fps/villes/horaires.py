"""When parking is paid: by day of the week, on public holidays, in the periods that are free, with the breaks of the day."""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, field_validator, model_validator

from fps.droit.calendar import ferie
from fps.villes.lecture import Lecture
from fps.villes.territoires import TERRITOIRES, Territoire

JOURS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MINUIT: Final = 24 * 60
ANNEE: Final = tuple(date(2027, 1, 1) + timedelta(days=n) for n in range(365))  # an ordinary year
PAR_SEMAINE: Final = tuple(sum(jour.weekday() == rang for jour in ANNEE) for rang in range(7))
HORIZON: Final = 12_000  # days: no town file that is accepted needs as many


class Plage(NamedTuple):
    """Paid from this minute of the day, to this one, which is free again."""

    debut: int
    fin: int


def _plage(texte: object) -> Plage:
    lu = re.fullmatch(r"([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])", texte) if isinstance(texte, str) else None
    if lu is None:
        raise ValueError(f"une plage s'écrit « 09:00-12:30 », entre guillemets (lu : {texte!r})")
    debut, fin = (int(lu[i]) * 60 + int(lu[i + 1]) for i in (1, 3))
    if not debut < fin <= MINUIT:
        raise ValueError(f"« {texte} » finit avant de commencer, ou après 24:00 ; une nuit payante s'écrit en deux jours")
    return Plage(debut, fin)


def _ecrire(plage: Plage) -> str:
    return "-".join(f"{minutes // 60:02d}:{minutes % 60:02d}" for minutes in plage)


ECRITURE: Final = {
    "type": "string",
    "pattern": "^([01][0-9]|2[0-4]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9]$",
    "examples": ["09:00-12:30"],
}
Plages = tuple[Annotated[Plage, BeforeValidator(_plage), PlainSerializer(_ecrire, return_type=str), WithJsonSchema(ECRITURE)], ...]


def jours_de(mot: str) -> tuple[int, ...]:
    """The days that a word means: « lundi », « lundi-samedi », « tous »; raises ValueError."""
    debut, _, fin = mot.partition("-")
    if mot == "tous":
        return tuple(range(7))
    if debut not in JOURS or (fin or debut) not in JOURS:
        raise ValueError(f"« {mot} » n'est ni un jour, ni « lundi-samedi », ni « tous »")
    de, a = JOURS.index(debut), JOURS.index(fin or debut)
    if a < de:
        raise ValueError(f"« {mot} » finit avant de commencer")
    return tuple(range(de, a + 1))


class Periode(Lecture):
    """Des jours gratuits, bornes comprises : d'une année (2026-12-24), ou de chacune (08-01)."""

    du: str = Field(pattern=r"^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$")
    au: str = Field(pattern=r"^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$")

    @field_validator("du", "au", mode="before")
    @classmethod
    def _ecrite(cls, valeur: object) -> object:
        texte = valeur.isoformat() if isinstance(valeur, date) else valeur
        if isinstance(texte, str) and re.fullmatch(r"([0-9]{4}-)?[0-9]{2}-[0-9]{2}", texte):
            date.fromisoformat(texte if len(texte) == 10 else f"2000-{texte}")  # raises ValueError for a day that does not exist
        return texte

    @model_validator(mode="after")
    def _ordonnee(self) -> "Periode":
        if len(self.du) != len(self.au):
            raise ValueError("« du » et « au » s'écrivent tous deux avec l'année, ou tous deux sans")
        if len(self.du) == 10 and self.au < self.du:
            raise ValueError(f"la période finit le {self.au}, avant de commencer")
        if len(self.du) == 10 and date.fromisoformat(self.au) - date.fromisoformat(self.du) > timedelta(days=366):
            raise ValueError("une période gratuite dure un an au plus ; au-delà, donnez d'autres horaires à partir d'une date")
        return self

    def couvre(self, jour: date) -> bool:
        """Whether that day is in the period; one of each year may pass the new year."""
        texte = jour.isoformat() if len(self.du) == 10 else f"{jour.month:02d}-{jour.day:02d}"
        return self.du <= texte <= self.au if self.du <= self.au else texte >= self.du or texte <= self.au


class Horaires(Lecture):
    """Les heures payantes d'une zone, jour par jour ; un jour dont rien n'est dit est gratuit."""

    jours: dict[str, Plages]
    feries: Literal["gratuits", "payants"] = "gratuits"
    gratuit: tuple[Periode, ...] = ()

    @field_validator("jours")
    @classmethod
    def _sans_recouvrement(cls, jours: dict[str, Plages]) -> dict[str, Plages]:
        vus: dict[int, str] = {}
        for mot, plages in jours.items():
            for jour in jours_de(mot):
                if jour in vus:
                    raise ValueError(f"{JOURS[jour]} est dit deux fois : « {vus[jour]} » et « {mot} »")
                vus[jour] = mot
            for avant, apres in itertools.pairwise(plages):
                if apres.debut < avant.fin:
                    raise ValueError(f"« {mot} » : deux plages se recouvrent, ou ne sont pas dans l'ordre")
        return jours

    @model_validator(mode="after")
    def _payantes(self) -> "Horaires":
        if not self.minutes_par_an:
            raise ValueError("aucune heure payante de l'année : une zone gratuite n'a pas de FPS")
        return self

    @property
    def minutes_par_an(self) -> int:
        """The paid minutes of an ordinary year, what is free in one year only and public holidays left out of the count."""
        libres = [p for p in self.gratuit if len(p.du) == 5]
        minutes = [0] * 7
        for mot, plages in self.jours.items():
            for jour in jours_de(mot):
                minutes[jour] = sum(p.fin - p.debut for p in plages)
        if not libres:  # towns are read again and again: the days of the week are enough
            return sum(m * n for m, n in zip(minutes, PAR_SEMAINE, strict=True))
        return sum(minutes[j.weekday()] for j in ANNEE if minutes[j.weekday()] and not any(x.couvre(j) for x in libres))

    def _du_jour(self, jour: date) -> Plages:
        return next((plages for mot, plages in self.jours.items() if jour.weekday() in jours_de(mot)), ())

    def plages(self, jour: date, territoire: Territoire) -> Plages:
        """What is paid that day, in minutes; nothing on a free day."""
        if (self.feries == "gratuits" and ferie(jour, TERRITOIRES[territoire].feries)) or any(p.couvre(jour) for p in self.gratuit):
            return ()
        return self._du_jour(jour)


@dataclass(frozen=True)
class HeuresPayantes:
    """The paying hours of a zone through time, at its own civil hour; every hour is paid as long as the town tells nothing."""

    versions: Mapping[date, Horaires]
    territoire: Territoire = "metropole"

    @property
    def fuseau(self) -> ZoneInfo:
        """The civil hour of the town."""
        return TERRITOIRES[self.territoire].fuseau

    def jour(self, instant: datetime) -> date:
        """The civil day of an instant in the town."""
        return instant.astimezone(self.fuseau).date()

    def local(self, instant: datetime) -> datetime:
        """The same instant at the hour of the town, to tell it."""
        return instant.astimezone(self.fuseau)

    def du_jour(self, jour: date) -> Iterator[tuple[datetime, datetime]]:
        """The paying windows of a civil day, as instants; the end is free."""
        depuis = max((d for d in self.versions if d <= jour), default=None)
        plages: Plages = (Plage(0, MINUIT),) if depuis is None else self.versions[depuis].plages(jour, self.territoire)
        for plage in plages:
            yield self._instant(jour, plage.debut), self._instant(jour, plage.fin)

    def _instant(self, jour: date, minute: int) -> datetime:
        passe, reste = divmod(minute, MINUIT)
        return datetime.combine(jour + timedelta(days=passe), time(*divmod(reste, 60)), self.fuseau).astimezone(UTC)

    def payant(self, instant: datetime) -> bool:
        """Whether parking is charged at that very minute."""
        return any(debut <= instant < fin for debut, fin in self.du_jour(self.jour(instant)))

    def interruptions(self, depart: datetime, minutes: int) -> tuple[tuple[datetime, datetime], ...]:
        """The free times from `depart` on that a duration of paid `minutes` goes through, in order, in UTC (CGCT, art. R. 2333-120-6).

        Raises ValueError when that duration is never charged.
        """
        curseur, reste, trouvees = depart.astimezone(UTC), timedelta(minutes=minutes), list[tuple[datetime, datetime]]()
        jour = self.jour(depart)
        for rang in range(HORIZON):
            for debut, fin in self.du_jour(jour + timedelta(days=rang)):
                if fin <= curseur:
                    continue
                if debut > curseur:
                    trouvees.append((curseur, debut))
                    curseur = debut
                if curseur + reste <= fin:
                    return tuple(trouvees)
                reste, curseur = reste - (fin - curseur), fin
        raise ValueError(f"{minutes} minutes payantes n'arrivent pas en {HORIZON} jours")

    def terme(self, depart: datetime, minutes: int) -> datetime:
        """The instant when that many paid minutes from `depart` are over."""
        libres = sum((a - de for de, a in self.interruptions(depart, minutes)), timedelta())
        return depart.astimezone(UTC) + timedelta(minutes=minutes) + libres

    def ouvertes(self, jour: date) -> list[str]:
        """The paying hours of a civil day, as people read them: « 09:00-12:00 »."""
        heures = [(d.astimezone(self.fuseau), f.astimezone(self.fuseau)) for d, f in self.du_jour(jour)]
        return [f"{d:%H:%M}-{f:%H:%M}" if f.date() == jour else f"{d:%H:%M}-24:00" for d, f in heures]

    def reprise(self, instant: datetime) -> datetime | None:
        """When parking is paid again, of an instant at which it is free; None when it is paid then."""
        libres = self.interruptions(instant, 1)
        return libres[0][1] if libres and libres[0][0] == instant else None
