"""What was asked of a bac from outside, by anybody: read in its order from the four services, and asked again in another bac."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx

from fps.parties import LIBELLES, SERVICES, Party
from fps_simulateur.pilote.lectures import PiloteErreur, _bac
from fps_simulateur.pilote.pilot import MAITRE, Pilot

CREATION: Final = "/pilotage/bacs"
REFUSEES: Final = (409, 422)  # a letter that was refused, by the law or for what it says, was kept as such
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

    @property
    def ordre(self) -> tuple[Any, ...]:
        """Simulated time, then real time: causes before effects, as long as the machines of the services have one time."""
        return (self.date, self.wall_time, SERVICES.index(self.service), self.position)

    def __str__(self) -> str:
        return f"{self.methode} {self.chemin} ({LIBELLES[self.service]}, le {self.date:%d/%m/%Y à %H:%M})"


@dataclass(frozen=True, slots=True)
class Gestes:
    """How a bac was made (None for one that an earlier version made), and what was asked of it since, in order."""

    creation: Mapping[str, Any] | None
    suite: Sequence[Geste]

    def jusqu_a(self, instant: datetime) -> list[Geste]:
        """What was asked up to an instant of the bac, that one included."""
        return [geste for geste in self.suite if geste.date <= instant]

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


async def lire(pilot: Pilot, nom: str) -> Gestes:
    """All that was asked of a bac; raises PiloteErreur."""
    creation: Mapping[str, Any] | None = None
    found: list[Geste] = []
    for service in SERVICES:
        apres, suite = 0, True
        while suite:
            page = (await pilot._call(service, "GET", f"{_bac(nom)}/gestes", params={"apres": apres})).json()
            suite = page["suite"]
            for one in page["gestes"]:
                apres = one.pop("position")
                date, reelle = (datetime.fromisoformat(one.pop(nom)) for nom in ("date", "wall_time"))
                geste = Geste(service, date, reelle, apres, **one)
                if geste.chemin != CREATION:
                    found.append(geste)
                elif service is MAITRE:
                    creation = geste.corps
    return Gestes(creation, sorted(found, key=lambda geste: geste.ordre))


async def revivre(pilot: Pilot, gestes: Gestes, cible: str, le: datetime, noter: Noter = _rien) -> None:
    """Make the bac `cible` as the other one was made, ask of it what was asked of the other, each at its instant, up to `le`.

    Raises PiloteErreur; what was made is then removed.
    """
    naissance, refaits = gestes.naissance, gestes.jusqu_a(le)
    if le < naissance:
        raise refus(f"Il commence le {naissance:%d/%m/%Y à %H:%M}.", "Donnez une date de sa vie.")
    if tus := [geste for geste in refaits if not geste.rejouable]:
        nommes = " ; ".join(map(str, tus[:MONTRES])) + (f" ; et {len(tus) - MONTRES} autres" if len(tus) > MONTRES else "")
        raise refus(f"Des gestes n'en ont pas été gardés en entier, parce qu'ils peuvent contenir un secret : {nommes}.")
    made = gestes.creation or {}
    await pilot.creer(cible, naissance, made.get("graine") or made["nom"], vierge=made.get("vierge", False), villes=made.get("villes"))
    try:
        instant = naissance
        for geste in refaits:
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
