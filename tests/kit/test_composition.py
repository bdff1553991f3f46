"""What docker-compose.yml, the image and the scripts beside it say: accounts, keys, privileges, networks, files."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from tests.kit.composition import COMPOSE, NAMES, ROOT, SERVICES, environment, mounted


def test_each_service_has_its_database_its_user_and_its_migrations() -> None:
    given = {"FPS_PILOTAGE_TOKEN": "x"}
    urls = {service: environment(service, given)["FPS_DATABASE_URL"] for service in SERVICES}
    assert {(urlsplit(url).username, urlsplit(url).path) for url in urls.values()} == {(service, f"/{service}") for service in SERVICES}
    for service, port in SERVICES.items():
        # On the broker too, an account of its own: what another writes in its name is dead at once.
        assert urlsplit(environment(service, given)["FPS_BUS_URL"]).username == f"fps-{service}"
        assert COMPOSE[service]["command"] == ["python", "-m", service, "serve"]
        assert COMPOSE[service]["ports"] == [f"127.0.0.1:{port}:{port}"]
        assert environment(service, given)["FPS_PORT"] == str(port)
        assert COMPOSE[f"migrate-{service}"]["command"] == ["python", "-m", service, "migrate"]
        assert environment(f"migrate-{service}", given) == environment(service, given)
        assert COMPOSE[service]["depends_on"][f"migrate-{service}"] == {"condition": "service_completed_successfully"}


def test_every_server_starts_again_and_every_task_until_it_is_done() -> None:
    for name, table in COMPOSE.items():
        once = name == "pki" or name.startswith("migrate-")
        assert table["restart"] == ("on-failure" if once else "unless-stopped"), name


def test_the_servers_of_others_have_five_privileges_networks_of_their_own_and_are_ready_when_they_answer_as_the_services_ask() -> None:
    kept = {
        "restart": "unless-stopped",
        "cap_drop": ["ALL"],
        "cap_add": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"],
        "security_opt": ["no-new-privileges:true"],
        "mem_limit": "2g",
    }
    select = ["CMD", "psql", "--host=127.0.0.1", "--username=postgres", "--dbname=collectivite", "--command=SELECT 1"]
    comptes = "rabbitmq-diagnostics --quiet check_port_connectivity && rabbitmqctl --quiet list_users | grep -q fps-collectivite"
    own: dict[str, dict[str, object]] = {
        "postgres": {
            "read_only": True,
            "tmpfs": ["/tmp", "/var/run/postgresql"],
            "networks": ["donnees"],
            "healthcheck": {"test": select, "interval": "3s", "timeout": "3s", "retries": 40},
        },
        "rabbitmq": {
            "hostname": "rabbitmq",
            "networks": ["courrier", "gestion"],
            "ports": ["127.0.0.1:15672:15672"],
            "healthcheck": {"test": ["CMD-SHELL", comptes], "interval": "5s", "timeout": "10s", "retries": 24},
        },
    }
    for name, lines in own.items():
        told = {key: value for key, value in COMPOSE[name].items() if key not in {"image", "environment", "volumes", "command"}}
        assert told == kept | lines, name
    assert COMPOSE["postgres"]["volumes"][0] == "postgres:/var/lib/postgresql/data"
    assert COMPOSE["rabbitmq"]["volumes"][0] == "rabbitmq:/var/lib/rabbitmq"


def test_the_console_has_no_database_and_no_broker_of_its_own_to_read() -> None:
    assert "FPS_DATABASE_URL" not in COMPOSE["console"]["environment"]
    assert COMPOSE["console"]["ports"] == ["127.0.0.1:8000:8000"]


def test_no_secret_is_written_in_the_file_and_the_consoles_credential_is_required() -> None:
    for service, table in COMPOSE.items():
        for name, value in table.get("environment", {}).items():
            if "PASS" in name:
                assert re.fullmatch(r"\$\{\w+:-\$\{FPS_PILOTAGE_TOKEN:\?[^}]+\}\}", str(value)), (service, name)
    with pytest.raises(KeyError, match="FPS_PILOTAGE_TOKEN"):
        environment("antai", {})


def test_make_compose_draws_another_password_for_each_account(tmp_path: Path) -> None:
    subprocess.run(["make", "-s", "-f", ROOT / "Makefile", f"PYTHON={sys.executable}", ".env"], cwd=tmp_path, check=True, timeout=60)
    drawn = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines())
    asked = NAMES | {"FPS_PILOTAGE_TOKEN"}
    assert set(drawn) == asked and len(asked) == 11 and len({*drawn.values()}) == len(drawn)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{32}", value) for value in drawn.values())  # they go into URLs as they are
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0


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
    read = {job["job_name"]: (job.get("scheme", "http"), job["static_configs"][0]["targets"]) for job in prometheus["scrape_configs"]}
    assert read["fps"] == ("https", [f"{s}:{p}" for s, p in SERVICES.items()])
    assert read["console"] == ("http", ["console:8000"])


def pods() -> dict[str, dict[str, str]]:
    """What each deployment of Kubernetes mounts of the PKI: each place in it, and the part of the volume."""
    found = {}
    for service in (*SERVICES, "console"):
        documents = yaml.safe_load_all((ROOT / f"deploy/kubernetes/{service}.yaml").read_text(encoding="utf-8"))
        container = next(d for d in documents if d["kind"] == "Deployment")["spec"]["template"]["spec"]["containers"][0]
        found[service] = {m["mountPath"].removeprefix("/pki/"): m["subPath"] for m in container["volumeMounts"] if m["name"] == "pki"}
    return found


def test_each_service_reads_its_own_key_and_no_other_and_the_psce_is_at_antai_only() -> None:
    keys = {"antai": {"cles/antai", "cles/psce"}} | {s: {f"cles/{s}"} for s in ("dgfip", "ccsp", "collectivite")} | {"console": set()}
    for found in ({s: mounted(s) for s in keys}, pods()):
        assert {s: set(places) for s, places in found.items()} == {s: {"public"} | k for s, k in keys.items()}
    assert {name for s in keys for name in mounted(s).values()} <= set(mounted("pki").values())
    assert all(part == place for places in pods().values() for place, part in places.items())
    writers = [s for s in COMPOSE if "pki-public:/pki/public" in COMPOSE[s].get("volumes", ())]
    assert sorted(writers) == ["antai", "pki"], "only who issues writes the public files"


def test_the_image_has_a_directory_of_its_user_under_each_volume_of_the_pki() -> None:
    dockerfile = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    names = re.search(r"for name in ([\w ]+); do install -d -o 10001 -m 700 /pki/cles/\$name", dockerfile)
    assert names is not None
    assert {f"cles/{name}" for name in names[1].split()} | {"public"} == set(mounted("pki"))


def test_every_address_of_a_service_is_in_tls() -> None:
    config = next(yaml.safe_load_all((ROOT / "deploy/kubernetes/00-config.yaml").read_text(encoding="utf-8").partition("---")[2]))["data"]
    for table in (config, *(environment(s, {"FPS_PILOTAGE_TOKEN": "x"}) for s in (*SERVICES, "console"))):
        assert (table["FPS_TLS"], table["FPS_PKI_DIR"]) == ("1", "/pki")
        assert table["FPS_ADDRESSES"] == ",".join(f"{s}=https://{s}:{p}" for s, p in SERVICES.items())


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
