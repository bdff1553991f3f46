"""The containers have the least that they need, in compose as in Kubernetes, and what their images hold is listed."""

import json
import re
import subprocess
import sys
from ipaddress import IPv4Network

import yaml

from tests.kit.composition import COMPOSE, ROOT, SERVICES, environment, interpolated

PRIVATE = [IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


def test_every_container_has_the_least_that_it_needs() -> None:
    ours = {name for name, table in COMPOSE.items() if table["image"].startswith("fps-")}
    for name, table in COMPOSE.items():
        assert table["cap_drop"] == ["ALL"] and table["security_opt"] == ["no-new-privileges:true"] and table["mem_limit"], name
        assert table.get("read_only", False) is (name != "rabbitmq"), name
        assert ("cap_add" in table) is (name in ("postgres", "rabbitmq")), name
        assert name in ours or re.search(r":v?\d+\.\d+", table["image"]), (name, "an exact version")
    bases = re.findall(r"^FROM (\S+)", (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert bases and all(re.search(r":\d+\.\d+\.\d+", one) for one in bases), "an exact version"
    networks = {name: set(table.get("networks", ())) for name, table in COMPOSE.items()}
    assert networks["postgres"] == {"donnees"} and "donnees" not in networks["console"] | networks["prometheus"]
    assert networks["console"] == {"fps"} and COMPOSE["pki"]["network_mode"] == "none"
    whole = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert set().union(*networks.values()) == set(whole["networks"])
    assert [name for name, table in whole["networks"].items() if table and table.get("internal")] == ["donnees", "courrier"]
    subnet = interpolated(whole["networks"]["fps"]["ipam"]["config"][0]["subnet"], {})
    assert environment("antai", {"FPS_PILOTAGE_TOKEN": "x"})["FPS_PILOTAGE_NETWORKS"] == f"127.0.0.0/8,{subnet}"


def test_kubernetes_gives_each_pod_the_least_that_it_needs() -> None:
    documents = [d for p in (ROOT / "deploy/kubernetes").glob("*.yaml") for d in yaml.safe_load_all(p.read_text(encoding="utf-8"))]
    templates = [d["spec"]["template"] for d in documents if d["kind"] in ("Deployment", "Job")]
    assert len(templates) == 6
    for template in templates:
        spec = template["spec"]
        assert spec["automountServiceAccountToken"] is False and template["metadata"]["labels"]["app.kubernetes.io/part-of"] == "fps"
        for container in (*spec.get("initContainers", ()), *spec["containers"]):
            context = container["securityContext"]
            assert (context["readOnlyRootFilesystem"], context["allowPrivilegeEscalation"]) == (True, False), container["name"]
            assert context["capabilities"] == {"drop": ["ALL"]} and container["resources"]["limits"]["memory"]
            assert "/tmp" in {m["mountPath"] for m in container["volumeMounts"]}
    # The keys of the authorities above the services are on a volume that the job alone mounts.
    claims = {
        t["metadata"]["labels"]["app"]: {v.get("persistentVolumeClaim", {}).get("claimName") for v in t["spec"]["volumes"]}
        for t in templates
    }
    assert {app for app, names in claims.items() if "fps-autorites" in names} == {"pki"}
    job = next(t for t in templates if t["metadata"]["labels"]["app"] == "pki")["spec"]["containers"][0]["volumeMounts"]
    assert {m["mountPath"] for m in job if m["name"] == "autorites"} == {"/pki/cles/racine", "/pki/cles/services"}
    assert all(
        re.search(r":\d+\.\d+", c["image"]) for t in templates for c in (*t["spec"].get("initContainers", ()), *t["spec"]["containers"])
    )
    (config,) = [d["data"] for d in documents if d["kind"] == "ConfigMap"]
    pilots = [IPv4Network(one) for one in config["FPS_PILOTAGE_NETWORKS"].split(",")]
    assert [str(n) for n in pilots if any(block.subnet_of(n) for block in PRIVATE)] == []  # the network of the pods, no wider
    policies = {d["metadata"]["name"]: d["spec"] for d in documents if d["kind"] == "NetworkPolicy"}
    assert policies["entrees"]["podSelector"] == {} and set(policies) == {"entrees", "sorties-console", "sorties-pki"}
    assert "egress" not in policies["sorties-pki"]


def test_kubernetes_has_no_more_replicas_than_parts_and_takes_them_away_one_at_a_time() -> None:
    config = next(yaml.safe_load_all((ROOT / "deploy/kubernetes/00-config.yaml").read_text(encoding="utf-8").partition("---")[2]))["data"]
    documents = list(yaml.safe_load_all((ROOT / "deploy/kubernetes/03-replicas.yaml").read_text(encoding="utf-8")))
    found = {(d["kind"], d["metadata"]["name"]): d["spec"] for d in documents}
    assert set(found) == {(kind, s) for kind in ("HorizontalPodAutoscaler", "PodDisruptionBudget") for s in SERVICES}
    for service in SERVICES:
        scaled, budget = found["HorizontalPodAutoscaler", service], found["PodDisruptionBudget", service]
        assert scaled["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": service}
        assert 2 <= scaled["minReplicas"] <= scaled["maxReplicas"] <= int(config["FPS_PARTITIONS"])
        assert (budget["maxUnavailable"], budget["selector"]["matchLabels"]) == (1, {"app": service})
        documents = list(yaml.safe_load_all((ROOT / f"deploy/kubernetes/{service}.yaml").read_text(encoding="utf-8")))
        deployment = next(d for d in documents if d["kind"] == "Deployment")["spec"]
        assert "replicas" not in deployment  # applied again, it would undo what the autoscaler did
        (apart,) = deployment["template"]["spec"]["affinity"]["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
        assert apart["podAffinityTerm"]["labelSelector"]["matchLabels"] == {"app": service}
    assert environment("antai", {"FPS_PILOTAGE_TOKEN": "x"})["FPS_PARTITIONS"] == "1"


def test_the_bill_of_materials_names_every_locked_version_with_its_hashes() -> None:
    done = subprocess.run([sys.executable, ROOT / "deploy/sbom.py"], capture_output=True, text=True, check=True, timeout=30)
    bom = json.loads(done.stdout)
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    text = (ROOT / "requirements/runtime.txt").read_text(encoding="utf-8")
    theirs = {(c["name"], c["version"]): len(c["hashes"]) for c in bom["components"] if not c["name"].startswith("fps-")}
    assert set(theirs) == {(n.lower(), v) for n, v in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)} and len(theirs) > 40
    assert sum(theirs.values()) == text.count("--hash=sha256:") and all(theirs.values())
    assert len([c for c in bom["components"] if c["name"].startswith("fps-")]) == 8
    refs = [c["bom-ref"] for c in bom["components"]]
    assert len(refs) == len(set(refs)) and bom["dependencies"][0]["dependsOn"] == refs
