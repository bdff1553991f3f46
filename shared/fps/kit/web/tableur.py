"""Figures as a French spreadsheet reads them: semicolons, one line a model, one column a figure."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

FORMULES = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of a formula


def en_csv(lignes: Sequence[BaseModel], vide: Sequence[str] = ()) -> str:
    """The same figures in CSV; a figure that has parts has one column a part. `vide`: the columns when there is no line."""
    sortie = io.StringIO()
    plats = [_plat(ligne.model_dump()) for ligne in lignes]
    writer = csv.DictWriter(sortie, list(plats[0]) if plats else list(vide), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(plats)
    return sortie.getvalue()


def _plat(valeurs: dict[str, Any]) -> dict[str, Any]:
    plat: dict[str, Any] = {}
    for nom, valeur in valeurs.items():
        if isinstance(valeur, dict):
            plat |= {f"{nom} {sous}": n for sous, n in valeur.items()}
        else:
            plat[nom] = str(valeur).replace(".", ",") if isinstance(valeur, float) else _sans_formule(valeur)
    return plat


def _sans_formule(valeur: Any) -> Any:
    """A text that a spreadsheet would run is given as a text: with an apostrophe before it."""
    return f"'{valeur}" if isinstance(valeur, str) and valeur.startswith(FORMULES) else valeur
