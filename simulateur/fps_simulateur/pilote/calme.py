"""When the post of a bac is quiet: what the services say of their letters, and which of them to look at again until nothing travels."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

from fps.parties import SERVICES, Party
from fps.releves import ARRETEES, VENUES, VERS
from fps_simulateur.pilote.lectures import PiloteErreur

ATTENTE: Final = 1.0  # seconds left to the letters of a service, at each look, before it answers
QUIET = 120.0  # seconds after which a post that is not quiet and where nothing moves is a fault, told as such
Regarder = Callable[[Iterable[Party]], Awaitable[dict[Party, Any]]]


async def attendu(found: dict[Party, Any], regarder: Regarder, dire: Callable[[dict[Party, Any]], None]) -> dict[Party, Any]:
    """The states in which the post is quiet, from those of a first look at every service; `dire` is told each one that is not.

    One look is enough when the two ends of each way count the same letters (`settled`). Else those that hold letters are looked at again,
    then the ends of the ways that differ: what the others said stays true as long as no letter reaches them, and one that does makes
    its way differ. Where nothing moves all are, and two looks at all of them that say the same end it, when the sums agree.
    Raises PiloteErreur when letters wait and nothing has moved for long.
    """
    clock, pause = asyncio.get_running_loop(), 0.0005
    moved, last, before = clock.time(), None, None
    asked: tuple[Party, ...] = SERVICES
    while not settled(found):
        seen = {s: (x["comptes"], x["en_attente"]) for s, x in found.items()}
        if len(asked) == len(SERVICES):
            if quiet(found) and seen == before:
                break
            before = seen
        asked = SERVICES if seen == last else tuple(remuants(found)) or SERVICES
        moved, last = moved if seen == last else clock.time(), seen
        dire(found)
        if clock.time() - moved > QUIET:
            waiting = sum(x["en_attente"] for x in found.values())
            detail = f"{waiting} lettres attendent encore : voyez « fps doctor » et « fps lettres-mortes lister »."
            raise PiloteErreur(Party.ANTAI, {"code": "courrier-en-retard", "title": "Le courrier n'arrive pas", "detail": detail})
        if not quiet(found):
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.25)
        found = found | await regarder(asked)
    return found


def _ways(found: Mapping[Party, Any]) -> dict[tuple[Party, Party], tuple[int, int]]:
    """Of each way, from a service to a service: the letters that were written, and those that arrived or were given up."""
    comptes = {service: state["comptes"] for service, state in found.items()}
    return {
        (a, b): (comptes[a].get(VERS[b], 0), comptes[a].get(ARRETEES[b], 0) + comptes[b].get(VENUES[a], 0))
        for a in SERVICES
        for b in SERVICES
    }


def settled(found: Mapping[Party, Any]) -> bool:
    """Whether nothing travels, from one look, though the services were not all looked at at the same instant.

    A letter that left its writer after it was looked at, and arrived before its reader was, makes the two ends of its way differ: when
    none does, what was seen is a state that the world was in, with nothing under way. A bac that began before the ways were counted, or
    whose letters do not add up, never settles so.
    """
    ways = _ways(found).values()
    whole = sum(written for written, _ in ways) == sum(x["comptes"].get("ecrites", 0) for x in found.values())
    return whole and all(written == arrived for written, arrived in ways) and not any(x["en_attente"] for x in found.values())


def quiet(found: Mapping[Party, Any]) -> bool:
    """Whether as many letters arrived as were written, whatever their ways, and none waits."""
    written = sum(x["comptes"].get("ecrites", 0) for x in found.values())
    arrived = sum(x["comptes"].get(n, 0) for x in found.values() for n in ("recues", "refusees", "mortes", "deposees"))
    return written <= arrived and not any(x["en_attente"] for x in found.values())


def remuants(found: Mapping[Party, Any]) -> list[Party]:
    """Those to look at again: who holds letters; when nobody does, the ends of the ways that differ."""
    holding = [s for s, x in found.items() if x["en_attente"]]
    ends = {end for way, (written, arrived) in _ways(found).items() if written != arrived for end in way}
    return holding or [s for s in SERVICES if s in ends]
