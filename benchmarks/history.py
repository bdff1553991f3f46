"""The file of what was measured before, one run a line, and what it says of a row from one version to the other."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.catalogue import unsure
from benchmarks.figures import Figure
from fps.kit.ground.clock import wall_now

SHOWN = 12  # runs of a row, the last ones


def version(root: Path) -> str:
    """The commit that is measured, with a plus when the tree holds something else; "" out of a clone."""
    found = subprocess.run(["git", "describe", "--always", "--abbrev=10", "--dirty=+"], cwd=root, capture_output=True, text=True)
    return found.stdout.strip()


def line(figures: Sequence[Figure], spins: Mapping[str, Sequence[float]], load: float, commit: str) -> dict[str, Any]:
    """One run: when, of what, on which machine, how fast its loop went; of a row, what was found, and whether it concludes."""
    noisy = unsure(spins, load)
    rows = [{**figure.values(), "concluded": figure.name not in noisy} for figure in figures if figure.ratio is not None]
    every = [spin for found in spins.values() for spin in found]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    spin = round(median(every), 2) if every else None
    return {
        "when": wall_now().isoformat(timespec="seconds"),
        "commit": commit,
        "machine": machine,
        "load": load,
        "spin-ms": spin,
        "figures": rows,
    }


def keep(path: Path, one: Mapping[str, Any]) -> None:
    """Add a run at the end of the file, which `make clean` leaves; a line that was cut is ended first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cut = path.exists() and not path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" * cut + json.dumps(one, ensure_ascii=False) + "\n")


def read(path: Path) -> list[dict[str, Any]]:
    """The runs, oldest first; a line that was cut is left out."""
    found = []
    for text in path.read_text("utf-8").splitlines() if path.exists() else ():
        try:
            found.append(json.loads(text))
        except ValueError:
            continue
    return found


def trend(runs: Iterable[Mapping[str, Any]], names: Sequence[str]) -> str:
    """Of each row asked for, its last ratios, one a version; « ? » after those of a machine that did something else."""
    told: dict[str, list[str]] = {}
    for run in runs:
        for row in run["figures"]:
            if not names or row["name"] in names:
                sure = "" if row["concluded"] else " ?"
                told.setdefault(row["name"], []).append(f"  {run['when'][:16]}  {run['commit']:<12} {row['ratio']:>9.4g}{sure}")
    return "\n".join(text for name, lines in told.items() for text in (name, *lines[-SHOWN:])) or "nothing was measured yet"
