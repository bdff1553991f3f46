"""`fps advance`: move the date of a bac, and tell what happened."""

import sys
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fps.kit.ground.clock import wall_now
from fps.kit.ground.settings import Settings
from fps_console.commandes import enterrees
from fps_console.commandes.liaison import STATUTS, drive
from fps_console.commandes.output import Panne, grid, narrow, objet, say, screen
from fps_console.commandes.progres import Progres
from fps_console.commandes.temps import DUREE, after, instant
from fps_console.mots import recit

if TYPE_CHECKING:
    from rich.console import Console

    from fps.parties import Party
    from fps_simulateur.pilote.pilot import Dire, Pilot

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


ENTIER = 200  # lines that are told one by one; a longer story is told by its numbers, its beginning and its end
BOUTS = 10
PATIENCE = 10.0  # real seconds: that of fps_simulateur.pilote.produit, which is not imported for the help
PAGE = 500  # lines of one table of --detail


@dataclass(frozen=True)
class Avance:
    """What became of a bac that was moved: where its journals stood before, what could not be lived, what is still on its way."""

    nom: str
    instant: datetime
    marques: "Mapping[Party, int]"
    enterrees: dict[str, Any]
    en_attente: int = 0

    @property
    def status(self) -> int:
        """1 when something that had to happen did not."""
        return 1 if self.enterrees["nombre"] or self.en_attente else 0


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
        raise Panne(error.phrase, error.que_faire, code=error.code, statut=STATUTS.get(error.code, 1)) from error


def named(to: str) -> dict[str, str]:
    """What `--to` says: a duration, a date, else the name of a day."""
    if DUREE.fullmatch(to.strip().upper()):
        return {"de": to}
    return {"jusqua" if to[:4].isdigit() else "a": to}


def advance(
    settings: Settings, nom: str, asked: Mapping[str, str], en_json: bool, *, detail: bool = False, attente: float = PATIENCE
) -> int:
    """Advance a bac to a date or by a duration, tell what happened, in order; raises Panne.

    The status is 1 when a deadline of the bac is buried, or when letters wait: what had to happen did not; 4 when a product that was
    told the time did not acknowledge it in `attente` real seconds; those of `liaison.STATUTS` for what is refused.
    """
    if len(set(asked) - {"dossier"}) != 1:
        que_faire = "Donnez --jusqua 2026-10-05, --de P3M (trois mois) ou --to titre (un jour qui a un nom), un seul des trois."
        raise Panne("Dites jusqu'où avancer.", que_faire, statut=2)
    if "jusqua" in asked:
        instant(asked["jusqua"])  # what is no date is told before anything is asked
    if "de" in asked:
        after(wall_now(), asked["de"])

    async def go(pilot: "Pilot") -> int:
        until = await target(pilot, nom, asked, await pilot.etat(nom))
        with Pas() as progres:
            avance = await move(pilot, nom, until, progres.dire, attente)
        return await tell(pilot, avance, en_json, detail=detail)

    return drive(settings, go)


def journal(settings: Settings, nom: str, dossier: str | None, en_json: bool, *, detail: bool = False) -> int:
    """Tell all that happened in a bac, or to a dossier, in order, as a stream; raises Panne."""

    async def go(pilot: "Pilot") -> int:
        from fps.parties import SERVICES

        async def lines() -> AsyncIterator[Mapping[str, Any]]:
            if dossier is None:
                async for line in pilot.faits(nom, dict.fromkeys(SERVICES, 0)):
                    yield line
            else:
                for line in await pilot.journal(nom, dossier):
                    yield line

        if en_json:
            async for part in objet({"bac": nom, "dossier": dossier}, "evenements", lines(), plain=narrow()):
                sys.stdout.write(part)
            say()
            return 0
        shown = recit.au_fil(lines())
        if not await (_pages(pilot, nom, shown) if detail else _story(pilot, nom, shown)):
            say("Rien ne s'y est encore passé.")
        return 0

    return drive(settings, go)


async def move(pilot: "Pilot", nom: str, until: datetime, dire: "Dire | None" = None, attente: float = PATIENCE) -> Avance:
    """Live every day until then; a product has `attente` real seconds for each of its turns. Raises PiloteErreur."""
    told = {} if dire is None else {"dire": dire}
    marks = await pilot.conduire(nom, until, patience=attente, **told)
    state = await pilot.etat(nom)
    return Avance(nom, until, marks, state["echeances_enterrees"], state["en_attente"])


async def tell(pilot: "Pilot", avance: Avance, en_json: bool = False, *, detail: bool = False) -> int:
    """Tell what happened, as a stream; gives the exit status."""
    nom, until, lost, waiting = avance.nom, avance.instant, avance.enterrees, avance.en_attente
    facts = pilot.faits(nom, avance.marques)
    if en_json:
        told = {"bac": nom, "instant": until.isoformat(), "echeances_enterrees": lost, "en_attente": waiting}
        async for part in objet(told, "evenements", facts, plain=narrow()):
            sys.stdout.write(part)
        say()
        return avance.status
    shown = recit.au_fil(facts)
    some = await (_pages(pilot, nom, shown) if detail else _story(pilot, nom, shown))
    if not some and not avance.status:
        say("Rien n'était dû.")
    say(f"Le bac « {nom} » est au {recit.longue(until.date())}, {until:%H:%M}.")
    if waiting:
        say(f"{waiting} lettre{'s attendent' if waiting > 1 else ' attend'} encore de partir : « fps doctor » dit pourquoi.")
    if lost["nombre"]:
        enterrees.tell(lost, nom)
    return avance.status


async def _pages(pilot: "Pilot", nom: str, shown: AsyncIterator[Mapping[str, Any]]) -> int:
    """Every line, a table after the other; gives how many."""
    number, page = 0, []
    async for event in shown:
        page.append(event)
        if len(page) == PAGE:
            await _table(pilot, nom, page, "" if number else f"Bac « {nom} »")
            number += len(page)
            page = []
    if page:
        await _table(pilot, nom, page, "" if number else f"Bac « {nom} »")
    return number + len(page)


async def _story(pilot: "Pilot", nom: str, shown: AsyncIterator[Mapping[str, Any]]) -> int:
    """All the lines when they are few; else how many of each kind, the first and the last; gives how many there are."""
    first: list[Mapping[str, Any]] = []
    last: deque[Mapping[str, Any]] = deque(maxlen=BOUTS)
    kinds: Counter[tuple[str, str]] = Counter()
    async for event in shown:
        line = recit.ligne(event)
        kinds[line.qui, line.acte] += 1
        last.append(event)
        if len(first) < ENTIER:
            first.append(event)
    number = kinds.total()
    if number <= ENTIER:
        if first:
            await _table(pilot, nom, first, f"Bac « {nom} »")
        return number
    await _table(pilot, nom, first[:BOUTS], f"Bac « {nom} » — les {BOUTS} premiers faits sur {number}")
    await _table(pilot, nom, list(last), f"Les {BOUTS} derniers")
    rows = [(str(n), qui, acte) for (qui, acte), n in sorted(kinds.items(), key=lambda one: (-one[1], one[0]))]
    grid("Combien de chaque", (("Nombre", {"justify": "right"}), "Qui", "Acte"), rows, on=screen())
    say("--detail ou --json, en avançant, les disent tous.")
    return number


async def _table(pilot: "Pilot", nom: str, events: Sequence[Mapping[str, Any]], title: str) -> None:
    table(title, events, await contents(pilot, nom, events), screen(), numbers=True)


class Pas(Progres):
    """The progress of a long advance."""

    def dire(self, instant: datetime, vecues: int, en_route: int) -> None:
        """Where the advance is."""
        if self.due():
            self.montrer(f"{instant:%d/%m/%Y %H:%M} : {vecues} échéances vécues, {en_route} lettres en route")


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
