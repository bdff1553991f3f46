"""A bac that lives, asked by the contracts alone: what makes the life of a dossier succeeds, and no date breaks anything."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio

from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.contrats.planchers import PLANCHERS
from tests.contrats.test_contracts import CONTRACTS, operations
from tests.contrats.vecu import BAC, Vecu, adresse, besoins, examples, lu, remplir

pytestmark = pytest.mark.asyncio(loop_scope="session")
LOIN = ("1900-01-02", "2199-12-30")  # the bounds of a date in a message


def dates(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Every place of a body that holds a date."""
    for nom, one in value.items() if isinstance(value, dict) else ():
        if isinstance(one, str) and re.match(r"\d{4}-\d\d-\d\d", one):
            yield value, nom
        else:
            yield from dates(one)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def vecu(monde: World) -> Vecu:
    """The bac and its dossiers."""
    found = Vecu(monde, 1)
    await found.peupler()
    return found


@pytest.mark.parametrize("party", PLANCHERS)
async def test_the_example_of_each_act_of_a_life_succeeds_for_some_dossier(monde: World, vecu: Vecu, party: Party) -> None:
    """The floor of the long run is reached by real dossiers: an example that always fails is no example."""
    contract, reached = CONTRACTS[party.value], set()
    asked = [one for one in operations() if one[0] == party.value and one[3]["operationId"] in PLANCHERS[party]]
    for _, method, path, operation in [*asked, *asked]:  # some acts open the way of others
        media = operation.get("requestBody", {}).get("content", {}).get("application/json")
        for mots in [one for one in vecu.dossiers.values() if besoins(path) <= one.keys()]:
            body = None if media is None else remplir(examples(media, contract)[0], vecu.avec(mots))
            answer = await monde.client.request(method, f"{monde.addresses[party]}/bacs/{BAC}{adresse(path, mots)}", json=body)
            if answer.is_success:
                vecu.apprendre(lu(answer))
                reached.add(operation["operationId"])
                break
    assert set(PLANCHERS[party]) - reached == set()


async def test_a_date_at_which_no_law_is_known_is_refused_in_words_wherever_it_is_given(monde: World, vecu: Vecu) -> None:
    faux, refuses = [], set()
    for party, method, path, operation in operations():
        media = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if media is None or path.startswith("/pilotage"):
            continue
        mots = [one for one in vecu.dossiers.values() if besoins(path) <= one.keys()][-1]
        where = adresse(path, mots)
        for example in examples(media, CONTRACTS[party]):
            body = remplir(example, mots)
            for place, nom in dates(body):
                kept = place[nom]
                for loin in LOIN:
                    place[nom] = loin + kept[10:]
                    url = f"{monde.addresses[Party(party)]}/bacs/{BAC}{where}"
                    answer = await monde.client.request(method, url, json=body)
                    if answer.status_code >= 500:
                        faux.append((party, path, nom, loin, answer.text[:200]))
                    elif answer.status_code == 422 and answer.json()["code"] == "hors-du-droit":
                        refuses.add((path, nom))
                place[nom] = kept
    assert faux == []
    assert ("/flux/07-recours-collectivite/decision", "date_notification") in refuses
