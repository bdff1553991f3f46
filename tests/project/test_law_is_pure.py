"""The cases of the law are computed, not played: `tests/law` boots no service."""

import ast
from pathlib import Path

LAW = Path(__file__).resolve().parents[1] / "law"
MACHINERY = ("fps.kit", "fps_simulateur", "fps_certification", "fps_console", "httpx")


def test_the_tests_of_the_law_import_neither_the_kit_nor_what_plays() -> None:
    found = []
    for path in sorted(LAW.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{path.name}: {name}" for name in names if name.startswith(MACHINERY)]
    assert list(LAW.glob("*.py")) and found == []
