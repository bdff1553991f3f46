"""The console's route that moves a whole world, for those who have no Python; and what a stranger's envelope cannot move."""

import json
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from fps.droit.numero import telepaiement
from fps.kit.ground.clock import paris
from fps.parties import Party
from fps_console.web.app import application
from fps_simulateur.joueur import constat
from fps_simulateur.pilote.pilot import PiloteErreur
from fps_simulateur.pilote.world import World, open_world
from tests.parler.partie import bac_neuf

DEPART = date(2023, 9, 28)


async def test_one_route_moves_the_whole_world_and_answers_with_what_happened() -> None:
    async with open_world(token="essai") as world:
        await world.pilot.creer("route", paris(DEPART))
        town = f"{world.addresses[Party.COLLECTIVITE]}/bacs/route"
        assert (await world.client.post(f"{town}/fps", json=constat({}))).status_code == 201
        app = application(world.pilot, world.client, world.addresses)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console") as client:
            url, who = "/pilotage/bacs/route/avance", {"Authorization": "Bearer essai"}
            for headers in ({}, {"Authorization": "Bearer autre"}, {"Authorization": "essai"}):
                refused = await client.post(url, json={"de": "P1D"}, headers=headers)
                assert (refused.status_code, refused.json()["code"]) == (401, "jeton-requis") and "www-authenticate" in refused.headers
            both = {"de": "P1D", "a": "prochaine"}
            bodies: tuple[Any, ...] = ({}, both, {"de": 3}, {"de": "demain"}, {"jusqua": "2023-13-01"}, {"a": "noël"}, [])
            for body in bodies:
                wrong = await client.post(url, json=body, headers=who)
                assert (wrong.status_code, wrong.json()["code"]) == (422, "demande-invalide"), body
            assert (await client.post(url, content=b"{", headers={**who, "Content-Type": "application/json"})).status_code == 400
            texte = await client.post(url, content=b'{"de": "P1D"}', headers={**who, "Content-Type": "text/plain"})
            long = await client.post(url, json={"de": "P1D" + " " * 5_000}, headers=who)
            assert [(r.status_code, r.json()["code"]) for r in (texte, long)] == [(415, "type-de-contenu"), (413, "corps-trop-grand")]
            assert (await client.post("/pilotage/bacs/absent/avance", json={"de": "P1D"}, headers=who)).status_code == 404
            back = await client.post(url, json={"jusqua": "2023-09-01"}, headers=who)
            assert (back.status_code, back.json()["code"]) == (409, "retour-en-arriere")
            first = (await client.post(url, json={"a": "prochaine"}, headers=who)).json()
            assert first["instant"].startswith("2023-09-29") and next(e["acte"] for e in first["evenements"]) == "envoi-avis"
            rest = (await client.post(url, json={"de": "P4M"}, headers=who)).json()
            assert "titre" in json.dumps(rest["evenements"]) and "SPÉCIMEN" in rest["mention"]
            assert (await world.pilot.etat("route"))["instant"] == rest["instant"]


@pytest.mark.asyncio(loop_scope="session")
async def test_an_advance_with_a_key_is_made_once_finished_when_it_was_cut_and_told_again(
    monde: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bac = await bac_neuf(monde, DEPART, "reprise")
    town = f"{monde.addresses[Party.COLLECTIVITE]}/bacs/{bac}"
    app = application(monde.pilot, monde.client, monde.addresses)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console") as client:

        async def move(body: dict[str, str], key: str) -> httpx.Response:
            headers = {"Authorization": f"Bearer {monde.token}", "Idempotency-Key": key}
            return await client.post(f"/pilotage/bacs/{bac}/avance", json=body, headers=headers)

        assert (await monde.client.post(f"{town}/fps", json=constat({}))).status_code == 201
        first = await move({"de": "P1D"}, "a")
        for key in ("", "b"):  # meanwhile another FPS, another advance
            other = await (move({"de": "P1D"}, key) if key else monde.client.post(f"{town}/fps", json=constat({"plaque": "AB-124-CD"})))
            assert other.status_code in (200, 201)
            again = await move({"de": "P1D"}, "a")
            assert again.json() == first.json() and again.headers["idempotency-replayed"] == "true"
        assert "envoi-avis" in first.text and (await monde.pilot.etat(bac))["instant"][:10] == "2023-09-30"
        for key, code in (("a", "cle-idempotence-reutilisee"), ("x" * 201, "cle-idempotence-invalide")):
            refused = await move({"de": "P2D"}, key)
            assert (refused.status_code, refused.json()["code"]) == (422, code)

        with monkeypatch.context() as patch:  # the console is cut in the middle: two days were asked, one is lived
            vivre = monde.pilot._vivre

            async def cut(nom: str, instant: Any, lived: Any) -> dict[str, Any]:
                await vivre(nom, instant - timedelta(days=1), lived)
                raise PiloteErreur(Party.ANTAI, {"code": "service-injoignable", "title": "coupé"})

            patch.setattr(monde.pilot, "_vivre", cut)
            assert (await move({"de": "P2D"}, "c")).status_code == 503
        finished = await move({"de": "P2D"}, "c")
        assert finished.json()["instant"][:10] == "2023-10-02" and "idempotency-replayed" not in finished.headers
        assert (await move({"de": "P2D"}, "c")).json() == finished.json()
        await monde.pilot.creer(vide := f"{bac}-vide", paris(DEPART))  # where nothing falls due
        who = {"Authorization": f"Bearer {monde.token}", "Idempotency-Key": "d"}
        moved = await client.post(f"/pilotage/bacs/{vide}/avance", json={"de": "P1D"}, headers=who)
        assert (moved.status_code, moved.json()["prochaine_echeance"]) == (200, None)


async def test_the_envelope_of_a_stranger_moves_neither_ranks_nor_counts_and_takes_no_key_of_a_service() -> None:
    async with open_world(token="essai") as world:
        await world.pilot.creer("intrus", paris(DEPART))
        town, antai = (f"{world.addresses[p]}/bacs/intrus" for p in (Party.COLLECTIVITE, Party.ANTAI))
        numero = (await world.client.post(f"{town}/fps", json=constat({}))).json()["numero"]
        await world.pilot.avancer("intrus", paris(date(2023, 10, 2)))
        before = (await world.pilot.etat("intrus"))["comptes"]
        envoi = next(x for x in await world.pilot.journal("intrus", numero) if x["acte"] == "envoi")
        headers = {"Ce-Rang": "1099511627775", "Ce-Source": "/services/collectivite", "Idempotency-Key": envoi["donnees"]["id"]}
        body = {"numero_telepaiement": telepaiement(numero), "immatriculation": "AB-123-CD", "moyen": "internet", "montant": 3500}
        example = {"date_envoi": None, "reference": "CB-1"}
        paid = await world.client.post(f"{antai}/flux/04-paiement/paiement-fps", json=body | example, headers=headers)
        assert paid.status_code == 200, paid.text
        await world.pilot.au_calme("intrus")
        after = (await world.pilot.etat("intrus"))["comptes"]
        written = after["ecrites"] - before["ecrites"]
        assert after["recues"] - before["recues"] == written > 0  # the stranger's own letter is not among them
        assert max(x["rang"] for x in await world.pilot.journal("intrus", numero)) < 100
