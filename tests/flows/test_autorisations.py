"""No door without its doorman: every route of every service, read from its contract, tried by who may not use it."""

import re
from functools import cache

import httpx
import pytest
import pytest_asyncio
from fastapi.routing import iter_route_contexts

from fps.flows import received_by
from fps.kit.post.door import DOORS
from fps.kit.trust.acces import ADMINISTRATION, CERTIFICAT, PUBLIQUE, SESSION, acces, portes_of, routes_of, securite
from fps.kit.wire.carrier import always, bearer, open_client
from fps.messages.mfps import CreationFps
from fps.parties import SERVICES, Party
from fps_simulateur.pilote.world import DEFINITIONS, World, assemble
from tests.parler.certificats import certificat
from tests.parler.partie import bac_neuf
from tests.temoin import contrat

pytestmark = pytest.mark.asyncio(loop_scope="session")
# What anyone may do: a person who pays, contests or follows; health; what is published. To open a door is to write it here.
OUVERTES: dict[Party, set[str]] = {
    Party.ANTAI: {
        "GET /payer",
        "GET /payer/{numero_telepaiement}",
        "POST /espaces",
        "GET /espaces/{siret}/etat",
        "POST /espaces/{siret}/sessions",
        "GET /psce/crl",
        "GET /psce/autorites",
        "POST /flux/04-paiement/paiement-fps",
        "POST /flux/04-paiement/paiement-fps/lot",
    },
    Party.DGFIP: {
        "GET /payer",
        "GET /payer/{numero_telepaiement}",
        "POST /flux/04-paiement/paiement-titre",
        "POST /flux/04-paiement/paiement-titre/lot",
    },
    Party.CCSP: {
        "POST /flux/06-recours-usager/requete",
        "POST /flux/06-recours-usager/requete/lot",
        "POST /flux/06-recours-usager/reponse",
        "POST /flux/06-recours-usager/reponse/lot",
        "POST /portail/{siret}/activation",
        "POST /portail/{siret}/sessions",
    },
    Party.COLLECTIVITE: {
        "GET /suivi",
        "GET /payer",
        "GET /communes",
        "GET /communes/{siret}/zone",
        "POST /flux/03-rapo/depot",
        "POST /flux/03-rapo/depot/lot",
        "POST /flux/03-rapo/depot-postal",
        "POST /flux/03-rapo/depot-postal/lot",
    },
}
PARTOUT = {"GET /sante/vivant", "GET /sante/pret", "GET /.well-known/jwks.json"}
# Documentation, figures and static files: in no OpenAPI, and without any data of a bac.
HORS_CONTRAT = {"/", "/metrics", "/openapi.json", "/asyncapi.json", "/docs", "/static"}


@cache
def portes() -> list[tuple[Party, str, str, tuple[str, ...]]]:
    """Every operation of every service: method, path, and the doors by which one comes in, as its contract says and its routes have."""
    world, found = assemble(), []
    for party in SERVICES:
        said = {
            (method.upper(), path): operation["security"]
            for path, operations in contrat(party)["paths"].items()
            for method, operation in operations.items()
        }
        routes = {
            (method, str(route.path_format)): securite(portes_of(route.dependant))
            for route in routes_of(world.services[party].app)
            for method in route.methods
        }
        lettres = {("POST", f"{cls.path}{suite}") for cls in received_by(party) if cls.channel in DOORS for suite in ("", "/lot")}
        assert said.keys() == routes.keys() | lettres and routes.items() <= said.items(), party
        found += [(party, method, path, tuple(name for way in security for name in way)) for (method, path), security in said.items()]
    return found


Porte = tuple[Party, str, str, tuple[str, ...]]


def fermees() -> list[Porte]:
    """The operations that are not for everybody."""
    return [p for p in portes() if p[3]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bac(monde: World) -> str:
    return await bac_neuf(monde, CreationFps.exemplaire().date_heure_constat.date(), "portes")


async def test_every_route_says_by_which_door_one_comes_in() -> None:
    world = assemble()
    for party in SERVICES:
        for path, _, doors in acces(world.services[party].app):
            assert doors, f"{party} {path} does not say who may use it"
            assert PUBLIQUE not in doors or len(doors) == 1, f"{party} {path} is both open and closed"


async def test_what_the_documentation_does_not_tell_holds_no_data() -> None:
    world = assemble()
    for party in SERVICES:
        app = world.services[party].app
        told = {path for p, _, path, _ in portes() if p is party}
        silent = {str(route.path).replace(":path}", "}") for route in iter_route_contexts(app.routes)} - told
        assert silent <= HORS_CONTRAT, f"{party}: {silent - HORS_CONTRAT}"


@pytest.mark.parametrize("party", SERVICES)
async def test_only_the_doors_that_were_decided_are_open(party: Party) -> None:
    found = {f"{method} {path}" for p, method, path, ways in portes() if p is party and not ways}
    assert found == OUVERTES[party] | PARTOUT


async def test_the_four_services_have_doors_of_each_kind() -> None:
    kinds = {way for _, _, _, ways in portes() for way in ways}
    assert kinds == {ADMINISTRATION, CERTIFICAT, SESSION}
    assert len(fermees()) > 100


async def demander(client: httpx.AsyncClient, world: World, bac: str, porte: Porte) -> httpx.Response:
    party, method, path, _ = porte
    url = re.sub(r"\{[^}]+\}", bac, path)
    prefix = "" if path.startswith(("/pilotage", "/psce")) else f"/bacs/{bac}"
    return await client.request(method, f"{world.addresses[party]}{prefix}{url}")


async def test_a_closed_door_stays_closed(monde: World, bac: str) -> None:
    network = {monde.addresses[p]: one.asgi for p, one in monde.services.items()}
    before = await journaux(monde, bac)
    # A certificate that the test PSCE issued and that nobody deposited; a wrong token; a session that does not exist.
    villain = always((certificat(monde.pki, siret="73282932000074").pem,))
    async with open_client(network) as nobody, open_client(network, present=villain, headers=bearer("faux")) as other:
        for porte in fermees():
            party, method, path, ways = porte
            name = f"{party} {method} {path}"
            first, second = await demander(nobody, monde, bac, porte), await demander(other, monde, bac, porte)
            assert first.status_code == 401, (name, first.text)
            assert first.json()["code"] in {"jeton-requis", "certificat-requis", "session-requise"}, name
            assert first.json()["que_faire"], name
            if set(ways) <= {ADMINISTRATION, SESSION}:
                assert second.status_code == 401, (name, second.text)
            elif "/flux/" not in path:  # with a whole letter: tests/flows/test_certificats_refuses.py
                # A good certificate opens the door of the house; what it may do inside is the act's to say (GET /front).
                assert second.status_code in {401, 403, 404, 422} or path == "/front", (name, second.text)
            assert await journaux(monde, bac) == before, f"{name}: a door that stayed closed changed something"


async def journaux(world: World, bac: str) -> dict[Party, int]:
    """The last position of the journal of each service."""
    return {party: await world.pilot._last(party, bac) for party in SERVICES}


async def test_the_administration_is_closed_when_no_credential_was_given(monde: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in monde.services.values():
        monkeypatch.setattr(one.service, "settings", one.service.settings.model_copy(update={"pilotage_token": None}))
    for party in SERVICES:
        for token in ("", "essai", "None"):
            answer = await monde.client.get(f"{monde.addresses[party]}/pilotage/bacs", headers=bearer(token))
            assert (answer.status_code, answer.json()["code"]) == (401, "jeton-requis")


ADRESSES = {
    "127.0.0.1": 200,
    "::1": 200,
    "::ffff:127.0.0.1": 200,
    "192.0.2.7": 403,
    "10.0.0.1": 403,
    "fe80::1": 403,
    "inconnu": 403,
}


async def test_the_right_credential_opens_nothing_from_another_machine_unless_its_network_is_declared(
    monde: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    antai = monde.services[Party.ANTAI]
    whole = antai.service.settings
    for adresse, statut in ADRESSES.items():
        monkeypatch.setattr(antai.service, "settings", whole)
        transport = httpx.ASGITransport(antai.asgi, client=(adresse, 1234))
        async with httpx.AsyncClient(transport=transport, base_url="http://antai", headers=bearer("essai")) as client:
            answer = await client.get("/pilotage/bacs")
            assert answer.status_code == statut
            if statut == 403:
                assert answer.json()["code"] == "pilotage-hors-machine"
                assert (await client.get("/dossiers")).status_code == 403
                assert (await client.get("/sante/vivant")).status_code == 200
                monkeypatch.setattr(antai.service, "settings", whole.model_copy(update={"pilotage_networks": ("192.0.2.0/24",)}))
                assert (await client.get("/pilotage/bacs")).status_code == (200 if adresse.startswith("192.0.2.") else 403)


async def test_each_service_is_defined_once() -> None:
    assert set(DEFINITIONS) == set(SERVICES) == set(OUVERTES)
