"""What the catalogue of lives reaches: every message, every flow, every transition (the situations reach every refusal)."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from fps.flows import FLOWS
from fps.regles.machine import Machine
from fps_simulateur.langue.modele import catalogue
from fps_simulateur.pilote.world import DEFINITIONS, simulated_messages
from tests.scenarios.conftest import Joue

pytestmark = [pytest.mark.xdist_group("catalogue-memoire"), pytest.mark.timeout(600)]


def modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not info.name.endswith("__main__") and ".migrations" not in info.name:
            yield importlib.import_module(info.name)


def machines() -> dict[Machine[Any], str]:
    """Every machine of the services, by the module that defines it."""
    found: dict[Machine[Any], str] = {}
    for party in DEFINITIONS:
        for module in modules(importlib.import_module(party.value)):
            for name, machine in vars(module).items():
                if isinstance(machine, Machine):
                    found.setdefault(machine, f"{module.__name__}.{name}")
    return found


def test_every_message_that_is_simulated_is_exercised_by_a_life(en_memoire: Joue) -> None:
    jamais = {m.type for m in simulated_messages()} - {m.type for m in en_memoire.exerces}
    assert sorted(jamais) == []


def test_every_one_of_the_sixteen_flows_is_exercised(en_memoire: Joue) -> None:
    assert [f.number for f in FLOWS if en_memoire.exerces & set(f.messages)] == list(range(1, 17))


def test_every_transition_is_reached_by_a_life(en_memoire: Joue) -> None:
    toutes = machines()
    jamais = {f"{nom}[{acte}]" for machine, nom in toutes.items() for acte in machine.actes if (machine, acte) not in en_memoire.passes}
    assert len(toutes) >= 7 and sorted(jamais) == []


def test_the_catalogue_holds_at_least_forty_lives() -> None:
    assert len(catalogue()) >= 40
