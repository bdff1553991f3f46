"""The catalogue of whole lives, played through the four services in memory and on real servers; the books and the invariants after each."""

import pytest

from fps_simulateur.langue.modele import Vie, catalogue
from tests.scenarios.conftest import Joue

# Played all at once by the first test that asks: the others only read how their life ended.
pytestmark = pytest.mark.timeout(600)
VIES = catalogue()


@pytest.mark.xdist_group("catalogue-memoire")
@pytest.mark.parametrize("vie", VIES, ids=lambda v: v.vie)
def test_a_life_goes_as_it_is_written_in_memory(en_memoire: Joue, vie: Vie) -> None:
    _as_written(en_memoire, vie)


@pytest.mark.xdist_group("catalogue-vrai")
@pytest.mark.parametrize("vie", VIES, ids=lambda v: v.vie)
def test_a_life_goes_as_it_is_written_on_real_servers(en_vrai: Joue, vie: Vie) -> None:
    _as_written(en_vrai, vie)


def _as_written(joue: Joue, vie: Vie) -> None:
    if (error := joue.fins[vie.vie]) is not None:
        raise error
