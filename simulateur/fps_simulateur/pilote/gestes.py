"""What was asked of a bac from outside, by anybody: read in its order from the four services, and asked again in another bac.

It waits in a temporary file, a line each: a bac may have been asked more than a memory holds.
"""

import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final

import httpx

from fps.parties import LIBELLES, SERVICES, Party
from fps_simulateur.pilote.faits import en_ordre
from fps_simulateur.pilote.lectures import PiloteErreur, _bac
from fps_simulateur.pilote.pilot import MAITRE, Pilot

CREATION: Final = "/pilotage/bacs"
REFUSEES: Final = (409, 422)  # a letter that was refused, by the law or for what it says, was kept as such
PAGE: Final = 100  # gestures read at once: one may hold a letter of a megabyte
MONTRES: Final = 5  # gestures that a refusal names


@dataclass(frozen=True, slots=True)
class Geste:
    """One thing that somebody asked of a service of a bac: an act by HTTP, or a letter (`type`, `lettre`)."""

    service: Party
    date: datetime
    wall_time: datetime
    position: int
    methode: str
    chemin: str
    corps: Any
    lettre: str | None
    type: str | None
    rejouable: bool

    def __str__(self) -> str:
        return f"{self.methode} {self.chemin} ({LIBELLES[self.service]}, le {self.date:%d/%m/%Y à %H:%M})"


@dataclass(frozen=True, slots=True)
class Gestes:
    """How a bac was made (None for one that an earlier version made), and what was asked of it since, in order."""

    creation: Mapping[str, Any] | None
    fichier: IO[bytes]

    def suite(self, le: datetime | None = None) -> Iterator[Geste]:
        """What was asked, from the first; up to an instant of the bac, that one included."""
        place = 0
        while True:
            self.fichier.seek(place)  # each reading has its own place
            if not (line := self.fichier.readline()):
                return
            place = self.fichier.tell()
            geste = _geste(json.loads(line))
            if le is not None and geste.date > le:
                return
            yield geste

    @property
    def naissance(self) -> datetime:
        """The first instant of the bac; raises PiloteErreur when nobody kept it."""
        if self.creation is None:
            raise refus("Il vient d'une version qui ne gardait pas ce qu'on demande à un bac.")
        return datetime.fromisoformat(self.creation["instant"])


# Called with each gesture once it was done again, and with the answer it got.
Noter = Callable[[Geste, httpx.Response], Awaitable[None]]


async def _rien(geste: Geste, reponse: httpx.Response) -> None:
    """Nobody listens."""


def refus(detail: str, que_faire: str = "") -> PiloteErreur:
    """A bac that cannot be lived again."""
    problem = {"code": "bac-non-rejouable", "title": "Ce bac ne peut pas être revécu", "detail": detail, "status": 409}
    return PiloteErreur(MAITRE, problem | {"que_faire": que_faire or "Copiez-le tel qu'il est : « fps bac copier A B »."})


@asynccontextmanager
async def lire(pilot: Pilot, nom: str) -> AsyncIterator[Gestes]:
    """All that was asked of a bac; raises PiloteErreur."""
    creation: Mapping[str, Any] | None = None
    with tempfile.TemporaryFile() as fichier:
        async with aclosing(en_ordre(_demandes(pilot, nom), _ordre)) as demandes:
            async for one in demandes:
                if one["chemin"] != CREATION:
                    fichier.write(json.dumps(one).encode() + b"\n")
                elif one["service"] == MAITRE.value:
                    creation = one["corps"]
        yield Gestes(creation, fichier)


async def _demandes(pilot: Pilot, nom: str) -> AsyncIterator[dict[str, Any]]:
    """What was asked of each service, one after the other."""
    for service in SERVICES:
        apres, suite = 0, True
        while suite:
            page = (await pilot._call(service, "GET", f"{_bac(nom)}/gestes", params={"apres": apres, "limite": PAGE})).json()
            suite = page["suite"]
            for one in page["gestes"]:
                apres = one["position"]
                yield {"service": service.value, **one}


def _ordre(one: Mapping[str, Any]) -> tuple[Any, ...]:
    """Simulated time, then real time: causes before effects, as long as the machines of the services have one time."""
    date, reelle = (datetime.fromisoformat(one[nom]) for nom in ("date", "wall_time"))
    return (date, reelle, SERVICES.index(Party(one["service"])), one["position"])


def _geste(one: Mapping[str, Any]) -> Geste:
    date, reelle = (datetime.fromisoformat(one[nom]) for nom in ("date", "wall_time"))
    return Geste(**{**one, "service": Party(one["service"]), "date": date, "wall_time": reelle})


async def revivre(pilot: Pilot, gestes: Gestes, cible: str, le: datetime, noter: Noter = _rien) -> None:
    """Make the bac `cible` as the other one was made, ask of it what was asked of the other, each at its instant, up to `le`.

    Raises PiloteErreur; what was made is then removed.
    """
    naissance = gestes.naissance
    if le < naissance:
        raise refus(f"Il commence le {naissance:%d/%m/%Y à %H:%M}.", "Donnez une date de sa vie.")
    tus, autres = list[Geste](), 0
    for geste in gestes.suite(le):
        if not geste.rejouable:
            autres += len(tus) == MONTRES
            tus += [geste] if len(tus) < MONTRES else []
    if tus:
        nommes = " ; ".join(map(str, tus)) + (f" ; et {autres} autres" if autres else "")
        raise refus(f"Des gestes n'en ont pas été gardés en entier, parce qu'ils peuvent contenir un secret : {nommes}.")
    made = gestes.creation or {}
    await pilot.creer(cible, naissance, made.get("graine") or made["nom"], vierge=made.get("vierge", False), villes=made.get("villes"))
    try:
        instant = naissance
        for geste in gestes.suite(le):
            if geste.date > instant:
                instant = geste.date
                await pilot.conduire(cible, instant)
            reponse = await _refaire(pilot, cible, geste)
            await pilot.au_calme(cible)
            await noter(geste, reponse)
        await pilot.conduire(cible, le)
    except BaseException:
        await pilot.supprimer(cible)
        raise


async def _refaire(pilot: Pilot, cible: str, geste: Geste) -> httpx.Response:
    """The same request, or the same letter, in another bac; raises PiloteErreur when it is no longer accepted."""
    base = pilot.addresses[geste.service]
    entete = {"Authorization": f"Bearer {pilot.token}"}
    if geste.lettre is not None:
        lettre = {"lettre": geste.lettre, "type": geste.type, "corps": geste.corps}
        reponse = await pilot.client.post(f"{base}/pilotage{_bac(cible)}/gestes", json=lettre, headers=entete)
    else:
        pilote = geste.chemin.startswith("/pilotage/")
        chemin = geste.chemin.replace("{bac}", cible) if pilote else f"{_bac(cible)}{geste.chemin}"
        corps = {} if geste.corps is None else {"json": geste.corps}
        reponse = await pilot.client.request(geste.methode, f"{base}{chemin}", headers=entete, **corps)
    if reponse.status_code >= 400 and (geste.lettre is None or reponse.status_code not in REFUSEES):
        try:
            dit = reponse.json().get("title", "")
        except ValueError:
            dit = ""
        raise refus(f"Refait, ce geste n'est plus accepté : {geste} : HTTP {reponse.status_code} {dit}.".replace(" .", "."))
    return reponse
