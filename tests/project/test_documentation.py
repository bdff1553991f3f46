"""The documents tell the truth: generated ones are fresh, links lead somewhere, commands exist, and the first message works as written."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer

from fps.flows import MESSAGES, by_type
from fps.messages.message import MessageClass
from fps.messages.mfps import AccuseFps, CreationFps
from fps.messages.recours_usager import Requete
from fps.villes.catalogue import connues
from fps_console.cli.principal import app, run
from fps_console.commandes.output import Panne
from fps_console.documentation.ecriture import ENROLEMENT, generate, main
from fps_console.documentation.fiches import cell
from fps_console.documentation.glossaire import GLOSSAIRE
from fps_console.documentation.services import acts
from fps_simulateur.pilote.world import DEFINITIONS
from tests import fourche
from tests.console.simulator import clean_environment, up

pytestmark = pytest.mark.xdist_group("documents")  # generated once
ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path for path in ROOT.rglob("*.md") if not {".venv", ".git", "node_modules", "build"} & set(path.parts))
SPECIFICATION = ROOT / "docs/specification.md"
BLOCK = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# ----------------------------------------------------------------------------------------------------------- generated


@pytest.fixture(scope="module")
def documents() -> dict[Path, str]:
    return generate(ROOT)


def test_the_generated_documents_are_fresh_else_run_make_docs(documents: dict[Path, str]) -> None:
    assert [str(path) for path, text in documents.items() if (ROOT / path).read_text(encoding="utf-8") != text] == []


def test_a_stale_document_is_named_and_make_docs_mends_it(tmp_path: Path, documents: dict[Path, str]) -> None:
    (tmp_path / "docs/openapi").mkdir(parents=True)
    (tmp_path / "Makefile").touch()
    (tmp_path / ENROLEMENT).parent.mkdir(parents=True)
    (tmp_path / ENROLEMENT).write_text((ROOT / ENROLEMENT).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / GLOSSAIRE).write_text((ROOT / GLOSSAIRE).read_text(encoding="utf-8"), encoding="utf-8")
    for path, text in documents.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / "docs/openapi/dgfip.json").write_text("{}", encoding="utf-8")
    (tmp_path / "docs/carte.svg").unlink()
    with pytest.raises(Panne) as raised:
        main(check=True, root=tmp_path)
    said = f"{raised.value} {raised.value.que_faire}"
    assert "docs/openapi/dgfip.json" in said and "docs/carte.svg" in said and "make docs" in said and "flux.md" not in said
    assert main(check=False, root=tmp_path) == 0
    assert {path: (tmp_path / path).read_text(encoding="utf-8") for path in documents} == documents  # the same each time


def test_without_its_markers_or_its_sources_the_documentation_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Panne, match="sources"):
        main(check=True, root=tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "Makefile").touch()
    with pytest.raises(Panne, match=r"specification\.md manque"):
        main(check=True, root=tmp_path)
    (tmp_path / "docs/specification.md").write_text("vide", encoding="utf-8")
    with pytest.raises(Panne, match="repères"):
        main(check=True, root=tmp_path)
    (tmp_path / "docs/specification.md").write_text(SPECIFICATION.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(Panne, match=r"enroler\.sh manque"):
        main(check=True, root=tmp_path)
    (tmp_path / ENROLEMENT).parent.mkdir(parents=True)
    (tmp_path / ENROLEMENT).write_text((ROOT / ENROLEMENT).read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(Panne, match=r"antai/README\.md manque"):
        main(check=True, root=tmp_path)


def test_the_readme_of_a_service_names_its_messages_its_acts_its_deadlines_and_its_refusals(documents: dict[Path, str]) -> None:
    for party, definition in DEFINITIONS.items():
        text = documents[Path("services") / party.value / "README.md"]
        assert [m.type for m in (*definition.handlers, *definition.emits) if f"#{m.type.replace('.', '-')})" not in text] == []
        assert [kind for kind in definition.deadlines if f"| `{kind}` |" not in text] == []
        written = {(module, name): sentence for module, name, sentence in acts(party)}
        assert len(written) >= 10 and [name for name, sentence in written.items() if not sentence] == []
        assert [name for (module, name), sentence in written.items() if f"| {module} | {name} | {cell(sentence)} |" not in text] == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_no_page_shows_an_empty_table(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    rules = [rank for rank, line in enumerate(lines) if re.fullmatch(r"\|[-:| ]+\|", line)]
    assert [lines[rank - 1] for rank in rules if not (rank + 1 < len(lines) and lines[rank + 1].startswith("|"))] == []


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: m.type)
def test_every_message_has_its_sheet_with_its_fields_and_its_example(message: MessageClass, documents: dict[Path, str]) -> None:
    text = documents[Path("docs/flux.md")]
    sheet = text.partition(f'<a id="{message.type.replace(".", "-")}"></a>')[2].partition("<a id=")[0]
    assert all(f"| `{name}` |" in sheet for name in message.model_fields)
    assert [json.loads(body) for _, _, body in BLOCK.findall(sheet)] == [message.example]
    assert message.law in sheet


def test_the_towns_that_a_message_may_name_are_listed_with_their_zones(documents: dict[Path, str]) -> None:
    tables = documents[SPECIFICATION.relative_to(ROOT)]
    assert [c.siret for c in connues() if f"| {c.nom} | `{c.siret}` |" not in tables] == []
    assert [z.code for c in connues() for z in c.zones if f"`{z.code}` : " not in tables] == []


def test_the_pages_that_an_editor_reads_lead_to_the_letters() -> None:
    for path in (SPECIFICATION, ROOT / "docs/flux.md", ROOT / "README.md", ROOT / "README.fr.md"):
        assert "lettres.md)" in path.read_text(encoding="utf-8"), path
    assert "flux 9, `rejet`" in (ROOT / "docs/lettres.md").read_text(encoding="utf-8")


def test_the_contracts_of_the_services_are_complete(documents: dict[Path, str]) -> None:
    for path, text in documents.items():
        if path.suffix == ".json":
            contract = json.loads(text)
            missing = [ref for ref in re.findall(r'"#/([^"]+)"', text) if not _resolves(contract, ref)]
            assert missing == [], path
            assert "SPÉCIMEN — environnement simulé" in contract.get("info", contract)["description"]


def test_no_schema_of_a_contract_is_named_after_a_path_of_the_code(documents: dict[Path, str]) -> None:
    """Two classes of one name make FastAPI write the module's path into the contract, where every rename of a file would break a client."""
    noms = {(path.stem, nom) for path, text in documents.items() if path.suffix == ".json" for nom in _schemas(json.loads(text))}
    assert {service for service, _ in noms} >= {"antai", "dgfip", "ccsp", "collectivite"}
    assert sorted((service, nom) for service, nom in noms if "__" in nom) == []


def _schemas(contract: Any) -> set[str]:
    return set(contract.get("components", {}).get("schemas", {}))


def _resolves(contract: Any, ref: str) -> bool:
    for part in ref.split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(contract, dict) or key not in contract:
            return False
        contract = contract[key]
    return True


# --------------------------------------------------------------------------------------------------------------- pages


def prose(path: Path) -> str:
    return BLOCK.sub("", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """The names that a link may aim at in a page: its headings, as Git forges write them, and its explicit anchors."""
    text = prose(path)
    titles = re.findall(r"^#{1,6} +(.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", title).strip().lower()).replace(" ", "-") for title in titles}
    return slugs | set(re.findall(r'<a id="([^"]+)"', text))


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_relative_link_of_a_page_leads_somewhere(path: Path) -> None:
    text = prose(path)
    targets = re.findall(r"\]\(<?([^)>\s]+)>?(?: \"[^\"]*\")?\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    lost = []
    for target in targets:
        if re.match(r"[a-z]+:", target):
            continue
        place, _, fragment = unquote(target).partition("#")
        aimed = (path.parent / place).resolve() if place else path
        if not aimed.exists() or (fragment and aimed.suffix == ".md" and fragment not in anchors(aimed)):
            lost.append(target)
    assert lost == []


def test_every_hypothesis_that_a_page_or_a_service_cites_is_listed_with_a_place_that_exists() -> None:
    listed = (ROOT / "docs/hypotheses.md").read_text(encoding="utf-8")
    known = set(re.findall(r"^\| (H\d{2,3}) \|", listed, re.MULTILINE))
    sources = [path for suffix in ("py", "yaml", "typ") for path in (ROOT / "services").rglob(f"*.{suffix}")]
    cited = {(named(path), h) for path in [*PAGES, *sources] for h in re.findall(r"\bH\d{2,3}\b", path.read_text(encoding="utf-8"))}
    assert len(known) > 30 and sorted((page, h) for page, h in cited if h not in known) == []
    places = re.findall(r"`((antai|dgfip|ccsp|collectivite)/[\w/]+\.(?:py|yaml))(?:::(\w+))?`", listed)
    lost = [place for place, service, name in places if not _defines(ROOT / "services" / service / place, name)]
    assert places and lost == []


def _defines(path: Path, name: str) -> bool:
    line = re.compile(rf"^(?:(?:async )?def |class |){name}\b", re.MULTILINE)
    return path.is_file() and line.search(path.read_text(encoding="utf-8")) is not None


def commands() -> Iterator[tuple[str, list[str]]]:
    """The `fps` commands that the pages show, inline or in a block, with their words."""
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        inline = re.findall(r"[`«] ?(fps [a-z][^`»\n]*?) ?[`»]", text)
        typed = [line for language, _, body in BLOCK.findall(text) if language in ("bash", "console", "sh") for line in body.splitlines()]
        for line in [*inline, *typed]:
            words = line.removeprefix("$ ").split()
            if words and words[0] in ("fps", ".venv/bin/fps") and len(words) > 1:
                yield named(path), words[1:]


def test_every_fps_command_that_a_page_shows_exists_with_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    known = typer.main.get_command(app)
    shown = list(commands())
    assert {words[0] for _, words in shown} >= {"up", "demo", "bac", "advance", "flux"}
    wrong = []
    for page, words in shown:
        command: Any = known
        for word in words:
            if word.startswith("--"):
                options = {opt for parameter in command.params for opt in (*parameter.opts, *parameter.secondary_opts)}
                if word.partition("=")[0] not in options:
                    wrong.append((page, words, word))
            elif hasattr(command, "commands"):
                if word not in command.commands:
                    wrong.append((page, words, word))
                    break
                command = command.commands[word]
    assert wrong == []


def test_the_help_of_the_command_lists_what_the_readme_promises(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(re.search(rf"\b{word}\b", said) for word in ("up", "demo", "bac", "advance", "flux", "lettres-mortes", "doctor"))


@pytest.mark.parametrize("name", ["README.md", "README.fr.md"])
def test_a_readme_begins_with_the_two_commands_and_says_what_it_is_not(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    first = next(body for language, _, body in BLOCK.findall(text) if language == "bash")
    assert [line.partition("#")[0].strip() for line in first.splitlines() if line.startswith("make")] == ["make demo", "make test"]
    assert "SPÉCIMEN — environnement simulé" in text and "docs/carte.svg" in text


# -------------------------------------------------------------------------------------------- the first message, as written


def as_typed(text: str, base: int) -> tuple[str, list[dict[str, Any]]]:
    """The commands of the specification as one script, on other ports, and the answers that it shows after some of them."""
    script, answers = ["set -euo pipefail"], []
    for language, words, body in BLOCK.findall(text):
        if language == "bash":
            lines = [line for line in body.splitlines() if not line.startswith("source ")]
            script.append(re.sub(r"127\.0\.0\.1:800(\d)", lambda found: f"127.0.0.1:{base + int(found[1])}", "\n".join(lines)))
        elif words.strip() == "réponse":
            answers.append(json.loads(body))
            script.append("printf '\\n-- réponse --\\n'")
    return "\n".join(script), answers


@pytest.mark.timeout(300)
@pytest.mark.xdist_group("enrolement")
def test_the_guides_of_the_specification_work_as_written_from_the_first_message_to_the_court(tmp_path: Path) -> None:
    for tool in ("bash", "curl"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not on this machine")
    bin = tmp_path / "bin"
    bin.mkdir()
    with up(tmp_path / "donnees", "--tls") as simulator, fourche.commande(bin):
        script, written = as_typed(SPECIFICATION.read_text(encoding="utf-8"), simulator.base)
        path = f"{bin}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = clean_environment(PATH=path, FPS_DATA_DIR=str(tmp_path / "donnees"))
        done = subprocess.run(
            ["bash", "-c", script], capture_output=True, text=True, timeout=270, cwd=tmp_path, env=environment, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        shown = done.stdout.split("-- réponse --")[:-1]
        got = [json.loads(next(line for line in reversed(part.splitlines()) if line.startswith("{"))) for part in shown]
        assert len(written) == 11  # the first message, the DGFiP, the court: one life, one start
        for one, other in zip(got, written, strict=True):
            assert one == other
        assert simulator.fps("lettres-mortes", "lister", "--bac", "editeur", "--json").stdout.strip() == "[]"


def test_every_json_example_of_the_specification_is_accepted_by_its_class() -> None:
    text = SPECIFICATION.read_text(encoding="utf-8")
    written = [json.loads(body) for body in re.findall(r"<<'FIN'\n(.*?)^FIN$", text, re.MULTILINE | re.DOTALL)]
    assert written[0] == CreationFps.example and len(written) == 2
    read = (CreationFps.model_validate_json(json.dumps(written[0])), Requete.model_validate_json(json.dumps(written[1])))
    assert {message.numero_fps for message in read} == {CreationFps.example["numero_fps"]}
    answers = [json.loads(body) for language, words, body in BLOCK.findall(text) if language == "json" and words.strip() == "réponse"]
    accuses = [answer.get("accuse", answer) for answer in answers if "accuse" in answer or "statut" in answer]
    assert [AccuseFps.model_validate_json(json.dumps(data)).statut for data in accuses] == ["refuse", "accepte"]
    assert all(by_type(name) for name in re.findall(r"`(fps\.\d\d\.[a-z-]+\.v\d)`", text))
