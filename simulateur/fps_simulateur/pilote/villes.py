"""The towns of a bac, in the four services: given to all of them or to none."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from fps.parties import SERVICES, Party
from fps_simulateur.pilote.lectures import PiloteErreur, _bac
from fps_simulateur.pilote.pilot import Pilot


async def lister(pilot: Pilot, bac: str) -> list[dict[str, Any]]:
    """The towns that a bac knows, as the town's own service tells them; raises PiloteErreur."""
    found: list[dict[str, Any]] = (await pilot._call(Party.COLLECTIVITE, "GET", f"{_bac(bac)}/villes")).json()
    return found


async def montrer(pilot: Pilot, bac: str, siret: str) -> list[dict[str, Any]]:
    """The configurations of a town, each from its first day; raises PiloteErreur."""
    found: list[dict[str, Any]] = (await pilot._call(Party.COLLECTIVITE, "GET", f"{_bac(bac)}/villes/{quote(siret, safe='')}")).json()
    return found


async def noms(pilot: Pilot, bac: str) -> dict[str, str]:
    """The names of the towns of a bac, by SIRET: the town's own word, else what its espace declared. Raises PiloteErreur."""
    found: dict[str, str] = {}
    for service in (Party.ANTAI, Party.COLLECTIVITE):
        found |= {ville["siret"]: ville["nom"] for ville in (await pilot._call(service, "GET", f"{_bac(bac)}/villes")).json()}
    return found


async def connue(pilot: Pilot, bac: str, siret: str) -> dict[str, Any] | None:
    """The last configuration of a town, as the town's service was given it, else as its espace declared it; None when nobody told.

    Raises PiloteErreur.
    """
    for service in (Party.COLLECTIVITE, Party.ANTAI):
        if donnees := await _connues(pilot, service, bac, siret):
            commune: dict[str, Any] = donnees[-1]["commune"]
            return commune
    return None


Tenues = Mapping[str, Mapping[str, list[dict[str, Any]]]]  # what each service was given of each town


async def tenues(pilot: Pilot, bac: str, villes: Sequence[Mapping[str, Any]]) -> Tenues:
    """What each service was already given of these towns; raises PiloteErreur."""
    sirets = list(dict.fromkeys(ville["commune"]["siret"] for ville in villes))
    return {service.value: {siret: await _connues(pilot, service, bac, siret) for siret in sirets} for service in SERVICES}


async def ajouter(
    pilot: Pilot, bac: str, villes: Sequence[Mapping[str, Any]], *, essai: bool = False, depart: Tenues | None = None
) -> None:
    """Give towns to a bac: asked of the four services before any keeps them, taken back when one fails then.

    `essai`: asked only. `depart`: what each had before this was begun and cut: who has more since keeps it. Raises PiloteErreur.
    """
    path, body = f"{_bac(bac)}/villes", {"villes": list(villes)}
    avant = depart
    restent: Sequence[Party] = SERVICES
    if avant is not None:
        ici = await tenues(pilot, bac, villes)
        restent = tuple(s for s in SERVICES if all(len(ici[s.value][siret]) <= len(dites) for siret, dites in avant[s.value].items()))
    for service in restent:
        await pilot._call(service, "POST", path, json=body, params={"essai": True})
    if essai:
        return
    avant = avant or await tenues(pilot, bac, villes)
    done = [service for service in SERVICES if service not in restent]
    try:
        for service in restent:
            done.append(service)  # before it answers: a service whose answer is lost may have kept them
            await pilot._call(service, "POST", path, json=body)
    except PiloteErreur as error:
        for service in done:
            for siret, dites in avant[service.value].items():
                try:
                    await pilot._call(service, "PUT", f"{path}/{quote(siret, safe='')}", json={"villes": dites})
                except PiloteErreur as reste:  # the others are given back all the same
                    error.add_note(f"{service.value} garde {siret} : {reste.problem.get('detail', '')}")
        raise


async def _connues(pilot: Pilot, service: Party, bac: str, siret: str) -> list[dict[str, Any]]:
    """The configurations that a service was given of a town, none when nobody told it of it; raises PiloteErreur."""
    try:
        found: list[dict[str, Any]] = (await pilot._call(service, "GET", f"{_bac(bac)}/villes/{quote(siret, safe='')}")).json()
    except PiloteErreur as error:
        if error.problem.get("code") != "ville-non-donnee":
            raise
        return []
    return found


async def retirer(pilot: Pilot, bac: str, siret: str) -> None:
    """Take a town without dossiers from the services that were told of it, the town's own first. Raises PiloteErreur, when none was too."""
    absente: PiloteErreur | None = None
    retiree = False
    for service in (Party.COLLECTIVITE, *(s for s in SERVICES if s is not Party.COLLECTIVITE)):
        try:
            await pilot._call(service, "DELETE", f"{_bac(bac)}/villes/{quote(siret, safe='')}")
            retiree = True
        except PiloteErreur as error:
            if error.problem.get("code") != "ville-non-donnee":
                raise
            absente = error
    if absente is not None and not retiree:
        raise absente
