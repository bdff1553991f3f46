"""`fps comparer`: what differs between two bacs, dossier by dossier: states, dates, amounts, letters, flows, side by side."""

import asyncio
import html
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fps.flows import by_type
from fps.kit.ground.settings import Settings
from fps.parties import LIBELLES, Party
from fps_console.commandes.liaison import drive
from fps_console.commandes.output import SPECIMEN, Panne, dump, grid, say, screen
from fps_console.lecture import PAGE, Lecture
from fps_console.mots import recit

if TYPE_CHECKING:
    from fps_simulateur.pilote.pilot import Pilot

RIEN: Final = "—"
ETATS: Final[Mapping[Party, str]] = {Party.COLLECTIVITE: "/fps/{}", Party.ANTAI: "/dossiers/{}", Party.DGFIP: "/prises-en-charge/{}"}


@dataclass(frozen=True, slots=True)
class Ecart:
    """One thing that is not the same: which dossier, what, and how it is in each bac (« — » where it is not)."""

    dossier: str
    quoi: str
    a: str
    b: str


def comparer(settings: Settings, a: str, b: str, page: Path | None, en_json: bool) -> int:
    """Tell what differs between two bacs; gives 1 when something does, 0 when they are alike. Raises Panne, of status 2."""

    async def go(pilot: "Pilot") -> int:
        lecture = Lecture(pilot, pilot.client, pilot.addresses)
        instants = {nom: datetime.fromisoformat((await pilot.etat(nom))["instant"]) for nom in (a, b)}
        ecarts, communs = [], 0
        if instants[a] != instants[b]:
            ecarts.append(Ecart("", "Date du bac", *(f"{instants[nom]:%d/%m/%Y %H:%M}" for nom in (a, b))))
        numeros = {nom: [n async for n in _numeros(lecture, nom)] for nom in (a, b)}
        for numero in sorted({*numeros[a], *numeros[b]}):
            seuls = [nom for nom in (a, b) if numero in numeros[nom]]
            if len(seuls) == 1:
                ecarts.append(Ecart(numero, "Dossier", *("présent" if nom in seuls else RIEN for nom in (a, b))))
                continue
            communs += 1
            vus = [await _vu(lecture, nom, numero) for nom in (a, b)]
            ecarts += [
                Ecart(numero, quoi, vus[0].get(quoi, RIEN), vus[1].get(quoi, RIEN))
                for quoi in dict.fromkeys([*vus[0], *vus[1]])
                if vus[0].get(quoi) != vus[1].get(quoi)
            ]
        if page is not None:
            await asyncio.to_thread(page.write_text, _page(a, b, ecarts, communs), encoding="utf-8")
        if en_json:
            dump({"a": a, "b": b, "dossiers_communs": communs, "ecarts": [asdict(one) for one in ecarts]})
        else:
            _dire(a, b, ecarts, communs)
        return 1 if ecarts else 0

    try:
        return drive(settings, go)
    except Panne as error:  # 1 says that they differ, and nothing else
        raise Panne(error.phrase, error.que_faire, code=error.code, statut=2, problem=error.problem) from error


async def _numeros(lecture: Lecture, nom: str) -> AsyncIterator[str]:
    """The dossiers of a bac that the town established, or that ANTAI received from an editor."""
    for service, path in ((Party.COLLECTIVITE, "/fps"), (Party.ANTAI, "/dossiers")):
        apres: str | None = ""
        while apres is not None:
            found = await lecture.get(service, nom, path, limite=PAGE, apres=apres) or {"elements": [], "suivant": None}
            for one in found["elements"]:
                yield one["numero"]
            apres = found["suivant"]


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


def _dire(a: str, b: str, ecarts: Sequence[Ecart], communs: int) -> None:
    if not ecarts:
        say(f"« {a} » et « {b} » sont pareils : {_dossiers(communs)}, mêmes dates, montants, courriers et flux.")
        return
    rows, last = [], None
    for one in ecarts:
        rows.append((one.dossier if one.dossier != last else "", one.quoi, one.a, one.b))
        last = one.dossier
    grid(f"« {a} » et « {b} »", (("Dossier", {"min_width": 26}), "Quoi", a, b), rows, on=screen())
    say(f"{len(ecarts)} écart{'s' if len(ecarts) > 1 else ''}, {_dossiers(communs)} en commun.")


def _dossiers(nombre: int) -> str:
    return f"{nombre} dossier{'s' if nombre > 1 else ''}"


def _page(a: str, b: str, ecarts: Sequence[Ecart], communs: int) -> str:
    """One file, without any other: it opens where there is no network."""
    e: Any = html.escape
    rows = "".join(f"<tr><td>{e(x.dossier)}</td><th scope='row'>{e(x.quoi)}</th><td>{e(x.a)}</td><td>{e(x.b)}</td></tr>\n" for x in ecarts)
    title = f"« {e(a)} » et « {e(b)} »"
    table = (
        f"<table><caption>{len(ecarts)} écarts</caption><thead><tr><th scope='col'>Dossier</th><th scope='col'>Quoi</th>"
        f"<th scope='col'>{e(a)}</th><th scope='col'>{e(b)}</th></tr></thead><tbody>\n{rows}</tbody></table>"
        if ecarts
        else "<p>Les deux bacs sont pareils.</p>"
    )
    style = (
        "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}table{border-collapse:collapse;width:100%}"
        "th,td{border-bottom:1px solid #999;padding:.3rem .6rem;text-align:left;vertical-align:top}:root{color-scheme:light dark}"
    )
    return (
        f'<!doctype html>\n<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{style}</style></head><body>\n<p>{SPECIMEN}</p>\n<h1>{title}</h1>\n"
        f"<p>{_dossiers(communs)} en commun.</p>\n{table}\n</body></html>\n"
    )
