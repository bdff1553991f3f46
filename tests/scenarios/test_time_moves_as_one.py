"""Time moves as one: whoever is slow, each life is the same, and no letter is received before it was written."""

import asyncio
import json
import os
from random import Random

import pytest

from fps.parties import SERVICES
from fps_simulateur.joueur import jouer
from fps_simulateur.langue.modele import Vie, catalogue
from fps_simulateur.pilote.world import World, open_world
from tests.scenarios.lenteur import Lenteur, slow_world

SEEDS = (1, 2)
WHO = (*(party.value for party in SERVICES), "courtier")


async def journal(world: World, bac: str) -> bytes:
    """The whole journal of a bac, without what only the machine says."""
    lines = await world.pilot.journal(bac)
    return json.dumps([{k: v for k, v in line.items() if k not in ("position", "wall_time")} for line in lines]).encode()


async def played(world: World, lives: list[Vie], suffix: str, together: int) -> dict[str, bytes]:
    limit = asyncio.Semaphore(together)

    async def one(vie: Vie) -> tuple[str, bytes]:
        async with limit:
            await jouer(world, vie, f"{vie.vie[:32]}{suffix}")
            return vie.vie, await journal(world, f"{vie.vie[:32]}{suffix}")

    return dict(await asyncio.gather(*(one(vie) for vie in lives)))


PARTS = 8  # so that the workers share them
# All the 224 lives with FPS_TEST_LONG=1; half of them otherwise, in which each of the five is the slow one.
PLAYED = range(PARTS) if os.environ.get("FPS_TEST_LONG") == "1" else (0, 2, 3, 5)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", PLAYED)
async def test_lives_on_a_slow_network_are_the_same_as_on_a_fast_one(part: int) -> None:
    lives = list(catalogue())[part::PARTS]
    async with open_world(token="essai") as world:
        calm = await played(world, lives, "", 8)
    different: list[str] = []
    for seed in SEEDS:
        lenteur = Lenteur(seed * PARTS + part)
        lenteur.slow = {WHO[(part + seed) % len(WHO)], Random(seed * PARTS + part).choice(WHO)}
        async with slow_world(lenteur) as world:
            found = await played(world, lives, f"-{seed}", len(lives))
        different += [f"graine {seed}, lents {sorted(lenteur.slow)}, vie {vie}" for vie in found if found[vie] != calm[vie]]
    assert different == []


def test_there_are_two_hundred_of_them_and_each_is_slow_in_turn() -> None:
    assert len(catalogue()) * len(SEEDS) >= 200
    assert {WHO[(part + seed) % len(WHO)] for part in PLAYED for seed in SEEDS} == set(WHO)
