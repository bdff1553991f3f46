"""What is kept of an observed bac: the exchanges as they were on the wire, in a chain, without a secret; and nothing of the others."""

import json
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256

from fps.kit.engine.observation import LIMITE, empreinte
from fps.kit.wire.carrier import always, open_client
from fps.messages.mfps import CreationFps
from tests.parler.antai import Antai
from tests.parler.certificats import certificat

pytestmark = pytest.mark.asyncio(loop_scope="session")
CREATION = CreationFps.path


async def observer(antai: Antai, methode: str = "PUT") -> None:
    url = f"{antai.world.addresses[antai.party]}/pilotage/bacs/{antai.bac}/observation"
    reponse = await antai.world.client.request(methode, url)
    assert reponse.is_success, reponse.text


async def echanges(antai: Antai, bac: str | None = None, **params: Any) -> list[dict[str, Any]]:
    url = f"{antai.world.addresses[antai.party]}/pilotage/bacs/{bac or antai.bac}/echanges"
    reponse = await antai.world.client.get(url, params=params)
    assert reponse.status_code == 200, reponse.text
    return list(reponse.json()["lignes"])


async def test_each_exchange_is_kept_as_it_was_refused_or_not(antai: Antai) -> None:
    await antai.dossier()
    assert await echanges(antai) == []
    await observer(antai)
    await antai.poster("/psce/rien")
    brut = await antai.world.client.post(
        antai.url(CREATION), content=b'{"a": 1, "a": 2}', headers={"Content-Type": "application/json", "Idempotency-Key": "double"}
    )
    vu = await antai.lire("/dossiers", siret="21590350100017")
    trouves = await echanges(antai)
    assert [(e["methode"], e["chemin"], e["statut"]) for e in trouves] == [
        ("POST", "/psce/rien", 404),
        ("POST", CREATION, brut.status_code),
        ("GET", "/dossiers?siret=21590350100017", 200),
    ]
    assert [e["qui"] for e in trouves] == ["anonyme", "service:collectivite", "anonyme"]
    assert trouves[1]["corps"] == '{"a": 1, "a": 2}' and trouves[1]["entetes"]["idempotency-key"] == "double"
    assert trouves[1]["reponse"] == brut.text and json.loads(trouves[2]["reponse"]) == vu
    assert trouves[1]["date"] == "2026-06-28T20:00:00+02:00"
    assert "authorization" not in str(trouves).lower() and antai.world.token not in str(trouves)
    await observer(antai, "DELETE")
    await antai.dossier()
    assert await echanges(antai) == trouves
    await observer(antai)  # what was kept before goes on
    await antai.dossier()
    assert [e["rang"] for e in await echanges(antai, apres=2)] == [3, 4]


async def test_the_exchanges_are_chained_one_to_the_other(antai: Antai) -> None:
    await observer(antai)
    for _ in range(2):
        await antai.dossier()
    avant = ""
    for vu in await echanges(antai):
        dits = (json.dumps(vu[nom], ensure_ascii=False, sort_keys=True, separators=(",", ":")) for nom in ("entetes", "entetes_reponse"))
        entetes, entetes_reponse = dits
        debut = (vu["rang"], vu["wall_time"], vu["duree_ms"], vu["date"], vu["qui"], vu["methode"], vu["chemin"], entetes, vu["corps"])
        avant = empreinte(avant, (*debut, vu["statut"], entetes_reponse, vu["reponse"]))
        assert vu["empreinte"] == avant


async def test_who_shows_a_certificate_is_named_by_its_fingerprint_and_who_shows_a_bad_one_by_its_refusal(antai: Antai) -> None:
    await observer(antai)
    bon, mauvais = certificat(antai.world.pki), "ceci n'est pas un certificat"
    reseau = {antai.world.addresses[antai.party]: antai.world.services[antai.party].asgi}
    for chaine in (bon.pem, mauvais):
        async with open_client(reseau, present=always((chaine,))) as client:
            await client.get(antai.url("/front"))
            await client.post(antai.url(CREATION), json={})
    vus = await echanges(antai)
    assert [e["corps"] for e in vus] == ["", "{}"] * 2, "of who is refused at the door too"
    assert [e["qui"] for e in vus[::2]] == [bon.certificat.fingerprint(SHA256()).hex(), "certificat-illisible"]


async def test_no_password_and_no_token_is_kept(antai: Antai) -> None:
    await observer(antai)
    secret = 'un "mot" de passe \\ assez long'
    corps = {"login": "agent.lille", "mot_de_passe": secret}
    refuse = await antai.poster("/espaces/21590350100017/sessions", corps)
    assert refuse.status_code == 401
    [vu] = await echanges(antai)
    assert json.loads(vu["corps"]) == corps | {"mot_de_passe": "(tu)"}


async def test_a_body_is_kept_up_to_its_bound_and_one_that_is_no_text_in_base_64(antai: Antai) -> None:
    await observer(antai)
    json_ = {"Content-Type": "application/json"}
    for corps in (b" " * (LIMITE + 5), b"\xff\xfe"):
        await antai.world.client.post(antai.url(CREATION), content=corps, headers=json_)
    long, octets = await echanges(antai)
    assert long["corps"] == " " * LIMITE + "…" and long["statut"] == 413
    assert octets["corps"] == "base64://4="


async def test_what_was_observed_is_neither_copied_nor_left_behind(antai: Antai) -> None:
    await observer(antai)
    await antai.dossier()
    pilot, copie = antai.world.pilot, f"{antai.bac}-copie"
    await pilot.copier(antai.bac, copie)
    assert await echanges(antai, copie) == []
    depart = (await pilot.etat(copie))["instant"]
    await pilot.supprimer(antai.bac)
    await pilot.creer(antai.bac, datetime.fromisoformat(depart), graine="essai")
    assert await echanges(antai) == []
    assert await antai.world.client.get(antai.url("/dossiers")) and await echanges(antai) == []
