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
from tests.parler.espace import LILLE, LOGIN, MOT_DE_PASSE, Espace
from tests.parler.partie import bac_neuf
from tests.parler.ville import Ville

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def half_an_hour(monde: World, party: Party, bac: str) -> None:
    """It passes in the machine's time, and none in the bac's."""
    async with monde.services[party].service.database.write() as tx:
        ((nom, graine, mode, instant, wall, vitesse, *_),) = await tx.load(tables.bacs, [(bac,)])
        await tx.apply([Upsert(tables.bacs, CLOCK, [(nom, graine, mode, instant, wall - timedelta(minutes=31), vitesse)])])


async def test_a_payment_locked_by_anybody_opens_after_real_minutes_or_when_the_date_moves(monde: World) -> None:
    async def real(bac: str) -> None:
        await half_an_hour(monde, Party.ANTAI, bac)

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


async def test_an_account_locked_by_anybody_opens_after_real_minutes(monde: World) -> None:
    espace = await Espace.ouverte(monde)

    async def entrer(mot_de_passe: str) -> int:
        corps = {"login": LOGIN, "mot_de_passe": mot_de_passe}
        return (await espace.appeler("POST", f"/espaces/{LILLE}/sessions", json=corps)).status_code

    assert [await entrer(f"un autre, plus faux {n}") for n in range(5)] == [401] * 5
    assert await entrer(MOT_DE_PASSE) == 401
    await half_an_hour(monde, Party.ANTAI, espace.bac)
    assert await entrer(MOT_DE_PASSE) == 201


async def test_the_door_of_a_usager_locked_by_anybody_opens_after_real_minutes(ville: Ville, monde: World) -> None:
    numero = await ville.etablir()

    async def suivre(plaque: str) -> int:
        demande = {"numero": numero, "immatriculation": plaque}
        return (await monde.client.get(ville.url("/suivi"), params=demande)).status_code

    assert [await suivre(f"AB-12{n}-CE") for n in range(5)] == [404] * 5
    assert await suivre("AB-123-CD") == 404  # nobody learns which ones are locked
    await half_an_hour(monde, Party.COLLECTIVITE, ville.bac)
    assert await suivre("AB-123-CD") == 200


async def test_real_minutes_count_for_the_locks_of_a_frozen_clock_only() -> None:
    wall, debut = wall_now(), paris(date(2026, 6, 15))
    frozen = BacClock(Marche.FIGE, debut, wall)
    assert frozen.verrous(wall + timedelta(seconds=59)) == debut == frozen.verrous(wall - timedelta(hours=1))
    assert frozen.verrous(wall + timedelta(minutes=30)) == debut + timedelta(minutes=30) and frozen.now(wall + timedelta(hours=1)) == debut
    running = BacClock(Marche.COURANT, debut, wall, 60)
    assert running.verrous(wall + timedelta(minutes=1)) == running.now(wall + timedelta(minutes=1)) == debut + timedelta(hours=1)
