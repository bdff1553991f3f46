"""A bac as another one was on a day of its past: what was asked of it is asked again, and the journals say whether it is the same."""

from datetime import datetime

from fps.parties import LIBELLES, SERVICES, Party
from fps_simulateur.pilote import gestes
from fps_simulateur.pilote.pilot import Pilot

Tetes = dict[tuple[Party, str], tuple[int, str]]


async def copier(pilot: Pilot, source: str, cible: str, le: datetime) -> None:
    """The bac `cible`, which is what `source` was, or will be, at that instant; raises PiloteErreur, and then leaves none.

    In the past, what was asked of the source is asked again of a new bac, then the journals of each dossier are compared: one hash that
    differs and nothing is kept. In the present or the future: a copy, which lives on until then.
    """
    etat = await pilot.etat(source)
    if le >= (present := datetime.fromisoformat(etat["instant"])):
        await pilot.copier(source, cible)
        if le > present:
            await pilot.conduire(cible, le)
        return
    async with pilot.immobile(source):
        connus = await gestes.lire(pilot, source)
    await gestes.revivre(pilot, connus, cible, le)
    try:
        await exiger_pareils(pilot, source, cible, le)
    except BaseException:
        await pilot.supprimer(cible)
        raise


async def exiger_pareils(pilot: Pilot, source: str, cible: str, le: datetime) -> None:
    """Raises PiloteErreur, naming the first dossier whose journal differs, unless both were the same at that instant."""
    avant, refaites = await tetes(pilot, source, le), await tetes(pilot, cible)
    for cle in sorted({*avant, *refaites}, key=str):
        if avant.get(cle) != refaites.get(cle):
            service, sujet = cle
            rangs = " ; ".join(
                f"« {nom} » : {f'rang {found[cle][0]}' if cle in found else 'rien'}" for nom, found in ((source, avant), (cible, refaites))
            )
            raise gestes.refus(f"Revécu jusqu'au {le:%d/%m/%Y}, le journal du dossier {sujet} diffère ({LIBELLES[service]} ; {rangs}).")


async def tetes(pilot: Pilot, nom: str, le: datetime | None = None) -> Tetes:
    """The rank and the hash of the last act of each dossier in each service, up to an instant: the hash covers all the acts before it."""
    found: Tetes = {}
    for service in SERVICES:
        async for line in pilot._lignes(service, nom):
            if le is None or datetime.fromisoformat(line["date"]) <= le:
                cle = (service, str(line["sujet"]))
                if line["rang"] > found.get(cle, (0, ""))[0]:
                    found[cle] = (line["rang"], line["empreinte"])
    return found
