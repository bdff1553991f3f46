"""A long run that is cut keeps what it found, and says how far it is while it runs."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.contrats.suivi import suivi

ROOT = Path(__file__).resolve().parents[2]
CUT = """
import os, signal
from tests.contrats.suivi import coupable
with coupable() as cut:
    os.kill(os.getpid(), signal.{name})
    print("pas interrompu")
print(*cut)
with coupable() as cut:
    pass
print(cut)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_the_run_and_lets_its_findings_be_told(name: str) -> None:
    given = subprocess.run([sys.executable, "-c", CUT.format(name=name)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert given.stdout.splitlines() == [name, "[]"]


def test_the_progress_of_a_run_is_told_until_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    told, count = threading.Event(), iter(range(1_000_000))

    def line() -> str:
        rank = next(count)
        if rank >= 2:
            told.set()
        return f"ligne {rank}"

    with suivi(line, every=0.001):
        assert told.wait(60)
    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == ["ligne 0", "ligne 1"]
    assert [one.name for one in threading.enumerate() if one.name == "suivi"] == []
