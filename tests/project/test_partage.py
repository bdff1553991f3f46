"""The groups of tests that start first, or last, are groups that exist; none is forgotten between them."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.partage import COURTS, LONGS, LONGUES, TOURS, a_son_tour, ordre, pytest_collection_modifyitems, pytest_configure

ROOT = Path(__file__).resolve().parents[2]


def test_each_group_whose_place_is_said_exists() -> None:
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    marked = {name for path in files for name in re.findall(r'xdist_group\("([\w-]+)"\)', path.read_text(encoding="utf-8"))}
    groups = marked | {path.relative_to(ROOT).as_posix().replace("/", ".") for path in files}
    assert len(set(LONGS) | set(COURTS)) == len(LONGS) + len(COURTS)
    assert sorted({*LONGS, *COURTS} - groups) == []


def test_each_test_that_waits_for_more_time_exists() -> None:
    for nodeid in LONGUES:
        path, _, nom = nodeid.partition("::")
        assert re.search(rf"def {re.escape(nom.partition('[')[0])}", (ROOT / path).read_text(encoding="utf-8")), nodeid


def test_the_long_groups_come_first_then_those_of_many_tests_then_what_fills() -> None:
    places = ordre({COURTS[0]: 600, "peu": 1, LONGS[1]: 2, "beaucoup": 90, LONGS[0]: 1})
    seen = (LONGS[0], LONGS[1], "beaucoup", "peu", COURTS[0])
    assert sorted(seen, key=places.__getitem__) == [*seen]


def test_in_as_many_runs_as_there_are_turns_each_is_played_once_and_without_a_turn_all_are(monkeypatch: pytest.MonkeyPatch) -> None:
    noms = [f"tests/un.py::test_de[{n}]" for n in range(600)]
    parts = []
    for tour in range(TOURS):
        monkeypatch.setenv("FPS_TEST_TOUR", str(tour))
        parts.append([nom for nom in noms if a_son_tour(nom)])
    assert sorted(nom for part in parts for nom in part) == sorted(noms)
    assert min(map(len, parts)) > 600 // TOURS // 2
    monkeypatch.delenv("FPS_TEST_TOUR")
    assert all(map(a_son_tour, noms))


@dataclass(eq=False)
class Essai:
    """A test, as far as its place is concerned."""

    nodeid: str

    def iter_markers(self, nom: str) -> tuple[()]:
        return ()


def _joues(monkeypatch: pytest.MonkeyPatch, *, loadgroup: bool, **environ: str) -> list[str]:
    """Of each test that waits for its turn and one that does not, those that a run plays."""
    for cle in ("FPS_TEST_TOUR", "FPS_TEST_LONG"):
        monkeypatch.setenv(cle, "")  # so that what is written there is taken back
        monkeypatch.delenv(cle)
    for cle, valeur in environ.items():
        monkeypatch.setenv(cle, valeur)
    remis = list[Any]()
    options = {"loadgroup": loadgroup, "dist": "loadgroup" if loadgroup else "no"}
    config: Any = SimpleNamespace(
        getoption=lambda nom, sinon=None: options.get(nom, sinon),
        option=SimpleNamespace(),
        hook=SimpleNamespace(pytest_deselected=lambda items: remis.extend(items)),
    )
    items: Any = [Essai(nom) for nom in (*LONGUES, "tests/law/test_autre.py::test_un")]
    pytest_configure(config)
    pytest_collection_modifyitems(config, items)
    assert sorted(one.nodeid for one in (*items, *remis)) == sorted((*LONGUES, "tests/law/test_autre.py::test_un"))
    return [one.nodeid for one in items]


def test_all_the_tests_together_are_played_in_turns_that_the_commit_draws_and_one_file_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = len(LONGUES) + 1
    assert len(_joues(monkeypatch, loadgroup=False)) == whole
    drawn = _joues(monkeypatch, loadgroup=True)
    assert 0 < len(drawn) < whole / 2 and "tests/law/test_autre.py::test_un" in drawn
    assert _joues(monkeypatch, loadgroup=True, FPS_TEST_TOUR=os.environ["FPS_TEST_TOUR"]) == drawn  # what the workers are told
    assert len(_joues(monkeypatch, loadgroup=True, FPS_TEST_LONG="1", FPS_TEST_TOUR="1")) == whole
