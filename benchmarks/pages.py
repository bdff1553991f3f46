"""What a person waits for in a bac of 100,000 dossiers: each list, each page of the bac, on SQLite and on PostgreSQL."""

import tempfile
import time
import zlib
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Final

import httpx

from benchmarks.embedded import RSS_MB, started
from benchmarks.figures import Bench, Figure, expect, say
from benchmarks.grand_bac import BAC, peupler
from benchmarks.servers import databases, service_url
from fps.parties import Party
from fps_console.web.app import application
from fps_simulateur.pilote.world import DEFINITIONS, World, open_world

LISTE_MS, PAGE_MS, KO, START_S = 200.0, 100.0, 200.0, 2.0  # what the project promises; the memory is that of an empty start
LISTES: Final = (
    "",
    "?tri=numero",
    "?tri=-montant",
    "?tri=etat",
    "?numero={debut}",
    "?numero={numero}",
    "?plaque=a",
    "?plaque=ab12&tri=-montant",
    "?ville={siret}&tri=numero",
    "?du=2024-03-01&au=2024-03-31",
    "?du=2031-01-01&tri=montant",
    "?etat=collectivite.refuse",
    "?etat=collectivite.refuse&tri=-montant&ville={siret}&au=2024-06-30",
    "?etat=collectivite.paye&tri=montant",
    "?etat=antai.titre-emis&tri=-constat",
    "?etat=antai.titre-annule&tri=-montant",
    "?tri=constat&avant={place}",
    "?liste=antai&plaque=a&du=2024-03-01",
)
PAGES: Final = (
    "",
    "/dossiers",
    "/dossiers/{numero}",
    "/dossiers/{numero}/frise",
    "/courriers",
    "/boites",
    "/lettres-mortes",
    "/audit",
    "/flux/2",
    "/villes",
    "/villes/{siret}",
    "/villes/{siret}/guichets",
    "/actes",
    "/copie",
)


async def sur_sqlite(bench: Bench) -> list[Figure]:
    """The slowest list and the slowest page, the four services in files; then the start of `fps up` on those, and its memory."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as logs:
        async with open_world(data_dir=Path(folder)) as monde:
            figures = await en_ms(bench, monde, "sqlite")
        ready, sizes = await started(bench, "start-sqlite", Path(logs), lambda _: ["--data-dir", folder])
    return [*figures, Figure("start-sqlite", median(ready), START_S, "s"), Figure("rss-sqlite", median(sizes), RSS_MB, "MiB")]


async def sur_postgresql(bench: Bench) -> list[Figure]:
    """The same, each service with its database."""
    async with (
        databases(bench.need_postgres(), len(DEFINITIONS)) as urls,
        open_world(databases={p: service_url(url) for p, url in zip(DEFINITIONS, urls, strict=True)}) as monde,
    ):
        return await en_ms(bench, monde, "postgresql")


async def en_ms(bench: Bench, monde: World, moteur: str) -> list[Figure]:
    """Make the bac, then ask each list and each page; raises Faux when the bac has not what was asked, or a page weighs too much."""
    debut = time.perf_counter()
    numeros = await peupler(monde, bench.sizes.grand, bench.sizes.lived)
    say(f"  {moteur}: {bench.sizes.grand} dossiers in {time.perf_counter() - debut:.0f} s")
    lues = await monde.client.get(f"{monde.addresses[Party.COLLECTIVITE]}/bacs/{BAC}/fps", params={"tri": "-constat", "limite": 50})
    longs = [len(await monde.pilot.journal(BAC, n)) for n in numeros]
    numero = numeros[longs.index(max(longs))]
    mots = {"numero": numero, "debut": numero[:17], "siret": numero[:14], "place": lues.json()["suivant"] or ""}
    app = application(monde.pilot, monde.client, monde.addresses)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console") as client:
        listes = await _temps(bench, client, "lists-" + moteur, [f"/dossiers{query}" for query in LISTES], mots)
        pages = await _temps(bench, client, "pages-" + moteur, PAGES, mots)
    return [Figure(f"lists-{moteur}", max(listes), LISTE_MS, "ms"), Figure(f"pages-{moteur}", max(pages), PAGE_MS, "ms")]


async def _temps(
    bench: Bench, client: httpx.AsyncClient, nom: str, chemins: "list[str] | tuple[str, ...]", mots: Mapping[str, str]
) -> list[float]:
    """The median of each page, in milliseconds; a line of the screen for each, with its weight."""
    found = []
    bench.spin(nom)
    for chemin in chemins:
        adresse = f"/bacs/{BAC}{chemin.format(**mots)}"
        passes = []
        for _ in range(bench.sizes.rounds + 1):  # the first only warms
            depuis = time.perf_counter()
            answer = await client.get(adresse)
            passes.append((time.perf_counter() - depuis) * 1000)
            expect(f"GET {adresse}", answer.status_code, 200)
        poids = len(zlib.compress(answer.content)) / 1000
        expect(f"GET {adresse}: kB above {KO:g}", max(poids, KO), KO)
        found.append(median(passes[1:] or passes))
        say(f"  {nom:<16} {found[-1]:8.1f} ms {poids:7.1f} kB  {chemin or '/'}")
    bench.spin(nom)
    return found
