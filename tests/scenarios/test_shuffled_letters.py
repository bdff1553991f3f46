"""Every letter between services delivered twice, shuffled, and some again long after: each life ends in the same state."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from fps_simulateur.invariants import verifier
from fps_simulateur.joueur import jouer
from fps_simulateur.langue.modele import Vie, catalogue
from fps_simulateur.pilote.world import World
from tests.scenarios.chaos import ChaosBus, ChaosCarrier, final_state, shuffling_world
from tests.scenarios.choix import MELANGE, choisies
from tests.scenarios.conftest import Joue

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("catalogue-memoire"), pytest.mark.timeout(600)]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shuffling() -> AsyncIterator[World]:
    async with shuffling_world(seed=2026) as world:
        yield world


@pytest.mark.parametrize("vie", choisies(MELANGE), ids=lambda v: v.vie)
async def test_a_life_ends_the_same_when_its_letters_are_shuffled_and_doubled(
    monde: World, en_memoire: Joue, shuffling: World, vie: Vie
) -> None:
    await jouer(shuffling, vie, vie.vie)
    expected, found = [await final_state(world, vie.vie) for world in (monde, shuffling)]
    assert {k: v for k, v in found.items() if v != expected[k]} == {}, {k: expected[k] for k in expected if found[k] != expected[k]}
    assert verifier(await shuffling.pilot.relever(vie.vie)) == []


async def test_the_post_of_these_lives_really_doubles_and_shuffles() -> None:
    async with shuffling_world(seed=1) as world:
        await jouer(world, next(v for v in catalogue() if v.vie == "titre-collectif"), "melange")
        carriers = [one.relay.carrier for one in world.services.values()]
        buses = [one.relay.bus for one in world.services.values()]
        rest = [letter for c in carriers if isinstance(c, ChaosCarrier) for letter, _ in c.seen]
        amqp = [letter for b in buses if isinstance(b, ChaosBus) for _, letter in b.seen]
        sent = [x.subject for x in rest if x.type == "fps.01.creation.v1"], [x.subject for x in amqp if x.type == "fps.12.emission.v1"]
        assert [len(s) for s in sent] == [3, 3] and sent[1] != sorted(sent[1])
