"""What the tests of the distributions share: the wheels, built once."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def roues(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that `make dist` writes, without the network."""
    directory = tmp_path_factory.mktemp("roues")
    built = subprocess.run(["make", "dist", f"DIST={directory}"], cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return directory
