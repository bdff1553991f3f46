"""What one can type wrong or right without any service: each failure is one French sentence and what to do."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from fps.flows import FLOWS, MESSAGES
from fps_console.cli.principal import arbre, main
from fps_console.commandes.output import Panne
from fps_console.commandes.temps import after, instant
from fps_simulateur.pilote.world import simulated_messages
from tests.console.simulator import here, parsed

WRONG = [
    (["nimporte"], 2, "La commande « nimporte » n'existe pas."),
    (["bac", "creer"], 2, "Il manque NOM."),
    (["advance", "--foo"], 2, "L'option --foo n'existe pas ; vouliez-vous dire"),
    (["advance", "--de"], 2, "L'option --de attend une valeur."),
    (["up", "--port", "abc"], 2, "--port n'est pas valable : donnez un nombre entier."),
    (["bac", "etat", "a", "b"], 2, "Il y a un argument de trop : b."),
    (["advance"], 2, "Dites jusqu'où avancer."),
    (["advance", "--de", "P1D", "--jusqua", "2026-10-05"], 2, "Dites jusqu'où avancer."),
    (["advance", "--jusqua", "5 octobre"], 2, "« 5 octobre » n'est pas une date."),
    (["up", "--port", "70000"], 1, "Le port 70000 n'existe pas."),
    (["bac", "lister", "--adresses", "mairie=http://127.0.0.1:9"], 1, "FPS_ADDRESSES n'est pas valable"),
    (["verifier", "absente.preuve"], 2, "absente.preuve : ce chemin n'existe pas."),
    (["verifier", "."], 2, ". : c'est un dossier, pas un fichier."),
]


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("FPS_PILOTAGE_TOKEN", "FPS_ADDRESSES", "FPS_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(("typed", "status", "sentence"), WRONG, ids=lambda x: " ".join(x) if isinstance(x, list) else "")
def test_a_mistake_is_told_in_one_french_sentence(typed: list[str], status: int, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(typed) == status
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"fps : {sentence}")
    assert len(said.err.splitlines()) == 2, said.err
    assert "Traceback" not in said.err


def test_without_a_running_simulator_a_command_says_how_to_start_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bac", "lister"]) == 1
    assert "Démarrez le simulateur avec « fps up »" in capsys.readouterr().err


def test_services_that_do_not_answer_are_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FPS_PILOTAGE_TOKEN", "mot")
    monkeypatch.setenv("FPS_ADDRESSES", ",".join(f"{p}=http://127.0.0.1:9" for p in ("antai", "dgfip", "ccsp", "collectivite")))
    assert main(["bac", "lister"]) == 69
    said = capsys.readouterr().err
    assert "ne répond pas" in said
    assert "fps up" in said


def _typed(group: Any, *before: str) -> Iterator[tuple[str, ...]]:
    """What calls each group and each command."""
    yield before
    for name, one in getattr(group, "commands", {}).items():
        yield from _typed(one, *before, name)


def test_the_help_of_every_command_is_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    for typed in _typed(arbre()):
        assert main([*typed, "--help"]) == 0
        said = capsys.readouterr().out
        assert said.startswith("Usage : fps")
        for english in ("Show this", "Options:", "Commands:", "Arguments:", "[required]", "[default", "[env var"):
            assert english not in said, (typed, english)
        assert not [line for line in said.splitlines() if len(line) > 80], typed


@pytest.mark.parametrize("command", [["advance"], ["bac", "creer"]], ids=" ".join)
def test_the_help_says_what_a_date_alone_means(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--help"]) == 0
    assert "veut dire 20:00" in " ".join(capsys.readouterr().out.split())


def test_the_help_needs_no_framework() -> None:
    heavy = "{'fastapi', 'sqlalchemy', 'httpx', 'typst', 'alembic', 'jinja2', 'rich'}"
    code = (
        f"import sys; from fps_console.cli.principal import main; main(['--help']); sys.exit(', '.join({heavy} & sys.modules.keys()) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_flux_lists_the_whole_table_with_what_is_simulated() -> None:
    found = parsed(here("flux", "--json"))
    assert [f["numero"] for f in found] == [f.number for f in FLOWS]
    messages = [m for f in found for m in f["messages"]]
    assert [m["type"] for m in messages] == [m.type for m in MESSAGES]
    assert set(messages[0]) == {"nom", "libelle", "type", "canal", "emetteur", "recepteur", "texte", "simule"}
    assert {m["type"] for m in messages if m["simule"]} == {m.type for m in simulated_messages()} != set()
    assert all(f["simule"] == any(m["simule"] for m in f["messages"]) for f in found)


def test_flux_reads_in_a_hundred_columns() -> None:
    result = here("flux")
    assert result.returncode == 0
    assert max(map(len, result.stdout.splitlines())) <= 100
    for flow in FLOWS:
        assert re.search(rf"^ *{flow.number}  ", result.stdout, re.MULTILINE), flow
    assert result.stdout.endswith(f" messages simulés sur {len(MESSAGES)}.\n") or "Les autres sont décrits" in result.stdout


@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        ("2026-11-30T20:00+01:00", "P3M", "2027-02-28T20:00+01:00"),
        ("2026-10-20T20:00+02:00", "P6D", "2026-10-26T20:00+01:00"),
        ("2024-02-29T10:00+01:00", "P1Y", "2025-02-28T10:00+01:00"),
        ("2026-10-05T10:00+02:00", "P1Y2M2W1DT3H4M5S", "2027-12-20T13:04:05+01:00"),
        ("2026-10-05T10:00+02:00", "pt12h", "2026-10-05T22:00+02:00"),
    ],
)
def test_a_duration_is_added_in_civil_time(start: str, text: str, expected: str) -> None:
    assert after(datetime.fromisoformat(start), text) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("text", ["", "P", "PT", "3M", "P3", "P1.5D", "P-3M", "P3MT", "P99999Y", "３M"])
def test_what_is_not_a_duration_is_refused(text: str) -> None:
    with pytest.raises(Panne):
        after(datetime.fromisoformat("2026-10-05T10:00+02:00"), text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-05", "2026-10-05T20:00+02:00"),
        ("2026-12-05T10:00", "2026-12-05T10:00+01:00"),
        ("2026-12-05T09:00Z", "2026-12-05T10:00+01:00"),
    ],
)
def test_a_day_without_an_hour_is_its_evening_in_paris(text: str, expected: str) -> None:
    assert instant(text) == datetime.fromisoformat(expected)
