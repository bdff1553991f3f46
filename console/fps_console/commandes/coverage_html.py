"""The page of the coverage of paths: one HTML file that needs nothing from elsewhere, with the drawing and every point."""

from collections.abc import Iterator
from html import escape
from typing import Final

from fps.kit.web.page import SPECIMEN, STYLE
from fps_simulateur.couverture.bilan import Bilan, Vu
from fps_simulateur.couverture.dessin import dessiner
from fps_simulateur.couverture.univers import LIBELLES, Genre

PLUS: Final = (
    "main{max-width:96em}table{border-collapse:collapse;width:100%;font-size:.85em;margin:0 0 2em}th,td{text-align:left;padding:.25em .8em;"
    "border-bottom:1px solid #d5dbe1;vertical-align:top}td.n{text-align:right}tr.trou td{background:#fbeaea}tr.hors td{color:#66707a}"
    "svg{max-width:100%;height:auto}small{color:#55616d}.bilan{width:auto}"
)


def page(bilan: Bilan) -> str:
    """The whole file: the sums, the drawing of the machines, then the points of each kind, the holes first."""
    atteints, tous = bilan.compte()
    corps = "\n".join(
        [*_sommes(bilan), "<h2>Les machines à états</h2>", dessiner(bilan), *(part for genre in Genre for part in _genre(bilan, genre))]
    )
    return (
        f'<!doctype html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>Couverture des chemins · {SPECIMEN}</title>\n<style>{STYLE}{PLUS}</style>\n</head>\n<body>\n"
        f'<p class="specimen">{SPECIMEN}</p>\n<main>\n<h1>Couverture des chemins : {atteints} sur {tous}</h1>\n{corps}\n</main>\n'
        "</body>\n</html>\n"
    )


def _sommes(bilan: Bilan) -> Iterator[str]:
    joues = sorted(bilan.parcours.joue)
    yield '<table class="bilan"><tr><th></th><th>Parcourus</th><th>sur</th><th>Jamais</th><th>Hors d\'atteinte</th></tr>'
    for genre in Genre:
        (atteints, tous), hors = bilan.compte(genre), sum(vu.point.genre is genre and not vu.fois and not vu.trou for vu in bilan.vus)
        yield (
            f'<tr><th><a href="#{genre}">{LIBELLES[genre]}</a></th><td class="n">{atteints}</td><td class="n">{tous}</td>'
            f'<td class="n">{tous - atteints}</td><td class="n">{hors}</td></tr>'
        )
    yield "</table>"
    yield f"<details><summary>{len(joues)} vies ou bacs</summary><p>{escape(', '.join(joues))}</p></details>"


def _genre(bilan: Bilan, genre: Genre) -> Iterator[str]:
    yield f'<h2 id="{genre}">{LIBELLES[genre]}</h2>\n<table><tr><th>Où</th><th>Quoi</th><th>Fois</th><th>Écrit à</th><th></th></tr>'
    dits = [vu for vu in bilan.vus if vu.point.genre is genre]
    yield from (_ligne(vu) for vu in sorted(dits, key=lambda vu: (not vu.trou, vu.fois == 0)))
    yield "</table>"


def _ligne(vu: Vu) -> str:
    point = vu.point
    classe = ' class="trou"' if vu.trou else ' class="hors"' if not vu.fois else ""
    dit = "jamais parcouru" if vu.trou else vu.raison if not vu.fois and vu.raison else ""
    ou = " · ".join(part for part in (point.service, point.groupe) if part)
    return (
        f'<tr{classe}><td>{escape(ou)}</td><td>{escape(point.nom)}</td><td class="n">{vu.fois or ""}</td>'
        f"<td><small>{escape(point.fichier)}:{point.ligne}</small></td><td>{escape(dit)}</td></tr>"
    )
