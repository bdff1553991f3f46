"""A bac as another one was on a day of its past: what was asked of it is asked again, and the journals say whether it is the same."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from datetime import datetime
from typing import Any

from fps.parties import LIBELLES, SERVICES, Party
from fps_simulateur.pilote import gestes
from fps_simulateur.pilote.faits import premier_ecart
from fps_simulateur.pilote.pilot import Pilot


async def copier(pilot: Pilot, source: str, cible: str, le: datetime) -> None:
    """The bac `cible`, which is what `source` was, or will be, at that instant; raises PiloteErreur, and then leaves none.

    In the past, what was asked of the source is asked again of a new bac, then both journals are compared, line after line: one hash that
    differs and nothing is kept. In the present or the future: a copy, which lives on until then.
    """
    etat = await pilot.etat(source)
    if le >= (present := datetime.fromisoformat(etat["instant"])):
        await pilot.copier(source, cible)
        if le > present:
            await pilot.conduire(cible, le)
        return
    async with AsyncExitStack() as ouverts:
        async with pilot.immobile(source):
            connus = await ouverts.enter_async_context(gestes.lire(pilot, source))
        await gestes.revivre(pilot, connus, cible, le)
    try:
        await exiger_pareils(pilot, source, cible, le)
    except BaseException:
        await pilot.supprimer(cible)
        raise


async def exiger_pareils(pilot: Pilot, source: str, cible: str, le: datetime) -> None:
    """Raises PiloteErreur, naming the first dossier whose journal differs, unless both were the same at that instant."""
    ecart = await premier_ecart(jusqu_a(pilot, source, le), jusqu_a(pilot, cible, le), lambda line: line["empreinte"])
    if ecart is not None:
        line = ecart[0]
        service, sujet = Party(line["service"]), line["sujet"]
        rangs = " ; ".join([f"« {nom} » : {await _rang(pilot, nom, service, sujet, le)}" for nom in (source, cible)])
        raise gestes.refus(f"Revécu jusqu'au {le:%d/%m/%Y}, le journal du dossier {sujet} diffère ({LIBELLES[service]} ; {rangs}).")


async def jusqu_a(pilot: Pilot, nom: str, le: datetime) -> AsyncGenerator[dict[str, Any], None]:
    """What happened in a bac, in order, up to an instant."""
    async with aclosing(pilot.faits(nom, dict.fromkeys(SERVICES, 0))) as lines:
        async for line in lines:
            if datetime.fromisoformat(line["date"]) > le:
                return
            yield line


async def _rang(pilot: Pilot, nom: str, service: Party, sujet: str, le: datetime) -> str:
    """How far a dossier was in a service at that instant."""
    lines = [line for line in await pilot.journal(nom, sujet) if datetime.fromisoformat(line["date"]) <= le]
    rang = max((line["rang"] for line in lines if line["service"] == service), default=None)
    return "rien" if rang is None else f"rang {rang}"
