"""A product under test is told the instant of its bac, has its turn, and stops the advance when it does not answer."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from fps.kit.boxes import temps
from fps.kit.ground.clock import PARIS
from fps.messages.temps import Temps
from fps.parties import SERVICES, Party
from fps_console.commandes.liaison import explain
from fps_console.web.app import application
from fps_simulateur.pilote.pilot import PiloteErreur
from fps_simulateur.pilote.world import World
from tests.parler.certificats import Essai, certificat
from tests.parler.editeur import Editeur
from tests.parler.partie import RANGS

pytestmark = pytest.mark.asyncio(loop_scope="session")
START = datetime(2024, 1, 10, 20, 0, tzinfo=PARIS)
SIRET = "21590350100017"


@pytest_asyncio.fixture(loop_scope="session")
async def bac(monde: World) -> str:
    nom = f"temps-{next(RANGS)}"
    await monde.pilot.creer(nom, START)
    return nom


async def poser(monde: World, bac: str, **choix: Any) -> None:
    answer = await monde.client.put(f"{monde.addresses[Party.ANTAI]}/pilotage/bacs/{bac}/destinations/{SIRET}", json=choix)
    assert answer.status_code == 200, answer.text


async def porte(monde: World, bac: str, qui: Essai | None, methode: str, chemin: str, **options: Any) -> httpx.Response:
    """What a product asks of ANTAI with its certificate."""
    from fps.kit.wire.carrier import always, open_client

    network = {monde.addresses[p]: one.asgi for p, one in monde.services.items()}
    async with open_client(network, present=always(() if qui is None else (qui.pem,))) as client:
        return await client.request(methode, f"{monde.addresses[Party.ANTAI]}/bacs/{bac}{chemin}", **options)


async def test_every_answer_about_a_bac_says_its_instant(monde: World, bac: str) -> None:
    base, client = monde.addresses, monde.client
    lus = [await client.get(f"{base[p]}/pilotage/bacs/{bac}/journal") for p in SERVICES]
    lus += [await client.get(f"{base[Party.ANTAI]}/bacs/{bac}{chemin}") for chemin in ("/dossiers", "/dossiers/1", "/nulle-part")]
    assert {one.headers["fps-instant"] for one in lus} == {START.isoformat()}
    apres = START + timedelta(days=40, hours=3)
    await monde.pilot.avancer(bac, apres)
    for p in SERVICES:
        assert (await client.get(f"{base[p]}/bacs/{bac}/docs/rien")).headers["fps-instant"] == apres.isoformat()
    for chemin in ("/sante/vivant", "/openapi.json", "/pilotage/bacs", "/bacs/aucun/dossiers"):
        assert "fps-instant" not in (await client.get(f"{base[Party.ANTAI]}{chemin}")).headers


async def test_a_product_is_told_each_step_and_the_world_waits_for_it(monde: World, bac: str, editeur: Editeur) -> None:
    await poser(monde, bac, mode="adresse", adresse=editeur.adresse, temps=True)
    await monde.pilot.avancer(bac, START + timedelta(days=2))
    dites = [json.loads(recue.corps) for recue in editeur.recues]
    instants = [datetime.fromisoformat(one["instant"]) for one in dites]
    assert instants == sorted(instants) and instants[-1] == START + timedelta(days=2), "each step, in order, the last one at the end"
    assert {recue.url for recue in editeur.recues} == {f"{editeur.adresse}{Temps.path}"}
    assert [recue.headers["fps-instant"] for recue in editeur.recues] == [one["instant"] for one in dites]
    assert all(recue.headers["x-jws-signature"] for recue in editeur.recues)
    avant = len(editeur.recues)
    await poser(monde, bac, mode="adresse", adresse=editeur.adresse, temps=False)
    await monde.pilot.avancer(bac, START + timedelta(days=3))
    assert len(editeur.recues) == avant


async def test_a_product_that_stays_silent_stops_the_advance_which_then_goes_on(monde: World, bac: str, editeur: Editeur) -> None:
    await poser(monde, bac, mode="adresse", adresse=editeur.adresse, temps=True)
    editeur.refuser(503)
    cible = START + timedelta(days=30)
    with pytest.raises(PiloteErreur) as refus:
        await monde.pilot.avancer(bac, cible, 0.05)
    assert refus.value.problem["code"] == "produit-muet" and "HTTP 503" in refus.value.problem["detail"]
    arret = datetime.fromisoformat((await monde.pilot.etat(bac))["instant"])
    assert START < arret <= cible, "it stopped where it had come, with all that was due lived"
    with pytest.raises(PiloteErreur):
        await monde.pilot.avancer(bac, cible, 0.05)
    assert datetime.fromisoformat((await monde.pilot.etat(bac))["instant"]) == arret, "the same again tells the same hour again"
    editeur.refuser(200)
    await monde.pilot.avancer(bac, cible)
    etat = await monde.pilot.etat(bac)
    assert datetime.fromisoformat(etat["instant"]) == cible and not etat["muets"]
    bonnes = [json.loads(recue.corps)["instant"] for recue in editeur.recues]
    assert bonnes.count(arret.isoformat()) == 3, "told at the first advance, at the second, and when it answered at last"
    editeur.refuser(503)
    with pytest.raises(PiloteErreur):
        await monde.pilot.avancer(bac, cible + timedelta(days=1), 0.05)
    await poser(monde, bac, mode="adresse", adresse=editeur.adresse, temps=False)
    await monde.pilot.avancer(bac, cible + timedelta(days=1))  # who wants to be told no more is waited for no more


async def test_the_advance_passes_by_the_instants_that_a_product_asked_for(monde: World, bac: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lui = await habiliter(monde, bac)
    voulu = START + timedelta(days=1, hours=5, minutes=7)
    demande = {"siret": SIRET, "instant": voulu.isoformat(), "motif": "relire les paiements"}
    assert (await porte(monde, bac, lui, "POST", "/reveils", json=demande)).status_code == 201
    passe = await porte(monde, bac, lui, "POST", "/reveils", json=demande | {"instant": START.isoformat()})
    assert (passe.status_code, passe.json()["code"]) == (409, "reveil-passe")
    assert (await porte(monde, bac, None, "POST", "/reveils", json=demande)).status_code == 401
    inconnu = await porte(monde, bac, lui, "DELETE", f"/reveils?siret={SIRET}&instant=2030-01-01T00:00:00Z")
    assert (inconnu.status_code, inconnu.json()["code"]) == (404, "reveil-inconnu")
    monkeypatch.setattr(temps, "PLACES", 1)
    trop = await porte(monde, bac, lui, "POST", "/reveils", json=demande | {"instant": "2030-01-01T00:00:00Z"})
    assert (trop.status_code, trop.json()["code"]) == (409, "trop-de-reveils")
    (attendu,) = (await porte(monde, bac, lui, "GET", f"/reveils?siret={SIRET}")).json()
    assert datetime.fromisoformat(attendu["instant"]) == voulu

    async def produit() -> dict[str, Any]:
        """It pulls its letter, looks at the hour, then acknowledges."""
        while not (lettres := (await porte(monde, bac, lui, "GET", f"/messages?siret={SIRET}&attente=5")).json()["lettres"]):
            pass
        (lettre,) = lettres
        vue = (await monde.pilot.etat(bac))["instant"]
        assert datetime.fromisoformat(vue) == voulu, "the world waits"
        await porte(monde, bac, lui, "POST", f"/messages/{lettre['id']}/accuse?siret={SIRET}")
        return dict(json.loads(lettre["corps"]))

    _, dite = await asyncio.gather(monde.pilot.avancer(bac, START + timedelta(days=3)), produit())
    assert (dite["motif"], dite["reveil"]) == ("reveil", "relire les paiements")
    assert datetime.fromisoformat((await monde.pilot.etat(bac))["instant"]) == START + timedelta(days=3)
    assert (await porte(monde, bac, lui, "GET", f"/reveils?siret={SIRET}")).json() == []


async def test_a_copy_in_which_one_looks_for_a_day_tells_nothing_to_the_product(monde: World, bac: str, editeur: Editeur) -> None:
    await poser(monde, bac, mode="adresse", adresse=editeur.adresse, temps=True)
    await monde.pilot.copier(bac, f"{bac}-vue", muette=True)
    await monde.pilot.avancer(f"{bac}-vue", START + timedelta(days=40))
    assert editeur.recues == []


async def habiliter(monde: World, bac: str) -> Essai:
    """The certificate of a product, as the espace of the town would have activated it."""
    from tests.kit.bureau import habilitation_de

    lui = certificat(monde.pki, siret="73282932000074")
    await habilitation_de(monde.services[Party.ANTAI].service, bac, lui, SIRET)
    return lui


async def test_a_silent_product_has_its_own_answer_and_its_own_exit_status(monde: World, bac: str) -> None:
    await poser(monde, bac, mode="retrait", temps=True)
    app = application(monde.pilot, monde.client, monde.addresses)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console") as client:
        url, qui = f"/pilotage/bacs/{bac}/avance", {"Authorization": f"Bearer {monde.token}"}
        faux = await client.post(url, json={"de": "P1D", "attente": "vite"}, headers=qui)
        assert (faux.status_code, faux.json()["code"]) == (422, "demande-invalide")
        muet = await client.post(url, json={"de": "P1D", "attente": 0}, headers=qui)
    assert (muet.status_code, muet.json()["code"]) == (409, "produit-muet") and "--attente" in muet.json()["que_faire"]
    with pytest.raises(PiloteErreur) as refus:
        await monde.pilot.avancer(bac, START + timedelta(days=1), 0)
    assert explain(refus.value).statut == 4
