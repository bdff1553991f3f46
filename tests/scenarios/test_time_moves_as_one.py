"""Time moves as one: whoever is slow, each life is the same, and no letter is received before it was written."""

import asyncio
import json
from datetime import date
from random import Random
from typing import Any

import pytest

from fps.kit.data import tables
from fps.kit.ground.clock import paris
from fps.parties import SERVICES
from fps_simulateur.joueur import jouer
from fps_simulateur.langue.modele import Vie, catalogue
from fps_simulateur.pilote.pilot import PiloteErreur
from fps_simulateur.pilote.world import World, open_world
from tests.scenarios.choix import LENT, LONG, choisies
from tests.scenarios.conftest import Joue
from tests.scenarios.lenteur import FileEnRetard, Lenteur, slow_world

pytestmark = pytest.mark.asyncio(loop_scope="session")
SEEDS = (1, 2) if LONG else (1,)
WHO = (*(party.value for party in SERVICES), "courtier")


async def journal(world: World, bac: str) -> bytes:
    """The whole journal of a bac, without what only the machine says."""
    lines = await world.pilot.journal(bac)
    return json.dumps([{k: v for k, v in line.items() if k not in ("position", "wall_time")} for line in lines]).encode()


async def played(world: World, lives: list[Vie], suffix: str) -> dict[str, bytes]:
    async def one(vie: Vie) -> tuple[str, bytes]:
        await jouer(world, vie, f"{vie.vie[:32]}{suffix}")
        return vie.vie, await journal(world, f"{vie.vie[:32]}{suffix}")

    return dict(await asyncio.gather(*(one(vie) for vie in lives)))


PARTS = 10 if LONG else 5  # in each, another of the five is the slow one


@pytest.mark.timeout(600)
@pytest.mark.xdist_group("catalogue-memoire")
@pytest.mark.parametrize("part", range(PARTS))
async def test_lives_on_a_slow_network_are_the_same_as_on_a_fast_one(monde: World, en_memoire: Joue, part: int) -> None:
    lives = list(choisies(LENT))[part::PARTS]
    calm = {vie.vie: await journal(monde, vie.vie) for vie in lives}
    different: list[str] = []
    for seed in SEEDS:
        lenteur = Lenteur(seed * PARTS + part)
        lenteur.slow = {WHO[(part + seed) % len(WHO)], Random(seed * PARTS + part).choice(WHO)}
        async with slow_world(lenteur) as world:
            found = await played(world, lives, f"-{seed}")
        different += [f"graine {seed}, lents {sorted(lenteur.slow)}, vie {vie}" for vie in found if found[vie] != calm[vie]]
    assert different == []


# Lives in which one act writes to one receiver by two queues.
DEUX_FILES = ("cheque-a-temps-apres-la-requete", "cheque-a-temps-puis-impaye", "cheque-impaye-apres-terme")


@pytest.mark.xdist_group("catalogue-memoire")
@pytest.mark.parametrize("file", ["dgfip.05.information-paiement", "dgfip.12.titre-executoire", "dgfip.15.annulation-titre"])
async def test_letters_of_one_act_are_received_in_their_order_whichever_queue_is_late(monde: World, en_memoire: Joue, file: str) -> None:
    lives = [vie for vie in catalogue() if vie.vie in DEUX_FILES]
    assert len(lives) == len(DEUX_FILES)
    async with open_world(token="essai") as world:
        for one in world.services.values():
            one.relay.bus = FileEnRetard(one.relay.bus, file)
        found = await played(world, lives, "-file")
    assert {vie.vie: await journal(monde, vie.vie) for vie in lives} == found


async def test_the_four_clocks_of_a_bac_that_runs_start_from_one_instant(monde: World) -> None:
    """Each took its own time when it was told: 85 ms apart, that is two simulated hours at ×86,400."""

    async def anchors(bac: str) -> set[tuple[Any, ...]]:
        found = set()
        for one in monde.services.values():
            async with one.service.database.read() as tx:
                ((_, _, *clock, _, _),) = await tx.load(tables.bacs, [(bac,)])
            found.add(tuple(clock))
        return found

    start = paris(date(2026, 6, 12))
    await monde.pilot.creer("ancre", start, mode="courant", vitesse=2)
    assert len(await anchors("ancre")) == 1
    for mode, vitesse in (("courant", 1), ("fige", 1), ("courant", 3)):
        await monde.pilot.regler("ancre", mode, vitesse)
        ((found, instant, _, speed),) = await anchors("ancre")
        assert (found, speed) == (mode, vitesse) and instant >= start
    await monde.pilot.regler("ancre", "fige")
    # An anchor is of now: another one would make the clock jump.
    lointaine = {"instant": "2026-09-12T20:00:00+02:00", "mode": "courant", "ancre": "2020-01-01T00:00:00Z"}
    with pytest.raises(PiloteErreur) as refus:
        await monde.pilot._call(SERVICES[0], "POST", "/bacs/ancre/instant", json=lointaine)
    assert refus.value.problem["status"] == 422 and "ancre" in str(refus.value.problem["erreurs"])
    await monde.pilot.supprimer("ancre")


async def test_each_is_slow_in_turn_in_two_hundred_lives_when_there_is_time() -> None:
    assert {WHO[(part + seed) % len(WHO)] for part in range(PARTS) for seed in SEEDS} == set(WHO)
    assert len(choisies(LENT)) * len(SEEDS) >= (200 if LONG else 30)
