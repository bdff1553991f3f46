"""What shows the way tells the truth: what git is told of generated files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_files_that_are_generated_are_said_so_to_git() -> None:
    attributes = (ROOT / ".gitattributes").read_text(encoding="utf-8")
    marked = [line.split()[0] for line in attributes.splitlines() if line.endswith("-diff linguist-generated")]
    whole = [path for path in (ROOT / "docs").rglob("*") if path.suffix in {".json", ".svg"} or path.name == "flux.md"]
    whole += (ROOT / "requirements").glob("*.txt")
    assert marked and [named(path) for path in whole if not any(path.relative_to(ROOT).match(pattern) for pattern in marked)] == []
