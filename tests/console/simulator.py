"""The command `fps` in processes of its own: run once, or `fps up` kept running on five free ports."""

import io
import json
import os
import secrets
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from fps.kit.trust.pki import Pki
from fps.kit.trust.tls import between_services
from fps.kit.wire.carrier import bearer
from fps_console.cli.principal import main
from tests import fourche
from tests.fourche import FPS

RANGS = count(123)
VEHICULE = {"immatriculation": "AB-123-CD", "pays": "FR", "marque": "Renault", "modele": "Clio", "categorie": "voiture"}
DEMANDE = {
    "siret": "21590350100017",
    "zone": "rouge",
    "voie": "12 rue de l'Exemple",
    "vehicule": VEHICULE,
    "agent": "0072",
}


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without what would lead the command elsewhere."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FPS_")}
    return {**kept, "PYTHONWARNINGS": "error::ResourceWarning", **more}


def fps(*arguments: str | Path, data_dir: Path | None = None, cwd: Path | None = None, **env: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    command = [FPS, *map(str, arguments), *(["--data-dir", str(data_dir)] if data_dir else [])]
    return fourche.executer(command, clean_environment(**env), cwd=cwd, timeout=90)


def here(*arguments: str | Path, data_dir: Path | None = None, **env: str) -> "subprocess.CompletedProcess[str]":
    """The same in this process, which starts a hundred times quicker: for all but what belongs to a process."""
    command = [*map(str, arguments), *(["--data-dir", str(data_dir)] if data_dir else [])]
    out, err = io.StringIO(), io.StringIO()
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(clean_environment(**env))
    try:
        with redirect_stdout(out), redirect_stderr(err):
            status = main(command)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return subprocess.CompletedProcess(command, status, out.getvalue(), err.getvalue())


def free_base() -> int:
    """A port followed by four others, all free a moment ago."""
    while True:
        base = 20_000 + secrets.randbelow(10_000)
        with suppress(OSError):
            for port in range(base, base + 5):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", port))
            return base


class Simulator:
    """`fps up` at work."""

    def __init__(self, process: "subprocess.Popen[str] | fourche.Processus", base: int, data_dir: Path, scheme: str = "http"):
        self.process, self.base, self.data_dir = process, base, data_dir
        self.numero, self.said = "", ""
        self.console = f"http://127.0.0.1:{base}"
        self.antai, self.dgfip, self.ccsp, self.collectivite = (f"{scheme}://127.0.0.1:{base + i}" for i in range(1, 5))

    @property
    def pki(self) -> Pki:
        """The PKI that it keeps beside its data."""
        return Pki(self.data_dir / "pki")

    @property
    def verify(self) -> ssl.SSLContext | bool:
        """What its callers believe: its PKI, in TLS."""
        return between_services(self.pki) if self.antai.startswith("https:") else True

    def fps(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A command on this simulator, found by its data directory alone."""
        return here(*arguments, data_dir=self.data_dir)

    @property
    def bearer(self) -> dict[str, str]:
        """The credential that the simulator left in its data directory."""
        return bearer((self.data_dir / "pilotage.token").read_text().strip())

    def establish(self) -> str:
        """A FPS of Lille; gives its number."""
        voiture = {**VEHICULE, "immatriculation": f"AB-{next(RANGS)}-CD"}  # a second FPS of the same one is refused
        answer = httpx.post(
            f"{self.collectivite}/fps", json={**DEMANDE, "vehicule": voiture}, headers=self.bearer, verify=self.verify, timeout=30
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["numero"])

    def wait_state(self, numero: str, etat: str) -> dict[str, Any]:
        """The FPS at its town once it is in a state."""
        deadline = time.monotonic() + 20
        while True:
            answer = httpx.get(f"{self.collectivite}/fps/{numero}", headers=self.bearer, verify=self.verify, timeout=30)
            found: dict[str, Any] = answer.json()
            if found["etat"] == etat or time.monotonic() > deadline:
                assert found["etat"] == etat, found
                return found
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Stop it; gives its exit status and what it said on standard error."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=30)
        return self.process.wait(), said


@contextmanager
def up(data_dir: Path, *options: str, base: int | None = None, neuf: bool = False) -> Iterator[Simulator]:
    """`fps up` started and ready; killed at the end when the test has not stopped it. `neuf`: in a Python of its own (see `fourche`)."""
    base = base or free_base()
    command = [FPS, "up", "--data-dir", str(data_dir), "--port", str(base), *options]
    env, pipe = clean_environment(), subprocess.PIPE
    process: subprocess.Popen[str] | fourche.Processus
    if neuf:
        process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=env)
    else:
        process = fourche.lancer(command, env, stdout=pipe, stderr=pipe)
    try:
        assert process.stdout is not None
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            if not line:
                raise AssertionError(f"fps up stopped: {said}{process.communicate(timeout=10)[1]}")
            said += line
        simulator = Simulator(process, base, data_dir, "https" if "--tls" in options else "http")
        simulator.said = said
        yield simulator
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


def parsed(result: "subprocess.CompletedProcess[str]") -> Any:
    """The JSON a command printed."""
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)
