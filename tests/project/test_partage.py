"""The groups of tests that start first, or last, are groups that exist; none is forgotten between them."""

import re
from pathlib import Path

from tests.partage import COURTS, LONGS, LONGUES, ordre

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
