"""Who kills, cuts and stops: a plan drawn from a seed, done at the pace at which the services come back."""

import asyncio
import math
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final, cast

import asyncpg
import httpx

from fps.parties import SERVICES, Party
from tests.conftest import Postgres
from tests.kill.fil import Fil
from tests.parler.mondes import Monde, Process, free_port, ready

EPARGNEE: Final = "fps-kill"  # the harness's own connection, by which it sees when to kill an advance
PRET: Final = 120.0  # seconds a service may take to come back, on a machine that does something else
PAUSE: Final = 1.2  # mean seconds between two acts
AVANT_LA_FIN: Final = 0.85  # the last kill comes when so much is played
TUER, BASE, COURTIER, ARRETER = "kill -9 d'un service", "connexions à une base coupées", "connexions au courtier coupées", "arrêt (SIGSTOP)"
DEMARRER: Final = "kill -9 d'un service qui démarre"  # between its first line and its first answer: the look at its revision included
DEMARRAGE: Final = 2.5  # seconds a start takes, about
RELEVER: Final = "kill -9 d'un service relevé par sa réplique"  # both served for a while
MIGRER: Final = "kill -9 d'une migration"
AJOUTER, RETIRER = "réplique ajoutée", "réplique retirée (SIGTERM)"  # there are more of a service, or fewer, until another such act
ARRETEES: Final = (0, -signal.SIGTERM)  # how a service ends that was asked to
EDITEUR: Final = "kill -9 de l'éditeur"  # who receives the letters that are pushed, and takes those that are not


class Nemesis:
    """Does its plan to the end; `dire` is told each act."""

    def __init__(
        self,
        monde: Monde,
        veilleur: httpx.AsyncClient,
        fil: Fil,
        releve: tuple[Party, Mapping[Party, Fil]],
        editeur: Process,
        server: Postgres,
        urls: Mapping[Party, str],
        dire: Callable[[str], None],
    ):
        """`releve`: the service that is relieved, and the wires by which everybody reaches the services that have one."""
        self.monde, self.veilleur, self.fil, self.server, self.urls, self.dire = monde, veilleur, fil, server, urls, dire
        (self.releve, self.fils), self.editeur = releve, editeur
        self.comptes: Counter[str] = Counter()
        self.fautes: list[str] = []

    async def vivre(self, hasard: Random, kills: int, avancement: Callable[[], float]) -> None:
        """The whole plan, all along what is played (`avancement`: 0 to 1); everybody runs again at the end."""
        plan, migrations = tirer(hasard, kills, max(map(len, self.monde.repliques.values()))), list[asyncio.Task[None]]()
        for rang, (acte, combien) in enumerate(plan):
            await asyncio.sleep(hasard.expovariate(1 / PAUSE))
            while avancement() < AVANT_LA_FIN * rang / len(plan):  # noqa: ASYNC110 (what is played tells nobody)
                await asyncio.sleep(0.1)
            self._debout()
            if acte == TUER:
                await self._tuer(hasard, combien)
            elif acte == BASE:
                await self._couper(hasard.choice(SERVICES))
            elif acte == COURTIER:
                self.noter(COURTIER, str(self.fil.couper()))
            elif acte == DEMARRER:
                await self._tuer_au_demarrage(hasard.choice(SERVICES), hasard)
            elif acte == EDITEUR:
                await self._tuer_l_editeur(hasard)
            elif acte == RELEVER:
                await self._relever(hasard)
            elif acte == AJOUTER:
                await self._ajouter(hasard.choice(SERVICES))
            elif acte == RETIRER:
                await self._retirer(hasard)
            elif acte == MIGRER:
                migrations.append(asyncio.create_task(self._migrer(hasard.choice(SERVICES), Random(rang))))  # nobody waits for it
            else:
                await self._arreter(self._un(party := hasard.choice(SERVICES), hasard), party, hasard.uniform(0.5, 5))
        await asyncio.gather(*migrations)

    def noter(self, acte: str, detail: str) -> None:
        """One more act."""
        self.comptes[acte] += 1
        self.dire(f"{acte} : {detail}")

    def _un(self, party: Party, hasard: Random) -> Process:
        """One of the replicas of a service; nothing is drawn where it is alone."""
        those = self.monde.repliques[party]
        return those[0] if len(those) == 1 else hasard.choice(those)

    def _debout(self) -> None:
        tous = [(party.value, process) for party, those in self.monde.repliques.items() for process in those]
        for party, process in (*tous, ("l'éditeur", self.editeur)):
            if (status := process.ended) is not None:
                self.fautes.append(f"{party} s'est arrêté de lui-même, code {status}")
                process.start()

    async def _tuer(self, hasard: Random, combien: int) -> None:
        morts = {party: self._un(party, hasard) for party in hasard.sample(SERVICES, combien)}
        for party, process in morts.items():
            await asyncio.to_thread(process.end, signal.SIGKILL)
            self.noter(TUER, party.value)
        await asyncio.sleep(hasard.choice((0.0, 0.0, 0.5, 1.5)))
        for process in morts.values():
            process.start()
        for process in morts.values():
            await ready(self.veilleur, process.adresse, PRET)

    async def _tuer_l_editeur(self, hasard: Random) -> None:
        """Killed, away for a moment, and killed again before it serves, now and then; nobody waits for it."""
        for rang in range(hasard.choice((1, 1, 2))):
            await asyncio.to_thread(self.editeur.end, signal.SIGKILL)
            await asyncio.sleep(0 if rang else hasard.choice((0.0, 0.5, 2.0)))
            self.editeur.start()
            self.noter(EDITEUR, "")
            await asyncio.sleep(hasard.uniform(0, DEMARRAGE))

    async def _tuer_au_demarrage(self, party: Party, hasard: Random) -> None:
        """Killed, started, and killed again before it is ready; then it comes back."""
        process = self._un(party, hasard)
        await asyncio.to_thread(process.end, signal.SIGKILL)
        process.start()
        await asyncio.sleep(hasard.uniform(0, DEMARRAGE))
        await asyncio.to_thread(process.end, signal.SIGKILL)
        self.noter(DEMARRER, party.value)
        process.start()
        await ready(self.veilleur, process.adresse, PRET)

    async def _relever(self, hasard: Random) -> None:
        """One more process of one service serves with it, then in the place of one: that one is killed, and everybody reaches the other."""
        ancien = self._un(self.releve, hasard)
        neuf = await self._neuf(self.releve)
        await asyncio.sleep(hasard.uniform(0, 1))
        await asyncio.to_thread(ancien.end, signal.SIGKILL)
        self._joindre(self.releve, neuf)
        self._quitter(self.releve, ancien)
        self.fils[self.releve].couper()
        self.noter(RELEVER, self.releve.value)

    async def _ajouter(self, party: Party) -> None:
        """One more replica of a service, for as long as nobody takes it away."""
        self._joindre(party, await self._neuf(party))
        self.noter(AJOUTER, f"{party}, à {len(self.monde.repliques[party])}")

    async def _retirer(self, hasard: Random) -> None:
        """One replica fewer of a service that has several: asked to stop while it is still reached, and not replaced."""
        plusieurs = [party for party in SERVICES if len(self.monde.repliques[party]) > 1]
        if not plusieurs:
            return
        process = self._un(party := hasard.choice(plusieurs), hasard)
        try:
            status = await asyncio.to_thread(process.end)
        except subprocess.TimeoutExpired:
            self.fautes.append(f"{party} : une réplique à qui on demande de s'arrêter ne s'arrête pas")
            status = await asyncio.to_thread(process.end, signal.SIGKILL)
        else:
            if status not in ARRETEES:
                self.fautes.append(f"{party} : une réplique à qui on demande de s'arrêter finit par le code {status}")
        self._quitter(party, process)
        self.noter(RETIRER, f"{party}, à {len(self.monde.repliques[party])}")

    async def _neuf(self, party: Party) -> Process:
        """One more process of a service, that serves; nobody is sent to it yet."""
        modele = self.monde.processes[party]
        neuf = Process(party.value, {**modele.environment, "FPS_PORT": str(free_port())}, modele.log)
        neuf.start()
        await ready(self.veilleur, neuf.adresse, PRET)
        return neuf

    def _joindre(self, party: Party, process: Process) -> None:
        """Everybody reaches it with the others."""
        self.monde.repliques[party].append(process)
        self.fils[party].ports.append(int(process.environment["FPS_PORT"]))

    def _quitter(self, party: Party, process: Process) -> None:
        """Nobody is sent to it any more: it has ended."""
        those = self.monde.repliques[party]
        those.remove(process)
        self.fils[party].ports.remove(int(process.environment["FPS_PORT"]))
        if self.monde.processes[party] is process:
            cast(dict[Party, Process], self.monde.processes)[party] = those[0]

    async def _migrer(self, party: Party, hasard: Random) -> None:
        """The migrations of an empty database, killed twice where they are, then done: the same tables as without a kill."""
        name = await self.server.create()
        try:
            url = self.server.url(name)
            for rang in range(3):
                process = Process(party.value, {"FPS_DATABASE_URL": url}, self.monde.processes[party].log, "migrate")
                process.start()
                if rang == 2 and (status := await asyncio.to_thread(process.wait, PRET)):
                    self.fautes.append(f"{party} : la migration tuée ne finit pas, code {status}")
                elif rang < 2:
                    await self._commencee(name, rang)
                    await asyncio.sleep(hasard.uniform(0, 0.3))
                    await asyncio.to_thread(process.end, signal.SIGKILL)
                    self.noter(MIGRER, party.value)
            if await self._schema(name) != await self._schema(self.urls[party].rpartition("/")[2]):
                self.fautes.append(f"{party} : une migration tuée laisse d'autres tables")
        finally:
            await self.server.drop(name)

    async def _commencee(self, name: str, rang: int) -> None:
        """Until a connection migrates that database, the machine being what it is."""
        for _ in range(int(PRET / 0.02)):
            if await self._lire(name, "SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid() LIMIT 1", name):
                return
            await asyncio.sleep(0.02)
        self.fautes.append(f"{name} : la migration {rang} ne commence pas")

    async def _schema(self, name: str) -> list[tuple[Any, ...]]:
        """The columns, the indexes and the revision of a database."""
        columns = "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'public'"
        indexes = "SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public'"
        return [
            *await self._lire(name, f"{columns} UNION ALL {indexes} ORDER BY 1, 2, 3"),
            *await self._lire(name, "SELECT version_num FROM alembic_version"),
        ]

    async def _lire(self, name: str, sql: str, *values: str) -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(self.server.url(name).replace("+asyncpg", ""), timeout=20)
        try:
            return [tuple(row) for row in await connection.fetch(sql, *values)]
        finally:
            await connection.close()

    async def _couper(self, party: Party) -> None:
        name = self.urls[party].rpartition("/")[2]
        those = f"datname = '{name}' AND application_name <> '{EPARGNEE}'"
        await self.server._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {those}")
        self.noter(BASE, party.value)

    async def _arreter(self, process: Process, party: Party, secondes: float) -> None:
        process.send(signal.SIGSTOP)
        self.noter(ARRETER, f"{party}, {secondes:.1f} s")
        try:
            await asyncio.sleep(secondes)
        finally:
            process.send(signal.SIGCONT)


def tirer(hasard: Random, kills: int, repliques: int = 1) -> list[tuple[str, int]]:
    """What is done, in order: so many kills, of one of the four, two or all four at once; and for five of them one of each other act,
    but for twenty a replica and a migration. Where services have replicas, as many come as go."""
    plan = [(acte, 0) for acte in (BASE, COURTIER, ARRETER, DEMARRER, EDITEUR) for _ in range(math.ceil(kills / 5))]
    plan += [(acte, 0) for acte in (RELEVER, MIGRER) for _ in range(math.ceil(kills / 20))]
    plan += [(acte, 0) for acte in (AJOUTER, RETIRER) for _ in range(math.ceil(kills / 5))] if repliques > 1 else []
    while kills:
        combien = min(hasard.choices((1, 2, 4), (80, 15, 5))[0], kills)
        plan.append((TUER, combien))
        kills -= combien
    hasard.shuffle(plan)
    return plan
