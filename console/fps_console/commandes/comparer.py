"""`fps comparer`: what differs between two bacs, dossier by dossier: states, dates, amounts, letters, flows, side by side."""

import asyncio
import html
import json
import sys
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from fps.flows import by_type
from fps.kit.ground.settings import Settings
from fps.parties import LIBELLES, Party
from fps_console.commandes.liaison import drive
from fps_console.commandes.output import SPECIMEN, Panne, grid, narrow, objet, say, screen
from fps_console.lecture import PAGE, Lecture
from fps_console.mots import recit

if TYPE_CHECKING:
    from fps_simulateur.pilote.pilot import Pilot

RIEN: Final = "—"
MONTRES: Final = 1_000  # differences of a table
ETATS: Final[Mapping[Party, str]] = {Party.COLLECTIVITE: "/fps/{}", Party.ANTAI: "/dossiers/{}", Party.DGFIP: "/prises-en-charge/{}"}


@dataclass(frozen=True, slots=True)
class Ecart:
    """One thing that is not the same: which dossier, what, and how it is in each bac (« — » where it is not)."""

    dossier: str
    quoi: str
    a: str
    b: str


@dataclass(slots=True)
class Compte:
    """How many dossiers both bacs have, and how many things differ."""

    communs: int = 0
    ecarts: int = 0


class Trouves:
    """What differs, as it was found: a line each of a temporary file."""

    def __init__(self, fichier: IO[str]):
        self._fichier = fichier

    def __iter__(self) -> Iterator[Ecart]:
        self._fichier.seek(0)
        return (Ecart(**json.loads(line)) for line in self._fichier)

    async def dits(self) -> AsyncIterator[dict[str, str]]:
        """The same, one JSON object each."""
        for one in self:
            yield asdict(one)


def comparer(settings: Settings, a: str, b: str, page: Path | None, en_json: bool) -> int:
    """Tell what differs between two bacs; gives 1 when something does, 0 when they are alike. Raises Panne, of status 2."""

    async def go(pilot: "Pilot") -> int:
        compte = Compte()
        with tempfile.TemporaryFile("w+", encoding="utf-8") as fichier:  # they may be more than a memory holds
            async with aclosing(_ecarts(Lecture(pilot, pilot.client, pilot.addresses), a, b, compte)) as trouves:
                async for one in trouves:
                    compte.ecarts += 1
                    fichier.write(f"{json.dumps(asdict(one))}\n")
            trouves_la = Trouves(fichier)
            if page is not None:
                await asyncio.to_thread(_page, page, a, b, trouves_la, compte)
            if en_json:
                async for part in objet({"a": a, "b": b, "dossiers_communs": compte.communs}, "ecarts", trouves_la.dits(), plain=narrow()):
                    sys.stdout.write(part)
                say()
            else:
                _dire(a, b, trouves_la, compte)
        return 1 if compte.ecarts else 0

    try:
        return drive(settings, go)
    except Panne as error:  # 1 says that they differ, and nothing else
        raise Panne(error.phrase, error.que_faire, code=error.code, statut=2, problem=error.problem) from error


async def _ecarts(lecture: Lecture, a: str, b: str, compte: Compte) -> AsyncGenerator[Ecart, None]:
    """What differs, dossier by dossier in the order of their numbers; `compte` is told how many both have."""
    instants = {nom: datetime.fromisoformat((await lecture.pilot.etat(nom))["instant"]) for nom in (a, b)}
    if instants[a] != instants[b]:
        yield Ecart("", "Date du bac", *(f"{instants[nom]:%d/%m/%Y %H:%M}" for nom in (a, b)))
    async with aclosing(ensemble(*(_numeros(lecture, nom) for nom in (a, b)))) as numeros:
        async for numero, (dans_a, dans_b) in numeros:
            if not (dans_a and dans_b):
                yield Ecart(numero, "Dossier", *("présent" if la else RIEN for la in (dans_a, dans_b)))
                continue
            compte.communs += 1
            vus = [await _vu(lecture, nom, numero) for nom in (a, b)]
            for quoi in dict.fromkeys([*vus[0], *vus[1]]):
                if vus[0].get(quoi) != vus[1].get(quoi):
                    yield Ecart(numero, quoi, vus[0].get(quoi, RIEN), vus[1].get(quoi, RIEN))


async def _numeros(lecture: Lecture, nom: str) -> AsyncGenerator[str, None]:
    """The dossiers of a bac that the town established, or that ANTAI received from an editor, in order."""

    async def au(service: Party, path: str) -> AsyncGenerator[str, None]:
        apres: str | None = ""
        while apres is not None:
            found = await lecture.get(service, nom, path, limite=PAGE, apres=apres) or {"elements": [], "suivant": None}
            for one in found["elements"]:
                yield one["numero"]
            apres = found["suivant"]

    async with aclosing(ensemble(au(Party.COLLECTIVITE, "/fps"), au(Party.ANTAI, "/dossiers"))) as numeros:
        async for numero, _ in numeros:
            yield numero


async def ensemble(*suites: AsyncGenerator[str, None]) -> AsyncGenerator[tuple[str, list[bool]], None]:
    """What several ordered sequences have, in order and once, with which of them have it; none is ever held."""
    async with AsyncExitStack() as ouvertes:
        for suite in suites:
            await ouvertes.enter_async_context(aclosing(suite))
        tetes = [await anext(suite, None) for suite in suites]
        while (premier := min((tete for tete in tetes if tete is not None), default=None)) is not None:
            ici = [tete == premier for tete in tetes]
            yield premier, ici
            tetes = [await anext(suite, None) if la else tete for suite, tete, la in zip(suites, tetes, ici, strict=True)]


async def _vu(lecture: Lecture, nom: str, numero: str) -> dict[str, str]:
    """What is compared of a dossier, by its name: the state that each service says, dates and sums, then each letter and each flow."""
    found: dict[str, str] = {}
    for service, path in ETATS.items():
        if (vu := await lecture.get(service, nom, path.format(numero))) is not None:
            found[f"État, {LIBELLES[service]}"] = recit.etat(vu["etat"])
    dossier = await lecture.dossier(nom, numero)
    if dossier is None:
        return found
    found |= dict(dossier["faits"])
    for line in dossier["journal"]:
        if line["acte"] in ("envoi", "courrier"):
            cls = by_type(line["donnees"]["type"])
            name = f"{'Courrier' if line['acte'] == 'courrier' else f'Flux {cls.flow}'} : {recit.message(cls)}"
            le = f"{datetime.fromisoformat(line['date']):%d/%m/%Y}"
            found[name] = f"{found[name]}, {le}" if name in found else le
    return found


def _dire(a: str, b: str, trouves: Trouves, compte: Compte) -> None:
    if not compte.ecarts:
        say(f"« {a} » et « {b} » sont pareils : {_dossiers(compte.communs)}, mêmes dates, montants, courriers et flux.")
        return
    rows, last = [], None
    for one in islice(trouves, MONTRES):
        rows.append((one.dossier if one.dossier != last else "", one.quoi, one.a, one.b))
        last = one.dossier
    grid(f"« {a} » et « {b} »", (("Dossier", {"min_width": 26}), "Quoi", a, b), rows, on=screen())
    if compte.ecarts > MONTRES:
        say(f"… et {compte.ecarts - MONTRES} autres : « --json » et « --html » les disent tous.")
    say(f"{compte.ecarts} écart{'s' if compte.ecarts > 1 else ''}, {_dossiers(compte.communs)} en commun.")


def _dossiers(nombre: int) -> str:
    return f"{nombre} dossier{'s' if nombre > 1 else ''}"


def _page(chemin: Path, a: str, b: str, trouves: Trouves, compte: Compte) -> None:
    """One file, without any other: it opens where there is no network."""
    e: Any = html.escape
    title = f"« {e(a)} » et « {e(b)} »"
    style = (
        "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}table{border-collapse:collapse;width:100%}"
        "th,td{border-bottom:1px solid #999;padding:.3rem .6rem;text-align:left;vertical-align:top}:root{color-scheme:light dark}"
    )
    with chemin.open("w", encoding="utf-8") as file:
        file.write(
            f'<!doctype html>\n<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>{title}</title><style>{style}</style></head><body>\n<p>{SPECIMEN}</p>\n<h1>{title}</h1>\n"
            f"<p>{_dossiers(compte.communs)} en commun.</p>\n"
        )
        if compte.ecarts:
            file.write(
                f"<table><caption>{compte.ecarts} écarts</caption><thead><tr><th scope='col'>Dossier</th><th scope='col'>Quoi</th>"
                f"<th scope='col'>{e(a)}</th><th scope='col'>{e(b)}</th></tr></thead><tbody>\n"
            )
            for x in trouves:
                file.write(f"<tr><td>{e(x.dossier)}</td><th scope='row'>{e(x.quoi)}</th><td>{e(x.a)}</td><td>{e(x.b)}</td></tr>\n")
            file.write("</tbody></table>")
        else:
            file.write("<p>Les deux bacs sont pareils.</p>")
        file.write("\n</body></html>\n")
