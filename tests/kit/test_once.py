"""An act once, whatever happens: each request that writes keeps its Idempotency-Key and its answer in the transaction of its act."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from fps.kit.app.openapi import document
from fps.kit.data import tables
from fps.kit.trust.acces import ADMINISTRATION, CERTIFICAT, SESSION
from fps.kit.wire.carrier import always, bearer, open_client
from fps.messages.information_paiement import FpsPaye
from fps.parties import SERVICES, Party
from fps_simulateur.pilote.world import World
from tests.parler.certificats import certificat
from tests.parler.espace import LILLE, LOGIN, MOT_DE_PASSE, Espace, demande
from tests.parler.exports import lu
from tests.parler.partie import code
from tests.parler.tribunal import MOTS, tribunal
from tests.parler.ville import DEMANDE, Ville, une_autre
from tests.temoin import Heard

pytestmark = pytest.mark.asyncio(loop_scope="session")
LE = date(2026, 6, 15)
CONSTAT = {**DEMANDE, "date_heure_constat": "2026-06-12T10:42:00+02:00"}


async def poster(ville: Ville, cle: str, chemin: str = "/fps", corps: Any = None) -> httpx.Response:
    """With that key; by default, a FPS for a vehicle that only this key names."""
    corps = {**CONSTAT, "vehicule": une_autre(sum(map(ord, cle)) % 800)["vehicule"]} if corps is None else corps
    return await ville.world.client.post(ville.url(chemin), json=corps, headers={"Idempotency-Key": cle})


def pareilles(une: httpx.Response, autre: httpx.Response) -> None:
    """The second is the first, given again."""
    assert (autre.status_code, autre.content) == (une.status_code, une.content), autre.text
    assert autre.headers["idempotency-replayed"] == "true" and "idempotency-replayed" not in une.headers
    assert autre.headers.get("content-type") == une.headers.get("content-type")


async def combien(ville: Ville) -> int:
    return len((await ville.lire("/fps"))["elements"])


async def test_the_same_demand_three_times_with_one_key_gives_one_fps(ville: Ville) -> None:
    premiere, *suivantes = [await poster(ville, "a") for _ in range(3)]
    assert premiere.status_code == 201
    for suivante in suivantes:
        pareilles(premiere, suivante)
    assert await combien(ville) == 1
    reemploi = await poster(ville, "a", corps={**CONSTAT, "agent": "73"})
    assert code(reemploi) == (422, "cle-idempotence-reutilisee") and reemploi.json()["erreurs"][0]["champ"] == "Idempotency-Key"
    assert code(await poster(ville, "a", "/controles", CONSTAT)) == (422, "cle-idempotence-reutilisee")
    assert await combien(ville) == 1
    assert (await poster(ville, "b")).json()["numero"] != premiere.json()["numero"]


async def test_without_a_key_one_asks_by_the_beginning_of_its_number_whether_a_fps_was_established(ville: Ville) -> None:
    """docs/specification.md, « Un acte, une fois »: the SIRET, the year, the authority, the day and the agent, then the orders."""
    for n, agent in enumerate(("71", "72", "72", "73")):
        assert (await ville.poster("/fps", {**CONSTAT, "vehicule": une_autre(n)["vehicule"], "agent": agent})).status_code == 201
    trouves = (await ville.lire("/fps", siret=LILLE, apres=f"{LILLE}26" + "1" + "163" + "072" + "000"))["elements"]
    assert [int(fps["agent"]) for fps in trouves] == [72, 72, 73]
    assert {fps["date_heure_constat"] for fps in trouves} == {CONSTAT["date_heure_constat"]}


async def test_without_a_key_one_asks_for_the_last_controls_of_a_town(ville: Ville) -> None:
    vue = {"siret": LILLE, "zone": "rouge", "source": "lapi"}
    faits = [(await ville.poster("/controles", {**vue, "immatriculation": f"GH-{n + 100}-JK"})).json()["numero"] for n in range(3)]
    page = await ville.lire("/controles", siret=LILLE, limite=2)
    assert [c["numero"] for c in page["elements"]] == faits[:0:-1] and page["suivant"] == faits[1]
    reste = await ville.lire("/controles", siret=LILLE, avant=page["suivant"], limite=2)
    assert [c["immatriculation"] for c in reste["elements"]] == ["GH-100-JK"] and reste["suivant"] is None


async def test_two_at_once_give_one_act_and_one_answer(ville: Ville) -> None:
    reponses = await asyncio.gather(*(poster(ville, "c") for _ in range(4)), *(poster(ville, f"d{i}") for i in range(3)))
    assert {r.status_code for r in reponses} == {201}
    assert len({r.json()["numero"] for r in reponses[:4]}) == 1
    assert sorted(r.headers.get("idempotency-replayed", "") for r in reponses[:4]) == ["", "true", "true", "true"]
    assert await combien(ville) == 4


async def test_a_batch_of_demands_is_done_once_and_answers_the_same_line_by_line(ville: Ville) -> None:
    agents = enumerate(("72", "1000", "73", "72"))
    lignes = "\n".join(json.dumps({**CONSTAT, "vehicule": une_autre(n)["vehicule"], "agent": agent}) for n, agent in agents)
    entetes = {"Idempotency-Key": "lot", "Content-Type": "application/x-ndjson"}
    une, autre = [await ville.world.client.post(ville.url("/fps/lot"), content=lignes, headers=entetes) for _ in range(2)]
    assert [json.loads(x)["statut"] for x in une.text.splitlines()] == [201, 409, 201, 201]
    pareilles(une, autre)
    assert await combien(ville) == 3


async def test_a_refusal_by_the_state_is_kept_and_what_can_be_mended_is_not(ville: Ville) -> None:
    refus = [await poster(ville, "e", corps={**CONSTAT, "agent": "1000"}) for _ in range(2)]
    assert code(refus[0]) == (409, "numero-invalide")
    pareilles(*refus)
    absent = "21590350100017" + "0" * 12
    for cle, chemin, corps, statut in (
        ("f", "/fps", {**CONSTAT, "zone": "mauve"}, 404),
        ("g", "/fps", {"siret": LILLE}, 422),
        ("h", f"/fps/{absent}/paiement-rapide", {"montant": 1000, "moyen": "internet", "reference": "R"}, 404),
    ):
        for _ in range(2):
            reponse = await poster(ville, cle, chemin, corps)
            assert reponse.status_code == statut and "idempotency-replayed" not in reponse.headers, reponse.text
    assert (await poster(ville, "f")).status_code == 201  # mended, with its key


async def test_a_key_is_that_of_its_caller_in_its_bac_and_lasts_a_day(ville: Ville, monde: World) -> None:
    ailleurs = await Ville.ouvrir(monde, LE)
    for une in (ville, ailleurs):
        assert "idempotency-replayed" not in (await poster(une, "i")).headers
    # The same key on a letter is another one: the identifier of a letter is out of reach of a request.
    numero = (await poster(ville, "i")).json()["numero"]
    lettre = {**FpsPaye.example, "numero_fps": numero}
    assert "idempotency-replayed" not in (await poster(ville, "i", FpsPaye.path, lettre)).headers
    base, hier = monde.services[Party.COLLECTIVITE].service.database, timedelta(hours=24, seconds=1)
    async with base.write() as tx:
        gardees = tables.reponses_gardees
        (avant,) = await tx.select(select(gardees.c.wall_time).where(gardees.c.bac == ailleurs.bac))
        await tx.execute(update(gardees).where(gardees.c.bac == ailleurs.bac).values(wall_time=avant[0] - hier))
    assert "idempotency-replayed" in (await poster(ville, "i")).headers
    autre = {**CONSTAT, "vehicule": une_autre(500)["vehicule"]}  # the key is forgotten: it serves another demand
    assert "idempotency-replayed" not in (await poster(ailleurs, "i", corps=autre)).headers
    assert (await combien(ville), await combien(ailleurs)) == (1, 2)


async def test_an_anonymous_act_is_done_once_and_no_secret_of_its_answer_can_be_read_in_the_database(monde: World) -> None:
    espace, cle = await Espace.vierge(monde), {"Idempotency-Key": "j"}
    demandes = [await espace.appeler("POST", "/espaces", entetes=cle, json=demande(LILLE)) for _ in range(2)]
    assert demandes[0].status_code == 201
    pareilles(*demandes)
    corps = {"login": LOGIN, "mot_de_passe": MOT_DE_PASSE}
    chemin, entetes = f"/espaces/{LILLE}/sessions", {"Idempotency-Key": "k"}
    une, autre = [await espace.appeler("POST", chemin, entetes=entetes, json=corps) for _ in range(2)]
    pareilles(une, autre)
    faux = await espace.appeler("POST", chemin, entetes=entetes, json={**corps, "mot_de_passe": "un autre, plus faux"})
    assert code(faux) == (422, "cle-idempotence-reutilisee")
    async with monde.services[Party.ANTAI].service.database.read() as tx:
        gardees = str(await tx.select(select(tables.reponses_gardees).where(tables.reponses_gardees.c.bac == espace.bac)))
    assert une.json()["jeton"] not in gardees and LOGIN not in gardees


async def test_a_certificate_shown_is_part_of_the_request_and_a_one_time_code_is_given_again(monde: World) -> None:
    espace = await Espace.ouverte(monde)
    qui, autre, corps = espace.prestataire(), espace.prestataire(), {"siret": LILLE, "prestataire": "Éditeur Essai"}
    depots = [await espace.appeler("POST", "/certificats", un, {"Idempotency-Key": "n"}, json=corps) for un in (qui, qui, autre)]
    assert depots[0].status_code == 201
    pareilles(*depots[:2])
    assert code(depots[2]) == (422, "cle-idempotence-reutilisee")  # of the same provider, and not deposited
    async with tribunal(monde, LE) as court:
        inscrit = {"agents": [{"login": "c.specimen", "nom": "Camille Spécimen", "role": "agent"}]}
        chemin = f"/portail/{LILLE}/inscriptions"
        codes = [await court.pilote.demander("POST", chemin, inscrit, **{"Idempotency-Key": "o"}) for _ in range(2)]
        assert codes[0].status_code == 201 and codes[0].json()[0]["code"]
        pareilles(*codes)


async def test_an_act_that_closes_its_own_door_gives_its_answer_again_to_who_holds_the_same_token(monde: World) -> None:
    """A session that ends itself, a password that ends every session, an account that its holder closes: the act is done."""
    change = {"ancien": MOT_DE_PASSE, "nouveau": "une autre phrase assez longue"}
    ferment = (("DELETE", "/sessions", None), ("PUT", "/mot-de-passe", change), ("DELETE", f"/agents/{LOGIN}", None))
    for rang, (methode, chemin, corps) in enumerate(ferment):
        espace = await Espace.ouverte(monde)
        nomme = {"login": "camille", "nom": "Camille Exemple", "mot_de_passe": MOT_DE_PASSE, "role": "responsable"}
        assert (await espace.agent("POST", "/agents", json=nomme)).status_code == 201
        tiers = await espace.appeler("POST", f"/espaces/{LILLE}/sessions", json={"login": "camille", "mot_de_passe": MOT_DE_PASSE})
        cle, adresse = {"Idempotency-Key": f"porte-{rang}"}, f"/espaces/{LILLE}{chemin}"
        une, autre = [await espace.appeler(methode, adresse, entetes=espace.session | cle, json=corps) for _ in range(2)]
        assert une.status_code < 300, une.text
        pareilles(une, autre)
        ailleurs = await espace.appeler(methode, adresse, entetes=espace.session | {"Idempotency-Key": "autre"}, json=corps)
        assert code(ailleurs) == (401, "session-expiree")
        assert code(await espace.appeler(methode, adresse, entetes=espace.session, json=corps)) == (401, "session-expiree")
        assert code(await espace.appeler(methode, adresse, entetes=cle, json=corps)) == (401, "session-requise")
        assert code(await espace.appeler(methode, adresse, entetes=bearer("un autre jeton") | cle, json=corps)) == (401, "session-requise")
        change_de_corps = await espace.appeler(methode, adresse, entetes=espace.session | cle, json={"login": "autre"})
        assert code(change_de_corps) == (422, "cle-idempotence-reutilisee")
        encore = await espace.appeler(
            methode, adresse, entetes=bearer(tiers.json()["jeton"]) | cle, json={"ancien": "faux", "nouveau": "faux"}
        )
        assert "idempotency-replayed" not in encore.headers  # the key of one token is not that of another


async def test_the_portal_of_the_court_gives_again_the_answer_of_an_act_that_closed_its_own_door(monde: World) -> None:
    """The same four ways out: a session, a password, an account that its holder closes, or that it opens again with a new code."""
    change = {"ancien": MOTS["mot_de_passe"], "nouveau": "une autre phrase assez longue"}
    ferment = (
        ("DELETE", "sessions", None),
        ("POST", "mot-de-passe", change),
        *(("POST", f"comptes/{{chef}}/{f}", None) for f in ("code", "fermeture")),
    )
    async with tribunal(monde, LE) as court:
        for rang, (methode, fin, corps) in enumerate(ferment):
            chemin, cle = f"/portail/{LILLE}/{fin.format(chef=f'chef-{rang}')}", {"Idempotency-Key": f"porte-{rang}"}
            chef, autre = [await court.agent(login=f"{qui}-{rang}", role="responsable") for qui in ("chef", "autre")]
            une, deux = [await chef.demander(methode, chemin, corps, **cle) for _ in range(2)]
            assert une.status_code < 300, une.text
            pareilles(une, deux)
            assert await chef.refus(chemin, corps, methode, **{"Idempotency-Key": "autre"}) == "session-expiree"
            assert await chef.refus(chemin, corps, methode) == "session-expiree"
            assert await court.visiteur().refus(chemin, corps, methode, **cle) == "session-requise"
            assert await court.visiteur(jeton="un autre jeton").refus(chemin, corps, methode, **cle) == "session-requise"
            assert await chef.refus(chemin, {"login": "autre"}, methode, **cle) == "cle-idempotence-reutilisee"
            encore = await autre.demander(methode, chemin, {"ancien": "faux", "nouveau": "faux"}, **cle)
            assert "idempotency-replayed" not in encore.headers  # the key of one token is not that of another


async def test_the_pilot_creates_copies_and_deletes_a_world_once_and_the_keys_are_no_part_of_it(ville: Ville, monde: World) -> None:
    await poster(ville, "l")
    url, cle = f"{monde.addresses[Party.COLLECTIVITE]}/pilotage/bacs", f"{ville.bac}-copie"
    for methode, adresse, statut in (("POST", f"{url}/{ville.bac}/copie?vers={cle}", 201), ("DELETE", f"{url}/{cle}", 204)):
        reponses = [await monde.client.request(methode, adresse, headers={"Idempotency-Key": cle + methode}) for _ in range(2)]
        assert reponses[0].status_code == statut
        pareilles(*reponses)
    export = lu((await monde.client.get(f"{url}/{ville.bac}/export")).content)
    assert "reponses_gardees" not in export["tables"] and "inbox" in export["tables"]


async def test_what_fails_inside_the_server_keeps_nothing_and_the_same_key_acts_later(
    ville: Ville, monde: World, monkeypatch: pytest.MonkeyPatch, temoin: set[Heard]
) -> None:
    """The answer cannot be written: neither is the act."""
    from fps.kit.engine import once

    def casse(response: Any) -> bytes:
        raise OSError("no more room")

    with monkeypatch.context() as patch:
        patch.setattr(once, "_text", casse)
        assert (await poster(ville, "m")).status_code == 500
    temoin -= {heard for heard in temoin if heard[3] == 500 and heard[2].endswith("/fps")}  # made on purpose
    assert await combien(ville) == 0
    assert (await poster(ville, "m")).status_code == 201 and await combien(ville) == 1


WRITING = ("post", "put", "delete", "patch")
FERMENT = {("delete", "sessions"), ("put", "mot-de-passe"), ("post", "mot-de-passe")}  # they close the door by which they came
LINES = "/lot"  # each line of a batch of letters has a key of its own, tests/flows/test_doors.py


@asynccontextmanager
async def porteurs(monde: World) -> AsyncIterator[dict[tuple[Party, str], tuple[httpx.AsyncClient, str, dict[str, str]]]]:
    """For each kind of door of each service, who may come in by it: its client, its bac, its headers."""
    espace = await Espace.ouverte(monde)
    async with tribunal(monde, LE) as court:
        agent = await court.agent(role="responsable")
        network = {monde.addresses[p]: one.asgi for p, one in monde.services.items()}
        async with open_client(network, present=always((certificat(monde.pki).pem,))) as client:
            found: dict[tuple[Party, str], Any] = {}
            for party in SERVICES:
                found[party, ADMINISTRATION] = (client, espace.bac, bearer(monde.token))
                found[party, CERTIFICAT] = found[party, ""] = (client, espace.bac, {})
            found[Party.ANTAI, SESSION] = (client, espace.bac, espace.session)
            found[Party.CCSP, SESSION] = (client, court.greffe.bac, bearer(agent.jeton or ""))
            yield found


async def test_every_operation_that_writes_looks_at_the_key_before_it_acts(monde: World) -> None:
    """Read from the four OpenAPI documents: an operation that is added is asked too."""
    vues, gardees = 0, 0
    async with porteurs(monde) as who:
        for party in SERVICES:
            contrat = document(monde.services[party].app, monde.services[party].service)
            schemas = contrat["components"]["schemas"]
            for path, operations in contrat["paths"].items():
                for method in set(operations) & set(WRITING):
                    if path.startswith("/flux/") and path.endswith(LINES):
                        continue
                    operation = operations[method]
                    ways = [way for one in operation["security"] for way in one]
                    way = next((w for w in (ADMINISTRATION, SESSION, CERTIFICAT) if w in ways), "")
                    client, bac, headers = who[party, way]
                    here = "" if path.startswith(("/pilotage", "/psce")) else f"/bacs/{bac}"
                    url = monde.addresses[party] + here + re.sub(r"\{[^}]+\}", "1", path.replace("{siret}", LILLE))
                    corps = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
                    modele = schemas.get(corps.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
                    exemple = corps.get("examples", {}).get("exemple", {}).get("value", modele.get("example", {}))
                    client = monde.client if path.startswith("/flux/") else client
                    answer = await client.request(method.upper(), url, json=exemple, headers={**headers, "Idempotency-Key": "x" * 201})
                    assert code(answer) == (422, "cle-idempotence-invalide"), f"{party} {method} {path}: {answer.text[:300]}"
                    assert any(p["name"] == "Idempotency-Key" for p in operation["parameters"]), f"{party} {method} {path} does not say it"
                    vues += 1
                    if path.startswith("/flux/") or "/essais/" in path or (method, path.rpartition("/")[2]) in FERMENT:
                        continue
                    cle = {**headers, "Idempotency-Key": f"{party}{vues}"}
                    une, autre = [await client.request(method.upper(), url, json=exemple, headers=cle) for _ in range(2)]
                    assert une.status_code < 500, f"{party} {method} {path}: {une.text[:300]}"
                    if une.status_code < 300 or une.status_code == 409:
                        pareilles(une, autre)
                        gardees += 1
                    else:
                        assert "idempotency-replayed" not in autre.headers and autre.status_code == une.status_code
    assert vues > 150 and gardees >= 8  # elsewhere a body that the act takes is needed: the other tests of this file
