"""The command `fps` as a program calls it: JSON whatever happens, completion, any terminal, without flock, without the services."""

import ast
import builtins
import io
import json
import os
import re
import runpy
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from fps.kit.ground import locks
from fps_console.cli import principal
from fps_console.cli.principal import app, main
from fps_console.commandes.troubles import provoque
from fps_console.commandes.up import loop_factory
from fps_simulateur.troubles import troubles
from tests.console.simulator import clean_environment, free_base, here
from tests.fourche import FPS

ROOT = Path(__file__).resolve().parents[2]
MUETTES = {"fps serve"}  # it only serves: what it has to say goes to its log


def commands(group: Any = None, path: str = "fps") -> Iterator[tuple[str, Any]]:
    """Every command that one can type, and its definition."""
    group = group or typer.main.get_command(app)
    for name, one in group.commands.items():
        yield from commands(one, f"{path} {name}") if hasattr(one, "commands") else [(f"{path} {name}", one)]


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_command_that_tells_something_tells_it_in_json() -> None:
    without = {path for path, one in commands() if "--json" not in {opt for p in one.params for opt in p.opts}}
    assert without == MUETTES
    for path, one in commands():
        with one.make_context(path, ["-h"], resilient_parsing=True, help_option_names=["-h", "--help"]) as context:
            assert context.help_option_names == ["-h", "--help"]
        for option in (p for p in one.params if "--json" in p.opts and not p.is_flag):  # it may name a file: alone, it is the screen
            for typed in ([], ["--html", "x.html"]):
                with one.make_context(path, ["--json", *typed]) as context:
                    assert context.params[option.name] == Path("-"), (path, typed)


# What is wrong, and whose fault it is: with --json, the same status, one problem on standard output, nothing elsewhere.
FAUX: tuple[tuple[tuple[str, ...], int, str], ...] = (
    (("nimporte",), 2, "ligne-de-commande"),
    (("bac", "creer"), 2, "ligne-de-commande"),
    (("up", "--port", "abc"), 2, "ligne-de-commande"),
    (("up", "--port", "70000"), 1, "commande-refusee"),
    (("advance", "--jusqua", "5 octobre"), 2, "commande-refusee"),
    (("bac", "lister"), 1, "commande-refusee"),
    (("bac", "lister", "--adresses", "antai=http://127.0.0.1:9"), 69, "service-injoignable"),
    (("bac", "importer", "a", "absent.json"), 1, "fichier"),
    (("psce", "emettre", "--siret", "123", "--organisation", "Essai", "--sortie", "x"), 1, "commande-refusee"),
    (("certify", "cycle-complt"), 2, "plan-inconnu"),
    (("certifier", "rapo", "--pilote", "http://127.0.0.1:9"), 2, "bac-absent"),
    (("verifier", "absent.preuve"), 2, "preuve-illisible"),
    (("play", "cette-vie-n-est-pas"), 2, "vie-inconnue"),
    (("enroler", "123"), 1, "commande-refusee"),
)


def test_a_failure_under_json_is_one_problem_on_standard_output_with_the_same_status() -> None:
    for typed, status, code in FAUX:
        env: dict[str, Any] = {"FPS_PILOTAGE_TOKEN": "mot"} if code == "service-injoignable" else {}
        plain, found = here(*typed, **env), here(*typed, "--json", **env)
        assert (plain.returncode, found.returncode, plain.stdout, found.stderr) == (status, status, "", ""), (typed, plain, found)
        problem = json.loads(found.stdout)
        assert (problem["code"], problem["code_sortie"]) == (code, status), typed
        assert problem["type"] == f"urn:fps-simulateur:probleme:{code}"
        assert plain.stderr.startswith(f"fps : {problem['title']}")
        assert set(problem) >= {"title", "que_faire"}


def test_what_needs_no_service_answers_in_json(tmp_path: Path) -> None:
    titulaire = ("--siret", "73282932000074", "--organisation", "Essai")
    for typed in (
        ("version",),
        ("flux",),
        ("certify", "--exigences"),
        ("certifier", "--plans"),
        ("certifier", "rapo", "--valider"),
        ("play", "--lister"),
        ("completion", "bash"),
        ("psce", "initialiser"),
        ("psce", "cle", *titulaire, "--sortie", "cle"),
        ("psce", "emettre", *titulaire, "--sortie", "emis"),
        ("psce", "lister"),
        ("psce", "crl"),
        ("psce", "autorites"),
    ):
        found = here(*typed, "--json")
        assert (found.returncode, found.stderr) == (0, ""), (typed, found)
        assert json.loads(found.stdout), typed
    serie = json.loads(here("psce", "lister", "--json").stdout)[0]["serie"]
    assert json.loads(here("psce", "revoquer", serie, "--json").stdout)["statut"] == "revoque"
    # The doctor, when nothing runs: what it found, each with what to do; the status says that something is wrong.
    adresses = ",".join(f"{p}=http://127.0.0.1:9" for p in ("antai", "dgfip", "ccsp", "collectivite"))
    sick = here("doctor", "--json", "--adresses", adresses)
    said = json.loads(sick.stdout)
    assert (sick.returncode, sick.stderr) == (1, "") and said["pannes"] == sum(c["etat"] == "panne" for c in said["constats"]) >= 4
    assert all(c["que_faire"] for c in said["constats"] if c["etat"] == "panne")


def test_a_command_that_a_message_advises_is_one_that_the_help_shows() -> None:
    shown = {path for path, one in commands() if not one.hidden} | {"fps docs"}  # which writes the documents of a clone
    groups = {path.rpartition(" ")[0] for path in shown}
    advised = [
        (match[1], file.relative_to(ROOT))
        for member in ("console", "simulateur", "certification", "shared", "services", "docs", "examples")
        for file in sorted((ROOT / member).rglob("*"))
        if file.suffix in {".py", ".yaml", ".html", ".typ"} or (file.suffix == ".md" and "adr" not in file.parts)
        for match in re.finditer(r"[«`]\s?(fps [a-z-]+(?: [a-z-]+)?)", file.read_text("utf-8"))
    ]
    assert len(advised) > 100
    unknown = {(typed, str(file)) for typed, file in advised if not ({typed, typed.rpartition(" ")[0]} & (shown | groups - {"fps"}))}
    assert not unknown


def test_a_word_that_is_no_command_or_no_option_gives_the_nearest_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    for typed, said in (
        (["grid"], "La commande « grid » n'existe pas ; vouliez-vous dire « grille » ?"),
        (["bac", "copie"], "La commande « copie » n'existe pas ; vouliez-vous dire « copier » ?"),
        (["zzz"], "La commande « zzz » n'existe pas."),
        (["play", "--htm", "x"], "L'option --htm n'existe pas ; vouliez-vous dire « --html » ?"),
    ):
        assert principal.run(typed) == 2
        assert f"fps : {said}\n" in capsys.readouterr().err


def test_a_table_that_names_lives_and_faults_loses_no_letter_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert principal.run(["troubles", "lister"]) == 0
    said = capsys.readouterr().out
    rows = [line for line in said.splitlines() if line.strip()]
    start = next(line for line in rows if line.startswith("Nom")).index("Provoqué par")
    last = "".join(line[start:].strip() for line in rows[3:] if len(line) > start)
    for un in troubles():
        assert un.trouble in said
        assert provoque(un).replace(" ", "") in last.replace(" ", ""), un.trouble


def test_the_old_name_of_a_command_still_works_and_the_version_is_an_option_too() -> None:
    assert {path for path, one in commands() if one.hidden} == {"fps docs", "fps explain", "fps certify", "fps verify", "fps replay"}
    for name in ("explain", "expliquer"):
        assert "NUMERO" in here(name, "-h").stdout
    assert here("--version").stdout == here("version").stdout
    assert here("-h").stdout == here("--help").stdout


def test_a_shell_completes_the_commands_and_their_options(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for shell in ("bash", "zsh", "fish"):
        script = here("completion", shell).stdout
        assert ("loadautofunc" in script) == (
            shell == "zsh"
        )  # answers its first completion too: tests/console/completions.sh asks the real shells
        assert "_FPS_COMPLETE" in script and f"complete_{shell}" in script
        # What the script of each asks, as it asks it.
        asked = {"_FPS_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": "fps bac c", "COMP_WORDS": "fps bac c", "COMP_CWORD": "2"}
        for name, value in {**asked, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit):
            main([])
        found = set(capsys.readouterr().out.replace('"', " ").replace(":", " ").split())
        assert {"copier", "creer", "courir"} <= found and "etat" not in found, shell
        for name in (*asked, "_TYPER_COMPLETE_FISH_ACTION"):
            monkeypatch.delenv(name)


def test_bash_itself_completes() -> None:
    script = f'PATH={Path(FPS).parent}:$PATH; eval "$(fps completion bash)"; COMP_WORDS=(fps advance --ju); COMP_CWORD=2; '
    command = ["bash", "-c", script + '_fps_completion fps; echo "${COMPREPLY[@]}"']
    found = subprocess.run(command, capture_output=True, text=True, env=clean_environment(), timeout=30, check=False)
    assert found.stdout.split() == ["--jusqua"], found


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_no_terminal_stops_a_command_and_json_loses_nothing(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(*typed: str) -> tuple[int, str, str]:
        terminal = {name: io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True) for name in ("stdout", "stderr")}
        with monkeypatch.context() as patch:
            for name, stream in terminal.items():
                patch.setattr(sys, name, stream)
            status = main(typed)
        out, err = (stream.buffer.getvalue().decode(encoding) for stream in terminal.values())
        return status, out, err

    for typed in (
        ("flux",),
        ("-h",),
        ("bac", "-h"),
        ("certifier", "--exigences"),
        ("play", "--lister"),
        ("doctor", "--adresses", "antai=x"),
    ):
        status, out, err = said(*typed)
        assert status in (0, 1) and "imprévue" not in err and "imprevue" not in err, (typed, err)
        assert out or err
    status, out, err = said("flux", "--json")
    assert (status, err) == (0, "") and json.loads(out) == json.loads(here("flux", "--json").stdout)
    status, _, err = said("nimporte")
    assert status == 2 and "La commande" in err and "nimporte" in err


def test_a_process_of_another_encoding_says_its_error_in_words() -> None:
    """PYTHONIOENCODING as the user sets it, through the true entry point."""
    env = clean_environment(PYTHONIOENCODING="ascii")
    found = subprocess.run([FPS, "bac", "lister"], capture_output=True, env=env, timeout=30, check=False)
    assert found.returncode == 1 and b'"fps up"' in found.stderr.replace(b'" ', b'"').replace(b' "', b'"'), found.stderr


SEULEMENT_UNIX = {"fcntl", "grp", "pwd", "resource", "termios", "uvloop"}


def imported(tree: ast.Module) -> set[str]:
    """What importing a module imports, outside `try`."""
    found: set[str] = set()
    for one in tree.body:
        if isinstance(one, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in one.names}
        elif isinstance(one, ast.ImportFrom):
            found.add((one.module or "").partition(".")[0])
    return found


def test_nothing_needs_a_unix_to_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [path for place in ("shared", "services", "simulateur", "certification", "console") for path in (ROOT / place).rglob("*.py")]
    assert len(paths) > 200
    texts = {path: text for path in paths if any(f"import {name}" in (text := path.read_text("utf-8")) for name in SEULEMENT_UNIX)}
    assert {str(path) for path, text in texts.items() if imported(ast.parse(text)) & SEULEMENT_UNIX} == set()
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert loop_factory() is None  # the loop of Python


def test_a_system_without_flock_locks_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Windows, as far as it can be here: no fcntl, and msvcrt, whose locks refuse who comes second."""
    held: set[int] = set()

    def locking(descriptor: int, mode: int, size: int) -> None:
        inode = os.fstat(descriptor).st_ino
        if inode in held:
            raise PermissionError(13, "held")
        held.add(inode)

    monkeypatch.setitem(sys.modules, "msvcrt", types.SimpleNamespace(locking=locking, LK_NBLCK=2))
    monkeypatch.setitem(sys.modules, "fcntl", None)
    windows = runpy.run_path(locks.__file__)
    with (tmp_path / "verrou").open("w") as one, (tmp_path / "verrou").open("w") as other:
        windows["take"](one)
        with pytest.raises(OSError):
            windows["take"](other)
        held.clear()
        windows["hold"](other)
    assert held


def test_a_console_without_the_services_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the container of the console, the services are elsewhere: `fps flux`, `demo`, `up` and `play` have nothing to run."""
    vrai = builtins.__import__

    def sans(name: str, *rest: Any, **named: Any) -> Any:
        if name.partition(".")[0] in {"antai", "dgfip", "ccsp", "collectivite"}:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
        return vrai(name, *rest, **named)

    for module in [m for m in sys.modules if m.startswith("fps_simulateur.pilote.world")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(builtins, "__import__", sans)
    for typed in (("flux",), ("demo",), ("play", "--json"), ("up", "--memory", "--port", str(free_base()))):
        found = here(*typed)
        assert found.returncode == 1, (typed, found)
        assert "services ne sont pas installés ici" in found.stdout + found.stderr, typed
    # What lacks for another reason is not told so.
    assert principal.told(ModuleNotFoundError("x", name="numpy")).code == "erreur-imprevue"
