"""`fps grille`: the last day of each delay of the law, tried with its two neighbours where the calendar has its traps."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from enum import IntEnum
from html import escape
from multiprocessing import get_context
from typing import Final, TypeVar

from fps.kit.web.page import SPECIMEN, STYLE
from fps_console.commandes.coverage import SortiesDeCouverture, ecrire
from fps_console.commandes.output import Panne, grid, say, screen
from fps_console.commandes.progres import Dixiemes
from fps_console.mots import recit
from fps_simulateur.grille.carte import dessiner, dire
from fps_simulateur.grille.delais import Delai, delais
from fps_simulateur.grille.essais import Case, Grille
from fps_simulateur.grille.pieges import PIEGES, Piege
from fps_simulateur.langue.fautes import proche

PLUS: Final = (
    "main{max-width:100em}table{border-collapse:collapse;width:100%;font-size:.85em}th,td{text-align:left;padding:.3em .8em;"
    "border-bottom:1px solid #d5dbe1;vertical-align:top}tr.faux td{background:#fbeaea}.carte{overflow:auto}svg{height:auto}"
)


T = TypeVar("T")


class StatutGrille(IntEnum):
    """The exit status."""

    JUSTE = 0
    FAUX = 1  # a day is not as the law wants it, or could not be tried
    INCONNU = 2  # no delay, or no trap, has that name


def grille(noms: Sequence[str], pieges: Sequence[str], sorties: SortiesDeCouverture, *, parallele: int) -> int:
    """Try the delays and the traps that are named, all of them when none is; gives the exit status. Raises Panne."""
    essayes = _choisir(noms, {un.delai: un for un in delais()}, "un délai")
    tendus = _choisir(pieges, {un.nom: un for un in PIEGES}, "un piège")
    cases = _essayer(essayes, tendus, parallele, muette=sorties.muette)
    ecrire(
        (sorties.en_json, json.dumps(vue(cases), ensure_ascii=False, indent=1) + "\n"),
        (sorties.svg, dessiner(essayes, tendus, {(une.delai, une.piege): une for une in cases})),
        (sorties.html, _page(essayes, tendus, cases)),
    )
    if not sorties.muette:
        _raconter(essayes, tendus, cases)
    return StatutGrille.JUSTE if all(une.juste for une in cases) else StatutGrille.FAUX


def vue(cases: Sequence[Case]) -> dict[str, object]:
    """As JSON: the delays that are wrong somewhere, then every case."""
    faux = list(dict.fromkeys(une.delai for une in cases if not une.juste))
    return {"faux": faux, "cases": [une.vue() for une in cases]}


def _choisir(noms: Sequence[str], connus: dict[str, T], quoi: str) -> list[T]:
    for nom in noms:
        if nom not in connus:
            phrase = f"« {nom[:40]} » n'est pas {quoi} de la grille{proche(nom, connus)}"
            que_faire = f"La grille connaît : {', '.join(connus)}."
            raise Panne(phrase if phrase.endswith("?") else f"{phrase}.", que_faire, code="grille-inconnue", statut=StatutGrille.INCONNU)
    return [un for nom, un in connus.items() if not noms or nom in noms]


def _essayer(essayes: Sequence[Delai], tendus: Sequence[Piege], parallele: int, *, muette: bool) -> list[Case]:
    mains = max(1, min(parallele, len(essayes)))
    if mains == 1:
        return asyncio.run(_cases(essayes, tendus, muette=muette))
    with ProcessPoolExecutor(mains, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(_une_part, [(essayes[main::mains], tendus) for main in range(mains)]))
    rangs = {un.delai: rang for rang, un in enumerate(essayes)}
    return sorted((une for part in parts for une in part), key=lambda une: rangs[une.delai])


def _une_part(part: tuple[Sequence[Delai], Sequence[Piege]]) -> list[Case]:
    return asyncio.run(_cases(*part, muette=True))


async def _cases(essayes: Sequence[Delai], tendus: Sequence[Piege], *, muette: bool) -> list[Case]:
    from fps_simulateur.pilote.world import open_world

    cases, attendues = [], len(essayes) * len(tendus)
    async with open_world() as world:
        with Dixiemes(muet=muette) as progres:
            async for une in Grille(world).cases(essayes, tendus):
                cases.append(une)
                progres.dire(len(cases), attendues, f"case {len(cases)} sur {attendues} : {une.delai}")
    return cases


def _raconter(essayes: Sequence[Delai], tendus: Sequence[Piege], cases: Iterable[Case]) -> None:
    say(f"{SPECIMEN}\n")
    par_delai: dict[str, list[Case]] = {un.delai: [] for un in essayes}
    for une in cases:
        par_delai[une.delai].append(une)
    lignes = [
        (un.delai, recit.texte(un.article), "".join("." if une.juste else "?" if une.panne else "X" for une in par_delai[un.delai]))
        for un in essayes
    ]
    grid("La veille, le jour et le lendemain de chaque délai", ("Délai", "Article", ("Pièges", {"no_wrap": True})), lignes, on=screen())
    say("\nPièges, dans l'ordre : " + " ; ".join(piege.titre.lower() for piege in tendus) + ".")
    fausses = [une for siennes in par_delai.values() for une in siennes if not une.juste]
    for une in fausses:
        say(f"  {une.piege} — {dire(une)}")
    nombre = sum(map(len, par_delai.values()))
    say(f"\n{nombre} case{'s' if nombre > 1 else ''}, {len(fausses) or 'aucune'} fausse{'s' if len(fausses) > 1 else ''}.")


def _page(essayes: Sequence[Delai], tendus: Sequence[Piege], cases: Sequence[Case]) -> str:
    carte = dessiner(essayes, tendus, {(une.delai, une.piege): une for une in cases})
    corps = "\n".join(["<h1>Le dernier jour des délais</h1>", f'<div class="carte">{carte}</div>', *_tableau(essayes, tendus, cases)])
    return (
        f'<!doctype html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>Grille des délais · {SPECIMEN}</title>\n<style>{STYLE}{PLUS}</style>\n</head>\n<body>\n"
        f'<p class="specimen">{SPECIMEN}</p>\n<main>\n{corps}\n</main>\n</body>\n</html>\n'
    )


def _tableau(essayes: Sequence[Delai], tendus: Sequence[Piege], cases: Sequence[Case]) -> Iterator[str]:
    titres, noms = {un.delai: un for un in essayes}, {un.nom: un for un in tendus}
    yield "<table><tr><th>Délai</th><th>Article</th><th>Piège</th><th>Commence</th><th>Finit</th><th></th></tr>"
    for une in sorted(cases, key=lambda une: une.juste):
        delai, jours = titres[une.delai], [f"{jour:%d/%m/%Y}" if jour is not None else "—" for jour in (une.debut, une.fin)]
        dit = "comme le droit le veut" if une.juste else dire(une).partition(" ; ")[2]
        cellules = (delai.titre, delai.article, noms[une.piege].titre, *jours, dit)
        yield f"<tr{'' if une.juste else ' class=faux'}>{''.join(f'<td>{escape(cellule)}</td>' for cellule in cellules)}</tr>"
    yield "</table>"
