"""docker-compose.yml as compose reads it: its services, and what its variables become."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
SERVICES = {"antai": 8001, "dgfip": 8002, "ccsp": 8003, "collectivite": 8004}
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
NAMES = {name for table in COMPOSE.values() for name in re.findall(r"\$\{(\w+PASSWORD):-", str(table.get("environment", "")))}
PASSWORDS = dict.fromkeys(NAMES, "simulateur")  # what the scripts of deploy/ give when nothing is said
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])((?:[^{}]|\{[^}]*\})*))?\}")


def interpolated(text: str, given: dict[str, str]) -> str:
    """What compose does with ${NAME}, ${NAME:-default}, where another may stand, and ${NAME:?required}."""

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if name not in given and kind == "?":
            raise KeyError(f"{name} must be set: {rest}")
        return given[name] if name in given else interpolated(rest, given) if kind == "-" else ""

    return VARIABLE.sub(value, text)


def environment(service: str, given: dict[str, str]) -> dict[str, str]:
    return {name: interpolated(str(value), PASSWORDS | given) for name, value in COMPOSE[service]["environment"].items()}


def mounted(service: str) -> dict[str, str]:
    """What an entry of the compose file mounts of the PKI: each place in it, and the volume."""
    volumes = [v.split(":") for v in COMPOSE[service].get("volumes", ()) if not v.startswith("./")]
    return {v[1].removeprefix("/pki/"): v[0] for v in volumes if v[1].startswith("/pki/")}
