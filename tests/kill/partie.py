"""One run of the harness: the calm bac, the same lives while everything is killed, quiet, then the counts."""

import asyncio
import contextlib
import math
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from subprocess import PIPE, STDOUT
from typing import Final

import httpx

from fps.kit.ground.clock import paris
from fps.kit.trust.pki import Pki
from fps.kit.trust.tls import between_services
from fps.kit.wire.carrier import bearer
from fps.parties import SERVICES, Party
from fps_simulateur.invariants import verifier
from fps_simulateur.pilote import verifications
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur
from tests.conftest import Postgres
from tests.fourche import lancer
from tests.kill import comptes
from tests.kill.abonnes import Abonnes
from tests.kill.client import Insistant
from tests.kill.console import commande_tuee, console_tuee
from tests.kill.fil import Fil, tendre
from tests.kill.foule import Foule, depart
from tests.kill.nemesis import PRET, Nemesis
from tests.parler.mondes import Monde, broker, databases, free_port, processes, ready
from tests.real import postgres_url

TEMOIN: Final = "temoin"
PARTIES: Final = 8  # in which replicas share the dossiers
PATIENCE: Final = 240.0  # seconds after which an advance that is asked again and again is a fault
ENSEMBLE: Final = 2  # bacs played at the same time
AVANCES_TUEES: Final = 15  # of so many advances of a bac, one is a command killed while it runs
Dire = Callable[[str], None]


@dataclass(frozen=True)
class Partie:
    """What is asked."""

    graine: int
    kills: int
    dossiers: int
    par_bac: int
    repliques: int = 1  # of each service


@dataclass
class Table:
    """Where it is played: the services, their databases, what is said and what was seen."""

    partie: Partie
    monde: Monde
    urls: Mapping[Party, str]
    abonnes: Abonnes
    dire: Dire
    vu: Counter[str] = field(default_factory=Counter)
    tentees: int = 0  # kills of an advance
    fautes: list[str] = field(default_factory=list)
    jours: int = 0  # that the bacs have lived, of all those they will live

    def joueur(self, client: httpx.AsyncClient) -> Monde:
        """The same services through another client."""
        pilot = Pilot(client, self.monde.addresses, self.monde.pilot.token)
        return Monde(client, self.monde.addresses, pilot, self.monde.processes, self.monde.repliques)

    def client(self, hasard: Random | None) -> Insistant:
        """A client that believes the PKI of the run."""
        pki = Pki(Path(self.monde.processes[Party.COLLECTIVITE].environment["FPS_PKI_DIR"]))
        return Insistant(hasard, timeout=30, verify=between_services(pki, Party.COLLECTIVITE), headers=bearer(self.monde.pilot.token))

    async def foule(self, monde: Monde, bac: str, hasard: Random, *, tuer: bool) -> Foule:
        """One bac from its creation to its last day."""
        for _ in range(60):
            try:
                await monde.pilot.creer(bac, paris(depart(self.partie.par_bac)), graine="kill")
                break
            except PiloteErreur:  # half created: what the pilot could not take back is taken back, then all is asked again
                self.vu["créations de bac reprises"] += 1
                with contextlib.suppress(PiloteErreur):
                    await monde.pilot.supprimer(bac)
                await asyncio.sleep(0.5)

        async def avancer(nom: str, jusqua: datetime) -> None:
            if jusqua in tuees:
                await self._avance_tuee(nom, jusqua, hasard)
            fin = time.monotonic() + PATIENCE
            while True:
                try:
                    await monde.pilot.avancer(nom, jusqua)
                    self.jours += 1
                    return
                except PiloteErreur as error:
                    if time.monotonic() > fin:
                        raise
                    self.vu[f"avances reprises ({error.problem.get('code')})"] += 1
                    await asyncio.sleep(0.3)

        foule = Foule(monde, bac, self.partie.par_bac, avancer, hasard, self.abonnes)
        tuees = set(hasard.sample(foule.dates, max(1, len(foule.dates) // AVANCES_TUEES)) if tuer else ())
        await foule.jouer()
        return foule

    async def _avance_tuee(self, bac: str, jusqua: datetime, hasard: Random) -> None:
        """An advance killed once it has taken the bac: that of `fps advance` and that of the console, in turn."""
        environment, url = self.monde.processes[Party.ANTAI].environment, self.urls[Party.ANTAI]
        self.tentees += 1
        if self.tentees % 2:
            quoi, tuee = f"fps advance --bac {bac}", await commande_tuee(environment, url, bac, jusqua, hasard)
        else:
            log = self.monde.processes[Party.ANTAI].log.with_name("console.log")
            tuee, faute = await console_tuee(environment, log, self.monde.client, url, bac, jusqua, hasard)
            quoi = f"la console qui avance {bac}"
            self.fautes += [faute] if faute else []
        if tuee:
            self.vu[f"avances tuées ({quoi.partition(' ')[0]})"] += 1
            self.dire(f"kill -9 de {quoi}")


@asynccontextmanager
async def devant(
    services: Iterable[Party], repliques: int
) -> AsyncIterator[tuple[dict[Party, Fil], dict[Party, tuple[str, Sequence[int]]]]]:
    """A wire before each of these services, to as many ports as it has replicas; its near end, and these ports."""
    fils: dict[Party, Fil] = {}
    adresses: dict[Party, tuple[str, Sequence[int]]] = {}
    async with AsyncExitStack() as stack:
        for party in services:
            ports = [free_port() for _ in range(repliques)]
            fils[party], adresse = await stack.enter_async_context(tendre(f"https://127.0.0.1:{ports[0]}", *ports))
            adresses[party] = (adresse, ports)
        yield fils, adresses


@asynccontextmanager
async def editeur(monde: Monde, dossier: Path) -> AsyncIterator[Abonnes]:
    """The editor of the run, in a process of its own."""
    found = Abonnes(monde.addresses[Party.ANTAI], Path(monde.processes[Party.ANTAI].environment["FPS_PKI_DIR"]), dossier)
    found.process.start()
    try:
        yield found
    finally:
        await asyncio.to_thread(found.process.end, signal.SIGKILL)


async def jouer(partie: Partie, dossier: Path, dire: Dire) -> list[str]:
    """Everything that is wrong at the end, in words; nothing when all is well. Skips without servers, as tests do."""
    server = Postgres(postgres_url())
    releve, partage = Random(partie.graine).choice(SERVICES), PARTIES if partie.repliques > 1 else 1
    async with (
        databases(server) as urls,
        broker(shared=partage > 1) as (bus, prefix),
        tendre(bus) as (fil, near),
        devant(SERVICES if partage > 1 else (releve,), partie.repliques) as (fils, adresses),
        processes(urls, near, prefix, dossier, adresses, partage) as monde,
        editeur(monde, dossier) as abonnes,
    ):
        combien = f", {partie.repliques} répliques de chacun" if partage > 1 else ""
        dire(f"quatre services et un éditeur prêts{combien} ; un bac calme de {partie.par_bac} dossiers")
        table = Table(partie, monde, urls, abonnes, dire)
        async with table.client(None) as calme, table.client(Random(partie.graine)) as client:
            temoin = await table.foule(table.joueur(calme), TEMOIN, Random(0), tuer=False)
            if temoin.faux:
                return temoin.faux
            nemesis = Nemesis(monde, monde.client, fil, (releve, fils), abonnes.process, server, urls, dire)
            foules = await _sous_les_coups(table, table.joueur(client), nemesis, len(temoin.dates))
            dire("calme : chacun redémarre, la poste finit")
            for process in (process for party in SERVICES for process in monde.repliques[party]):
                await ready(monde.client, process.adresse, PRET)
            await client.finir()
            found = [*nemesis.fautes, *table.fautes, *client.anomalies, *(faux for foule in foules for faux in foule.faux)]
            found += await _compter(table, table.joueur(calme), temoin, foules)
            _rapport(table, nemesis, client, foules)
            return found


async def _sous_les_coups(table: Table, monde: Monde, nemesis: Nemesis, temoin_jours: int) -> list[Foule]:
    """The bacs, two at a time, and who kills meanwhile."""
    partie, foules = table.partie, list[Foule]()
    bacs = math.ceil(partie.dossiers / partie.par_bac)
    jours, deja = bacs * temoin_jours, table.jours
    tuer = asyncio.create_task(nemesis.vivre(Random(partie.graine), partie.kills, lambda: (table.jours - deja) / jours))
    numeros = iter(range(bacs))

    async def suite() -> None:
        for n in numeros:
            foules.append(await table.foule(monde, f"coups-{n}", Random(partie.graine * 1000 + n), tuer=True))
            table.dire(f"bac coups-{n} joué ; {dict(nemesis.comptes)}")

    await asyncio.gather(*(suite() for _ in range(ENSEMBLE)))
    table.jours = deja + jours  # a bac that stopped early holds nobody back
    await tuer
    return foules


async def _compter(table: Table, monde: Monde, temoin: Foule, foules: list[Foule]) -> list[str]:
    """The databases of every bac, against those of the calm one; then what the product says of itself."""
    found: list[str] = []
    reference: Counter[str] | None = None
    for foule in (temoin, *foules):
        try:
            await table.abonnes.finir(monde, foule.bac)
            await monde.pilot.au_calme(foule.bac)
        except PiloteErreur as error:
            found.append(f"{foule.bac} : {error}")
        rows = await comptes.lire(table.urls, foule.bac)
        found += [
            f"{foule.bac} : {faute}"
            for faute in (*comptes.fautes(rows), *table.abonnes.fautes(foule.bac, rows, 0 if foule.siens is None else foule.siens.lettres))
        ]
        if (held := len(rows[Party.COLLECTIVITE]["forfaits"])) != foule.dossiers:
            found.append(f"{foule.bac} : {foule.dossiers} FPS demandés, {held} établis")
        signature = comptes.signature(rows, foule.noms())
        reference = signature if reference is None else reference
        found += [f"{foule.bac} : {ecart}" for ecart in comptes.ecarts(reference, signature)]
        found += [f"{foule.bac} : {rupture}" for rupture in verifier(await monde.pilot.relever(foule.bac))]
        await verifications.signer(monde.pilot, foule.bac)
        for quoi in (verifications.dossiers, verifications.tetes):
            for party, one in (await quoi(monde.pilot, foule.bac)).items():
                if one["nombre"] or not one["lus"]:
                    found.append(f"{foule.bac} : journaux de {party} : {one}")
        found += [
            f"{foule.bac} : audit de {party} : {one}"
            for party, one in (await monde.pilot.verifier_audit(foule.bac)).items()
            if not one["intacte"]
        ]
    return found + await _doctor(table, 1 + len(foules) + (table.tentees > 1))  # a console makes the bac « defaut »


async def _doctor(table: Table, bacs: int) -> list[str]:
    """`fps doctor` finds nothing, but that no console runs here."""
    environment = os.environ | table.monde.processes[Party.ANTAI].environment
    command = [sys.executable, "-m", "fps_console", "doctor"]
    process = lancer(command, environment, stdout=PIPE, stderr=STDOUT)
    out, _ = await asyncio.to_thread(process.communicate)
    wrong = [line.strip() for line in out.splitlines() if line.startswith(("  PANNE", "  NON VÉRIFIÉ")) and "PANNE  Console" not in line]
    if (held := out.count("invariants tiennent")) != bacs:
        wrong.append(f"les invariants tiennent dans {held} bacs sur {bacs} : {out[-1500:]}")
    return [f"fps doctor : {line}" for line in wrong]


def _rapport(table: Table, nemesis: Nemesis, client: Insistant, foules: list[Foule]) -> None:
    table.dire(f"{len(foules)} bacs, {sum(foule.dossiers for foule in foules)} dossiers")
    for titre, one in (("Tués et coupés", nemesis.comptes), ("Avances", table.vu), ("Demandes", client.comptes)):
        table.dire(f"{titre} : " + (", ".join(f"{nom} : {n}" for nom, n in sorted(one.items())) or "rien"))
