"""The software bill of materials of an image (CycloneDX 1.6): the distributions of this project, and each locked one with its hashes."""

import json
import re
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LINE = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)([^\\]*)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def locked(text: str) -> list[dict[str, Any]]:
    """The components of a lock: name, version, hashes of every file that may be installed, and the system that asks it, if one does."""
    found: list[dict[str, Any]] = []
    for line in text.splitlines():
        if match := LINE.match(line):
            name, version, marker = match[1].lower(), match[2], match[3].strip(" ;")
            component = {"type": "library", "name": name, "version": version, "purl": f"pkg:pypi/{name}@{version}"}
            component["bom-ref"] = component["purl"]
            found.append({**component, "hashes": [], **({"properties": [{"name": "marker", "value": marker}]} if marker else {})})
        if found and (digest := HASH.search(line)):
            found[-1]["hashes"].append({"alg": "SHA-256", "content": digest[1]})
    return found


def own(root: Path) -> list[dict[str, Any]]:
    """The distributions of this project."""
    paths = sorted(path for path in root.glob("*/pyproject.toml")) + sorted(root.glob("services/*/pyproject.toml"))
    projects = [tomllib.loads(path.read_text("utf-8"))["project"] for path in paths]
    return [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{p['name']}@{p['version']}",
            "name": p["name"],
            "version": p["version"],
            "purl": f"pkg:pypi/{p['name']}@{p['version']}",
            "licenses": [{"license": {"id": p["license"]}}],
        }
        for p in projects
    ]


def document(root: Path = ROOT) -> dict[str, Any]:
    """The same sources give the same document: no date, and a number drawn from what it lists."""
    ours, theirs = own(root), locked((root / "requirements/runtime.txt").read_text("utf-8"))
    version = next(one["version"] for one in ours if one["name"] == "fps-console")
    whole = {"type": "application", "bom-ref": "fps", "name": "fps", "version": version, "licenses": [{"license": {"id": "EUPL-1.2"}}]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([ours, theirs]))}",
        "version": 1,
        "metadata": {"component": whole},
        "components": [*ours, *theirs],
        "dependencies": [{"ref": "fps", "dependsOn": [one["bom-ref"] for one in (*ours, *theirs)]}],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(document(), ensure_ascii=False, indent=1) + "\n")
