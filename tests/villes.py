"""The shipped towns, for the tests of the rules that receive one."""

from datetime import date
from typing import Any

from fps.villes.catalogue import livrees
from fps.villes.communes import Commune


def commune(siret: str, le: date = date(2026, 6, 15)) -> Commune:
    """The shipped town of this SIRET, as it is configured that day."""
    return livrees().commune(siret, le)


def donnees() -> list[dict[str, Any]]:
    """The shipped towns, as a bac is given them: a blank one that knows them enrols them by hand."""
    return [{"depuis": v.depuis.isoformat(), "commune": v.commune.model_dump(mode="json", by_alias=True)} for v in livrees().versions()]
