"""A service killed without warning while the letters travel, and started again: every letter arrives once."""

import asyncio
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from fps.parties import Party
from tests.parler.mondes import Monde, ouvrir, ready
from tests.scenarios.test_same_world import LILLE, START, establish

NUMBER = 120


async def kill_and_start(world: Monde, party: Party) -> None:
    process = world.processes[party]
    assert await asyncio.to_thread(process.end, signal.SIGKILL) == -signal.SIGKILL
    await asyncio.sleep(0.3)
    process.start()
    await ready(world.client, world.addresses[party])


@pytest.mark.xdist_group("vrai")
async def test_killed_services_lose_and_double_nothing(tmp_path: Path) -> None:
    async with ouvrir("processes", tmp_path) as world:
        await world.pilot.creer("essai", START)
        voitures = [LILLE["vehicule"] | {"immatriculation": f"AB-{n:03d}-CD"} for n in range(1, NUMBER + 1)]
        agents = [LILLE | {"agent": f"{n:04d}", "vehicule": voiture} for n, voiture in enumerate(voitures, 1)]
        # ANTAI dies while the messages FPS come in: the collectivité keeps them until it answers again.
        killer = asyncio.create_task(kill_and_start(world, Party.ANTAI))
        numeros = [await establish(world, "essai", body) for body in agents]
        await killer
        await world.pilot.au_calme("essai")
        await world.pilot.avancer("essai", START + timedelta(days=109))
        # The titles are issued on day 110: the DGFiP dies while it takes them in charge, then ANTAI while it sends them.
        advance = asyncio.create_task(world.pilot.avancer("essai", START + timedelta(days=111)))
        await asyncio.sleep(0.05)
        await kill_and_start(world, Party.DGFIP)
        await asyncio.wait_for(_finished(world, advance), 60)
        state = await world.pilot.etat("essai")
        assert state["comptes"]["ecrites"] == state["comptes"]["recues"] == 2 * NUMBER, state["comptes"]
        assert state["comptes"].get("mortes", 0) == 0
        charges = await asyncio.gather(*(world.get(Party.DGFIP, "essai", f"/prises-en-charge/{n}") for n in numeros))
        assert sorted(c["rang"] for c in charges) == list(range(1, NUMBER + 1))
        verdict = await world.pilot.verifier("essai", numeros[0])
        assert all(v["intacte"] for v in verdict.values())


async def _finished(world: Monde, advance: "asyncio.Task[object]") -> None:
    """The advance may have lost its call to the killed service: it is asked again, as an operator would."""
    from fps_simulateur.pilote.pilot import PiloteErreur

    try:
        await advance
    except PiloteErreur:
        await world.pilot.avancer("essai", START + timedelta(days=111))
