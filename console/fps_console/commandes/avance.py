"""`fps advance`: move the date of a bac, and tell what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fps.kit.ground.settings import Settings
from fps_console.commandes import enterrees
from fps_console.commandes.liaison import drive
from fps_console.commandes.output import Panne, dump, grid, say, screen
from fps_console.commandes.temps import DUREE, after, instant
from fps_console.mots import recit

if TYPE_CHECKING:
    from rich.console import Console

    from fps_simulateur.pilote.pilot import Pilot

# 100 columns in all, the same for every table: timelines printed one after the other stand in line. On a narrower screen, words wrap,
# dates and amounts do not.
COLUMNS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Date", {"width": 10, "no_wrap": True}),
    ("Qui", {"min_width": 13, "max_width": 20}),
    ("Acte", {"min_width": 20, "max_width": 28}),
    ("Flux", {"width": 4, "justify": "right", "no_wrap": True}),
    ("Montant", {"width": 9, "justify": "right", "no_wrap": True}),
    ("Texte", {"max_width": 19}),
)


@dataclass(frozen=True)
class Avance:
    """What became of a bac that was moved: what happened, in order, the letters that people received, what could not be lived."""

    nom: str
    instant: datetime
    evenements: list[dict[str, Any]]
    courriers: dict[str, Mapping[str, Any]]
    enterrees: dict[str, Any]
    en_attente: int = 0


async def target(pilot: "Pilot", nom: str, asked: Mapping[str, str], state: Mapping[str, Any]) -> datetime:
    """The instant that is asked of a bac: `jusqua` a date, `de` a duration, `a` a named day (of a `dossier`); raises Panne."""
    if "jusqua" in asked:
        return instant(asked["jusqua"])
    now = datetime.fromisoformat(state["instant"])
    if "de" in asked:
        return after(now, asked["de"])
    from fps_simulateur.pilote.reperes import RepereFaux, trouver

    try:
        return await trouver(pilot, nom, asked["a"], asked.get("dossier"), state)
    except RepereFaux as error:
        raise Panne(error.phrase, error.que_faire) from error


def named(to: str) -> dict[str, str]:
    """What `--to` says: a duration, a date, else the name of a day."""
    if DUREE.fullmatch(to.strip().upper()):
        return {"de": to}
    return {"jusqua" if to[:4].isdigit() else "a": to}


def advance(settings: Settings, nom: str, asked: Mapping[str, str], en_json: bool) -> int:
    """Advance a bac to a date or by a duration, print the ordered list of what happened; raises Panne.

    The status is 1 when a deadline of the bac is buried, or when letters wait: what had to happen did not.
    """
    if len(set(asked) - {"dossier"}) != 1:
        que_faire = "Donnez --jusqua 2026-10-05, --de P3M (trois mois) ou --to titre (un jour qui a un nom), un seul des trois."
        raise Panne("Dites jusqu'où avancer.", que_faire)

    async def go(pilot: "Pilot") -> Avance:
        return await move(pilot, nom, await target(pilot, nom, asked, await pilot.etat(nom)))

    return tell(drive(settings, go), en_json)


async def move(pilot: "Pilot", nom: str, until: datetime) -> Avance:
    """Live every day until then; raises PiloteErreur."""
    events = await pilot.avancer(nom, until)
    letters, state = await contents(pilot, nom, events), await pilot.etat(nom)
    return Avance(nom, until, events, letters, state["echeances_enterrees"], state["en_attente"])


def tell(avance: Avance, en_json: bool = False) -> int:
    """Print it; gives the exit status."""
    nom, until, lost = avance.nom, avance.instant, avance.enterrees
    waiting = avance.en_attente
    status = 1 if lost["nombre"] or waiting else 0
    if en_json:
        told = {"bac": nom, "instant": until.isoformat(), "evenements": avance.evenements}
        dump({**told, "echeances_enterrees": lost, "en_attente": waiting})
        return status
    shown = recit.courtes(avance.evenements)
    if shown:
        table(f"Bac « {nom} »", shown, avance.courriers, screen(), numbers=True)
    elif not status:
        say("Rien n'était dû.")
    say(f"Le bac « {nom} » est au {recit.longue(until.date())}, {until:%H:%M}.")
    if waiting:
        say(f"{waiting} lettre{'s attendent' if waiting > 1 else ' attend'} encore de partir : « fps doctor » dit pourquoi.")
    if lost["nombre"]:
        enterrees.tell(lost, nom)
    return status


async def contents(pilot: "Pilot", nom: str, events: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The letters that people received among these events: their amounts are in them."""
    from fps.parties import Party

    letters = [e for e in events if e["acte"] == "courrier"][:200]
    return {e["donnees"]["id"]: await pilot.courrier(nom, Party(e["service"]), e["donnees"]["id"]) for e in letters}


def table(
    title: str, events: Sequence[Mapping[str, Any]], letters: Mapping[str, Mapping[str, Any]], on: "Console", *, numbers: bool = False
) -> None:
    """A timeline; with `numbers`, each dossier's number stands before its first line."""
    from rich.text import Text

    rows: list[tuple[Any, ...]] = []
    day = ""
    for event in events:
        line = recit.ligne(event, letters)
        acte = Text(line.acte)
        if line.precision:
            acte.append(f"\n{line.precision}", style="dim")
        if numbers:
            acte.append(f"\n{event['sujet']}", style="cyan")
        shown = line.jour if line.jour != day else ""
        law = Text(recit.texte(line.article), style="dim")
        rows.append((shown, line.qui, acte, line.flux or "", line.montant, law))
        day = line.jour
    grid(title, COLUMNS, rows, on=on)
