"""What the catalogue of lives reaches: every message, every flow, every transition (`tests/law/refus` reaches every refusal)."""

import asyncio
import importlib
import pkgutil
import re
from collections.abc import AsyncIterator, Iterator
from types import ModuleType
from typing import Any

import pytest
import pytest_asyncio

from fps.flows import FLOWS
from fps.messages.message import MessageClass
from fps_simulateur.joueur import Deroulement, jouer
from fps_simulateur.langue.modele import Vie, catalogue
from fps_simulateur.pilote.world import DEFINITIONS, open_world, simulated_messages

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Depuis(frozenset[Any]):
    """The states that an act may leave; notes the act when a case file stands in one of them."""

    passees: set[Any]
    acte: Any

    def __contains__(self, etat: object) -> bool:
        trouve = super().__contains__(etat)
        if trouve:
            self.passees.add(self.acte)
        return trouve


class Passage(tuple[Any, Any]):
    """Whence and whither an act leads; notes the act when its end is taken."""

    passees: set[Any]
    acte: Any

    def __getitem__(self, rang: Any) -> Any:
        if rang == 1:
            self.passees.add(self.acte)
        return super().__getitem__(rang)


class Notees(dict[Any, Any]):
    """A table of transitions that notes the acts that were possible where they were tried, not those that were only looked up."""

    def __init__(self, table: dict[Any, Any]):
        super().__init__()
        self.vues: set[Any] = set()
        for acte, (depuis, vers) in table.items():
            etats = Depuis(depuis)
            etats.passees, etats.acte = self.vues, acte
            passage = Passage((etats, vers))
            passage.passees, passage.acte = self.vues, acte
            self[acte] = passage


def modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not info.name.endswith("__main__") and ".migrations" not in info.name:
            yield importlib.import_module(info.name)


def services() -> list[ModuleType]:
    return [importlib.import_module(party.value) for party in DEFINITIONS]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def joue() -> AsyncIterator[tuple[set[MessageClass], dict[str, Notees]]]:
    """The whole catalogue, played at once in one world: the messages exercised, the transitions seen."""
    tables: dict[int, tuple[str, Notees]] = {}
    places: list[tuple[ModuleType, str, Any]] = []
    for package in services():
        for module in modules(package):
            for name, table in list(vars(module).items()):
                if re.search(r"TRANSITIONS", name) and isinstance(table, dict):
                    noted = tables.setdefault(id(table), (f"{module.__name__}.{name}", Notees(table)))[1]
                    places.append((module, name, table))
                    setattr(module, name, noted)
    exerces: set[MessageClass] = set()
    try:
        async with open_world(token="essai") as world:
            limit = asyncio.Semaphore(8)

            async def une(vie: Vie) -> None:
                async with limit:
                    deroulement: Deroulement = await jouer(world, vie, vie.vie)
                    exerces.update(await deroulement.exerces())

            await asyncio.gather(*(une(vie) for vie in catalogue()))
        yield exerces, dict(tables.values())
    finally:
        for module, name, table in places:
            setattr(module, name, table)


Joue = tuple[set[MessageClass], dict[str, Notees]]


async def test_every_message_that_is_simulated_is_exercised_by_a_life(joue: Joue) -> None:
    exerces, _ = joue
    jamais = {m.type for m in simulated_messages()} - {m.type for m in exerces}
    assert sorted(jamais) == []


async def test_every_one_of_the_sixteen_flows_is_exercised(joue: Joue) -> None:
    exerces, _ = joue
    assert [f.number for f in FLOWS if exerces & set(f.messages)] == list(range(1, 17))


async def test_every_transition_is_reached_by_a_life(joue: Joue) -> None:
    _, tables = joue
    jamais = {f"{nom}[{acte}]" for nom, table in tables.items() for acte in set(table) - table.vues}
    assert len(tables) >= 6 and sorted(jamais) == []


async def test_the_catalogue_holds_at_least_forty_lives() -> None:
    assert len(catalogue()) >= 40
