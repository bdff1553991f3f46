"""A service that was away answers again: the letters that wait for it leave at once, not at the end of their delay."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select, update

from fps.kit.data import tables
from fps.kit.ground.clock import wall_now
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.ville import DEMANDE, Ville, une_autre

pytestmark = pytest.mark.asyncio(loop_scope="session")
LE, OUT = date(2026, 6, 15), tables.outbox


class Cable(httpx.AsyncBaseTransport):
    """The way from a service to the others, which can be cut, or lead to somebody who refuses everything for now."""

    def __init__(self, inner: httpx.AsyncBaseTransport):
        self.inner, self.status, self.letters, self.probes = inner, 0, 0, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self.status:
            return await self.inner.handle_async_request(request)
        if request.url.path == "/sante/pret":
            self.probes += 1
        else:
            self.letters += 1
        if self.status == 1:
            raise httpx.ConnectError("cut", request=request)
        return httpx.Response(self.status, json={"code": "indisponible"}, headers={"Retry-After": "900"} if self.status == 429 else {})


@pytest_asyncio.fixture(loop_scope="session")
async def cable(monde: World) -> AsyncIterator[Cable]:
    """The way out of the collectivité, where a letter that failed once waits for an hour."""
    one = monde.services[Party.COLLECTIVITE]
    client, settings = one.relay.carrier.client, one.service.settings
    found = Cable(client._transport)
    one.relay.carrier.client = httpx.AsyncClient(transport=found)
    one.service.settings = settings.model_copy(update={"retry_delays": (3_600.0,)})
    yield found
    await one.relay.carrier.client.aclose()
    one.relay.carrier.client, one.service.settings = client, settings


async def moments() -> AsyncIterator[None]:
    """Look again, a moment later."""
    for _ in itertools.count():
        yield
        await asyncio.sleep(0.02)


async def held(monde: World, bac: str) -> list[Any]:
    """The letters of the bac that the collectivité has tried in vain: how often, and until when they wait."""
    async with monde.services[Party.COLLECTIVITE].service.database.read() as tx:
        rows = await tx.select(select(OUT.c.attempts, OUT.c.not_before).where(OUT.c.bac == bac))
    return [row for row in rows if row[0] > 0 and row[1] > wall_now()]


@pytest.mark.parametrize("status", [1, 503])
async def test_the_letters_of_a_peer_that_was_away_leave_when_it_answers_again(monde: World, cable: Cable, status: int) -> None:
    ville = await Ville.ouvrir(monde, LE)
    cable.status = status
    for n in range(5):
        assert (await ville.poster("/fps", une_autre(n))).status_code == 201
    async for _ in moments():
        if len(await held(monde, ville.bac)) == 5 and cable.probes:
            break
    cable.status = 0
    await monde.pilot.au_calme(ville.bac)  # well before the hour
    assert [fps["suite"] for fps in (await ville.lire("/fps"))["elements"]] == ["aucune"] * 5
    assert cable.letters <= 10 and cable.probes <= 10
    relay = monde.services[Party.COLLECTIVITE].relay
    async for _ in moments():
        if not relay.away:
            break


async def test_a_letter_that_was_told_to_wait_waits_though_its_receiver_was_away_meanwhile(monde: World, cable: Cable) -> None:
    ville = await Ville.ouvrir(monde, LE)
    relay = monde.services[Party.COLLECTIVITE].relay
    relay.told = {"partie": wall_now() - timedelta(seconds=1)}
    cable.status = 429
    assert (await ville.poster("/fps", une_autre(0))).status_code == 201
    async for _ in moments():
        if await held(monde, ville.bac):
            break
    cable.status = 1
    assert (await ville.poster("/fps", une_autre(1))).status_code == 201
    assert len(relay.told) == 1 and "partie" not in relay.told  # what is over is not kept
    async for _ in moments():
        if relay.away and len(await held(monde, ville.bac)) == 2:
            break
    cable.status = 0
    async for _ in moments():
        if not relay.away and len(await held(monde, ville.bac)) <= 1:
            break
    ((attempts, until),) = await held(monde, ville.bac)
    assert attempts == 1 and until > wall_now() + timedelta(seconds=800)
    relay.told.clear()
    await relay.stop()
    relay.start()
    await monde.pilot.au_calme(ville.bac)


async def test_a_letter_that_its_receiver_refuses_to_understand_keeps_its_delay(monde: World, cable: Cable) -> None:
    ville = await Ville.ouvrir(monde, LE)
    cable.status = 500
    assert (await ville.poster("/fps", DEMANDE)).status_code == 201
    async for _ in moments():
        if await held(monde, ville.bac):
            break
    assert monde.services[Party.COLLECTIVITE].relay.away == {} and cable.probes == 0
    cable.status = 0
    relay = monde.services[Party.COLLECTIVITE].relay
    await relay.stop()
    relay.start()  # a service that starts tries everything again
    await monde.pilot.au_calme(ville.bac)


async def test_a_service_that_starts_tries_at_once_what_waited_for_the_end_of_a_delay(monde: World) -> None:
    ville, one = await Ville.ouvrir(monde, LE), monde.services[Party.COLLECTIVITE]
    await one.relay.stop()
    assert (await ville.poster("/fps", DEMANDE)).status_code == 201
    async with one.service.database.write() as tx:
        later = {"attempts": 4, "not_before": wall_now() + timedelta(hours=1)}
        await tx.execute(update(OUT).where(OUT.c.bac == ville.bac).values(**later))
    one.relay.start()
    await monde.pilot.au_calme(ville.bac)
