"""The project guards itself: names, sizes, words and files that every change must keep in order."""

import ast
import hashlib
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
MEMBERS = (
    "shared",
    "services/antai",
    "services/dgfip",
    "services/ccsp",
    "services/collectivite",
    "simulateur",
    "certification",
    "console",
)
SERVICES = ("antai", "dgfip", "ccsp", "collectivite")
RAPIDE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
OWN_DIRECTORIES = {".git", ".venv", ".fps", "build", "site", "__pycache__"}
VENDORED = tuple(
    ROOT / folder for folder in ("shared/fps/kit/web/static/swagger-ui", "console/fps_console/web/static/vendor/htmx", "tests/browser/axe")
)


def tracked() -> list[Path]:
    """The files of the project: git's list with what is about to be added, or the tree itself where there is no git."""
    if (ROOT / ".git").exists():
        try:
            answer = subprocess.run(
                ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                cwd=ROOT,
                capture_output=True,
                check=True,
            )
        except FileNotFoundError:
            pass
        else:
            return [path for name in answer.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]
    return list(_walk(ROOT))


def _walk(directory: Path) -> Iterator[Path]:
    for path in sorted(directory.iterdir()):
        if path.name in OWN_DIRECTORIES or path.name.endswith((".egg-info", "_cache", ".pyc")):
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


FILES = tracked()
PYTHON = [path for path in FILES if path.suffix == ".py"]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts() -> Iterator[tuple[Path, str]]:
    for path in FILES:
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a font or a picture


# --------------------------------------------------------------------------------------------------------------- words

# Written in pieces, so that this file does not name them either.
REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted",
    "npmjs" + ".",
    "npmjs" + ".org",
    "deb" + ".debian",
    "crates" + ".io",
    "un" + "pkg.com",
    "js" + "delivr",
]
MACHINE_PATH = re.compile(r"(?<![\w.}/-])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers"]) + r")/\w")
LEFT_OPEN = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")


def test_no_file_names_a_package_registry() -> None:
    found = [f"{named(path)}: {host}" for path, text in texts() for host in REGISTRIES if host in text]
    assert found == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    found = [
        f"{named(path)}: {hit.group()}…"
        for path, text in texts()
        if not {*VENDORED} & {*path.parents}
        for hit in MACHINE_PATH.finditer(text)
    ]
    assert found == []


def test_nothing_is_left_to_do_in_a_comment() -> None:
    found = [
        f"{named(path)}: {hit.group()}" for path, text in texts() if not {*VENDORED} & {*path.parents} for hit in LEFT_OPEN.finditer(text)
    ]
    assert found == []


def test_no_lock_file_that_records_addresses_and_no_pinned_interpreter() -> None:
    forbidden = {"uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json", ".python-version", ".env"}
    assert [named(path) for path in FILES if path.name in forbidden] == []


# --------------------------------------------------------------------------------------------------------------- Python


@dataclass
class Lue:
    """What the tests below ask of a Python file, which is parsed once for all of them."""

    lignes: int
    dit: str | None
    importes: set[str] = field(default_factory=set)  # wherever in it
    fonctions: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)  # of the module itself, but for those that refine one of that name
    accents: set[str] = field(default_factory=set)  # identifiers that are not ASCII


def precise(classe: ast.ClassDef) -> bool:
    """Whether it refines the class of that name, which is elsewhere: a refusal that two parties answer keeps its name."""
    return any(isinstance(base, ast.Attribute) and base.attr == classe.name for base in classe.bases)


@cache
def lue(path: Path) -> Lue:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    found = Lue(
        len(source.splitlines()),
        ast.get_docstring(tree),
        classes=[n.name for n in tree.body if isinstance(n, ast.ClassDef) and not precise(n)],
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            continue
        if isinstance(node, ast.Import):
            found.importes |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.importes |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.fonctions.append(node.name)
        if not source.isascii():
            for value in vars(node).values():
                found.accents |= {
                    text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str) and not text.isascii()
                }
    return found


def test_a_python_file_is_short_and_says_what_one_finds_in_it() -> None:
    """At most 400 lines (split by business noun), and a module docstring: one sentence."""
    assert [named(path) for path in PYTHON if lue(path).lignes > 400] == []
    assert [named(path) for path in PYTHON if not lue(path).dit] == []


def test_a_python_file_has_identifiers_without_accents() -> None:
    assert [f"{named(path)}: {name}" for path in PYTHON for name in sorted(lue(path).accents)] == []


def test_two_classes_of_one_member_never_share_a_name() -> None:
    """A reader who searches one would find the other."""
    for member in MEMBERS:
        places: dict[str, list[str]] = {}
        for path in PYTHON:
            if path.is_relative_to(ROOT / member):
                for name in lue(path).classes:
                    places.setdefault(name, []).append(named(path))
        assert places and {name: where for name, where in places.items() if len(where) > 1 and not name.startswith("_")} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = re.compile(r"(^|_)(utils?|helpers?|commons?|misc|managers?|base|models?)(_|$)")
    parts = {part for path in PYTHON for part in path.relative_to(ROOT).with_suffix("").parts}
    assert sorted(part for part in parts if empty.search(part)) == []


def test_the_domain_and_the_common_language_import_neither_the_kit_nor_a_framework() -> None:
    machinery = re.compile(r"(fps\.kit|fastapi|starlette|uvicorn|sqlalchemy|alembic|aio_pika|asyncpg|httpx|typst|structlog|asyncio)(\.|$)")
    pure = [path for path in PYTHON if "domain" in path.parts]
    pure += [path for path in PYTHON if named(path).startswith("shared/fps/") and not named(path).startswith("shared/fps/kit/")]
    assert len(pure) > len(SERVICES)
    assert [f"{named(path)}: {name}" for path in pure for name in sorted(lue(path).importes) if machinery.match(name)] == []


def test_no_test_uses_a_mock() -> None:
    assert [
        named(path) for path in PYTHON if any(name.split(".")[-1] == "mock" or name.startswith("unittest") for name in lue(path).importes)
    ] == []


def test_the_name_of_a_test_is_a_sentence() -> None:
    functions = [
        (path, name) for path in PYTHON if path.name.startswith("test_") for name in lue(path).fonctions if name.startswith("test")
    ]
    assert functions and [f"{named(path)}: {name}" for path, name in functions if name.count("_") < 3] == []


# ------------------------------------------------------------------------------------------------- documents and pages


def test_every_document_and_every_page_says_that_it_is_a_specimen() -> None:
    """A template says it itself, or takes it from one that does (Typst import, Jinja extends or include)."""
    templates = {path.name: path.read_text(encoding="utf-8") for path in FILES if path.suffix in {".typ", ".html", ".j2"}}
    says = {name for name, text in templates.items() if "SPÉCIMEN" in text}
    silent = [
        name
        for name, text in templates.items()
        if name not in says
        and not says & set(re.findall(r"[\w.-]+\.(?:typ|html|j2)", " ".join(re.findall(r"(?:#import|extends|include)[^\n]*", text))))
    ]
    assert says and silent == []


def test_the_files_taken_from_others_are_those_that_were_vendored() -> None:
    for folder in VENDORED:
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        sums = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}
        assert {"LICENSE", "VERSION"} <= sums.keys()
        assert {path.name for path in folder.iterdir()} == {*sums, "SHA256SUMS"}
        assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sums} == sums


# ---------------------------------------------------------------------------------------------------- project's own files

ADRS = sorted((ROOT / "docs/adr").glob("*.md"))


def test_the_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in ADRS] == list(range(1, len(ADRS) + 1)) and len(ADRS) >= 10


def test_a_decision_is_short_and_complete() -> None:
    sections = ["## Context", "## Decision", "## Consequences", "## Alternatives"]
    for path in ADRS:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 40, named(path)
        assert re.fullmatch(rf"# {path.name[:4]} — .+", lines[0]), named(path)
        assert [line for line in lines if line.startswith("## ")] == sections, named(path)


def targets() -> dict[str, str]:
    """The Makefile's public targets and their help."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z][a-z-]*):.*?## (.+)$", makefile, re.MULTILINE))


def test_every_make_command_that_a_page_names_exists() -> None:
    pages = [path for path in FILES if path.suffix == ".md"]
    asked = {
        (named(path), word)
        for path in pages
        for word in re.findall(r"`make ([a-z-]+)|^\$? ?make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert asked
    assert sorted((page, *words) for page, words in asked if not set(filter(None, words)) <= set(targets())) == []


def test_the_makefile_has_every_promised_target_with_its_help() -> None:
    promised = "help setup demo up test kill check format docs site dist fuzz bench lock sbom compose clean"
    assert set(promised.split()) <= set(targets())


def test_ci_runs_the_checks_and_the_tests_and_ends_nobodys_process() -> None:
    script = ROOT / ".ci/run"
    text = script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK) and "set -euo pipefail" in text and "FPS_REQUIRE_REAL=1" in text
    kills = ["--graine 12 --kills 5 --dossiers 16 --bac 8", "--graine 7 --kills 2 --dossiers 8 --bac 8 --repliques 2"]
    *reste, dernier = text.splitlines()
    assert reste[-4:] == ["make check", "make test", *(f'make kill ARGS="{one}"' for one in kills)]
    assert dernier.startswith('make bench ARGS="--quick" || echo ')  # for information: its exit status is nobody's verdict
    assert not re.search(
        r"(?<!^make )\b(p?kill|killall|stop|shutdown)\b",
        "\n".join(line for line in text.splitlines() if not line.startswith("#")),
        re.MULTILINE,
    )


def pyproject(member: str) -> dict[str, object]:
    table = tomllib.loads((ROOT / member / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert isinstance(table, dict)
    return table


def test_the_eight_distributions_have_one_version_and_the_services_depend_on_the_shared_one_only() -> None:
    assert {(pyproject(member)["version"], pyproject(member)["requires-python"]) for member in (".", *MEMBERS)} == {("0.1.0", ">=3.11")}
    for service in SERVICES:
        assert pyproject(f"services/{service}")["dependencies"] == ["fps-shared"]


def requirement(line: str) -> str:
    """The normalised name of a requirement, without its extras, bounds and markers."""
    match = re.match(r"[A-Za-z0-9._-]+", line)
    assert match, line
    return re.sub(r"[-_.]+", "-", match.group()).lower()


def test_the_locks_hold_every_declared_dependency_with_its_hashes() -> None:
    declared: set[str] = set()
    for member in MEMBERS:
        table = pyproject(member)
        extras = table.get("optional-dependencies", {})
        assert isinstance(extras, dict)
        for lines in (table["dependencies"], *extras.values()):
            assert isinstance(lines, list)
            declared |= {requirement(line) for line in lines if not line.startswith("fps-")}
    for name in ("lock.txt", "runtime.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        blocks = re.split(r"\n(?=\S)", text.strip())
        assert declared <= {requirement(block) for block in blocks}, name
        assert [block.splitlines()[0] for block in blocks if "==" not in block or "--hash=sha256:" not in block] == [], name


def test_every_yaml_file_can_be_read() -> None:
    for path in FILES:
        if path.suffix in {".yaml", ".yml"}:
            assert list(yaml.load_all(path.read_text(encoding="utf-8"), Loader=RAPIDE)), named(path)
