"""The towns of a bac, in the four services: given to all of them or to none."""

from collections.abc import Mapping, Sequence
from typing import Any

from fps.parties import SERVICES, Party
from fps_simulateur.pilote.lectures import PiloteErreur, _bac
from fps_simulateur.pilote.pilot import Pilot


async def lister(pilot: Pilot, bac: str) -> list[dict[str, Any]]:
    """The towns that a bac knows, as the town's own service tells them; raises PiloteErreur."""
    found: list[dict[str, Any]] = (await pilot._call(Party.COLLECTIVITE, "GET", f"{_bac(bac)}/villes")).json()
    return found


async def montrer(pilot: Pilot, bac: str, siret: str) -> list[dict[str, Any]]:
    """The configurations of a town, each from its first day; raises PiloteErreur."""
    found: list[dict[str, Any]] = (await pilot._call(Party.COLLECTIVITE, "GET", f"{_bac(bac)}/villes/{siret}")).json()
    return found


async def ajouter(pilot: Pilot, bac: str, villes: Sequence[Mapping[str, Any]]) -> None:
    """Give towns to a bac: asked of the four services before any keeps them, taken back when one fails then. Raises PiloteErreur."""
    path, body = f"{_bac(bac)}/villes", {"villes": list(villes)}
    for service in SERVICES:
        await pilot._call(service, "POST", path, json=body, params={"essai": True})
    done: list[Party] = []
    try:
        for service in SERVICES:
            await pilot._call(service, "POST", path, json=body)
            done.append(service)
    except PiloteErreur:
        connues = {ville["siret"]: len(ville["depuis"]) for ville in await lister(pilot, bac)} if done else {}
        for service in done:
            for ville in villes:
                siret = ville["commune"]["siret"]
                if connues.get(siret) == 1:  # a later configuration of a known town stays: nobody lost anything, it is given again
                    await pilot._call(service, "DELETE", f"{path}/{siret}")
        raise


async def retirer(pilot: Pilot, bac: str, siret: str) -> None:
    """Take a town without dossiers from the four services: those that know its FPS are asked first. Raises PiloteErreur."""
    for service in (Party.COLLECTIVITE, *(s for s in SERVICES if s is not Party.COLLECTIVITE)):
        await pilot._call(service, "DELETE", f"{_bac(bac)}/villes/{siret}")
