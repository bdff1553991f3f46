"""Who was cut, and had no key, can ask what became of its act: each operation that writes has its door, which the same way opens."""

import json
import re
from pathlib import Path
from typing import Any

from fps_console.documentation.devenir import AILLEURS, devenir, ecritures, ouverte, portes
from tests.contrats.test_contracts import CONTRACTS, ROOT

CONTRATS = {**CONTRACTS, "console": json.loads((ROOT / Path("docs/openapi-console.json")).read_text(encoding="utf-8"))}


def sus(contrat: dict[str, Any], methode: str, chemin: str) -> set[str]:
    """The names that who acted knows: those of the path, of the query and of the body that it sent."""
    operation = contrat["paths"][chemin][methode]
    schemas = [media["schema"] for media in operation.get("requestBody", {}).get("content", {}).values()]
    corps = {
        nom
        for one in schemas
        for nom in contrat["components"]["schemas"].get(one.get("$ref", "").rpartition("/")[2], {}).get("properties", ())
    }
    return corps | set(re.findall(r"{([^}]+)}", chemin)) | {p["name"] for p in operation.get("parameters", ()) if "name" in p}


def test_each_operation_that_writes_has_a_door_where_what_became_of_it_is_read() -> None:
    faux, vues = [], set()
    for service, contrat in CONTRATS.items():
        for methode, chemin in ecritures(contrat):
            vues.add(f"{methode.upper()} {chemin}")
            trouve = devenir(contrat, methode, chemin)
            lecture = None if trouve is None else contrat["paths"].get(trouve.porte, {}).get("get")
            if trouve is None or not (trouve.porte or trouve.phrase):
                faux.append((service, methode, chemin, "nulle part"))
            elif trouve.porte and lecture is None:
                faux.append((service, methode, chemin, f"{trouve.porte} n'existe pas"))
            elif lecture is not None and not ouverte(lecture, portes(contrat["paths"][chemin][methode])):
                faux.append((service, methode, chemin, f"{trouve.porte} ne s'ouvre pas à qui a agi"))
            elif manquent := set(re.findall(r"{([^}]+)}", trouve.porte)) - sus(contrat, methode, chemin):
                faux.append((service, methode, chemin, f"{trouve.porte} veut {manquent}"))
    assert faux == []
    assert set(AILLEURS) - vues == set(), "a door that is elsewhere, of an act that is not there any more"
    assert len(vues) > 150
