"""Letters pushed to an editor: once each, in order, tried again in the bac's time, never lost, on every engine."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from fps.kit.boxes.boites import D_UN_SERVICE
from fps.kit.boxes.facteur import ENSEMBLE
from fps.messages.information_paiement import TitrePayeCollectivite
from tests.kit.bureau import BAC, BASE, JETON, LILLE, Bureau, bureau, dossier, jusqua
from tests.kit.toy import START
from tests.parler.editeur import Editeur, editeur
from tests.parler.exports import lu

DURABLES = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)  # memory ends with its service


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


async def test_a_dossier_keeps_its_order_and_the_others_do_not_wait(poste: Bureau, ville: Editeur) -> None:
    await poste.poser("adresse", ville.adresse)
    ville.reponse = lambda recue: (503 if json.loads(recue.corps)["numero_fps"] == dossier(1) else 202, b"{}")
    ids = await poste.ecrire(1, 2) + await poste.ecrire(1, 3)
    await poste.calme()
    assert sorted(ville.ids) == sorted([ids[0], ids[1], ids[3]]), "the second letter of dossier 1 went before the first"
    assert await poste.etats() == ["attente", "acquittee", "attente", "acquittee"]
    ville.refuser(202)
    await poste.avancer(60)
    assert ville.ids[3:] == [ids[0], ids[2]] and set(await poste.etats()) == {"acquittee"}


async def test_the_tries_follow_the_clock_of_the_bac_then_the_letter_is_kept_in_suffering(poste: Bureau, ville: Editeur) -> None:
    await poste.poser("adresse", ville.adresse)
    ville.refuser(500, b'{"code": "panne", "detail": "base\\nperdue"}')
    (identifiant,) = await poste.ecrire(1)
    await poste.calme()
    assert len(ville.recues) == 1
    await poste.avancer(59)
    assert len(ville.recues) == 1, "the minute has not passed in the bac"
    minutes, passees = [0.0], 59.0
    for delai in (1, 300, 1_800, 7_200, 21_600, 86_400):
        passees += delai
        await poste.avancer(delai)
        minutes.append(passees / 60)
    essais = await poste.essais()
    assert [(r[2] - START).total_seconds() / 60 for r in essais] == minutes
    assert {(r[3], r[4], r[5]) for r in essais} == {("echec", 500, "HTTP 500 : panne : base perdue")}
    await poste.avancer(30 * 86_400)
    assert len(ville.recues) == 7 and await poste.etats() == ["en-souffrance"]
    ville.refuser(200)
    assert (await poste.piloter("POST", f"/boites/{LILLE}/rejouer", params={"id": identifiant})).json() == {"rejouees": 1}
    await poste.calme()
    assert ville.ids == [identifiant] * 8 and await poste.etats() == ["acquittee"]
    actes = [ligne["acte"] for ligne in (await poste.piloter("GET", "/journal")).json()["lignes"]]
    assert actes == ["envoi", "envoi-en-souffrance"]


@pytest.mark.parametrize("statut", [409, 422])
async def test_a_letter_that_the_editor_refuses_is_closed_and_the_refusal_kept(statut: int, poste: Bureau, ville: Editeur) -> None:
    await poste.poser("adresse", ville.adresse)
    ville.refuser(statut, b'{"code": "fps-inconnu", "detail": "jamais vu"}')
    ids = [*await poste.ecrire(1), *await poste.ecrire(1)]
    await poste.calme()
    assert ville.ids == ids and await poste.etats() == ["refusee", "refusee"]
    assert {r[3:] for r in await poste.essais()} == {("refusee", statut, f"HTTP {statut} : fps-inconnu : jamais vu")}
    lignes = (await poste.piloter("GET", "/journal")).json()["lignes"]
    assert [x["donnees"]["code"] for x in lignes if x["acte"] == "envoi-refuse"] == ["fps-inconnu"] * 2
    await poste.avancer(90 * 86_400)
    assert len(ville.recues) == 2


async def test_an_editor_that_is_down_holds_nobody_and_every_letter_waits_for_it(poste: Bureau, ville: Editeur) -> None:
    async with editeur() as autre:
        parti = autre.adresse
    await poste.poser("adresse", parti)
    ids = await poste.ecrire(*range(1, 41))
    await poste.calme()
    essais = await poste.essais()
    assert (
        len(essais) == 40
        and {r[3] for r in essais} == {"echec"}
        and all("connexion impossible : personne ne répond" in r[5] for r in essais)
    )
    await poste.poser("adresse", ville.adresse)
    await poste.calme()
    assert sorted(ville.ids) == sorted(ids)


async def test_a_frozen_bac_is_advanced_in_the_time_of_one_wait_whatever_a_silent_editor_owes(ville: Editeur) -> None:
    async with bureau(push_timeout=0.3) as poste:
        ville.lente = asyncio.Event()
        await poste.poser("adresse", ville.adresse)
        await poste.ecrire(*range(1, 101))
        debut = asyncio.get_running_loop().time()
        await poste.calme()
        await poste.avancer(3 * 86_400)
        assert asyncio.get_running_loop().time() - debut < 5
        assert {(r[1], r[3], r[5]) for r in await poste.essais()} == {
            (1, "echec", "pas de réponse en 0.3 s"),
            (2, "echec", "pas de réponse en 0.3 s"),
        }
        assert len(ville.recues) <= 2 * ENSEMBLE, "after a first silence, the others of the round are not sent"


async def test_a_redirection_is_not_followed_and_an_endless_answer_is_not_read(poste: Bureau, ville: Editeur) -> None:
    async with editeur() as ailleurs:
        await poste.poser("adresse", ville.adresse)
        ville.en_tetes = [(b"location", ailleurs.adresse.encode())]
        ville.refuser(307)
        await poste.ecrire(1)
        await poste.calme()
        ville.refuser(503, b"x" * 5_000_000)
        await poste.avancer(60)
        assert ailleurs.recues == []
        assert [(r[4], len(r[5]) < 400) for r in await poste.essais()] == [(307, True), (503, True)]
        ville.refuser(503, b"[" * 60_000)
        await poste.avancer(300)
        ville.en_tetes = []
        ville.refuser(204, b"")
        await poste.avancer(1_800)
        assert await poste.etats() == ["acquittee"]


async def test_letters_follow_the_destination_when_it_changes(poste: Bureau, ville: Editeur) -> None:
    async with editeur() as ancienne:
        ancienne.refuser(503)
        await poste.poser("adresse", ancienne.adresse)
        ids = await poste.ecrire(1, 2)
        await poste.calme()
        await poste.poser("retrait")
        ids += await poste.ecrire(1)
        await poste.avancer(10 * 86_400)
        assert len(ancienne.recues) == 2 and await poste.etats() == ["attente"] * 3, "a box from which one takes is not pushed"
        await poste.poser("adresse", ville.adresse)
        await poste.calme()
        assert sorted(ville.ids) == sorted(ids) and len(ancienne.recues) == 2
        assert ville.ids.index(ids[0]) < ville.ids.index(ids[2])


async def test_without_its_editor_a_town_finds_its_letters_again_in_order_and_once(poste: Bureau, ville: Editeur) -> None:
    ville.refuser(503)
    await poste.poser("adresse", ville.adresse)
    for part in (100, 200):
        await poste.ecrire(1, part=part)
    await poste.ecrire(2, part=300)
    await poste.calme()
    await poste.poser("reference")
    await poste.ecrire(1, part=400)
    etat = await poste.calme()
    lues = [json.loads(body) for body in poste.reference]
    assert [x["part_collectivite"] for x in lues if x["numero_fps"] == dossier(1)] == [100, 200, 400]
    assert len(lues) == 4 and await poste.etats() == ["rendue"] * 3
    assert (etat["comptes"]["ecrites"], etat["comptes"]["deposees"]) == (4, 0)
    await poste.avancer(90 * 86_400)
    assert len(ville.recues) == 2
    # The numbers of the box go on: whoever remembers the last one that it saw misses nothing.
    await poste.poser("retrait")
    await poste.ecrire(3)
    await poste.calme()
    assert [x.numero for x in await poste.lettres()] == [1, 2, 3, 4]


async def test_a_bac_is_copied_exported_and_deleted_with_its_boxes(poste: Bureau, ville: Editeur) -> None:
    ville.refuser(503)
    await poste.poser("adresse", ville.adresse)
    await poste.ecrire(1)
    await poste.calme()
    await poste.poser("retrait")
    assert (await poste.piloter("POST", "/copie", params={"vers": "copie"})).status_code == 201
    export = lu((await poste.piloter("GET", "/export")).content)
    assert (await poste.piloter("DELETE", "")).status_code == 204
    assert await poste.lettres() == [] and await poste.essais() == []
    assert (await poste.piloter("POST", "/import", bac="relu", json=export)).status_code == 201
    for bac in ("copie", "relu"):
        assert await poste.etats(bac) == ["attente"]
        assert len((await poste.piloter("GET", f"/boites/{LILLE}", bac)).json()["lettres"][0]["tentatives"]) == 1
        ville.refuser(202)
        await poste.poser("adresse", ville.adresse, bac)
        await poste.ecrire(2, bac=bac)
        await poste.calme(bac)
        assert await poste.etats(bac) == ["acquittee", "acquittee"]


async def test_a_bac_that_runs_tries_again_by_itself(poste: Bureau, ville: Editeur) -> None:
    await poste.poser("adresse", ville.adresse)
    ville.refuser(503)
    await poste.ecrire(1)
    await poste.calme()
    ville.refuser(202)
    await poste.piloter("POST", "/instant", json={"instant": START.isoformat(), "mode": "courant", "vitesse": 3_600})

    async def acquittee() -> bool:
        return await poste.etats() == ["acquittee"]

    await jusqua(acquittee)
    assert len(ville.recues) == 2


@DURABLES
async def test_a_service_stopped_while_a_letter_is_on_its_way_sends_it_again_under_the_same_name(database_url: str, ville: Editeur) -> None:
    ville.lente = asyncio.Event()
    async with bureau(database_url) as poste:
        await poste.poser("adresse", ville.adresse)
        ids = await poste.ecrire(1) + await poste.ecrire(1)
        await ville.arrivee.wait()
    assert ville.ids == [ids[0]]
    ville.lente.set()
    async with bureau(database_url, creer=False) as poste:
        await poste.calme()
        assert ville.ids == [ids[0], ids[0], ids[1]] and await poste.etats() == ["acquittee", "acquittee"]


@DURABLES
async def test_a_letter_read_by_a_relay_that_stops_is_put_in_its_box_once(database_url: str) -> None:
    async with bureau(database_url) as poste:
        await poste.poser("retrait")
        relay = poste.running.relay
        await relay.stop()
        await poste.ecrire(1, 2)
        _, boxed = await relay._ready()
        assert len(boxed) == 2
        assert sorted([await relay._box(boxed), await relay._box(boxed)]) == [0, 2], "two relays read the same letters"
    async with bureau(database_url, creer=False) as poste:
        await poste.calme()
        assert await poste.etats() == ["attente"] * 2


async def test_a_letter_read_before_the_destination_changed_goes_where_it_says_now(poste: Bureau) -> None:
    await poste.poser("retrait")
    relay = poste.running.relay
    await relay.stop()
    await poste.ecrire(1)
    _, boxed = await relay._ready()
    await poste.poser("reference")
    assert await relay._box(boxed) == 0
    assert await relay.once() == 1
    assert len(poste.reference) == 1 and await poste.lettres() == []


async def test_a_bac_deleted_while_its_letter_is_on_its_way_leaves_nothing_and_stops_nobody(poste: Bureau, ville: Editeur) -> None:
    ville.lente = asyncio.Event()
    await poste.poser("adresse", ville.adresse)
    await poste.ecrire(1)
    await ville.arrivee.wait()
    assert (await poste.piloter("DELETE", "")).status_code == 204
    ville.lente.set()
    instant = {"nom": BAC, "instant": (START + timedelta(days=1)).isoformat()}
    async with poste.client(jeton=JETON) as client:
        assert (await client.post(f"{BASE}/pilotage/bacs", json=instant)).status_code == 201
    await poste.poser("adresse", ville.adresse)
    await poste.ecrire(2)
    await poste.calme()
    assert await poste.etats() == ["acquittee"] and [r[:2] for r in await poste.essais()] == [(1, 1)]


async def test_boxes_cost_no_more_statements_for_fifty_letters_than_for_five(poste: Bureau) -> None:
    await poste.poser("retrait")
    relay, database = poste.running.relay, poste.service.database
    await relay.stop()
    await poste.running.facteur.stop()
    couts = []
    for premier, nombre in ((1, 5), (100, 50)):
        await poste.ecrire(*range(premier, premier + nombre))
        avant = database.statements
        assert await relay.once() == nombre
        couts.append(database.statements - avant)
    assert couts[0] == couts[1] and len(await poste.lettres()) == 55


def test_no_letter_to_a_town_asks_for_an_answer_that_a_box_could_not_bring_back() -> None:
    assert [cls.type for cls in D_UN_SERVICE if cls.answer is not None] == []


async def test_two_replicas_push_each_letter_once(base_vide: str, ville: Editeur) -> None:
    """Both look at the same boxes at the same time, as during a rollout."""
    async with bureau(base_vide) as premier, bureau(base_vide, creer=False) as second:
        await premier.poser("adresse", ville.adresse)
        facteurs = [un.running.facteur for un in (premier, second)]
        for facteur in facteurs:
            await facteur.stop()
        ids = await premier.ecrire(1, 2, 3)

        async def deposees() -> bool:
            return len(await premier.lettres()) == len(ids)

        await jusqua(deposees)
        await asyncio.gather(*(facteur.tournee() for facteur in facteurs))
        assert sorted(ville.ids) == sorted(ids)
        await facteurs[1].tournee()
        assert len(ville.recues) == len(ids) and set(await premier.etats()) == {"acquittee"}
