"""The deadlines that no service could live, in words: which dossier, which day, why, and what to do."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fps.parties import LIBELLES, Party
from fps_console.commandes.output import grid, say, screen

COLUMNS = ("Dossier", "Service", "Échéance", "Cause")
SENS = "echeance"  # among the dead letters, the buried deadlines


def nombre(enterrees: int) -> str:
    """« 1 échéance enterrée », « 3 échéances enterrées »."""
    many = "s" if enterrees > 1 else ""
    return f"{enterrees} échéance{many} enterrée{many}"


def phrase(one: Mapping[str, Any]) -> str:
    """One of them, as the state of a bac names it."""
    due = date.fromisoformat(one["due"])
    return f"{LIBELLES[Party(one['service'])]}, échéance « {one['echeance']} » du {due:%d/%m/%Y}, dossier {one['sujet']} : {one['cause']}"


def que_faire(nom: str) -> str:
    """What to do of those of a bac."""
    return (
        f"Corrigez la cause, puis « fps lettres-mortes rejouer --bac {nom} » ; « fps lettres-mortes lister --bac {nom} » les donne toutes."
    )


def tell(enterrees: Mapping[str, Any], nom: str) -> None:
    """Print those that the state of a bac names."""
    say(f"ATTENTION : {nombre(enterrees['nombre'])}, ce qui devait se passer ces jours-là ne s'est pas passé.")
    for one in enterrees["premieres"]:
        say(f"  {phrase(one)}")
    if rest := enterrees["nombre"] - len(enterrees["premieres"]):
        say(f"  … et {rest} de plus.")
    say(f"  → {que_faire(nom)}")


def table(rows: Sequence[Mapping[str, Any]], nom: str) -> None:
    """Print those of a list of dead letters."""
    shown = [(x["subject"], x["service"], x["type"], x["cause"]) for x in rows]
    grid(f"Échéances enterrées du bac « {nom} »", COLUMNS, shown, on=screen())
