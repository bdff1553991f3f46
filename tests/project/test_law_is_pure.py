"""The cases of the law are computed, not played: `tests/law` boots no service."""

import ast
from collections.abc import Sequence
from pathlib import Path

LAW = Path(__file__).resolve().parents[1] / "law"
MACHINERY = ("fps.kit", "fps_simulateur", "fps_certification", "fps_console", "httpx")

LEGER = "fps.kit.ground.memory"  # says to Python how often to look for what nobody holds: it must be heard first, and imports nothing


def imports(nodes: Sequence[ast.AST]) -> list[str]:
    """What these statements import."""
    names = [a.name for node in nodes if isinstance(node, ast.Import) for a in node.names]
    return names + [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]


def test_the_tests_of_the_law_import_neither_the_kit_nor_what_plays() -> None:
    found = [
        f"{path.name}: {name}"
        for path in sorted(LAW.glob("*.py"))
        for name in imports(list(ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
        if name.startswith(MACHINERY)
    ]
    assert list(LAW.glob("*.py")) and found == []


def test_what_all_the_tests_share_imports_no_service_before_a_test_asks_for_one() -> None:
    """The law would wait a second for them in each process of the tests."""
    shared = [ast.parse((LAW.parent / name).read_text(encoding="utf-8")) for name in ("conftest.py", "demain.py", "exigence.py")]
    found = [name for tree in shared for name in imports(tree.body)]
    assert found and [name for name in found if name.startswith((*MACHINERY, "fps", "tests", "asyncpg", "aio_pika"))] == [LEGER]


def test_the_one_thing_that_all_the_tests_import_from_the_kit_brings_nothing_with_it() -> None:
    parts = LEGER.split(".")
    rooms = [LAW.parents[1] / "shared" / Path(*parts[:n]) / "__init__.py" for n in (1, 2, 3)]
    files = [*rooms, LAW.parents[1] / "shared" / Path(*parts).with_suffix(".py")]
    assert [name for path in files for name in imports(list(ast.walk(ast.parse(path.read_text(encoding="utf-8")))))] == ["gc"]
