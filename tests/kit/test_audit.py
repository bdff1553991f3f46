"""The audit journal: what it keeps, and that a changed, removed, added or moved line is found."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from fps.confiance.refus import RoleInterdit
from fps.kit.data import tables
from fps.kit.engine import audit, verification
from fps.kit.engine.service import Service
from fps.kit.ground.clock import paris
from fps.kit.wire.carrier import always, open_client
from fps.messages.mfps import CreationFps
from fps.parties import Party
from fps_simulateur.pilote.world import World, open_world
from tests.kit.toy import START, letter, toy

A = tables.audit
INALTEREE = {"lignes": 6, "intacte": True, "premiere_rupture": None, "constats": ()}


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    async with toy(database_url) as found:
        for n in range(6):
            await found.note("essai", "porte", f"compte-{n}", "GET /essai", code="acces-refuse" if n % 2 else "", essai=n)
        yield found


async def verify(service: Service, bac: str = "essai") -> dict[str, Any]:
    async with service.database.read() as tx:
        return (await verification.audit(tx, bac)).model_dump()


async def alter(service: Service, *statements: Any) -> int | None:
    async with service.database.write() as tx:
        for statement in statements:
            assert await tx.execute(statement) == 1
    found = await verify(service)
    assert not found["intacte"]
    rank: int | None = found["premiere_rupture"]
    return rank


def at(rang: int) -> Any:
    return (A.c.bac == "essai") & (A.c.rang == rang)


async def test_an_untouched_journal_is_whole(service: Service) -> None:
    assert await verify(service) == INALTEREE


@pytest.mark.parametrize(
    "change",
    [
        {"code": ""},
        {"qui": "un autre"},
        {"objet": "GET /autre"},
        {"resultat": "accepte"},
        {"details": "{}"},
        {"acte": "lettre"},
        {"wall_time": START},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_a_changed_line_is_found(change: dict[str, Any], service: Service) -> None:
    assert await alter(service, update(A).where(at(4)).values(**change)) == 4


@pytest.mark.parametrize(("rang", "rupture"), [(1, 1), (3, 3), (6, 6)])
async def test_a_removed_line_is_found_even_the_last(rang: int, rupture: int, service: Service) -> None:
    assert await alter(service, delete(A).where(at(rang))) == rupture


async def test_reordered_lines_are_found(service: Service) -> None:
    moved = [update(A).where(at(2)).values(rang=99), update(A).where(at(3)).values(rang=2), update(A).where(at(99)).values(rang=3)]
    assert await alter(service, *moved) == 2


async def test_an_added_line_is_found(service: Service) -> None:
    async with service.database.read() as tx:
        row = (await audit.lines(tx, "essai"))[-1]
    values = dict(zip(audit.COLUMNS, row, strict=True)) | {"rang": 7}
    assert await alter(service, insert(A).values(values)) == 7


async def test_a_letter_refused_at_the_door_leaves_a_line_and_nothing_else(service: Service) -> None:
    from fps.messages.titre import EmissionTitre

    letters = [letter(EmissionTitre, n) for n in range(3)]
    assert all(not isinstance(r, BaseException) for r in await service.receive(letters))
    assert await verify(service) == INALTEREE  # what the broker let in is not a caller's


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with open_world(token="essai") as found:
        await found.pilot.creer("essai", paris(CreationFps.exemplaire().date_heure_constat.date()))
        yield found


async def test_every_act_at_a_door_is_kept_with_who_did_it_and_no_name_or_number(world: World) -> None:
    url = f"{world.addresses[Party.ANTAI]}/bacs/essai"
    assert (await world.client.post(f"{url}{CreationFps.path}", json=CreationFps.example)).status_code in (200, 422)
    network: dict[str, Any] = {world.addresses[p]: one.asgi for p, one in world.services.items()}
    async with open_client(network) as nobody, open_client(network, present=always(world.pki.chaine(Party.DGFIP))) as dgfip:
        without = await nobody.post(f"{url}{CreationFps.path}", json=CreationFps.example)
        other = await dgfip.post(f"{url}{CreationFps.path}", json=CreationFps.example)
        closed = await nobody.get(f"{url}/dossiers")
        elsewhere = await nobody.get(f"{world.addresses[Party.ANTAI]}/bacs/inconnu/dossiers")
    assert [r.status_code for r in (without, other, closed, elsewhere)] == [401, 403, 401, 401]
    assert other.json()["code"] == RoleInterdit.code
    lines = await world.pilot.audit("essai")
    antai = [x for x in lines if x["service"] == "antai"]
    assert [x["rang"] for x in antai] == list(range(1, len(antai) + 1))
    assert {(x["acte"], x["code"]) for x in antai} >= {
        ("porte", "certificat-requis"),
        ("lettre", RoleInterdit.code),
        ("porte", "jeton-requis"),
    }
    assert {x["qui"] for x in antai} <= {"administration", "anonyme", "service:dgfip", "service:collectivite"}
    kept = " ".join(str(x) for x in lines)
    assert not re.search(r"AB-?123|Lemoine|rue ", kept, re.IGNORECASE)
    assert all(one["intacte"] for one in (await world.pilot.verifier_audit("essai")).values())
    assert [x["objet"] for x in await world.pilot.audit("?")] == ["GET /dossiers"]
