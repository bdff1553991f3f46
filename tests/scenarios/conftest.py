"""The catalogue of lives, played once for all the tests that look at it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest_asyncio

from fps.messages.message import MessageClass
from fps_simulateur.couverture.parcours import Parcours, du_bac
from fps_simulateur.invariants import verifier
from fps_simulateur.joueur import jouer
from fps_simulateur.langue.modele import Vie, catalogue
from fps_simulateur.pilote.world import World
from tests.parler.mondes import Monde, monde_de
from tests.scenarios.choix import VRAI, choisies

ENSEMBLE = 2  # lives played at the same time: one works while the other waits for the broker; more cost processor for nothing


@dataclass
class Joue:
    """What was seen while the catalogue was played: how each life ended (None: as it is written), the messages, the paths."""

    fins: dict[str, Exception | None] = field(default_factory=dict)
    exerces: dict[str, set[MessageClass]] = field(default_factory=dict)  # by life
    parcours: Parcours = field(default_factory=Parcours)

    def messages(self, vies: Iterable[Vie]) -> set[MessageClass]:
        """All that was carried in these lives."""
        return {message for vie in vies for message in self.exerces.get(vie.vie, ())}

    async def jouer(self, services: Monde, vie: Vie) -> None:
        """One life in a bac of its own, then its books and the invariants."""
        try:
            deroulement = await jouer(services, vie, vie.vie)
            self.exerces[vie.vie] = deroulement.exerces()
            vus = [(party.value, code) for party, code in deroulement.refus]
            self.parcours.ajouter(await du_bac(services.pilot, deroulement.bac, vie.vie, vus))
            if "mortes" in deroulement.comptes:
                raise AssertionError(await services.pilot.lettres_mortes(deroulement.bac))
            for dossier in (x for x in deroulement.dossiers.values() if "numero" in x):
                soldes = await services.pilot.soldes(deroulement.bac, dossier["numero"])
                if any(sum(s.values()) for s in soldes.values()):
                    raise AssertionError(f"the books of {dossier['numero']} do not balance: {soldes}")
            if faux := verifier(await services.pilot.relever(deroulement.bac)):
                raise AssertionError(faux)
        except Exception as error:  # told by the test of that life, whose name it is
            self.fins[vie.vie] = error
        else:
            self.fins[vie.vie] = None


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def en_memoire(monde: World) -> Joue:
    """The whole catalogue played in memory."""
    return await _joue(monde_de(monde), catalogue())


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def en_vrai(monde_reel: Monde) -> Joue:
    """What is chosen of the catalogue, played on PostgreSQL and RabbitMQ."""
    return await _joue(monde_reel, choisies(VRAI))


async def _joue(services: Monde, vies: tuple[Vie, ...]) -> Joue:
    joue, limit = Joue(), asyncio.Semaphore(ENSEMBLE)

    async def une(vie: Vie) -> None:
        async with limit:
            await joue.jouer(services, vie)

    await asyncio.gather(*(une(vie) for vie in vies))
    return joue
