"""Troubles set in a bac, and taken away: the fault of one, at each service that it concerns, for each town that a product stands for."""

from collections.abc import Sequence
from typing import Any, Final

from fps.parties import Party
from fps_simulateur.langue import pannes
from fps_simulateur.langue.actes import PANNE, acte
from fps_simulateur.pilote.lectures import _bac, _refus
from fps_simulateur.pilote.pilot import Pilot
from fps_simulateur.pilote.villes import noms
from fps_simulateur.troubles import Trouble

LEVER: Final = "lever une panne"


async def villes(pilot: Pilot, bac: str) -> list[str]:
    """The SIRET of the towns of a bac that a product stands for, at a service at least. Raises PiloteErreur."""
    found = []
    for siret in sorted(await noms(pilot, bac)):
        modes = [(await pilot._call(s, "GET", f"{_bac(bac)}/destinations/{siret}")).json()["mode"] for s in pannes.SERVICES]
        found += [siret] if set(modes) != {"reference"} else []
    return found


async def poser(pilot: Pilot, bac: str, un: Trouble, sirets: Sequence[str]) -> list[Party]:
    """Set the fault of a trouble, under its name; gives the services where it is. Raises PiloteErreur."""
    return await _demander(pilot, bac, PANNE, {**(un.panne or {}), "regle": un.trouble}, sirets)


async def lever(pilot: Pilot, bac: str, un: Trouble, sirets: Sequence[str]) -> list[Party]:
    """Take it away, wherever it is; gives the services where it was. Raises PiloteErreur."""
    return await _demander(pilot, bac, LEVER, {"regle": un.trouble}, sirets)


async def _demander(pilot: Pilot, bac: str, nom: str, avec: dict[str, Any], sirets: Sequence[str]) -> list[Party]:
    un = acte(nom)
    services, regle, corps = pannes.de(un, avec)
    found: dict[Party, None] = {}
    for siret in sirets:
        for service in services:
            chemin = un.route.format(bac=bac, siret_ville=siret, regle=regle)
            answer = await pilot.demander(service, un.methode, chemin, corps)
            if answer.status_code < 300:
                found[service] = None
            elif corps is not None or answer.status_code != 404 or answer.json().get("code") != "panne-inconnue":
                raise _refus(service, answer)
    return list(found)
