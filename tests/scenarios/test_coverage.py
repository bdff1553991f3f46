"""What the catalogue of lives reaches: every message, every flow, every transition; and every refusal is named by a test."""

import asyncio
import importlib
import pkgutil
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import pytest_asyncio

import fps
from console.scenarios.language import Vie, catalogue
from console.scenarios.player import Deroulement, jouer
from console.world import DEFINITIONS, open_world, simulated_messages
from fps.errors import Refus
from fps.flows import FLOWS
from fps.messages.message import MessageClass

pytestmark = pytest.mark.asyncio(loop_scope="module")
RACINE = Path(__file__).parents[2]


class Notees(dict[Any, Any]):
    """A table of transitions that notes the acts looked up in it."""

    def __init__(self, table: dict[Any, Any]):
        super().__init__(table)
        self.vues: set[Any] = set()

    def __getitem__(self, acte: Any) -> Any:
        self.vues.add(acte)
        return super().__getitem__(acte)


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


# What no life reaches yet: these lists may only become shorter.
MESSAGES_A_VIVRE: set[str] = set()
# Reached by the tests of each service (tests/flows, tests/law), not yet by a whole life.
TRANSITIONS_A_VIVRE: set[str] = {
    "collectivite.domain.forfait.TRANSITIONS[refuser]",
    "dgfip.domain.prise_en_charge.TRANSITIONS[solder]",
}
REFUS_A_TESTER: set[str] = set()
Joue = tuple[set[MessageClass], dict[str, Notees]]


async def test_every_message_that_is_simulated_is_exercised_by_a_life(joue: Joue) -> None:
    exerces, _ = joue
    jamais = {m.type for m in simulated_messages()} - {m.type for m in exerces}
    assert jamais <= MESSAGES_A_VIVRE, sorted(jamais - MESSAGES_A_VIVRE)


async def test_every_one_of_the_sixteen_flows_is_exercised(
    joue: tuple[set[MessageClass], dict[str, Notees]],
) -> None:
    exerces, _ = joue
    assert [f.number for f in FLOWS if exerces & set(f.messages)] == list(range(1, 17))


async def test_every_transition_is_reached_by_a_life(joue: Joue) -> None:
    _, tables = joue
    jamais = {f"{nom}[{acte}]" for nom, table in tables.items() for acte in set(table) - table.vues}
    assert tables and jamais <= TRANSITIONS_A_VIVRE, "\n" + "\n".join(sorted(jamais - TRANSITIONS_A_VIVRE))


async def test_every_refusal_is_expected_by_a_test() -> None:
    found: dict[str, set[str]] = {}
    for package in [fps, *services()]:
        for module in modules(package):
            for refus in vars(module).values():
                if isinstance(refus, type) and issubclass(refus, Refus) and refus.__module__ == module.__name__ != "fps.errors":
                    found.setdefault(refus.code, set()).add(f"{module.__name__}.{refus.__name__}")
    folders = (RACINE / "tests", RACINE / "console/console/scenarios/catalogue")
    texts = [p for folder in folders for p in folder.rglob("*") if p.suffix in (".py", ".yaml")]
    words = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", "\n".join(p.read_text("utf-8") for p in texts if p != Path(__file__))))
    jamais = {code for code in found if "-" in code} - words
    assert len(found) > 40 and jamais <= REFUS_A_TESTER, "\n" + "\n".join(sorted(jamais - REFUS_A_TESTER))


async def test_the_catalogue_holds_at_least_forty_lives() -> None:
    assert len(catalogue()) >= 40
