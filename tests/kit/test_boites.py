"""Letters pushed to an editor: once each, in order, tried again in the bac's time, never lost, on every engine."""

import json
from collections.abc import AsyncIterator

import pytest

from fps.messages.information_paiement import TitrePayeCollectivite
from tests.kit.bureau import Bureau, bureau, dossier
from tests.kit.editeur import Editeur, editeur


@pytest.fixture
async def poste(database_url: str) -> AsyncIterator[Bureau]:
    async with bureau(database_url) as found:
        yield found


@pytest.fixture
async def ville() -> AsyncIterator[Editeur]:
    async with editeur() as found:
        yield found


async def test_without_a_destination_the_reference_system_receives_the_letter(poste: Bureau) -> None:
    await poste.ecrire(1)
    await poste.calme()
    assert [json.loads(body)["numero_fps"] for body in poste.reference] == [dossier(1)]
    assert await poste.lettres() == []


async def test_an_editor_receives_the_letter_as_the_reference_would_and_the_bac_is_quiet(poste: Bureau, ville: Editeur) -> None:
    assert (await poste.poser("adresse", f"{ville.adresse}/si/fps/")).json()["adresse"] == f"{ville.adresse}/si/fps"
    (identifiant,) = await poste.ecrire(1)
    etat = await poste.calme()
    (recue,) = ville.recues
    assert recue.url == f"{ville.adresse}/si/fps{TitrePayeCollectivite.path}"
    assert TitrePayeCollectivite.model_validate_json(recue.corps).numero_fps == dossier(1)
    assert recue.headers["content-type"] == "application/json"
    assert (recue.id, recue.headers["ce-source"], recue.headers["ce-rang"]) == (identifiant, "/services/dgfip", "1")
    assert poste.reference == [] and await poste.etats() == ["acquittee"]
    assert (etat["comptes"]["ecrites"], etat["comptes"]["deposees"]) == (1, 1)
    assert [(r[0], r[1], r[3], r[4]) for r in await poste.essais()] == [(1, 1, "acquittee", 202)]
