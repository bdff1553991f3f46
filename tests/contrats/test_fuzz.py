"""A short run of schemathesis over the four contracts, in memory, always the same; `make fuzz` is the long one."""

from collections.abc import Iterator

import pytest

from fps.parties import SERVICES, Party
from tests.contrats.fuzz import Ground, Loop, Tries, fuzz, ground_in, lives

pytestmark = pytest.mark.xdist_group("fuzz")


@pytest.fixture(scope="module")
def ouvert() -> Iterator[Ground]:
    loop = Loop()
    with ground_in(loop) as ground:
        yield ground
    loop.stop()


@pytest.mark.parametrize("party", SERVICES)
def test_what_the_contract_of_a_service_allows_or_forbids_is_answered_as_it_says(ouvert: Ground, party: Party) -> None:
    tries = Tries([ouvert], party)
    fuzz(tries, SHORT, 1, every=EVERY)
    assert tries.cases >= 3 and tries.wrong == {}


def test_the_links_of_a_contract_lead_through_the_life_of_a_dossier(ouvert: Ground) -> None:
    tries = Tries([ouvert], Party.COLLECTIVITE)
    lives(tries, runs=3, steps=6, graine=1, under="/fps")
    assert tries.cases > 3 and tries.wrong == {}


SHORT, EVERY = 24, 20  # cases, and one operation in so many: building their strategies is what costs
