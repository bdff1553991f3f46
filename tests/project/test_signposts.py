"""What shows the way tells the truth: the samples and the places of CONTRIBUTING, the glossary, what git is told of generated files."""

import ast
import re
import textwrap
import tomllib
from pathlib import Path

import pytest

from fps.messages.moyens import MOYENS

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("antai", "dgfip", "ccsp", "collectivite")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "docs/glossaire.md").read_text(encoding="utf-8")
SAMPLES = re.findall(r"^ *```python ([^\n]*)\n(.*?)^ *```", CONTRIBUTING, re.MULTILINE | re.DOTALL)
PLACE = re.compile(r"`((?:\w+/)*[\w.<>-]+(?:/|\.(?:py|yaml|typ|md|toml|lock)))(?:::(\w+(?:\.\w+)?))?`")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_sample_of_contributing_is_in_the_file_that_it_names() -> None:
    assert len(SAMPLES) >= 5 and CONTRIBUTING.count("```python") == len(SAMPLES)
    lost = []
    for place, body in SAMPLES:
        source = (ROOT / place).read_text(encoding="utf-8")
        if textwrap.dedent(body) not in textwrap.dedent(source) and body.strip() not in source:
            lost.append(place)
    assert lost == []


def anywhere(place: str) -> list[Path]:
    """The files or directories that a page means: of the root, of each service, of one of them."""
    tops = [ROOT, ROOT / "shared", *(ROOT / "services" / service / service for service in SERVICES)]
    names = [place.replace("<service>", service) for service in SERVICES] if "<service>" in place else [place]
    return [path for name in names for top in tops if (path := top / name).exists()]


def test_every_place_that_contributing_names_exists() -> None:
    places = {place for place, _ in PLACE.findall(CONTRIBUTING)}
    assert len(places) > 40
    assert sorted(place for place in places if len(anywhere(place)) < (len(SERVICES) if "<service>" in place else 1)) == []


def test_contributing_answers_where_twelve_things_go_in_four_files_or_gives_the_reason() -> None:
    table = CONTRIBUTING.partition("## Where does this go?")[2].partition("\n## ")[0]
    answers = dict(re.findall(r"^\| (an? [^|]+?) \| (.+) \|$", table, re.MULTILINE))
    assert len(answers) == 12
    counts = {thing: int(answer[0]) for thing, answer in answers.items() if answer[0].isdigit() and "because" not in answer}
    assert max(counts.values()) <= 4 and answers.keys() - counts.keys() == {"a message of flow 5", "a new party"}
    assert all(PLACE.search(answer) for answer in answers.values())


def test_the_ways_of_paying_are_listed_once() -> None:
    """Who adds one writes it in the place that CONTRIBUTING says; elsewhere a list of three would have to be found."""
    listed = []
    for top in ("shared", "services", "simulateur", "certification", "console"):
        for path in sorted((ROOT / top).rglob("*.py")):
            if "versions" not in path.parts and any(moyen in (text := path.read_text(encoding="utf-8")) for moyen in MOYENS):
                groups = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict))
                for group in groups:
                    words = {part.value for part in ast.iter_child_nodes(group) if isinstance(part, ast.Constant)}
                    if len(words & MOYENS.keys()) >= 3:
                        listed.append(named(path))
    assert set(listed) == {"shared/fps/messages/moyens.py"}


def test_a_contract_of_layers_leaves_no_module_out() -> None:
    """One that is named nowhere would be in no room."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    rooms = [one for one in contracts if "containers" in one]
    assert len(rooms) == 3 and [one["name"] for one in rooms if one.get("exhaustive") is not True or "exhaustive_ignores" in one] == []


def test_a_document_that_the_settings_of_a_distribution_name_exists() -> None:
    places = [
        (named(path), place)
        for path in sorted(ROOT.glob("**/pyproject.toml"))
        if not {".venv", "build"} & {*path.relative_to(ROOT).parts}
        for place in re.findall(r"\b[\w/-]+\.md\b", path.read_text(encoding="utf-8"))
    ]
    assert places and [one for one in places if not any((top / one[1]).is_file() for top in (ROOT, (ROOT / one[0]).parent))] == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_place_of_a_service_that_the_glossary_names_exists(service: str) -> None:
    lost = []
    for place, name in PLACE.findall(GLOSSARY):
        if place.startswith(f"{service}/"):
            path = ROOT / "services" / service / place
            *_, last = name.split(".")
            if not path.is_file() or (
                last and not re.search(rf"^ *(?:(?:async )?def |class |){last}\b", path.read_text("utf-8"), re.MULTILINE)
            ):
                lost.append(f"{place}::{name}")
    assert lost == []


def test_every_tool_of_the_glossary_is_where_it_says() -> None:
    tops = {"fps_simulateur": "simulateur", "fps_certification": "certification", "fps_console": "console"}
    places = [(place, name) for place, name in PLACE.findall(GLOSSARY) if place.partition("/")[0] in tops]
    assert len(places) >= 2
    found = [(ROOT / tops[place.partition("/")[0]] / place, name) for place, name in places]
    assert [named(path) for path, name in found if not path.exists() or (name and name not in path.read_text(encoding="utf-8"))] == []


def test_a_guichet_is_one_of_those_of_the_glossary() -> None:
    """The PSCE's, and those of the pages; what was deposited, or who reaches a service, had the same name once."""
    found = set()
    for top in ("shared", "services", "simulateur", "certification", "console"):
        for path in sorted((ROOT / top).rglob("*.py")):
            classes = re.findall(r"^class (\w*[Gg]uichet\w*)", path.read_text(encoding="utf-8"), re.MULTILINE)
            found |= {named(path)} if classes or "guichet" in path.stem else set()
    kept = {"shared/fps/kit/trust/guichet_psce.py", "console/fps_console/commandes/certificats.py"}
    assert found - {f"console/fps_console/web/{place}guichets.py" for place in ("", "pages/")} == kept


def test_the_files_that_are_generated_are_said_so_to_git() -> None:
    attributes = (ROOT / ".gitattributes").read_text(encoding="utf-8")
    marked = [line.split()[0] for line in attributes.splitlines() if line.endswith("-diff linguist-generated")]
    names = {"exigences.md", "flux.md", "invariants.md"}
    whole = [path for path in (ROOT / "docs").rglob("*") if path.suffix in {".json", ".svg"} or path.name in names]
    whole += (ROOT / "requirements").glob("*.txt")
    assert marked and [named(path) for path in whole if not any(path.relative_to(ROOT).match(pattern) for pattern in marked)] == []


def test_the_changelog_is_by_version_and_by_type_without_two_lines_for_one_domain() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert [
        re.match(r"\[(Non publié|\d+\.\d+\.\d+)\](?: — \d{4}-\d\d-\d\d)?$", version.splitlines()[0]) is None for version in versions
    ] == [False for _ in versions]
    assert versions[0].startswith("[Non publié]\n") and "[0.1.0] — 2026-11-26\n" in text
    for version in versions:
        for part in re.split(r"^### ", version, flags=re.MULTILINE)[1:]:
            domains = re.findall(r"^- \*\*(.+?)\*\* — ", part, re.MULTILINE)
            assert part.splitlines()[0] in {"Ajouté", "Modifié", "Déprécié", "Retiré", "Corrigé", "Sécurité"}
            assert len(domains) == len(re.findall(r"^- ", part, re.MULTILINE)) == len(set(domains)), part
