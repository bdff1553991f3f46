"""`fps up --detach`, `fps attendre`, `fps down`: what a continuous integration types around its tests."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from fps_console.commandes.detache import LOG_FILE, held
from tests.console.simulator import here, parsed

pytestmark = pytest.mark.xdist_group("up")
NOT_OURS = "203.0.113.1"  # RFC 5737: the address of nobody


def test_a_simulator_is_left_at_work_waited_for_and_stopped(tmp_path: Path) -> None:
    """Five ports that the system chose, told as one document; what other commands read is kept beside the data."""
    told = parsed(here("up", "--detach", "--port", "0", "--memory", "--json", data_dir=tmp_path))
    try:
        ports = [urlsplit(url).port for url in (told["console"], *told["services"].values())]
        assert len(set(ports)) == 5 and 0 not in ports and Path(told["journal"]) == tmp_path / LOG_FILE
        assert parsed(here("attendre", "--delai", "20", "--json", data_dir=tmp_path))["services"] == told["services"]
        assert httpx.get(f"{told['console']}/sante/pret").json()["statut"] == "pret"
        said = (tmp_path / LOG_FILE).read_text("utf-8")
        again = here("up", "--detach", "--port", "0", data_dir=tmp_path)
        assert again.returncode == 1 and "Un simulateur tourne déjà" in again.stderr
        assert (tmp_path / LOG_FILE).read_text("utf-8") == said, "the log of who runs is not begun again"
    finally:
        stopped = parsed(here("down", "--json", data_dir=tmp_path))
    assert (stopped["statut"], stopped["processus"]) == ("arrete", told["processus"])
    for port in ports:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert not held(tmp_path) and sorted(p.name for p in tmp_path.iterdir()) == ["adresses", "pilotage.token", LOG_FILE, "verrou"]
    assert here("down", data_dir=tmp_path).stdout == f"Aucun simulateur ne tourne sur {tmp_path}.\n"


def test_one_that_does_not_start_says_why_as_if_it_had_stayed(tmp_path: Path) -> None:
    result = here("up", "--detach", "--port", "0", "--host", NOT_OURS, data_dir=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"fps : L'adresse « {NOT_OURS} » n'est pas celle de cette machine.")


def test_waiting_ends_with_the_delay_and_names_who_is_not_ready(tmp_path: Path) -> None:
    nobody = ",".join(f"{p}=http://127.0.0.1:9" for p in ("antai", "dgfip", "ccsp", "collectivite"))
    result = here("attendre", "--delai", "0.2", "--adresses", nobody, data_dir=tmp_path)
    assert result.returncode == 1 and result.stderr.startswith("fps : Le simulateur n'est pas prêt après 0.2 s.")
    assert "ANTAI ne répond pas à http://127.0.0.1:9 (ConnectError)." in result.stderr and "fps up" in result.stderr


def test_the_schema_that_an_editor_reads_is_installed_with_the_command(tmp_path: Path) -> None:
    published = Path(__file__).resolve().parents[2] / "docs"
    for what in ("vie", "ville"):
        assert here("schema", what).stdout == (published / f"{what}.schema.json").read_text("utf-8")
    assert here("schema", "vies").returncode == 2
