"""Who kills, cuts and stops: a plan drawn from a seed, done at the pace at which the services come back."""

import asyncio
import math
import signal
from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import Final

import httpx

from fps.parties import SERVICES, Party
from tests.conftest import Postgres
from tests.kill.fil import Fil
from tests.parler.mondes import Monde, ready

EPARGNEE: Final = "fps-kill"  # the harness's own connection, by which it sees when to kill an advance
PRET: Final = 120.0  # seconds a service may take to come back, on a machine that does something else
PAUSE: Final = 1.2  # mean seconds between two acts
AVANT_LA_FIN: Final = 0.85  # the last kill comes when so much is played
TUER, BASE, COURTIER, ARRETER = "kill -9 d'un service", "connexions à une base coupées", "connexions au courtier coupées", "arrêt (SIGSTOP)"
DEMARRER: Final = "kill -9 d'un service qui démarre"  # between its first line and its first answer: the look at its revision included
DEMARRAGE: Final = 2.5  # seconds a start takes, about


class Nemesis:
    """Does its plan to the end; `dire` is told each act."""

    def __init__(
        self, monde: Monde, veilleur: httpx.AsyncClient, fil: Fil, server: Postgres, urls: Mapping[Party, str], dire: Callable[[str], None]
    ):
        self.monde, self.veilleur, self.fil, self.server, self.urls, self.dire = monde, veilleur, fil, server, urls, dire
        self.comptes: Counter[str] = Counter()
        self.fautes: list[str] = []

    async def vivre(self, hasard: Random, kills: int, avancement: Callable[[], float]) -> None:
        """The whole plan, all along what is played (`avancement`: 0 to 1); everybody runs again at the end."""
        plan = tirer(hasard, kills)
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
            else:
                await self._arreter(hasard.choice(SERVICES), hasard.uniform(0.5, 5))

    def noter(self, acte: str, detail: str) -> None:
        """One more act."""
        self.comptes[acte] += 1
        self.dire(f"{acte} : {detail}")

    def _debout(self) -> None:
        for party, process in self.monde.processes.items():
            if (status := process.ended) is not None:
                self.fautes.append(f"{party} s'est arrêté de lui-même, code {status}")
                process.start()

    async def _tuer(self, hasard: Random, combien: int) -> None:
        morts = hasard.sample(SERVICES, combien)
        for party in morts:
            await asyncio.to_thread(self.monde.processes[party].end, signal.SIGKILL)
            self.noter(TUER, party.value)
        await asyncio.sleep(hasard.choice((0.0, 0.0, 0.5, 1.5)))
        for party in morts:
            self.monde.processes[party].start()
        for party in morts:
            await ready(self.veilleur, self.monde.addresses[party], PRET)

    async def _tuer_au_demarrage(self, party: Party, hasard: Random) -> None:
        """Killed, started, and killed again before it is ready; then it comes back."""
        process = self.monde.processes[party]
        await asyncio.to_thread(process.end, signal.SIGKILL)
        process.start()
        await asyncio.sleep(hasard.uniform(0, DEMARRAGE))
        await asyncio.to_thread(process.end, signal.SIGKILL)
        self.noter(DEMARRER, party.value)
        process.start()
        await ready(self.veilleur, self.monde.addresses[party], PRET)

    async def _couper(self, party: Party) -> None:
        name = self.urls[party].rpartition("/")[2]
        those = f"datname = '{name}' AND application_name <> '{EPARGNEE}'"
        await self.server._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {those}")
        self.noter(BASE, party.value)

    async def _arreter(self, party: Party, secondes: float) -> None:
        process = self.monde.processes[party]
        process.send(signal.SIGSTOP)
        self.noter(ARRETER, f"{party}, {secondes:.1f} s")
        try:
            await asyncio.sleep(secondes)
        finally:
            process.send(signal.SIGCONT)


def tirer(hasard: Random, kills: int) -> list[tuple[str, int]]:
    """What is done, in order: so many kills, of one of the four, two or all four at once; and for five of them one of each other act."""
    plan = [(acte, 0) for acte in (BASE, COURTIER, ARRETER, DEMARRER) for _ in range(math.ceil(kills / 5))]
    while kills:
        combien = min(hasard.choices((1, 2, 4), (80, 15, 5))[0], kills)
        plan.append((TUER, combien))
        kills -= combien
    hasard.shuffle(plan)
    return plan
