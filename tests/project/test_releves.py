"""What the simulator and the console know of a service is its public API: no table, no column; the books are written by name."""

import ast
from collections.abc import Iterator
from pathlib import Path

from fps.kit.data import tables
from fps_simulateur.pilote.world import DEFINITIONS

ROOT = Path(__file__).resolve().parents[2]
EXPORT = {ROOT / "simulateur/fps_simulateur/pilote/transfert.py", ROOT / "console/fps_console/commandes/bacs.py"}


def nodes(*folders: str) -> Iterator[tuple[Path, ast.AST]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield from ((path, node) for node in ast.walk(ast.parse(path.read_text("utf-8"))))


def test_neither_the_simulator_nor_the_console_reads_an_export_but_to_copy_a_bac() -> None:
    wrong = []
    for path, node in nodes("simulateur", "certification", "console"):
        called = isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "exporter"
        asked = isinstance(node, ast.Constant) and isinstance(node.value, str) and "/export" in node.value
        if (called or asked) and path not in EXPORT:
            wrong.append(f"{path.relative_to(ROOT)}: {ast.unparse(node)}")
    assert not wrong, wrong


def test_neither_the_simulator_nor_the_console_names_a_table() -> None:
    """Only the names that no French word can be: those of several words."""
    known = (tables.metadata, *(definition.metadata for definition in DEFINITIONS.values()))
    names = {table.name for metadata in known for table in metadata.sorted_tables if "_" in table.name}
    assert len(names) > 20
    found = ((path, node) for path, node in nodes("simulateur", "certification", "console") if isinstance(node, ast.Constant))
    wrong = [f"{path.relative_to(ROOT)}:{node.lineno} {node.value!r}" for path, node in found if node.value in names]
    assert not wrong, wrong


def test_an_entry_is_written_with_the_names_of_the_chart_of_accounts() -> None:
    wrong = []
    for path, node in nodes("services"):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Ecriture", "Ecriture.simple", "LigneEcriture"):
            words = [a for a in (*node.args, *(k.value for k in node.keywords)) if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            wrong += [f"{path.relative_to(ROOT)}:{word.lineno} {word.value!r}" for word in words]
    assert not wrong, wrong
