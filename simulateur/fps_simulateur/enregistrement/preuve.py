"""Whether a life that was recorded plays the same: both journals, line by line, the ids of who sent a letter apart."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fps_simulateur.pilote.pilot import Pilot

RECUES: Final = ("reception", "refus")  # they say the id that the sender gave to its letter
Cle = tuple[str, str, int]


async def ecart(pilot: Pilot, bac: str, autre: Pilot, joue: str) -> str | None:
    """The first difference between the journal of a bac and that of the life that was played, in a sentence; None when there is none."""
    fait, rejoue = await _lignes(pilot, bac), await _lignes(autre, joue)
    for cle in sorted({*fait, *rejoue}, key=lambda cle: (_date(fait, rejoue, cle), cle)):
        service, sujet, rang = cle
        ou = f"dossier {sujet}, {service}, rang {rang}"
        if cle not in rejoue:
            return f"{ou} : « {fait[cle]['acte']} » ne se rejoue pas"
        if cle not in fait:
            return f"{ou} : « {rejoue[cle]['acte']} » n'avait pas eu lieu"
        if fait[cle] != rejoue[cle]:
            autres = [nom for nom in fait[cle] if fait[cle][nom] != rejoue[cle][nom]]
            return f"{ou} : « {fait[cle]['acte']} » se rejoue autrement ({', '.join(autres)})"
    return None


async def _lignes(pilot: Pilot, bac: str) -> dict[Cle, dict[str, Any]]:
    return {(line["service"], line["sujet"], line["rang"]): _dite(line) for line in await pilot.journal(bac)}


def _dite(line: Mapping[str, Any]) -> dict[str, Any]:
    donnees = {nom: v for nom, v in line["donnees"].items() if nom != "id" or line["acte"] not in RECUES}
    return {"date": line["date"], "acte": line["acte"], "article": line["article"], "donnees": donnees}


def _date(fait: Mapping[Cle, Any], rejoue: Mapping[Cle, Any], cle: Cle) -> datetime:
    return datetime.fromisoformat((fait.get(cle) or rejoue[cle])["date"])
