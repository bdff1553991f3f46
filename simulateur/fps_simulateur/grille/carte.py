"""The grid as one SVG heat map: a column for each delay, a row for each trap, in each square the day before, that day and the day after."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final

from fps.kit.web.page import SPECIMEN
from fps_simulateur.grille.delais import Delai
from fps_simulateur.grille.essais import Case
from fps_simulateur.grille.pieges import Piege

JUSTE, FAUX, PANNE, ENCRE = "#2f7d4f", "#b3261e", "#e0a100", "#1d2733"
COTE, RANG = 33, 24  # pixels: a column, a row
GAUCHE, HAUT = 330, 262  # room for the names of the traps, and of the delays
JOURS: Final = ("J−1", "J", "J+1")


def dessiner(delais: Sequence[Delai], pieges: Sequence[Piege], cases: Mapping[tuple[str, str], Case]) -> str:
    """The whole drawing; `cases` by the names of their delay and of their trap: what was not tried stays white."""
    w, h = GAUCHE + COTE * len(delais) + 130, HAUT + RANG * len(pieges) + 60
    faux = sorted({case.delai for case in cases.values() if not case.juste})
    resume = f"{len(cases)} cases, {len(faux)} délai{'s' if len(faux) > 1 else ''} faux" if faux else f"{len(cases)} cases, toutes justes"
    corps = [*_colonnes(delais, h, faux), *_rangs(delais, pieges, cases)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        f'font-family="sans-serif" font-size="12" fill="{ENCRE}">\n<title>Dernier jour des délais : {resume}</title>\n'
        f"<desc>{SPECIMEN}</desc>\n"
        f'<rect width="{w}" height="{h}" fill="#fff"/>\n<rect width="{w}" height="28" fill="#7a1f1f"/>'
        f'<text x="{w / 2}" y="19" fill="#fff" text-anchor="middle" font-weight="bold">{SPECIMEN}</text>\n'
        f'<text x="16" y="56" font-size="16" font-weight="bold">Dernier jour des délais</text><text x="16" y="78">{resume}</text>\n'
        f"{_legende()}\n" + "\n".join(corps) + "\n</svg>\n"
    )


def _legende() -> str:
    dits = ((JUSTE, "comme le droit le veut"), (FAUX, "autrement"), (PANNE, "n'a pas pu être essayé"))
    lignes = (
        f'<rect x="16" y="{100 + 22 * rang}" width="14" height="14" fill="{couleur}"/><text x="38" y="{112 + 22 * rang}">{dit}</text>'
        for rang, (couleur, dit) in enumerate(dits)
    )
    return "".join((*lignes, f'<text x="16" y="184">Dans chaque case : {", ".join(JOURS)}</text>'))


def _colonnes(delais: Sequence[Delai], h: int, faux: Sequence[str]) -> Iterator[str]:
    for rang, delai in enumerate(delais):
        x = GAUCHE + COTE * rang
        if delai.delai in faux:
            yield f'<rect x="{x}" y="{HAUT - 4}" width="{COTE}" height="{h - HAUT - 40}" fill="#fbeaea"/>'
        gras = ' font-weight="bold" fill="#b3261e"' if delai.delai in faux else ""
        yield (
            f'<text transform="translate({x + COTE / 2 + 4} {HAUT - 12}) rotate(-58)"{gras}>{escape(delai.delai)}'
            f"<title>{escape(delai.titre)} — {escape(delai.article)}</title></text>"
        )


def _rangs(delais: Sequence[Delai], pieges: Sequence[Piege], cases: Mapping[tuple[str, str], Case]) -> Iterator[str]:
    for rang, piege in enumerate(pieges):
        y = HAUT + RANG * rang
        yield f'<text x="{GAUCHE - 12}" y="{y + 15}" text-anchor="end">{escape(piege.titre)}</text>'
        for colonne, delai in enumerate(delais):
            if (case := cases.get((delai.delai, piege.nom))) is not None:
                yield _case(case, GAUCHE + COTE * colonne + 2, y)


def _case(case: Case, x: float, y: float) -> str:
    tiers = (COTE - 4) / 3
    if case.panne:
        carres = f'<rect x="{x}" y="{y}" width="{COTE - 4}" height="{RANG - 4}" fill="{PANNE}"/>'
    else:
        carres = "".join(
            f'<rect x="{x + tiers * rang:.2f}" y="{y}" width="{tiers - 1:.2f}" height="{RANG - 4}" fill="{JUSTE if e.juste else FAUX}"/>'
            for rang, e in enumerate(case.essais)
        )
    return f"<g><title>{escape(dire(case))}</title>{carres}</g>"


def dire(case: Case) -> str:
    """What a case tells, in a line: its days, and what was found that should not be."""
    debut, fin = (f"{jour:%d/%m/%Y}" if jour is not None else "—" for jour in (case.debut, case.fin))
    fautes = [f"{JOURS[e.ecart + 1]} ({e.le:%d/%m/%Y}) : {e.trouve}" for e in case.essais if not e.juste]
    return f"{case.delai} : du {debut} au {fin}" + "".join(f" ; {faute}" for faute in ([case.panne] if case.panne else fautes))
