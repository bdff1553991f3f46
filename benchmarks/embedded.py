"""What one process does: a whole first life in memory, a bac for each test, and how soon and how small `fps up` is ready."""

import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

from benchmarks.donnees import INSTANT, demande
from benchmarks.figures import Bench, Figure, expect
from benchmarks.servers import free_ports, process
from fps.messages.paiement import PaiementTitre
from fps.parties import Party
from fps_simulateur.client import ouvrir
from fps_simulateur.pilote.world import World, open_world

LIFE_MS, FIXTURE_MS, READY_S, RSS_MB = 150.0, 50.0, 2.5, 150.0  # what the project promises: the limit of these rows
SENT = timedelta(days=140)  # enough for the notice, the three months, the ten days and the avertissement; the rebate still runs


async def life(monde: World, bac: str, n: int) -> float:
    """Milliseconds of an unpaid FPS, from the street to the payment of its titre exécutoire."""
    ville, dgfip = (f"{monde.addresses[p]}/bacs/{bac}" for p in (Party.COLLECTIVITE, Party.DGFIP))
    start = time.perf_counter()
    answer = await monde.client.post(f"{ville}/fps", content=demande(n), headers={"Content-Type": "application/json"})
    expect("a FPS established", answer.status_code, 201)
    numero = answer.json()["numero"]
    await monde.pilot.avancer(bac, INSTANT + SENT)
    due = (await monde.client.get(f"{dgfip}/prises-en-charge/{numero}")).json()
    payment = {"numero_fps": numero, "numero_telepaiement": due["numero_telepaiement"], "moyen": "internet", "montant": due["a_payer"]}
    paid = await monde.client.post(f"{dgfip}{PaiementTitre.path}", json=payment)
    expect("a title paid", (paid.status_code, due["etat"]), (200, "averti"))
    await monde.pilot.au_calme(bac)
    spent = (time.perf_counter() - start) * 1000
    end = (await monde.client.get(f"{ville}/fps/{numero}")).json()
    expect("the FPS at its collectivité", (end["etat"], end["montant_paye"]), ("titre-paye", end["montant"]))
    return spent


async def first_life(bench: Bench) -> list[Figure]:
    """One life is played first to warm the process; each has its own bac."""
    count, found = bench.sizes.lives, []
    async with open_world() as monde:
        for n in range(count + 1):
            bac = f"vie-{n}"
            await monde.pilot.creer(bac, INSTANT)
            if n:
                bench.spin("first-life-ms")
            found.append(await life(monde, bac, n))
    return [Figure("first-life-ms", median(found[1:]), LIFE_MS, "ms")]


async def fixture(bench: Bench) -> list[Figure]:
    """What the fixture `fps` costs to each test but the first: a new bac, forgotten at the end, while a dossier has lived in it."""
    found = []
    async with ouvrir() as monde:
        for n in range(bench.sizes.fixtures + 1):
            if n:
                bench.spin("fixture-ms")
            start = time.perf_counter()
            bac = await monde.bac()
            spent = time.perf_counter() - start
            dossier = await bac.etablir()
            expect("the FPS of a new bac", (dossier.numero[-3:], await dossier.etat()), ("001", "transmis"))
            start = time.perf_counter()
            await monde.oublier(bac)
            found.append((spent + time.perf_counter() - start) * 1000)
    return [Figure("fixture-ms", median(found[1:]), FIXTURE_MS, "ms")]


async def up(bench: Bench) -> list[Figure]:
    """Seconds from the start of `fps up --memory` to five doors that answer, and its memory then; the first start only warms."""
    ready, sizes = [], []
    with tempfile.TemporaryDirectory() as folder:
        for n in range(bench.sizes.starts + 1):
            bench.spin("ready-s")
            console, *services = free_ports(5)
            arguments = ["-m", "fps_console", "up", "--memory", "--port", str(console), "--data-dir", f"{folder}/{n}"]
            start = time.perf_counter()
            with process(arguments, Path(folder) / f"{n}.log") as one:
                await one.ready(*((port, "/sante/pret") for port in services), (console, "/"))
                ready.append(time.perf_counter() - start)
                sizes.append(one.rss())
    return [Figure("ready-s", median(ready[1:]), READY_S, "s"), Figure("rss-mb", median(sizes[1:]), RSS_MB, "MiB")]
