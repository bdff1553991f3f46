"""What the catalogue of lives reaches: every message, every flow, every transition (`tests/law/refus` reaches every refusal)."""

import asyncio
import importlib
import pkgutil
from collections.abc import AsyncIterator, Iterator
from types import ModuleType
from typing import Any

import pytest
import pytest_asyncio

from fps.flows import FLOWS
from fps.messages.message import MessageClass
from fps.regles.machine import Machine
from fps_simulateur.joueur import Deroulement, jouer
from fps_simulateur.langue.modele import Vie, catalogue
from fps_simulateur.pilote.world import DEFINITIONS, open_world, simulated_messages

pytestmark = pytest.mark.asyncio(loop_scope="module")


def modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not info.name.endswith("__main__") and ".migrations" not in info.name:
            yield importlib.import_module(info.name)


def services() -> list[ModuleType]:
    return [importlib.import_module(party.value) for party in DEFINITIONS]


def machines() -> dict[Machine[Any], str]:
    """Every machine of the services, by the module that defines it."""
    found: dict[Machine[Any], str] = {}
    for package in services():
        for module in modules(package):
            for name, machine in vars(module).items():
                if isinstance(machine, Machine):
                    found.setdefault(machine, f"{module.__name__}.{name}")
    return found


Joue = tuple[set[MessageClass], set[tuple[Machine[Any], str]]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def joue() -> AsyncIterator[Joue]:
    """The whole catalogue, played at once in one world: the messages exercised, the acts that changed a state."""
    exerces: set[MessageClass] = set()
    passes: set[tuple[Machine[Any], str]] = set()
    apres = Machine.apres

    def noter(machine: Machine[Any], acte: str, etat: Any) -> Any:
        vers = apres(machine, acte, etat)
        passes.add((machine, acte))
        return vers

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Machine, "apres", noter)
        async with open_world(token="essai") as world:
            limit = asyncio.Semaphore(8)

            async def une(vie: Vie) -> None:
                async with limit:
                    deroulement: Deroulement = await jouer(world, vie, vie.vie)
                    exerces.update(await deroulement.exerces())

            await asyncio.gather(*(une(vie) for vie in catalogue()))
        yield exerces, passes


async def test_every_message_that_is_simulated_is_exercised_by_a_life(joue: Joue) -> None:
    exerces, _ = joue
    jamais = {m.type for m in simulated_messages()} - {m.type for m in exerces}
    assert sorted(jamais) == []


async def test_every_one_of_the_sixteen_flows_is_exercised(joue: Joue) -> None:
    exerces, _ = joue
    assert [f.number for f in FLOWS if exerces & set(f.messages)] == list(range(1, 17))


async def test_every_transition_is_reached_by_a_life(joue: Joue) -> None:
    _, passes = joue
    toutes = machines()
    jamais = {f"{nom}[{acte}]" for machine, nom in toutes.items() for acte in machine.actes if (machine, acte) not in passes}
    assert len(toutes) >= 7 and sorted(jamais) == []


async def test_the_catalogue_holds_at_least_forty_lives() -> None:
    assert len(catalogue()) >= 40
