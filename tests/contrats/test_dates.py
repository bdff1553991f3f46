"""Dates that no law knows, in every body that has a date: a refusal that says so, never a fault."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.contrats.test_contracts import CONTRACTS, operations
from tests.contrats.vecu import BAC, Vecu, adresse, besoins, examples, remplir

pytestmark = pytest.mark.asyncio(loop_scope="session")
LOIN = ("1900-01-02", "2199-12-30")  # the bounds of a date in a message


def dates(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Every place of a body that holds a date."""
    for nom, one in value.items() if isinstance(value, dict) else ():
        if isinstance(one, str) and re.match(r"\d{4}-\d\d-\d\d", one):
            yield value, nom
        else:
            yield from dates(one)


async def test_a_date_at_which_no_law_is_known_is_refused_in_words_wherever_it_is_given(monde: World) -> None:
    vecu = Vecu(monde, 1)
    await vecu.peupler()
    faux, refuses = [], set()
    for party, method, path, operation in operations():
        media = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if media is None or path.startswith("/pilotage"):
            continue
        mots = next(one for one in vecu.dossiers.values() if besoins(path) <= one.keys())
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
