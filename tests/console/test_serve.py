"""The console alone, as it is deployed: it waits for the services, makes the default bac, then says that it is ready."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.console.simulator import clean_environment, fps, free_base, up

TOKEN = "mot-de-passe-de-test"


def test_it_waits_for_the_services_then_serves_the_pages(tmp_path: Path) -> None:
    base, own = free_base(), free_base()
    book = ",".join(f"{p}=http://127.0.0.1:{base + i}" for i, p in enumerate(("antai", "dgfip", "ccsp", "collectivite"), 1))
    environment = clean_environment(
        FPS_ADDRESSES=book, FPS_PILOTAGE_TOKEN=TOKEN, FPS_PORT=str(own), FPS_PUBLIC_ADDRESSES="antai=https://fps.example"
    )
    command = [sys.executable, "-m", "fps_console", "serve"]
    console = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    try:
        address = f"http://127.0.0.1:{own}"
        assert _status(f"{address}/sante/vivant", 200) == 200
        assert httpx.get(f"{address}/sante/pret").status_code == 503
        (tmp_path / "fps").mkdir()
        (tmp_path / "fps" / "pilotage.token").write_text(f"{TOKEN}\n")
        with up(tmp_path / "fps", "--memory", base=base) as simulator:
            assert _status(f"{address}/sante/pret", 200) == 200
            page = httpx.get(address).text
            # In a container, the addresses of the services are theirs, not a browser's.
            assert "Bac «\u00a0defaut\u00a0»" in page and 'href="https://fps.example/docs"' in page
            simulator.stop()
            gone = httpx.get(address)
        assert gone.status_code == 503
        assert "ne répond pas" in gone.text
        console.send_signal(signal.SIGTERM)
        console.communicate(timeout=20)
        assert console.returncode in (0, -signal.SIGTERM)
    finally:
        if console.poll() is None:
            console.kill()
            console.communicate(timeout=10)


def test_without_a_credential_it_says_so_and_stops(tmp_path: Path) -> None:
    result = fps("serve", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith("fps : Le jeton de pilotage est introuvable")


def _status(url: str, wanted: int) -> int:
    """The status of an address once it is the one wanted, or the last one seen."""
    deadline, status = time.monotonic() + 30, 0
    while status != wanted and time.monotonic() < deadline:
        try:
            status = httpx.get(url, timeout=5).status_code
        except httpx.TransportError:
            status = 0
        time.sleep(0.05)
    return status
