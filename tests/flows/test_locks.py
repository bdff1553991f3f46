"""A lock that anonymous tries close opens by itself: in real minutes when the date of the bac is frozen, or when the date moves."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest

from fps.kit.data import tables
from fps.kit.data.sql import Upsert
from fps.kit.engine.bacs import CLOCK
from fps.kit.ground.clock import BacClock, Marche, paris, wall_now
from fps.messages.mfps import CreationFps
from fps.messages.paiement import PaiementFps
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.partie import bac_neuf

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_payment_locked_by_anybody_opens_after_real_minutes_or_when_the_date_moves(monde: World) -> None:
    async def real(bac: str) -> None:
        """Half an hour passes in the machine's time, and none in the bac's."""
        database = monde.services[Party.ANTAI].service.database
        async with database.write() as tx:
            ((nom, graine, mode, instant, wall, vitesse, *_),) = await tx.load(tables.bacs, [(bac,)])
            await tx.apply([Upsert(tables.bacs, CLOCK, [(nom, graine, mode, instant, wall - timedelta(minutes=31), vitesse)])])

    async def simulated(bac: str) -> None:
        await monde.pilot.avancer(bac, paris(date(2026, 6, 17)))

    ways: tuple[Callable[[str], Awaitable[None]], ...] = (real, simulated)
    for passes in ways:
        bac = await bac_neuf(monde, date(2026, 6, 15))
        url = f"{monde.addresses[Party.ANTAI]}/bacs/{bac}"
        assert (await monde.client.post(f"{url}{CreationFps.path}", json=CreationFps.example)).status_code == 200
        await monde.pilot.avancer(bac, paris(date(2026, 6, 16)))
        for rank in range(5):
            wrong = {**PaiementFps.example, "immatriculation": f"AB-12{rank}-CE"}
            assert (await monde.client.post(f"{url}{PaiementFps.path}", json=wrong)).json()["code"] == "plaque-differente"
        right = await monde.client.post(f"{url}{PaiementFps.path}", json=PaiementFps.example)
        assert right.json()["code"] == "telepaiement-verrouille"
        await passes(bac)
        again = await monde.client.post(f"{url}{PaiementFps.path}", json=PaiementFps.example, headers={"Idempotency-Key": "encore"})
        assert again.status_code == 200, (passes.__name__, again.text)


async def test_real_minutes_count_for_the_locks_of_a_frozen_clock_only() -> None:
    wall, debut = wall_now(), paris(date(2026, 6, 15))
    frozen = BacClock(Marche.FIGE, debut, wall)
    assert frozen.verrous(wall + timedelta(seconds=59)) == debut == frozen.verrous(wall - timedelta(hours=1))
    assert frozen.verrous(wall + timedelta(minutes=30)) == debut + timedelta(minutes=30) and frozen.now(wall + timedelta(hours=1)) == debut
    running = BacClock(Marche.COURANT, debut, wall, 60)
    assert running.verrous(wall + timedelta(minutes=1)) == running.now(wall + timedelta(minutes=1)) == debut + timedelta(hours=1)
