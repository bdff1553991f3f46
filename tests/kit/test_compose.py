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
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
import yaml

from tests.real import absent, amqp_url, forget, postgres_url

ROOT = Path(__file__).resolve().parents[2]
SERVICES = {"antai": 8001, "dgfip": 8002, "ccsp": 8003, "collectivite": 8004}
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
CREDENTIAL = secrets.token_urlsafe(16)  # what `make compose` draws into .env
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def interpolated(text: str, given: dict[str, str]) -> str:
    """What compose does with ${NAME}, ${NAME:-default} and ${NAME:?required}."""

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if name not in given and kind == "?":
            raise KeyError(f"{name} must be set: {rest}")
        return given.get(name, rest if kind == "-" else "")

    return VARIABLE.sub(value, text)


def environment(service: str, given: dict[str, str]) -> dict[str, str]:
    return {name: interpolated(str(value), given) for name, value in COMPOSE[service]["environment"].items()}


# ------------------------------------------------------------------------------------------------- what the file says


def test_each_service_has_its_database_its_user_and_its_migrations() -> None:
    given = {"FPS_PILOTAGE_TOKEN": "x"}
    urls = {service: environment(service, given)["FPS_DATABASE_URL"] for service in SERVICES}
    assert {(urlsplit(url).username, urlsplit(url).path) for url in urls.values()} == {(service, f"/{service}") for service in SERVICES}
    for service, port in SERVICES.items():
        assert COMPOSE[service]["command"] == ["python", "-m", service, "serve"]
        assert COMPOSE[service]["ports"] == [f"127.0.0.1:{port}:{port}"]
        assert environment(service, given)["FPS_PORT"] == str(port)
        assert COMPOSE[f"migrate-{service}"]["command"] == ["python", "-m", service, "migrate"]
        assert environment(f"migrate-{service}", given) == environment(service, given)
        assert COMPOSE[service]["depends_on"][f"migrate-{service}"] == {"condition": "service_completed_successfully"}


def test_the_console_has_no_database_and_no_broker_of_its_own_to_read() -> None:
    assert "FPS_DATABASE_URL" not in COMPOSE["console"]["environment"]
    assert COMPOSE["console"]["ports"] == ["127.0.0.1:8000:8000"]


def test_no_secret_is_written_in_the_file_and_the_consoles_credential_is_required() -> None:
    for service, table in COMPOSE.items():
        for name, value in table.get("environment", {}).items():
            if "PASS" in name:
                assert re.fullmatch(r"\$\{\w+:-simulateur\}", str(value)), (service, name)
    with pytest.raises(KeyError, match="FPS_PILOTAGE_TOKEN"):
        environment("antai", {})


def test_the_files_that_the_containers_mount_or_copy_exist() -> None:
    for table in COMPOSE.values():
        for volume in table.get("volumes", ()):
            if volume.startswith("./"):
                assert (ROOT / volume.split(":")[0]).is_file(), volume
    dockerfile = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    allowed = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")}
    copied = {name.strip("/") for line in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE) for name in line.split()}
    assert copied and copied <= allowed and all((ROOT / name).exists() for name in copied)
    assert set(re.findall(r"requirements/\S+\.txt", dockerfile)) == {"requirements/uv.txt", "requirements/runtime.txt"}


def test_kubernetes_and_prometheus_know_the_same_services_at_the_same_ports() -> None:
    for service, port in {**SERVICES, "console": 8000}.items():
        found = {d["kind"]: d for d in yaml.safe_load_all((ROOT / f"deploy/kubernetes/{service}.yaml").read_text(encoding="utf-8"))}
        container = found["Deployment"]["spec"]["template"]["spec"]["containers"][0]
        assert (container["command"], container["ports"][0]["containerPort"]) == (COMPOSE[service]["command"], port)
        assert found["Service"]["spec"]["ports"][0]["port"] == port
        first = found["Deployment"]["spec"]["template"]["spec"].get("initContainers", [])
        assert [c["command"] for c in first] == ([COMPOSE[f"migrate-{service}"]["command"]] if service in SERVICES else [])
        assert [c["image"] for c in first] == [container["image"]] * len(first)
    prometheus = yaml.safe_load((ROOT / "deploy/observability/prometheus.yml").read_text(encoding="utf-8"))
    assert prometheus["scrape_configs"][0]["static_configs"][0]["targets"] == [f"{s}:{p}" for s, p in {**SERVICES, "console": 8000}.items()]


def test_kubernetes_makes_the_namespace_in_the_first_file_that_it_reads() -> None:
    paths = sorted((ROOT / "deploy/kubernetes").glob("*.yaml"))
    first = list(yaml.safe_load_all(paths[0].read_text(encoding="utf-8")))
    assert first[0]["kind"] == "Namespace"
    later = [d for path in paths for d in yaml.safe_load_all(path.read_text(encoding="utf-8")) if d["kind"] != "Namespace"]
    assert {d["metadata"]["namespace"] for d in later} == {first[0]["metadata"]["name"]}
    assert "deploy/kubernetes/00-config.yaml" in (ROOT / "deploy/README.md").read_text(encoding="utf-8")


def test_each_image_is_built_once_and_its_dependencies_once_for_all() -> None:
    built = [table["image"] for table in COMPOSE.values() if "build" in table]
    assert sorted(built) == sorted({f"fps-{service}" for service in (*SERVICES, "console")})
    for service in SERVICES:
        assert COMPOSE[f"migrate-{service}"]["image"] == COMPOSE[service]["image"]
        assert COMPOSE[f"migrate-{service}"]["pull_policy"] == "never"
    stages = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8").split("FROM ")[1:]
    assert stages[0].index("runtime.txt") < stages[0].index("ARG SERVICE")


# -------------------------------------------------------------------------------------------------- what really starts


@dataclass
class Deployment:
    """The services of the compose file, running as processes of this machine."""

    prefix: str
    ports: dict[str, int]
    environments: dict[str, dict[str, str]]
    directory: Path
    processes: dict[str, subprocess.Popen[bytes]]

    def run(self, name: str) -> subprocess.Popen[bytes]:
        """Start the command of one entry of the compose file, with its environment; its output goes to a file."""
        command = [sys.executable if word == "python" else word for word in COMPOSE[name]["command"]]
        with (self.directory / f"{name}.log").open("wb") as log:
            return subprocess.Popen(command, cwd=self.directory, env=self.environments[name], stdout=log, stderr=subprocess.STDOUT)

    def said(self, name: str) -> str:
        return (self.directory / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def database(self, service: str, user: str | None = None) -> str:
        """URL of a service's database, for asyncpg, as `user` (its owner by default)."""
        parts = urlsplit(self.environments[user or service]["FPS_DATABASE_URL"])
        return parts._replace(scheme="postgresql", path=f"/{self.prefix}{service}").geturl()

    def get(self, service: str, path: str, authorization: str = "") -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.ports[service]}{path}", headers={"Authorization": authorization}, timeout=5)

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
    table["FPS_ADDRESSES"] = re.sub(r"http://(\w+):\d+", lambda m: f"http://127.0.0.1:{ports[m.group(1)]}", table["FPS_ADDRESSES"])
    table["FPS_BUS_URL"] = amqp
    table["FPS_BUS_PREFIX"] = prefix.strip("_")
    if url := table.get("FPS_DATABASE_URL"):
        server, parts = urlsplit(postgres), urlsplit(url)
        where = f"{prefix}{parts.username}:{parts.password}@{server.hostname}:{server.port or 5432}"
        table["FPS_DATABASE_URL"] = parts._replace(netloc=where, path=f"/{prefix}{parts.path[1:]}").geturl()
    return {"PATH": os.environ["PATH"], **table}


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
        absent("psql (Debian's postgresql-client) is not installed")
    prefix = f"t{secrets.token_hex(4)}_"
    ports = {name: free_port() for name in (*SERVICES, "console")}
    names = (*SERVICES, *(f"migrate-{s}" for s in SERVICES), "console")
    amqp = os.environ.get("FPS_TEST_AMQP") or "amqp://guest:guest@127.0.0.1:5672/"
    environments = {name: local_environment(name, ports, prefix, postgres, amqp) for name in names}
    try:
        psql(postgres, [str(ROOT / "deploy/postgres/init.sh")], prefix)
        yield Deployment(prefix, ports, environments, tmp_path_factory.mktemp("compose"), {})
    finally:
        for service in SERVICES:
            drop = f'DROP DATABASE IF EXISTS "{prefix}{service}" WITH (FORCE)', f'DROP ROLE IF EXISTS "{prefix}{service}"'
            psql(postgres, ["psql", "-qX", "-c", "SET client_min_messages = warning", "-c", drop[0], "-c", drop[1]], prefix)


@pytest.fixture(scope="module")
def deployment(databases: Deployment) -> Iterator[Deployment]:
    """The migrations run, then the four services and the console, each by its own command; all stopped at the end."""
    broker, here = amqp_url(), databases
    try:
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


def stop(process: subprocess.Popen[bytes]) -> int:
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
    if service in SERVICES:
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
def test_a_service_ends_cleanly_when_it_is_asked_to_stop(deployment: Deployment) -> None:
    """Runs last: it stops the whole deployment. A server that has finished its work ends by the signal it was sent, as Docker expects."""
    codes = {service: stop(process) for service, process in deployment.processes.items()}
    assert {service: code for service, code in codes.items() if code not in (0, -signal.SIGTERM)} == {}
    assert {service: log for service in codes if "Traceback" in (log := deployment.said(service))} == {}
