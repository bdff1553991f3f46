"""Whether a life that was recorded plays the same: both journals, line by line, the ids of who sent a letter apart."""

from collections.abc import Mapping
from typing import Any, Final

from fps.parties import SERVICES
from fps_simulateur.pilote.faits import premier_ecart
from fps_simulateur.pilote.pilot import Pilot

RECUES: Final = ("reception", "refus")  # they say the id that the sender gave to its letter
DEBUT: Final = dict.fromkeys(SERVICES, 0)


async def ecart(pilot: Pilot, bac: str, autre: Pilot, joue: str) -> str | None:
    """The first difference between the journal of a bac and that of the life that was played, in a sentence; None when there is none."""
    found = await premier_ecart(pilot.faits(bac, DEBUT), autre.faits(joue, DEBUT), _dite)
    if found is None:
        return None
    ici, fait, rejoue = found
    ou = f"dossier {ici['sujet']}, {ici['service']}, rang {ici['rang']}"
    fait, rejoue = fait or await _meme(pilot, bac, ici), rejoue or await _meme(autre, joue, ici)
    if rejoue is None:
        return f"{ou} : « {ici['acte']} » ne se rejoue pas"
    if fait is None:
        return f"{ou} : « {ici['acte']} » n'avait pas eu lieu"
    dits = _dite(fait), _dite(rejoue)
    autres = [nom for nom in dits[0] if dits[0][nom] != dits[1][nom]]
    return f"{ou} : « {fait['acte']} » se rejoue autrement ({', '.join(autres)})"


async def _meme(pilot: Pilot, bac: str, line: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The line of that service and that rank in the journal of a dossier, on another day."""
    cle = (line["service"], line["rang"])
    return next((one for one in await pilot.journal(bac, line["sujet"]) if (one["service"], one["rang"]) == cle), None)


def _dite(line: Mapping[str, Any]) -> dict[str, Any]:
    donnees = {nom: v for nom, v in line["donnees"].items() if nom != "id" or line["acte"] not in RECUES}
    return {"date": line["date"], "acte": line["acte"], "article": line["article"], "donnees": donnees}
