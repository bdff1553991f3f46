"""docker-compose.yml is true: every service starts by its own command and environment, on localhost's PostgreSQL and RabbitMQ."""

import asyncio
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from fps.kit.ground.clock import PARIS
from fps.kit.trust.pki import Pki
from fps.kit.trust.tls import between_services
from fps.kit.wire.carrier import bearer, open_client
from fps.parties import Party
from fps_simulateur.pilote.pilot import Pilot
from tests.console.simulator import DEMANDE
from tests.fourche import Processus, lancer
from tests.kit.composition import COMPOSE, ROOT, SERVICES, environment, mounted
from tests.real import amqp_url, forget, postgres_url

CREDENTIAL = secrets.token_urlsafe(16)  # what `make compose` draws into .env


@dataclass
class Deployment:
    """The services of the compose file, running as processes of this machine."""

    prefix: str
    ports: dict[str, int]
    environments: dict[str, dict[str, str]]
    directory: Path
    pki: Pki
    processes: dict[str, "subprocess.Popen[bytes] | Processus"]

    def run(self, name: str) -> "subprocess.Popen[bytes] | Processus":
        """Start the command of one entry of the compose file, with its environment; its output goes to a file.

        One service, and what is not one, in a Python of its own; the others are forked.
        """
        command = [sys.executable if word == "python" else word for word in COMPOSE[name]["command"]]
        with (self.directory / f"{name}.log").open("wb") as log:
            if name.removeprefix("migrate-") in ("antai", "dgfip", "collectivite"):
                return lancer(command, self.environments[name], cwd=self.directory, stdout=log, stderr=subprocess.STDOUT)
            return subprocess.Popen(command, cwd=self.directory, env=self.environments[name], stdout=log, stderr=subprocess.STDOUT)

    def said(self, name: str) -> str:
        return (self.directory / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def database(self, service: str, user: str | None = None) -> str:
        """URL of a service's database, for asyncpg, as `user` (its owner by default)."""
        parts = urlsplit(self.environments[user or service]["FPS_DATABASE_URL"])
        return parts._replace(scheme="postgresql", path=f"/{self.prefix}{service}").geturl()

    def get(self, service: str, path: str, authorization: str = "") -> httpx.Response:
        scheme = "http" if service == "console" else "https"
        url = f"{scheme}://127.0.0.1:{self.ports[service]}{path}"
        return httpx.get(url, headers={"Authorization": authorization}, timeout=30, verify=between_services(self.pki))

    def wait_ready(self, service: str, seconds: float = 60) -> None:
        """Until /sante/pret answers 200, as compose's health check does; says what the process wrote when it never comes."""
        process, limit, last = self.processes[service], time.monotonic() + seconds, "no answer"
        while time.monotonic() < limit and process.poll() is None:
            try:
                answer = self.get(service, "/sante/pret")
            except httpx.TransportError as error:
                last = repr(error)
            else:
                if answer.status_code == 200:
                    return
                last = answer.text
            time.sleep(0.1)
        pytest.fail(f"{service} is not ready (exit code {process.poll()}): {last}\n{self.said(service)}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def local_environment(name: str, ports: dict[str, int], prefix: str, postgres: str, amqp: str) -> dict[str, str]:
    """The environment of the file, with this machine's hosts and ports and with temporary database names; nothing else is changed."""
    table = environment(name, {"FPS_PILOTAGE_TOKEN": CREDENTIAL})
    table["FPS_HOST"] = "127.0.0.1"
    table["FPS_PORT"] = str(ports[name.removeprefix("migrate-")])
    table["FPS_ADDRESSES"] = re.sub(r"https://(\w+):\d+", lambda m: f"https://127.0.0.1:{ports[m.group(1)]}", table["FPS_ADDRESSES"])
    table["FPS_BUS_URL"] = amqp
    table["FPS_BUS_PREFIX"] = prefix.strip("_")
    if url := table.get("FPS_DATABASE_URL"):
        server, parts = urlsplit(postgres), urlsplit(url)
        where = f"{prefix}{parts.username}:{parts.password}@{server.hostname}:{server.port or 5432}"
        table["FPS_DATABASE_URL"] = parts._replace(netloc=where, path=f"/{prefix}{parts.path[1:]}").geturl()
    return {"PATH": os.environ["PATH"], **table}


def mount(directory: Path, name: str) -> Path:
    """The /pki of a container: the volumes that it mounts, and nothing else."""
    for place, volume in mounted(name).items():
        (directory / "volumes" / volume).mkdir(parents=True, exist_ok=True, mode=0o700)
        link = directory / name / "pki" / place
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(directory / "volumes" / volume)
    return directory / name / "pki"


def psql(postgres: str, script: list[str], prefix: str) -> None:
    """Run a command that uses psql, as the superuser of the test server."""
    server = urlsplit(postgres)
    user, base = server.username or "postgres", server.path.strip("/") or "postgres"
    where = {"PGHOST": server.hostname or "127.0.0.1", "PGPORT": str(server.port or 5432), "PGPASSWORD": server.password or ""}
    names = {"POSTGRES_USER": user, "POSTGRES_DB": base, "PGUSER": user, "PGDATABASE": base, "FPS_DB_PREFIX": prefix}
    subprocess.run(script, env={"PATH": os.environ["PATH"], **where, **names}, check=True, timeout=60)


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The four databases and roles, made by the very script that the compose file mounts, under temporary names."""
    postgres = postgres_url()
    if shutil.which("psql") is None:
        pytest.skip("psql (Debian's postgresql-client) is not installed")
    prefix = f"t{secrets.token_hex(4)}_"
    ports = {name: free_port() for name in (*SERVICES, "console")}
    names = (*SERVICES, *(f"migrate-{s}" for s in SERVICES), "console")
    amqp = os.environ.get("FPS_TEST_AMQP") or "amqp://guest:guest@127.0.0.1:5672/"
    environments = {name: local_environment(name, ports, prefix, postgres, amqp) for name in names}
    directory = tmp_path_factory.mktemp("compose")
    environments["pki"] = {"PATH": os.environ["PATH"], **environment("pki", {})}
    for name in ("pki", *SERVICES, "console"):
        environments[name]["FPS_PKI_DIR"] = str(mount(directory, name))
    try:
        psql(postgres, [str(ROOT / "deploy/postgres/init.sh")], prefix)
        yield Deployment(prefix, ports, environments, directory, Pki(Path(environments["console"]["FPS_PKI_DIR"])), {})
    finally:
        for service in SERVICES:
            drop = f'DROP DATABASE IF EXISTS "{prefix}{service}" WITH (FORCE)', f'DROP ROLE IF EXISTS "{prefix}{service}"'
            psql(postgres, ["psql", "-qX", "-c", "SET client_min_messages = warning", "-c", drop[0], "-c", drop[1]], prefix)


@pytest.fixture(scope="module")
def deployment(databases: Deployment) -> Iterator[Deployment]:
    """The PKI made, the migrations run, then the four services and the console, each by its own command; all stopped at the end."""
    broker, here = amqp_url(), databases
    try:
        assert here.run("pki").wait(60) == 0, here.said("pki")
        for service in SERVICES:
            migration = here.run(f"migrate-{service}")
            assert migration.wait(60) == 0, here.said(f"migrate-{service}")
        for service in (*SERVICES, "console"):
            here.processes[service] = here.run(service)
        for service in here.processes:
            here.wait_ready(service)
        yield here
    finally:
        for process in here.processes.values():
            stop(process)
        asyncio.run(forget(broker, here.prefix.strip("_")))


def stop(process: "subprocess.Popen[bytes] | Processus") -> int:
    """Ask a process that we started to end, and insist after a while."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait(20)


pytestmark = pytest.mark.xdist_group("compose")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", [*SERVICES, "console"])
def test_a_service_started_as_the_file_says_is_alive_and_documents_itself(deployment: Deployment, service: str) -> None:
    assert deployment.get(service, "/sante/vivant").status_code == 200
    assert deployment.get(service, "/sante/pret").status_code == 200
    if service == "ccsp":  # the contract of each is read by tests/contrats; here, that it is served
        assert deployment.get(service, "/openapi.json").json()["openapi"].startswith("3.")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("user", SERVICES)
async def test_a_service_enters_its_own_database_and_no_other(databases: Deployment, user: str) -> None:
    for service in SERVICES:
        if service == user:
            connection = await asyncpg.connect(databases.database(service, user))
            assert await connection.fetchval("SELECT current_user") == f"{databases.prefix}{user}"
            await connection.close()
        else:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(databases.database(service, user))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", SERVICES)
def test_the_pilots_routes_open_with_the_credential_of_the_environment_only(deployment: Deployment, service: str) -> None:
    assert deployment.get(service, "/pilotage/bacs").status_code == 401
    assert deployment.get(service, "/pilotage/bacs", "Bearer un-autre").status_code == 401
    assert deployment.get(service, "/pilotage/bacs", f"Bearer {CREDENTIAL}").status_code == 200


@pytest.mark.timeout(300)
def test_the_documentation_of_a_service_is_served_from_its_own_files(deployment: Deployment) -> None:
    page = deployment.get("antai", "/docs").text
    assert "SPÉCIMEN" in page
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert [address for address in loaded if re.match(r"(https?:)?//", address)] == []
    files = [address for address in loaded if address.endswith((".js", ".css"))]
    assert files and {deployment.get("antai", f"/{name.lstrip('/')}").status_code for name in files} == {200}


@pytest.mark.timeout(300)
async def test_a_life_crosses_the_four_services_each_known_by_its_own_certificate(deployment: Deployment) -> None:
    """Established in the town, sent to ANTAI and answered: the letters went over mutual TLS with the keys that the file gives."""
    addresses = {Party(s): f"https://127.0.0.1:{deployment.ports[s]}" for s in SERVICES}
    async with open_client(verify=between_services(deployment.pki), headers=bearer(CREDENTIAL)) as client:
        pilot = Pilot(client, addresses, CREDENTIAL)
        await pilot.creer("compose", datetime(2026, 6, 12, 20, tzinfo=PARIS))
        made = await client.post(f"{addresses[Party.COLLECTIVITE]}/bacs/compose/fps", json=DEMANDE)
        assert made.status_code == 201, made.text
        counts = (await pilot.au_calme("compose"))["comptes"]
        assert counts["ecrites"] == counts["recues"] > 0 and not counts.get("refusees") and not counts.get("mortes"), counts
        issued = await client.post(f"{addresses[Party.ANTAI]}/psce/certificats?siret=73282932000074", content=b"")
        assert issued.json()["code"] == "csr-illisible"  # the counter is there, with the key of the PSCE


@pytest.mark.timeout(300)
def test_a_service_ends_cleanly_when_it_is_asked_to_stop(deployment: Deployment) -> None:
    """Runs last: it stops the whole deployment. A server that has finished its work ends by the signal it was sent, as Docker expects."""
    codes = {service: stop(process) for service, process in deployment.processes.items()}
    assert {service: code for service, code in codes.items() if code not in (0, -signal.SIGTERM)} == {}
    assert {service: log for service in codes if "Traceback" in (log := deployment.said(service))} == {}
