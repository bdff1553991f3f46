"""A short run of schemathesis over the four contracts, in memory, always the same; `make fuzz` is the long one."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode

from fps.parties import SERVICES, Party
from tests.contrats.fuzz import Ground, Loop, Tries, _schema, fuzz, ground_in, lives

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


@pytest.mark.parametrize(("titre", "count"), [([], 0), ("1", 1)])
def test_a_value_that_an_address_does_not_carry_is_no_fault_of_the_service(ouvert: Ground, titre: object, count: int) -> None:
    tries = Tries([ouvert], Party.DGFIP)
    operation = _schema(Party.DGFIP)["/prises-en-charge"]["GET"]

    @seed(1)
    @settings(max_examples=1, database=None, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def attempt(case: Case[Any]) -> None:
        case.query = {"titre": titre}
        response = tries.send(case)
        assert response.status_code == (422 if count else 200)
        tries.check(case, response)
        case.query = {"titre": "1"}  # written, and taken: the answer of another request
        if count:
            tries.check(case, tries.send(operation.Case(query={})))

    attempt()
    assert [name.split()[2] for name in tries.wrong] == ["AcceptedNegativeData"] * count


SHORT, EVERY = 24, 20  # cases, and one operation in so many: building their strategies is what costs
