"""The files of Kubernetes, line by line: what a pod may do, mount, know and answer is written twice, and nothing else is in them."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from tests.kit.composition import ROOT, SERVICES

PORTS = SERVICES | {"console": 8000}
PART_OF = {"app.kubernetes.io/part-of": "fps"}


@dataclass(frozen=True)
class Libre:
    """A figure that may be set otherwise, in its form; it has to be there."""

    forme: str

    def __eq__(self, other: object) -> bool:
        return not isinstance(other, bool) and re.fullmatch(self.forme, str(other)) is not None


NOMBRE, CPU, MEMOIRE = Libre(r"[1-9]\d*"), Libre(r"\d+m"), Libre(r"[1-9]\d*Mi")
SERRE = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
RESSOURCES = {"requests": {"cpu": CPU, "memory": MEMOIRE}, "limits": {"memory": MEMOIRE}}
IDENTITE = {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}}
TMP = {"name": "tmp", "mountPath": "/tmp"}


def named(kind: str, version: str, name: str, spec: Any, **more: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": "fps", **more}, "spec": spec}


def image(name: str) -> Libre:
    return Libre(rf"fps-{name}:\d+\.\d+\.\d+")


def volumes(**claims: str) -> list[dict[str, Any]]:
    kept = [{"name": name, "persistentVolumeClaim": {"claimName": claim}} for name, claim in claims.items()]
    return [*kept, {"name": "tmp", "emptyDir": {"sizeLimit": MEMOIRE}}]


def public(name: str) -> list[dict[str, Any]]:
    """The parts of the PKI that a pod sees: only who issues certificates writes the public files, and no key is written."""
    seen = {"name": "pki", "mountPath": "/pki/public", "subPath": "public"} | ({} if name == "antai" else {"readOnly": True})
    keys = {"antai": ("psce", "antai"), "console": ()}.get(name, (name,))
    return [seen, *({"name": "pki", "mountPath": f"/pki/cles/{k}", "subPath": f"cles/{k}", "readOnly": True} for k in keys)]


def deployed(name: str) -> list[dict[str, Any]]:
    """A deployment and its address: a service has its migrations before it, replicas apart, and the secret that it alone reads."""
    port, service = PORTS[name], name != "console"
    scheme, secret = ("https", f"fps-{name}") if service else ("http", "fps-pilotage")
    module = name if service else "fps_console"
    given = [{"configMapRef": {"name": "fps"}}, {"secretRef": {"name": secret}}]
    secure: dict[str, Any] = {"scheme": "HTTPS"} if service else {}
    common = {"image": image(name), "envFrom": given, "securityContext": SERRE, "resources": RESSOURCES}

    def probe(path: str, **more: Any) -> dict[str, Any]:
        return {"httpGet": {"path": f"/sante/{path}", "port": scheme, **secure}, "periodSeconds": NOMBRE, **more}

    server = common | {
        "name": name,
        "command": ["python", "-m", module, "serve"],
        "env": [{"name": "FPS_PORT", "value": str(port)}],
        "ports": [{"name": scheme, "containerPort": port}],
        "volumeMounts": [TMP, *public(name)],
        "startupProbe": probe("vivant", failureThreshold=NOMBRE),
        "livenessProbe": probe("vivant"),
        "readinessProbe": probe("pret"),
    }
    spec: dict[str, Any] = {
        "automountServiceAccountToken": False,
        "securityContext": IDENTITE,
        "containers": [server],
        "volumes": volumes(pki="fps-pki"),
    }
    scrape = {"scrape": "true", "port": str(port), "path": "/metrics"} | ({"scheme": "https"} if service else {})
    if service:
        migrate = common | {"name": "migrate", "command": ["python", "-m", module, "migrate"], "volumeMounts": [TMP]}
        term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": name}}}
        apart = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": NOMBRE, "podAffinityTerm": term}]}
        spec |= {"initContainers": [migrate], "terminationGracePeriodSeconds": NOMBRE, "affinity": {"podAntiAffinity": apart}}
    template = {
        "metadata": {"labels": {"app": name} | PART_OF, "annotations": {f"prometheus.io/{k}": v for k, v in scrape.items()}},
        "spec": spec,
    }
    whole = {"selector": {"matchLabels": {"app": name}}, "template": template} | ({} if service else {"replicas": 1})
    address = {"selector": {"app": name}, "ports": [{"name": scheme, "port": port, "targetPort": scheme}]}
    return [named("Deployment", "apps/v1", name, whole, labels={"app": name}), named("Service", "v1", name, address)]


def pki() -> list[dict[str, Any]]:
    """The job alone mounts the keys of the authorities; one pod writes the volume that the others read on any node."""
    keys = [{"name": "autorites", "mountPath": f"/pki/cles/{name}", "subPath": name} for name in ("racine", "services")]
    container = {
        "name": "pki",
        "image": image("console"),
        "command": ["python", "-m", "fps_console", "psce", "initialiser"],
        "env": [{"name": "FPS_PKI_DIR", "value": "/pki"}],
        "volumeMounts": [{"name": "pki", "mountPath": "/pki"}, *keys, TMP],
        "securityContext": SERRE,
        "resources": RESSOURCES,
    }
    spec = {
        "restartPolicy": "OnFailure",
        "automountServiceAccountToken": False,
        "securityContext": IDENTITE | {"fsGroup": 10001},
        "containers": [container],
        "volumes": volumes(pki="fps-pki", autorites="fps-autorites"),
    }
    job = {"backoffLimit": NOMBRE, "template": {"metadata": {"labels": {"app": "pki"} | PART_OF}, "spec": spec}}
    claims = {"fps-pki": "ReadWriteMany", "fps-autorites": "ReadWriteOnce"}
    kept = [(n, {"accessModes": [mode], "resources": {"requests": {"storage": MEMOIRE}}}) for n, mode in claims.items()]
    return [*(named("PersistentVolumeClaim", "v1", n, one) for n, one in kept), named("Job", "batch/v1", "pki", job)]


def network() -> list[dict[str, Any]]:
    """Nobody comes in but the pods of the simulator; the console goes out to the services and to the names, the job nowhere."""
    ours = [{"podSelector": {"matchLabels": PART_OF}}]
    names = [{"namespaceSelector": {}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}]
    services = [{"port": port} for port in SERVICES.values()]
    entry = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": ours, "ports": [{"port": 8000}, *services]}]}
    dns = {"to": names, "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}
    console, job = ({"podSelector": {"matchLabels": {"app": app}}, "policyTypes": ["Egress"]} for app in ("console", "pki"))
    rules = {"entrees": entry, "sorties-console": console | {"egress": [{"to": ours, "ports": services}, dns]}, "sorties-pki": job}
    return [named("NetworkPolicy", "networking.k8s.io/v1", name, spec) for name, spec in rules.items()]


def replicas() -> Iterator[dict[str, Any]]:
    """How many there are and how they go away; a target in cores, which the requests do not move."""
    target = {"name": "cpu", "target": {"type": "AverageValue", "averageValue": CPU}}

    def step() -> dict[str, Any]:
        return {"stabilizationWindowSeconds": NOMBRE, "policies": [{"type": "Pods", "value": NOMBRE, "periodSeconds": NOMBRE}]}

    for name in SERVICES:
        scaled = {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": NOMBRE,  # between which bounds: test_hardening.py
            "maxReplicas": NOMBRE,
            "metrics": [{"type": "Resource", "resource": target}],
            "behavior": {"scaleUp": step(), "scaleDown": step()},
        }
        yield named("HorizontalPodAutoscaler", "autoscaling/v2", name, scaled)
        yield named("PodDisruptionBudget", "policy/v1", name, {"maxUnavailable": 1, "selector": {"matchLabels": {"app": name}}})


def config() -> list[dict[str, Any]]:
    addresses = ",".join(f"{name}=https://{{}}:{port}" for name, port in SERVICES.items())
    data = {
        "FPS_HOST": "0.0.0.0",
        "FPS_LOG_LEVEL": "INFO",
        "FPS_ADDRESSES": addresses.format(*SERVICES),
        "FPS_PUBLIC_ADDRESSES": addresses.format(*["localhost"] * 4),
        "FPS_HOSTS": "console",
        "FPS_PILOTAGE_NETWORKS": Libre(r"127\.0\.0\.0/8,[\d.]+/\d+"),  # how wide: test_hardening.py
        "FPS_PARTITIONS": NOMBRE,
        "FPS_TLS": "1",
        "FPS_PKI_DIR": "/pki",
    }
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "fps"}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "fps", "namespace": "fps"}, "data": data},
    ]


def attendus() -> dict[str, list[dict[str, Any]]]:
    files = {"00-config": config(), "01-pki": pki(), "02-network": network(), "03-replicas": list(replicas())}
    return {f"{name}.yaml": found for name, found in (files | {name: deployed(name) for name in PORTS}).items()}


def ecrits() -> dict[str, list[dict[str, Any]]]:
    paths = (ROOT / "deploy/kubernetes").iterdir()
    return {path.name: list(yaml.safe_load_all(path.read_text(encoding="utf-8"))) for path in paths}


def places(found: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, value in found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ():
        yield (*path, key)
        yield from places(value, (*path, key))


def test_each_line_of_kubernetes_is_one_that_was_wanted() -> None:
    found, wanted = ecrits(), attendus()
    assert set(found) == set(wanted)
    for name, documents in found.items():
        for i, document in enumerate(documents):
            assert wanted[name][i] == document, (name, document["kind"], document["metadata"]["name"])
        assert len(documents) == len(wanted[name]), name


def test_each_line_that_is_lost_or_reversed_is_seen() -> None:
    """A free figure too: the comparison that is made above is blind nowhere."""
    wanted, blind, seen = attendus(), [], 0
    for name, documents in ecrits().items():
        for i, document in enumerate(documents):
            for path in places(document):
                here: Any = (changed := copy.deepcopy(document))
                for key in path[:-1]:
                    here = here[key]
                if isinstance(here[path[-1]], bool):
                    here[path[-1]] = not here[path[-1]]
                else:
                    del here[path[-1]]
                seen += 1
                if wanted[name][i] == changed:
                    blind.append((name, *path))
    assert blind == [] and seen > 900
