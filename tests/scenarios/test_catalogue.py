"""The catalogue of whole lives, played through the four services; its books and invariants after each.

All in memory, a part on real servers.
"""

import pytest

from fps_simulateur.langue.modele import Vie, catalogue
from fps_simulateur.pilote.world import simulated_messages
from tests.scenarios.choix import LENT, MELANGE, VRAI, choisies
from tests.scenarios.conftest import Joue

# Played all at once by the first test that asks: the others only read how their life ended.
pytestmark = pytest.mark.timeout(600)


@pytest.mark.xdist_group("catalogue-memoire")
@pytest.mark.parametrize("vie", catalogue(), ids=lambda v: v.vie)
def test_a_life_goes_as_it_is_written_in_memory(en_memoire: Joue, vie: Vie) -> None:
    _as_written(en_memoire, vie)


@pytest.mark.xdist_group("vrai")
@pytest.mark.parametrize("vie", choisies(VRAI), ids=lambda v: v.vie)
def test_a_life_goes_as_it_is_written_on_real_servers(en_vrai: Joue, vie: Vie) -> None:
    _as_written(en_vrai, vie)


@pytest.mark.xdist_group("vrai")
def test_every_message_that_is_simulated_goes_through_real_servers(en_vrai: Joue) -> None:
    assert sorted(m.type for m in simulated_messages() - en_vrai.messages(choisies(VRAI))) == []


@pytest.mark.xdist_group("catalogue-memoire")
@pytest.mark.parametrize("maniere", [VRAI, MELANGE, LENT])
def test_the_lives_of_each_way_carry_every_message_that_is_simulated(en_memoire: Joue, maniere: int) -> None:
    assert sorted(m.type for m in simulated_messages() - en_memoire.messages(choisies(maniere))) == []


def _as_written(joue: Joue, vie: Vie) -> None:
    if (error := joue.fins[vie.vie]) is not None:
        raise error
