"""An export as a test reads and alters it: the rows of each table, from the stream of a service or of a whole world, and back."""

import hashlib
import json
from typing import Any

from fps.parties import SERVICES
from fps_simulateur.pilote.transfert import exporter
from fps_simulateur.pilote.world import World


def lu(flot: bytes) -> dict[str, Any]:
    """The stream of a service, as the document of the first version: `{"service", "bac", "tables": {nom: {"colonnes", "lignes"}}}`."""
    tete, *suite = map(json.loads, flot.splitlines())
    tables: dict[str, Any] = {}
    for line in suite[:-1]:
        if isinstance(line, dict):
            tables[line["table"]] = {"colonnes": line["colonnes"], "lignes": []}
            ici = tables[line["table"]]["lignes"]
        else:
            ici.append(line)
    assert suite[-1]["fin"]["lignes"] == {nom: len(table["lignes"]) for nom, table in tables.items()}
    return {"service": tete["service"], "bac": tete["bac"], "ancres": tete["ancres"], "tables": tables}


REFUSEES = ("audit", "ancres", "gestes")  # tables where a refused request leaves its trace


def tenu(flot: bytes) -> dict[str, Any]:
    """The tables of a service, but what it notes of a refused request: audit journal, anchors, gestes, count by code."""
    tables = {nom: table for nom, table in lu(flot)["tables"].items() if not nom.startswith(REFUSEES)}
    rang, comptes = tables["counts"]["colonnes"].index("nom"), tables["counts"]["lignes"]
    tables["counts"]["lignes"] = [ligne for ligne in comptes if not ligne[rang].startswith("refus:")]
    return tables


def ecrit(document: dict[str, Any]) -> bytes:
    """A document as the stream of a service, sealed as it is."""
    tete = {"format": "fps-bac-service", "version": 2, "service": document["service"], "bac": document["bac"], "schema": ""}
    lines: list[Any] = [tete | {nom: document[nom] for nom in ("ancres",) if nom in document}]
    numbers = {}
    for nom, table in document["tables"].items():
        lines += [{"table": nom, "colonnes": table["colonnes"]}, *table["lignes"]]
        numbers[nom] = len(table["lignes"])
    corps = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    fin = {"fin": {"lignes": numbers, "empreinte": hashlib.sha256(corps).hexdigest()}}
    return corps + json.dumps(fin).encode() + b"\n"


async def monde_exporte(world: World, bac: str) -> dict[str, dict[str, Any]]:
    """What each service holds of a bac."""
    flot = b"".join([some async for some in exporter(world.pilot, bac)])
    found, lines = {}, flot.splitlines(keepends=True)[1:]
    while lines:
        end = next(i for i, line in enumerate(lines) if line.startswith(b'{"fin"')) + 1
        one, lines = lu(b"".join(lines[:end])), lines[end:]
        found[one["service"]] = one
    assert set(found) == {s.value for s in SERVICES}
    return found
