"""What every door does before its route and after it: hosts, origins, forms, seals, and the small manners of HTTP, in every service."""

import hashlib
import os
import re
import stat
from base64 import b64encode
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from fps.flows import MESSAGES
from fps.kit.app.migrate import upgrade
from fps.kit.data.sqlite import SqliteDatabase
from fps.kit.ground.settings import Settings
from fps.kit.trust.acces import acces
from fps.kit.trust.personnes import MotDePasseFaible, verifier_politique
from fps.kit.web.tableur import _plat
from fps.kit.wire.carrier import open_client
from fps.messages.mfps import CreationFps
from fps.messages.paiement import PaiementFps
from fps.parties import SERVICES, Party
from fps_console.web.app import application
from fps_simulateur.pilote.world import DEFINITIONS, World
from tests.parler.partie import bac_neuf
from tests.temoin import Heard, undocumented

pytestmark = pytest.mark.asyncio(loop_scope="session")
JSON = {"Content-Type": "application/json"}
CONSOLE = "http://127.0.0.1:8000"


def anyone(world: World) -> httpx.AsyncClient:
    """A client that shows nothing: the doors of the services, and those of the console."""
    doors: dict[str, Any] = {world.addresses[p]: one.asgi for p, one in world.services.items()}
    doors[CONSOLE] = application(world.pilot, world.client, world.addresses, hosts=Settings(hosts=("fps.example",)).hosts_served)
    return open_client(doors)


async def test_a_host_that_is_not_ours_gets_nothing_whatever_the_door(monde: World) -> None:
    async with anyone(monde) as client:
        for url in (*monde.addresses.values(), CONSOLE):
            for host, status in {
                "evil.example": 421,
                "127.0.0.1.evil.example": 421,
                "localhost.": 200,
                "LOCALHOST:1": 200,
                "[::1]:8001": 200,
                "a b": 421,
                "": 421,
            }.items():
                answer = await client.get(f"{url}/sante/vivant", headers={"Host": host})
                assert (answer.status_code, host) == (status, host)
                assert status == 200 or answer.json()["code"] == "hote-inconnu"
        assert (await client.get(f"{CONSOLE}/sante/vivant", headers={"Host": "fps.example"})).status_code == 200


async def test_the_names_of_the_containers_are_served() -> None:
    settings = Settings.model_validate(
        {"addresses": "antai=https://antai:8001", "public_addresses": "antai=https://fps.ville.example", "hosts": "console, autre.example"}
    )
    assert {"antai", "fps.ville.example", "console", "autre.example"} <= settings.hosts_served


async def test_a_page_of_another_site_changes_nothing_at_any_door(monde: World) -> None:
    bac, wrong, tried = await bac_neuf(monde, date(2026, 6, 15)), [], 0
    foreign: list[dict[str, str]] = [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
    for party in SERVICES:
        doors = [(m, path) for path, methods, _ in acces(monde.services[party].app) for m in methods - {"GET"}]
        doors += [("POST", cls.path) for cls in MESSAGES if cls.receiver is party]
        for method, path in doors:
            headers = JSON | foreign[tried % 3]
            url = f"{monde.addresses[party]}/bacs/{bac}{re.sub('{[^}]+}', 'x', path)}"
            answer = await monde.client.request(method, url, content=b"{}", headers=headers)
            tried += 1
            if answer.json().get("code") != "origine-refusee":
                wrong.append((party, method, path, answer.status_code))
    assert tried > 100 and wrong == []
    own = {"Origin": monde.addresses[Party.ANTAI]}
    url = f"{monde.addresses[Party.ANTAI]}/bacs/{bac}{PaiementFps.path}"
    assert (await monde.client.post(url, json=PaiementFps.example, headers=own)).json()["code"] == "dossier-inconnu"
    blob = await monde.client.post(url, content=b"{}")  # a Blob without a type, from anywhere
    assert (blob.status_code, blob.json()["code"]) == (415, "type-de-contenu")
    async with anyone(monde) as client:  # the pages and the pilot's doors of the console likewise, before anybody asks who calls
        for path in ("/nouveau-bac", "/fermer", f"/pilotage/bacs/{bac}/avance", f"/pilotage/bacs/{bac}/villes"):
            for one in foreign:
                answer = await client.post(CONSOLE + path, content=b"{}", headers=JSON | one)
                assert (answer.status_code, answer.json()["code"]) == (403, "origine-refusee"), path


async def test_every_answer_is_sealed_and_the_documentation_runs_only_what_it_wrote(monde: World) -> None:
    async with anyone(monde) as client:
        for url in (*monde.addresses.values(), CONSOLE):
            for path in ("/", "/sante/vivant", "/inconnu", "/metrics", "/docs", "/payer", "/static/swagger-ui/swagger-ui.css"):
                headers = (await client.get(url + path)).headers
                assert headers["X-Content-Type-Options"] == "nosniff" and "Referrer-Policy" in headers, path
                assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        docs = await client.get(f"{monde.addresses[Party.ANTAI]}/docs")
        assert '<html lang="fr">' in docs.text
        (mots,) = re.findall(r'src="(static/francais\.js)"', docs.text)  # what Swagger UI says in English
        assert "Essayer" in (await client.get(f"{monde.addresses[Party.ANTAI]}/{mots}")).text
        (script,) = re.findall("<script>(.*?)</script>", docs.text, re.DOTALL)
        assert b64encode(hashlib.sha256(script.encode()).digest()).decode() in docs.headers["Content-Security-Policy"]


async def test_a_head_is_answered_as_a_get_without_its_body(monde: World) -> None:
    async with anyone(monde) as client:
        for url in (*monde.addresses.values(), CONSOLE):
            for path in ("/", "/sante/pret", "/docs", "/openapi.json", "/inconnu", "/apprendre"):
                head, get = await client.request("HEAD", url + path), await client.get(url + path)
                assert (head.status_code, head.content) == (get.status_code, b"")
                assert head.headers["content-length"] == get.headers["content-length"]


async def test_every_401_says_how_to_be_recognised(monde: World) -> None:
    bac, found = await bac_neuf(monde, date(2026, 6, 15)), set()
    async with anyone(monde) as client:
        for party in SERVICES:
            doors = [(m, path) for path, methods, _ in acces(monde.services[party].app) for m in methods]
            for method, path in [*doors, ("POST", CreationFps.path)]:
                url = f"{monde.addresses[party]}/bacs/{bac}{re.sub('{[^}]+}', 'x', path)}"
                answer = await client.request(method, url, headers=JSON)
                if answer.status_code == 401:
                    found.add(answer.headers["WWW-Authenticate"].split()[0])
        assert found == {"Bearer", "Certificate"}
        for given in ("essai", "Basic essai", "Bearer", "Token essai"):
            answer = await client.get(f"{monde.addresses[Party.ANTAI]}/pilotage/bacs", headers={"Authorization": given})
            assert answer.status_code == 401, given
        good = await client.get(f"{monde.addresses[Party.ANTAI]}/pilotage/bacs", headers={"Authorization": "bearer essai"})
        assert good.status_code == 200
        for given, status in {"": 401, "Basic essai": 401, "bearer autre": 401, "bearer essai": 200, "Bearer essai": 200}.items():
            answer = await client.get(f"{CONSOLE}/pilotage/bacs/{bac}/villes", headers={"Authorization": given})
            assert (answer.status_code, "WWW-Authenticate" in answer.headers) == (status, status == 401), given


async def test_allow_names_every_method_of_an_address(monde: World) -> None:
    for party in SERVICES:
        by_path: dict[str, set[str]] = {}
        for path, methods, _ in acces(monde.services[party].app):
            by_path.setdefault(path, set()).update(methods)
        for path, methods in by_path.items():
            answer = await monde.client.request("PATCH", f"{monde.addresses[party]}{re.sub('{[^}]+}', '1', path)}")
            allowed = set(answer.headers["Allow"].split(", "))
            assert answer.status_code == 405 and methods <= allowed and ("HEAD" in allowed) == ("GET" in allowed), path
    async with anyone(monde) as client:
        for path, methods in {
            "/": {"GET"},
            "/fermer": {"POST"},
            "/nouveau-bac": {"GET", "POST"},
            "/sante/vivant": {"GET"},
            "/pilotage/bacs/b/avance": {"POST"},
            "/pilotage/bacs/b/villes": {"GET", "POST"},
            "/pilotage/bacs/b/villes/1": {"GET", "DELETE"},
        }.items():
            answer = await client.request("PATCH", CONSOLE + path)
            assert answer.status_code == 405 and {*answer.headers["Allow"].split(", ")} - {"HEAD"} == methods, path
            problem = answer.headers["Content-Type"] == "application/problem+json"
            assert problem == path.startswith(("/pilotage", "/sante")), path  # a program is answered as a program
        assert (await client.get(f"{CONSOLE}/pilotage/inconnu")).json()["code"] == "http-404"


async def test_the_witness_of_the_contracts_hears_every_service(monde: World, temoin: set[Heard]) -> None:
    """Under the layers that a gate is given: it heard nothing once there were some, and every contract was as good as said."""
    for party in SERVICES:
        await monde.client.get(f"{monde.addresses[party]}/sante/vivant")
        assert (party.value, "GET", "/sante/vivant", 200, "application/json", "") in temoin
    autre = {(Party.ANTAI.value, "GET", "/sante/vivant", 200, "text/html", ""), (Party.ANTAI.value, "GET", "/sante/vivant", 418, "", "")}
    assert len(undocumented(autre)) == 2


async def test_a_slash_too_many_leads_to_a_page_of_ours_only_and_tells_the_address(monde: World) -> None:
    bac = await bac_neuf(monde, date(2026, 6, 15))
    for party, path in {
        Party.COLLECTIVITE: "/fps",
        Party.ANTAI: "/dossiers",
        Party.DGFIP: "/prises-en-charge",
        Party.CCSP: "/requetes",
    }.items():
        for method in ("GET", "POST"):
            answer = await monde.client.request(method, f"{monde.addresses[party]}/bacs/{bac}{path}/", json={})
            assert answer.status_code == 404 and f"{path}." in answer.json()["que_faire"], (party, method)
    async with anyone(monde) as client:
        page = await client.get(f"{CONSOLE}/bacs/{bac}/?a=b")
        assert (page.status_code, page.headers["location"]) == (308, f"/bacs/{bac}?a=b")  # a page, never a service
        for nulle in (f"/bacs/{bac}/rien/", f"//fps.example/bacs/{bac}/", "//fps.example/"):
            assert (await client.get(f"{CONSOLE}{nulle}")).status_code == 404, nulle


async def test_a_form_that_is_not_offered_is_406(monde: World) -> None:
    bac = await bac_neuf(monde, date(2026, 6, 15))
    url = f"{monde.addresses[Party.ANTAI]}/bacs/{bac}/infocentre/statistiques"
    for accept, kind in {"text/csv": "text/csv", "*/*": "application/json", "text/*;q=0.9, application/json;q=0.5": "text/csv"}.items():
        assert (await monde.client.get(url, headers={"Accept": accept})).headers["content-type"].startswith(kind)
    for accept in ("application/pdf", "image/*", "application/json;q=0", "application/json;q=x"):
        answer = await monde.client.get(url, headers={"Accept": accept})
        assert (answer.status_code, answer.json()["code"]) == (406, "forme-non-offerte")
    chosen = await monde.client.get(f"{url}?format=csv", headers={"Accept": "application/json"})
    assert chosen.headers["content-type"].startswith("text/csv")


async def test_a_byte_order_mark_has_its_own_error(monde: World) -> None:
    url = f"{monde.addresses[Party.ANTAI]}{PaiementFps.path}"
    answer = await monde.client.post(url, content=b"\xef\xbb\xbf{}", headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "marque-d-ordre-des-octets")


async def test_no_text_of_the_infocentre_is_a_formula() -> None:
    for text in ("=1+1", "+1", "-1", "@SOMME(A1)", "\t=1", "\r=1"):
        assert _plat({"zone": text})["zone"] == f"'{text}"
    assert _plat({"zone": "rouge", "fps": -1, "taux": -0.5}) == {"zone": "rouge", "fps": -1, "taux": "-0,5"}


async def test_the_files_of_the_databases_are_their_owner_s_alone(tmp_path: Path) -> None:
    upgrade(f"sqlite+aiosqlite:///{tmp_path}/migree.db", DEFINITIONS[Party.CCSP])
    (tmp_path / "ancienne.db").touch(0o644)
    for name in ("migree.db", "ancienne.db", "neuve.db"):
        database = SqliteDatabase("", str(tmp_path / name))
        await database.start(1)
        await database.create(DEFINITIONS[Party.CCSP].metadata)
        await database.stop()
        assert stat.S_IMODE(os.stat(database.path).st_mode) == 0o600  # noqa: PTH116


async def test_the_passwords_that_everybody_tries_are_refused() -> None:
    for common in (
        "motdepasse123",
        "Motdepasse2026!",
        "password1234",
        "P@ssw0rd2026",
        "azertyuiop12",
        "123456789012",
        "abcdefghijklm",
        "Bonjour12345",
    ):
        with pytest.raises(MotDePasseFaible):
            verifier_politique("alix", common)
    for again in ("abcde" * 4, "Soleil-Soleil", "qsdfghjklmwxcvbn"):
        with pytest.raises(MotDePasseFaible):
            verifier_politique("alix", again)
    for good in ("correct cheval pile agrafe", "encore une longue phrase", "un mot de passe assez long", "Xk9#mQ2$vL7!pR"):
        verifier_politique("alix", good)
