"""A product is driven by HTTP or by commands: whatever it answers, the run ends, and says whose fault it is."""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from openapi_spec_validator import validate

from fps_certification.certifier import certifier
from fps_certification.execution import Demande
from fps_certification.plans.plan import Plan, Produit
from fps_certification.sujets import openapi
from fps_certification.sujets.commandes import Commandes
from fps_certification.sujets.contrat import ACTIONS, DES_ACTES
from fps_certification.sujets.pilote import LIMITE, Pilote
from fps_certification.sujets.reference import Reference
from fps_certification.sujets.sujet import Domaine, NonPrisEnCharge, SujetEnFaute
from fps_certification.verdict import Issue, Sort
from fps_simulateur.joueur import Ailleurs
from fps_simulateur.langue.actes import ACTES
from fps_simulateur.pilote.pilot import Pilot
from fps_simulateur.pilote.world import World
from tests.parler.editeur import Editeur

pytestmark = pytest.mark.asyncio(loop_scope="session")
LIRE = ACTIONS["lire"]
BONNE = b'{"etat": "transmis"}'


async def test_a_product_driven_by_http_passes_like_the_reference_that_is_behind_it(monde: World) -> None:
    reference = Reference(Ailleurs(monde.pilot))

    async def produit(scope: Any, receive: Any, send: Any) -> None:
        """What an editor writes: each action is done by its own system; here, the reference one."""
        corps, suite = b"", True
        while suite:
            part = await receive()
            corps, suite = corps + part.get("body", b""), part.get("more_body", False)
        dit = json.loads(corps)
        fait = await reference.agir(ACTIONS[scope["path"].rpartition("/")[2]], dit.pop("bac"), dit)
        await send({"type": "http.response.start", "status": fait.statut, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(dict(fait.corps)).encode()})

    config = uvicorn.Config(produit, port=0, lifespan="off", log_config=None, ws="none")
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    plan = Plan(
        plan="par-http",
        titre="Un produit piloté par HTTP",
        epreuves=("amiable-transmis", "amiable-annule-aussitot", "rapo-accepte"),
        exigences=("EX-101..EX-105", "EX-107", "EX-190", "EX-304"),
        produit=Produit(pilote=f"http://127.0.0.1:{port}"),
    )
    try:
        found = (await certifier(Demande(plan, "par-http"), monde.client, monde.addresses, monde.token)).rapport
    finally:
        server.should_exit = True
        await task
    assert (found.etat, found.fautes, found.produit) == ("conforme", (), f"http://127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("statut", "corps", "domaine", "mot"),
    [
        (302, b"", Domaine.PRODUIT, "redirige"),
        (500, b"{}", Domaine.PRODUIT, "est tombé"),
        (200, b"<html>", Domaine.PRODUIT, "sans JSON"),
        (200, b"[1]", Domaine.PRODUIT, "pas un objet"),
        (200, b"{}", Domaine.PRODUIT, "ne rend pas etat"),
        (200, b"{" + b" " * (LIMITE + 1) + b"}", Domaine.PRODUIT, "plus d'un mébioctet"),
    ],
)
async def test_what_a_product_answers_wrongly_is_its_own_fault(
    editeur: Editeur, statut: int, corps: bytes, domaine: Domaine, mot: str
) -> None:
    editeur.refuser(statut, corps)
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(SujetEnFaute, match=mot) as caught:
            await Pilote(client, editeur.adresse).agir(LIRE, "essai", {"numero": "1"})
        assert caught.value.domaine is domaine
        editeur.refuser(200, BONNE)
        assert (await Pilote(client, editeur.adresse).agir(LIRE, "essai", {"numero": "1"})).corps == {"etat": "transmis"}
        editeur.refuser(501)
        with pytest.raises(NonPrisEnCharge):
            await Pilote(client, editeur.adresse).agir(LIRE, "essai", {"numero": "1"})


async def test_a_product_that_is_silent_or_away_is_a_fault_of_the_network(editeur: Editeur) -> None:
    editeur.lente = asyncio.Event()
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(SujetEnFaute, match="n'a pas répondu") as caught:
            await Pilote(client, editeur.adresse, delai=0.05).agir(LIRE, "essai", {})
        assert caught.value.domaine is Domaine.RESEAU
        with pytest.raises(SujetEnFaute, match="injoignable"):
            await Pilote(client, "http://127.0.0.1:9").agir(LIRE, "essai", {})


async def test_a_product_driven_by_commands_reads_its_input_and_answers_on_its_output(tmp_path: Path) -> None:
    script = tmp_path / "produit.py"
    script.write_text(
        "import json, sys\n"
        "dit = json.load(sys.stdin)\n"
        "if dit['numero'] == 'absent': print(json.dumps({'code': 'inconnu'})); sys.exit(3)\n"
        "if dit['numero'] == 'casse': sys.exit('plus rien ne va')\n"
        "print(json.dumps({'etat': dit['action'] + dit['bac']}))\n"
    )
    sujet = Commandes({"lire": f"{sys.executable} {script}", "annuler": "/nulle/part"})
    assert (await sujet.agir(LIRE, "essai", {"numero": "1"})).corps == {"etat": "lireessai"}
    refus = await sujet.agir(LIRE, "essai", {"numero": "absent"})
    assert (refus.statut, refus.corps) == (409, {"code": "inconnu"})
    with pytest.raises(SujetEnFaute, match="plus rien ne va") as caught:
        await sujet.agir(LIRE, "essai", {"numero": "casse"})
    assert caught.value.domaine is Domaine.PRODUIT
    with pytest.raises(SujetEnFaute, match="ne se lance pas") as launched:
        await sujet.agir(ACTIONS["annuler"], "essai", {})
    assert launched.value.domaine is Domaine.CONFIGURATION
    with pytest.raises(NonPrisEnCharge):
        await sujet.agir(ACTIONS["etablir"], "essai", {})


async def test_an_answer_that_never_ends_or_trickles_is_the_fault_of_the_product_in_bounded_time(monde: World) -> None:
    """By HTTP: without end, byte after byte; by a command: without end, and one that leaves somebody behind it."""

    async def servir(lecteur: asyncio.StreamReader, sortie: asyncio.StreamWriter) -> None:
        demande = await lecteur.readuntil(b"\r\n\r\n")
        sortie.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        with suppress(ConnectionError):
            while not sortie.is_closing():
                sortie.write(b"1\r\n \r\n" if b"goutte" in demande else b"10000\r\n" + b" " * 65_536 + b"\r\n")
                await sortie.drain()
                await asyncio.sleep(0.01 if b"goutte" in demande else 0)

    serveur = await asyncio.start_server(servir, "127.0.0.1", 0)
    adresse = f"http://127.0.0.1:{serveur.sockets[0].getsockname()[1]}"
    derriere = """sh -c "sleep 600 & echo '{}'" """
    try:
        for rang, (produit, mot) in enumerate(
            (
                ({"pilote": f"{adresse}/goutte", "delai_secondes": 0.3}, "ne la finit pas en 0.3 s"),
                ({"pilote": f"{adresse}/flot", "delai_secondes": 30}, "plus d'un mébioctet"),
                ({"commandes": {"etablir": "yes"}, "delai_secondes": 30}, "plus d'un mébioctet"),
                ({"commandes": {"etablir": derriere}, "delai_secondes": 0.3}, "n'a pas fini en 0.3 s"),
            )
        ):
            plan = Plan.model_validate(
                {"plan": "sans-fin", "titre": "Sans fin", "epreuves": ["amiable-transmis"], "exigences": ["EX-190"], "produit": produit}
            )
            demande = Demande(plan, f"sans-fin-{rang}", prealable=False)
            async with asyncio.timeout(20):
                found = (await certifier(demande, monde.client, monde.addresses, monde.token)).rapport
            assert (found.code, [f.domaine for f in found.fautes]) == (Issue.NON_CONFORME, [Domaine.PRODUIT]), produit
            assert mot in found.fautes[0].phrase
    finally:
        serveur.close()


async def test_a_run_against_a_product_that_is_away_is_never_a_non_conformity(monde: World) -> None:
    produit = Produit(pilote="http://127.0.0.1:9")
    plan = Plan(plan="absent", titre="Personne", epreuves=("amiable-transmis",), exigences=("EX-103", "EX-190"), produit=produit)
    found = (await certifier(Demande(plan, "absent"), monde.client, monde.addresses, monde.token)).rapport
    assert found.code == Issue.CONFIGURATION and [f.domaine for f in found.fautes] == [Domaine.RESEAU]
    assert {e.sort for e in found.exigences} == {Sort.NON_PROUVE}


async def test_a_run_that_is_stopped_in_its_middle_leaves_no_bac_behind(
    monde: World, editeur: Editeur, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it was doing at once, and however long a bac takes to be deleted: who waits for the run sees none left."""
    supprimer = Pilot.supprimer

    async def lentement(pilot: Pilot, nom: str) -> None:
        if nom != "coupe-1":
            await asyncio.sleep(0.05)
        await supprimer(pilot, nom)

    monkeypatch.setattr(Pilot, "supprimer", lentement)
    editeur.lente = asyncio.Event()
    epreuves = ("amiable-transmis", "amiable-paye", "amiable-minore")
    plan = Plan(plan="coupe", titre="Coupé", epreuves=epreuves, exigences=("EX-190",), produit=Produit(pilote=editeur.adresse))
    run = asyncio.create_task(certifier(Demande(plan, "coupe"), monde.client, monde.addresses, monde.token))
    siens = {f"coupe-{rang}" for rang in (1, 2, 3)}
    while not siens <= set(await monde.pilot.lister()):
        await editeur.arrivee.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert not siens & set(await monde.pilot.lister())


async def test_each_action_of_the_contract_is_an_act_of_the_language() -> None:
    assert set(DES_ACTES) <= set(ACTES)


async def test_the_published_contract_is_valid_and_has_each_action() -> None:
    contrat = openapi.document()
    validate(contrat)
    assert set(contrat["paths"]) == {f"/{nom}" for nom in ACTIONS} and len(ACTIONS) <= 12
