"""One advance at a time, refused when it would jump over a day, finished by the next one when it was cut anywhere."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from fps.kit.engine import avances
from fps.kit.engine.work import Work
from fps.kit.ground.clock import paris
from fps.parties import SERVICES, Party
from fps_simulateur.joueur import constat
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur
from fps_simulateur.pilote.world import World
from tests.parler.partie import bac_neuf

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEPART, FIN = date(2023, 6, 12), date(2023, 11, 20)


async def world_with_a_dossier(world: World, bac: str) -> str:
    await world.pilot.creer(bac, paris(DEPART), graine="coupure")
    answer = await world.client.post(f"{world.addresses[Party.COLLECTIVITE]}/bacs/{bac}/fps", json=constat({}))
    assert answer.status_code == 201, answer.text
    await world.pilot.au_calme(bac)
    return str(answer.json()["numero"])


async def journal(world: World, bac: str) -> bytes:
    lines = await world.pilot.journal(bac)
    return json.dumps([{k: v for k, v in line.items() if k not in ("position", "wall_time")} for line in lines]).encode()


@pytest.mark.parametrize("party", SERVICES)
async def test_a_service_refuses_to_jump_over_what_is_due_and_names_the_day(monde: World, party: Party) -> None:
    bac, service = await bac_neuf(monde, DEPART, "saut"), monde.services[party].service

    async def prevoir(work: Work) -> None:
        work.schedule("dossier", next(iter(service.definition.deadlines)), DEPART + timedelta(days=1))

    await service.ask(bac, prevoir)
    for route in ("instant", "horloge"):
        url = f"{monde.addresses[party]}/pilotage/bacs/{bac}/{route}"
        answer = await monde.client.post(url, json={"instant": paris(FIN).isoformat()})
        assert (answer.status_code, answer.json()["code"]) == (409, "echeance-sautee")
        assert "13/06/2023" in answer.json()["detail"] and "avance" in answer.json()["que_faire"]
    assert (await monde.pilot.etat(bac))["instant"] == paris(DEPART).isoformat()


async def test_of_two_advances_at_once_the_second_is_told_who_is_at_work(monde: World) -> None:
    await world_with_a_dossier(monde, "deux")
    pilots = [Pilot(monde.client, monde.addresses, "essai", qui=qui) for qui in ("Anne", "Bruno")]
    found = await asyncio.gather(*(p.avancer("deux", paris(FIN)) for p in pilots), return_exceptions=True)
    errors = [x for x in found if isinstance(x, PiloteErreur)]
    assert [e.problem["code"] for e in errors] == ["avance-en-cours"]
    assert ("Anne" if isinstance(found[0], list) else "Bruno") in errors[0].problem["detail"]
    assert (await monde.pilot.etat("deux"))["instant"].startswith("2023-11-20")
    assert await monde.pilot.avancer("deux", paris(FIN)) == []  # left free by the first


class Cut(httpx.AsyncBaseTransport):
    """The network of a pilot that is killed after so many requests: the others never leave, not even to say goodbye."""

    def __init__(self, inner: httpx.AsyncBaseTransport, after: int):
        self.inner, self.left = inner, after

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.left -= 1
        if self.left < 0:
            raise httpx.ConnectError("killed", request=request)
        return await self.inner.handle_async_request(request)


async def cut_after(world: World, bac: str, requests: int) -> bool:
    """An advance that is cut after so many requests; gives whether it was."""
    async with httpx.AsyncClient(transport=Cut(world.client._transport, requests)) as client:
        try:
            await Pilot(client, world.addresses, "essai").avancer(bac, paris(FIN))
        except PiloteErreur:
            return True
    return False


@pytest.mark.timeout(240)
async def test_an_advance_cut_after_any_request_is_finished_by_the_next_and_gives_the_same_life(
    monde: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(avances, "PATIENCE", timedelta(0))  # the dead one is succeeded at once
    await world_with_a_dossier(monde, "calme")
    await monde.pilot.avancer("calme", paris(FIN))
    expected, cuts, requests = await journal(monde, "calme"), 0, 5
    while True:
        bac = f"coupe-{requests}"
        await world_with_a_dossier(monde, bac)
        cut = await cut_after(monde, bac, requests)
        await monde.pilot.avancer(bac, paris(FIN))
        assert await journal(monde, bac) == expected, requests
        if not cut:
            break
        cuts, requests = cuts + 1, requests + 4
    assert cuts > 8


async def test_services_that_were_moved_apart_are_brought_together_by_the_next_advance(monde: World) -> None:
    await world_with_a_dossier(monde, "apart")
    for party in (Party.CCSP, Party.COLLECTIVITE, Party.DGFIP):  # nothing is due there before ANTAI writes
        url = f"{monde.addresses[party]}/pilotage/bacs/apart/horloge"
        assert (await monde.client.post(url, json={"instant": paris(date(2023, 6, 13)).isoformat()})).status_code == 200
    fin = paris(FIN)
    await monde.pilot.avancer("apart", fin)
    for jours in (0, 3):  # the second time, the date that is asked is where three of them are already
        if jours:
            fin = paris(FIN + timedelta(days=jours))
            for party in SERVICES[1:]:
                url = f"{monde.addresses[party]}/pilotage/bacs/apart/instant"
                assert (await monde.client.post(url, json={"instant": fin.isoformat()})).status_code == 200
            await monde.pilot.avancer("apart", fin)
        state: dict[str, Any] = await monde.pilot.etat("apart")
        assert {state["services"][s.value]["instant"] for s in SERVICES} == {fin.isoformat()}


class Late(httpx.AsyncBaseTransport):
    """A network where all but ANTAI answer late, which knows who is still at work."""

    def __init__(self, inner: httpx.AsyncBaseTransport, antai: str):
        self.inner, self.antai, self.at_work = inner, antai, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.at_work += 1
        if not str(request.url).startswith(self.antai):
            await asyncio.sleep(0.02)
        answer = await self.inner.handle_async_request(request)
        self.at_work -= 1
        return answer


@pytest.mark.parametrize("acte", [Pilot.observer, Pilot.etat, Pilot.rejouer])
async def test_what_one_service_refuses_is_told_when_no_other_is_at_work_any_more(monde: World, acte: Any) -> None:
    late = Late(monde.client._transport, monde.addresses[Party.ANTAI])
    async with httpx.AsyncClient(transport=late) as client:
        with pytest.raises(PiloteErreur) as told:
            await acte(Pilot(client, monde.addresses, "essai"), "nulle-part")
    assert (told.value.problem["code"], late.at_work) == ("bac-inconnu", 0)


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "1718222400", 1718222400, "2023-06-12", "", None])
async def test_an_instant_that_is_none_is_refused_at_every_door_of_the_clock(monde: World, instant: Any) -> None:
    bac = await bac_neuf(monde, DEPART, "t3")
    base = f"{monde.addresses[Party.DGFIP]}/pilotage/bacs"
    bodies = {
        base: {"nom": "autre", "instant": instant},
        f"{base}/{bac}/instant": {"instant": instant},
        f"{base}/{bac}/horloge": {"instant": instant},
    }
    for url, body in bodies.items():
        answer = await monde.client.post(url, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "demande-invalide"), (url, answer.text)
