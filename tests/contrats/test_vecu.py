"""A bac that lives, asked by the contracts alone: what makes the life of a dossier succeeds, and no date breaks anything."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio

from fps.parties import Party
from fps_console.documentation.devenir import devenir, ecritures
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


async def test_the_door_where_one_asks_what_became_of_an_act_tells_it(monde: World, vecu: Vecu) -> None:
    """For each act that some dossier takes: what is read there is no longer what was read before."""
    contes, dits = set(), set()
    for party, contrat in CONTRACTS.items():
        for method, path in ecritures(contrat):
            trouve = devenir(contrat, method, path)
            if trouve is None or not trouve.porte or path.startswith("/pilotage"):
                continue
            media = contrat["paths"][path][method].get("requestBody", {}).get("content", {}).get("application/json")
            found = [None] if media is None else examples(media, contrat)
            for mots in [one for one in vecu.dossiers.values() if besoins(path) <= one.keys()][:6]:
                body = remplir(found[0], vecu.avec(mots)) if found[0] is not None else None
                sus = mots | (body or {})
                asked = [p for p in contrat["paths"][trouve.porte]["get"].get("parameters", ()) if p["in"] == "query"]
                params = {p["name"]: sus[p["name"]] for p in asked if p["name"] in sus}
                base = f"{monde.addresses[Party(party)]}/bacs/{BAC}"
                avant = await monde.client.get(base + adresse(trouve.porte, sus), params=params)
                if (await monde.client.request(method, base + adresse(path, mots), json=body)).is_success:
                    await vecu.calme()  # some acts are told once their letter was acknowledged
                    apres = await monde.client.get(base + adresse(trouve.porte, sus), params=params)
                    dits.add(f"{method} {path}")
                    if apres.text != avant.text:
                        contes.add(f"{method} {path}")
                        break  # else another dossier: this one had lived it already, in the test above
    assert dits - contes - SANS_EFFET == set()
    assert len(dits) >= DITS, sorted(dits)


# Acts that the bac had already lived as the example does them, or that end a session, which the pilot does not have: nothing to tell.
SANS_EFFET = {"put /controles/{objet}", "post /teletransmission/{siret}/cahier-des-charges", "delete /espaces/{siret}/sessions"}
DITS = 20  # acts that the examples of the contracts do; the others want a session, a certificate, or what only a life brings
