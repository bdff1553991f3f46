"""A town whose editor replaces the reference system, in the whole world: its letters go to it, and the others see no difference."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from fps.droit.numero import NumeroFps
from fps.kit.ground.clock import PARIS
from fps.messages.information_paiement import FpsPaye
from fps.messages.mfps import CreationFps
from fps.messages.paiement import PaiementFps
from fps.parties import Party
from tests.parler.editeur import Editeur
from tests.parler.mondes import Monde, monde_de
from tests.parler.partie import RANGS

pytestmark = pytest.mark.asyncio(loop_scope="session")
START = datetime(2026, 6, 12, 20, 0, tzinfo=PARIS)
NUMERO = CreationFps.example["numero_fps"]
SIRET = NUMERO[:14]


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.xdist_group("vrai"))])
def world(request: pytest.FixtureRequest) -> Monde:
    if request.param == "memory":
        return monde_de(request.getfixturevalue("monde"))
    found: Monde = request.getfixturevalue("monde_reel")
    return found


@pytest_asyncio.fixture(loop_scope="session")
async def bac(world: Monde) -> str:
    nom = f"boite-{next(RANGS)}"
    await world.pilot.creer(nom, START)
    return nom


async def poser(world: Monde, bac: str, party: Party, **choix: Any) -> None:
    answer = await world.client.put(f"{world.addresses[party]}/pilotage/bacs/{bac}/destinations/{SIRET}", json=choix)
    assert answer.status_code == 200, answer.text


async def payer(world: Monde, bac: str) -> None:
    """The editor's FPS, then its payment by the redevable, three days after."""
    response = await world.post(Party.ANTAI, bac, CreationFps.path, CreationFps.example)
    assert response.status_code == 200, response.text
    await world.pilot.avancer(bac, START + timedelta(days=3))
    du = (await world.get(Party.ANTAI, bac, f"/dossiers/{NUMERO}"))["montant"]
    body = {"numero_telepaiement": NumeroFps.lire(NUMERO).telepaiement, "immatriculation": "AB-123-CD", "moyen": "internet", "montant": du}
    assert (await world.post(Party.ANTAI, bac, PaiementFps.path, body)).status_code == 200


async def test_an_editor_is_told_the_payment_of_its_own_fps(world: Monde, bac: str, editeur: Editeur) -> None:
    await poser(world, bac, Party.ANTAI, mode="adresse", adresse=editeur.adresse)
    await payer(world, bac)
    await world.pilot.avancer(bac, START + timedelta(days=4))
    (recue,) = editeur.recues
    assert recue.url == f"{editeur.adresse}{FpsPaye.path}" and json.loads(recue.corps)["numero_fps"] == NUMERO
    comptes = (await world.pilot.etat(bac))["comptes"]
    assert (comptes["ecrites"], comptes["deposees"]) == (2, 1) and "refusees" not in comptes
    actes = [(ligne["service"], ligne["acte"]) for ligne in await world.pilot.journal(bac, NUMERO)]
    assert ("antai", "envoi") in actes and not any(service == "collectivite" for service, _ in actes)


async def test_a_bac_goes_on_and_is_copied_while_its_editor_is_away(world: Monde, bac: str, editeur: Editeur) -> None:
    editeur.refuser(503)
    await poser(world, bac, Party.ANTAI, mode="adresse", adresse=editeur.adresse)
    await payer(world, bac)
    await world.pilot.avancer(bac, START + timedelta(days=120))
    assert len(editeur.recues) >= 2 and len(set(editeur.ids)) == 1
    await world.pilot.copier(bac, f"{bac}-copie")
    editeur.refuser(202)
    avant = len(editeur.recues)
    await world.pilot.avancer(f"{bac}-copie", START + timedelta(days=122))
    assert len(editeur.recues) == avant + 1 and editeur.ids[-1] == editeur.ids[0], "the letter of the copy has the same identifier"
    await poser(world, bac, Party.ANTAI, mode="reference")
    etat = await world.pilot.au_calme(bac)
    # The reference system has never heard of this FPS: it refuses for good, and says so.
    assert (etat["comptes"]["deposees"], etat["comptes"]["refusees"]) == (0, 1)


async def test_the_other_towns_and_the_reference_system_have_no_box(world: Monde, bac: str) -> None:
    for party in (Party.ANTAI, Party.DGFIP, Party.CCSP):
        path = f"{world.addresses[party]}/pilotage/bacs/{bac}/destinations/{SIRET}"
        assert (await world.client.get(path)).json()["mode"] == "reference"
        assert len((await world.client.get(f"{world.addresses[party]}/.well-known/jwks.json")).json()["keys"]) == 1
    answer = await world.client.get(f"{world.addresses[Party.COLLECTIVITE]}/pilotage/bacs/{bac}/destinations/{SIRET}")
    assert answer.status_code == 404


async def test_a_trace_that_is_no_trace_never_stops_the_letters_that_follow_it(world: Monde, bac: str) -> None:
    ligne = {"id": "a", "data": CreationFps.example, "traceparent": "é\r\nX-Pilotage: oui"}
    url = world.url(Party.ANTAI, bac, f"{CreationFps.path}/lot")
    answer = await world.client.post(url, content=json.dumps(ligne).encode(), headers={"Content-Type": "application/x-ndjson"})
    assert [json.loads(x)["statut"] for x in answer.text.splitlines()] == [200]
    paiement = {"numero_telepaiement": NumeroFps.lire(NUMERO).telepaiement, "immatriculation": "AB-123-CD", "moyen": "internet"}
    await world.pilot.avancer(bac, START + timedelta(days=3))
    du = (await world.get(Party.ANTAI, bac, f"/dossiers/{NUMERO}"))["montant"]
    lot = json.dumps({"data": paiement | {"montant": du}, "traceparent": "é\r\nX-Pilotage: oui"}).encode()
    url = world.url(Party.ANTAI, bac, f"{PaiementFps.path}/lot")
    answer = await world.client.post(url, content=lot, headers={"Content-Type": "application/x-ndjson"})
    assert [json.loads(x)["statut"] for x in answer.text.splitlines()] == [200], answer.text
    comptes = (await world.pilot.au_calme(bac))["comptes"]
    assert (comptes["ecrites"], comptes["refusees"]) == (2, 1)
