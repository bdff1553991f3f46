"""What one process does: a first life, a bac for each test, the catalogue, the months of a town; how soon and how small `fps up` is."""

import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from benchmarks.donnees import INSTANT, demande
from benchmarks.figures import Bench, Figure, expect
from benchmarks.servers import free_ports, process
from fps.messages.paiement import PaiementTitre
from fps.parties import Party
from fps.villes.catalogue import par_nom
from fps_simulateur.client import ouvrir
from fps_simulateur.joueur import jouer
from fps_simulateur.langue.modele import Vie, catalogue
from fps_simulateur.pilote.world import World, open_world
from fps_simulateur.population import marche
from fps_simulateur.population.parametres import livres
from fps_simulateur.population.rue import Periode

# What the project promises: the limit of these rows.
LIFE_MS, FIXTURE_MS, CATALOGUE_S, READY_S, RSS_MB = 150.0, 50.0, 60.0, 2.5, 150.0
ENSEMBLE = 4  # lives played side by side, each in its bac
RUE = date(2024, 1, 8)  # the first day in the street
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


async def whole_catalogue(bench: Bench) -> list[Figure]:
    """Seconds of every life of the catalogue, each in its bac, some side by side; one that goes otherwise than it is written stops all."""
    lives = catalogue()[: bench.sizes.played]
    waiting: list[Vie] = list(reversed(lives))
    async with open_world() as monde:

        async def some() -> None:
            while waiting:
                vie = waiting.pop()
                await jouer(monde, vie, vie.vie[:40])

        bench.spin("catalogue-s")
        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(ENSEMBLE):
                group.create_task(some())
        spent = time.perf_counter() - start
        bench.spin("catalogue-s")
        expect("bacs of the lives", len(await monde.pilot.lister()), len(lives))
    return [Figure("catalogue-s", spent, CATALOGUE_S, "s")]


async def city(bench: Bench) -> list[Figure]:
    """Milliseconds of a dossier of a town when there are four times more of them in the same months, against when there are few."""
    found, periode = [], Periode(RUE, RUE + timedelta(days=bench.sizes.days))
    for count in bench.sizes.street:
        async with open_world() as monde:
            bench.spin("city")
            start = time.perf_counter()
            played = await marche.jouer(monde, "ville", marche.Marche(par_nom()["lille"], "42", count, periode, livres()))
            found.append((time.perf_counter() - start) * 1000 / count)
            bench.spin("city")
            expect("FPS established", len(played), count)
    few, many = found
    return [Figure("city", many, few, "ms/dossier")]


async def up(bench: Bench) -> list[Figure]:
    """Seconds from the start of `fps up --memory` to five doors that answer, and its memory then."""
    with tempfile.TemporaryDirectory() as folder:
        ready, sizes = await started(bench, "ready-s", Path(folder), lambda n: ["--memory", "--data-dir", f"{folder}/{n}"])
    return [Figure("ready-s", median(ready), READY_S, "s"), Figure("rss-mb", median(sizes), RSS_MB, "MiB")]


async def started(bench: Bench, name: str, logs: Path, arguments: Callable[[int], list[str]]) -> tuple[list[float], list[float]]:
    """Seconds from each start of `fps up`, to five doors that answer, and its memory then; the first only warms."""
    ready, sizes = [], []
    for n in range(bench.sizes.starts + 1):
        bench.spin(name)
        console, *services = free_ports(5)
        start = time.perf_counter()
        with process(["-m", "fps_console", "up", "--port", str(console), *arguments(n)], logs / f"{n}.log") as one:
            await one.ready(*((port, "/sante/pret") for port in services), (console, "/"))
            ready.append(time.perf_counter() - start)
            sizes.append(one.rss())
    return ready[1:], sizes[1:]
