"""No work for who has shown no credential: no closed route of any service reads a byte of a body before its door is passed."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

from fps.flows import MESSAGES
from fps.kit.ground.clock import paris
from fps.kit.ground.faults import Malformed
from fps.kit.trust.acces import PUBLIQUE, acces
from fps.kit.wire.carrier import open_client
from fps.kit.wire.envelope import parse
from fps.messages.mfps import CreationFps
from fps.parties import SERVICES, Channel
from fps_console.web.app import application
from fps_simulateur.pilote.world import open_world
from tests.console.test_valeurs_hostiles import chemins

READ = 264  # thousands of bytes: a form that is typed, and the piece that passes it
BODIED = {"POST", "PUT", "PATCH", "DELETE"}


class Body:
    """A body that tells whether somebody read it."""

    def __init__(self) -> None:
        self.read = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(2_000):
            self.read += 1
            yield b"[" * 1_000


async def test_no_closed_route_reads_the_body_of_who_may_not_come_in() -> None:
    wrong, tried = [], 0
    async with open_world(token="essai") as world:
        await world.pilot.creer("essai", paris(CreationFps.exemplaire().date_heure_constat.date()))
        transport = world.client._transport
        async with open_client(transport.applications) as anyone:  # type: ignore[attr-defined]
            for party in SERVICES:
                closed = [
                    (path, method)
                    for path, methods, doors in acces(world.services[party].app)
                    for method in methods & BODIED
                    if PUBLIQUE not in doors
                ]
                closed += [(m.path, "POST") for m in MESSAGES if m.receiver is party and m.channel is Channel.REST]
                for path, method in closed:
                    prefix = "" if path.startswith(("/pilotage", "/psce")) else "/bacs/essai"
                    body, url = Body(), f"{world.addresses[party]}{prefix}{re.sub(r'{[^}]+}', 'essai', path)}"
                    answer = await anyone.request(method, url, content=body, headers={"Content-Type": "application/json"})
                    tried += 1
                    if body.read or answer.status_code not in (401, 403):
                        wrong.append((party.value, method, path, answer.status_code, body.read))
    assert tried > 60 and wrong == []


async def test_no_form_of_the_console_reads_more_than_what_is_typed_of_who_opened_no_session(tmp_path: Path) -> None:
    """A form takes evidences of 32 MiB, pieces of 5: a stranger sent them, and they were kept in memory or on the disk."""
    wrong, tried = [], 0
    async with open_world(token="essai") as world:
        await world.pilot.creer("essai", paris(CreationFps.exemplaire().date_heure_constat.date()))
        app = application(world.pilot, world.client, world.addresses, donnees=tmp_path)
        mots = {"bac": "essai", "siret": "21590350100017", "numero": str(CreationFps.example["numero_fps"]), "acte": "payer-fps"}
        async with open_client({"http://127.0.0.1:8000": app}) as anyone:
            for path in sorted({route.path for route in chemins(app) if "POST" in (route.methods or ())}):
                url = "http://127.0.0.1:8000" + re.sub(r"{(\w+)[^}]*}", lambda m: mots.get(m[1], "1"), path)
                body = Body()
                headers = {"Content-Type": "application/x-www-form-urlencoded"}
                answer = await anyone.request("POST", url, content=body, headers=headers)
                tried += 1
                if body.read > READ or answer.status_code not in (303, 401, 403, 404, 413):
                    wrong.append((path, answer.status_code, body.read))
    assert tried > 15 and wrong == []


def test_a_key_that_comes_twice_is_found_in_one_walk_of_the_keys() -> None:
    """300,000 keys, the last one twice: a search that counts each key would take hours."""
    keys = ",".join(f'"k{n}":0' for n in range(300_000))
    try:
        parse(f'{{{keys},"k299999":1}}')
    except Malformed as error:
        assert error.code == "cle-json-dupliquee" and "« k299999 »" in error.detail
    else:
        raise AssertionError("two keys were taken for one")
