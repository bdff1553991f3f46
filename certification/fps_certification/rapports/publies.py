"""The schemas that the certification publishes: that of its JSON report, that of the file of a plan."""

import json
from typing import Any, Final

from pydantic import BaseModel

from fps_certification.plans.plan import Plan
from fps_certification.rapports.rapport import Rapport

PUBLIES: Final = {"rapport": "rapport-certification", "plan": "plan-certification"}  # what is asked → the name of the file in docs/


def publie(quoi: str) -> str:
    """The text of a schema (JSON Schema 2020-12)."""
    modeles: dict[str, type[BaseModel]] = {"rapport": Rapport, "plan": Plan}
    schema: dict[str, Any] = modeles[quoi].model_json_schema(mode="serialization" if quoi == "rapport" else "validation")
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema, ensure_ascii=False, indent=1) + "\n"
