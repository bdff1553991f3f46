"""The simulated driver writes to a product, and the product to him: RAPO posted, letters dropped in the mailbox, mentions looked for."""

import base64
import json
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from fps.kit.ground.clock import PARIS
from fps.messages.rapo import AccuseReceptionRapo, DepotRapo
from fps.parties import Party
from fps_simulateur.pilote.produit import adresser
from fps_simulateur.pilote.world import World
from tests.kit.test_temps_du_produit import SIRET, habiliter, porte
from tests.law.test_mentions import accuse
from tests.parler.editeur import Editeur
from tests.parler.partie import RANGS

pytestmark = pytest.mark.asyncio(loop_scope="session")
START = datetime(2026, 6, 29, 20, 0, tzinfo=PARIS)
NUMERO = DepotRapo.example["numero_fps"]


@pytest_asyncio.fixture(loop_scope="session")
async def bac(monde: World) -> str:
    nom = f"courrier-{next(RANGS)}"
    await monde.pilot.creer(nom, START)
    return nom


async def poster(monde: World, bac: str, **pli: Any) -> Any:
    return await monde.client.post(f"{monde.addresses[Party.ANTAI]}/pilotage/bacs/{bac}/boites/{SIRET}/plis", json=pli)


async def test_the_driver_posts_his_rapo_to_the_address_that_his_notice_gives(monde: World, bac: str, editeur: Editeur) -> None:
    pli = {"type": DepotRapo.type, "contenu": DepotRapo.example}
    refuse = await poster(monde, bac, **pli)
    assert (refuse.status_code, refuse.json()["code"]) == (409, "sans-produit")
    chez_nous = await poster(monde, bac, **pli, adresse=monde.addresses[Party.ANTAI])
    assert (chez_nous.status_code, chez_nous.json()["code"]) == (422, "adresse-interdite")
    fait = await poster(monde, bac, **pli, adresse=f"{editeur.adresse}/recours")
    assert fait.status_code == 201 and fait.json()["mode"] == "adresse", fait.text
    await monde.pilot.au_calme(bac)
    (recue,) = editeur.recues
    assert recue.url == f"{editeur.adresse}/recours{DepotRapo.path}" and json.loads(recue.corps)["numero_fps"] == NUMERO
    assert recue.headers["x-jws-signature"] and recue.headers["fps-instant"] == START.isoformat()
    assert (await poster(monde, bac, **pli, adresse=f"{editeur.adresse}/recours")).json()["nouveau"] is False
    assert [x["acte"] for x in await monde.pilot.journal(bac, NUMERO)] == ["rapo-adresse"]


async def test_the_pilot_finds_by_itself_where_a_rapo_goes(monde: World, bac: str, editeur: Editeur) -> None:
    """Nothing on the notice: to the address of the other letters of the product."""
    url = f"{monde.addresses[Party.ANTAI]}/pilotage/bacs/{bac}/destinations/{SIRET}"
    assert (await monde.client.put(url, json={"mode": "adresse", "adresse": editeur.adresse})).status_code == 200
    await adresser(monde.pilot, bac, DepotRapo.type, DepotRapo.example)
    await monde.pilot.au_calme(bac)
    assert [recue.url for recue in editeur.recues] == [f"{editeur.adresse}{DepotRapo.path}"]


async def remettre(monde: World, bac: str, contenu: dict[str, Any], type_: str, **autres: Any) -> Any:
    lui = await habiliter(monde, bac)
    return await porte(monde, bac, lui, "POST", "/courriers", json={"siret": SIRET, "type": type_, "contenu": contenu, **autres})


async def test_the_product_drops_its_letter_and_is_told_which_mention_is_missing(monde: World, bac: str) -> None:
    corps, texte = accuse()
    document = base64.b64encode(texte.replace("Ce recours ne suspend pas le délai de paiement.", "").encode()).decode()
    fait = await remettre(monde, bac, corps, AccuseReceptionRapo.type, document=document, type_media="text/plain")
    assert fait.status_code == 201, fait.text
    manquent = [x for x in fait.json()["mentions"] if not x["presente"]]
    assert [(x["mention"], x["article"]) for x in manquent] == [
        ("Le recours ne suspend pas le délai de paiement", "CGCT, art. R. 2333-120-13")
    ]
    (courrier,) = await monde.pilot.courriers(bac, NUMERO)
    assert (courrier["de"], courrier["type"]) == ("collectivite", AccuseReceptionRapo.type)
    (ligne,) = await monde.pilot.journal(bac, NUMERO)
    assert ligne["acte"] == "courrier" and ligne["donnees"]["mentions_manquantes"] == [manquent[0]["mention"]]
    assert (await monde.pilot.courrier(bac, Party.ANTAI, courrier["id"]))["numero_rapo"] == corps["numero_rapo"]
    lue = await monde.client.get(f"{monde.addresses[Party.ANTAI]}/pilotage/bacs/{bac}/courriers/{courrier['id']}/mentions")
    assert lue.json() == fait.json()
    inconnue = await monde.client.get(f"{monde.addresses[Party.ANTAI]}/pilotage/bacs/{bac}/courriers/rien/mentions")
    assert inconnue.json()["code"] == "remise-inconnue"
    assert await monde.pilot.relever(bac)


async def test_a_letter_of_another_town_or_of_no_town_is_refused(monde: World, bac: str) -> None:
    corps, _ = accuse()
    autre = {"siret": SIRET, "type": AccuseReceptionRapo.type, "contenu": corps | {"numero_fps": "21690123100011" + NUMERO[14:]}}
    lui = await habiliter(monde, bac)
    for corps, code in (
        (autre, "courrier-d-une-autre-collectivite"),
        (autre | {"type": DepotRapo.type}, "courrier-non-remis"),
        (autre | {"contenu": AccuseReceptionRapo.example, "document": "%%%"}, "document-illisible"),
        (autre | {"contenu": AccuseReceptionRapo.example, "document": base64.b64encode(b"%PDF-1.7 rien").decode()}, "document-illisible"),
    ):
        refuse = await porte(monde, bac, lui, "POST", "/courriers", json=corps)
        assert (refuse.status_code, refuse.json()["code"]) == (422, code), refuse.text
    assert (await porte(monde, bac, None, "POST", "/courriers", json=autre)).status_code == 401
    assert await monde.pilot.courriers(bac, NUMERO) == []
