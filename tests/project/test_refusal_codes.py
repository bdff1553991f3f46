"""A code of refusal means one thing: one class defines it, whatever the party that refuses."""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator

import fps
from fps.errors import Refus
from fps.kit.web.problems import status_of
from fps_console.documentation.codes import malformed
from fps_simulateur.pilote.world import DEFINITIONS


def refusals() -> Iterator[type[Refus]]:
    """Every class of refusal of the common language and of the four services."""
    for package in (fps, *(importlib.import_module(party.value) for party in DEFINITIONS)):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not info.name.endswith("__main__") and ".migrations" not in info.name:
                importlib.import_module(info.name)
    below: list[type[Refus]] = [Refus]
    while below:
        cls = below.pop()
        if cls.__module__.partition(".")[0] in ("fps", *DEFINITIONS):
            yield cls
        below += cls.__subclasses__()


def test_a_code_of_refusal_belongs_to_one_class_that_the_others_only_refine() -> None:
    defined: dict[str, list[type[Refus]]] = defaultdict(list)
    for cls in refusals():
        if "code" in vars(cls):
            defined[cls.code].append(cls)
    twice = {code: [f"{cls.__module__}.{cls.__name__}" for cls in classes] for code, classes in defined.items() if len(classes) > 1}
    assert len(defined) > 150 and twice == {}
    assert [cls for cls in refusals() if not issubclass(cls, defined[cls.code][0])] == []


def test_two_parties_that_refine_a_refusal_keep_its_name() -> None:
    renamed = {
        cls.__qualname__: parent.__qualname__
        for cls in refusals()
        for parent in cls.__bases__
        if issubclass(parent, Refus) and parent.code == cls.code and parent.__name__ != cls.__name__
    }
    assert renamed == {}


def test_what_cannot_be_read_never_bears_the_code_of_a_refusal() -> None:
    refused = {cls.code: status_of(cls.__new__(cls)) for cls in refusals()}
    assert {line.code for line in malformed()} & set(refused) == set()
