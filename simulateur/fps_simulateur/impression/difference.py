"""Two versions of a document, page by page as pictures: what is the same is pale, what is only in one of them is in its colour."""

import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from PIL import Image, ImageChops, ImageDraw

from fps.kit.web.page import SPECIMEN
from fps_simulateur.impression.pdf import images

SEUIL: Final = 40  # of 255: below, a dot that is drawn otherwise is no difference
TUILE: Final = 24  # dots: differences that are nearer are one
AVANT, APRES, CADRE = (200, 30, 30), (20, 110, 60), (178, 106, 0)  # red: gone; green: come


@dataclass(frozen=True, slots=True)
class PageComparee:
    """A page in both versions: what part of it differs, where, and the picture that shows it."""

    rang: int
    zones: tuple[tuple[int, int, int, int], ...]
    part: float
    image: bytes  # PNG


def comparer(avant: bytes, apres: bytes) -> list[PageComparee]:
    """Each page of the longer of two PDF; one that the other has not differs whole. Raises PdfIllisible."""
    a, b = images(avant), images(apres)
    found = []
    for rang in range(max(len(a), len(b))):
        vues = [pages[rang] if rang < len(pages) else None for pages in (a, b)]
        taille = tuple(max(vue.size[i] for vue in vues if vue is not None) for i in (0, 1))
        gauche, droite = (_sur(vue, (taille[0], taille[1])) for vue in vues)
        found.append(_page(rang + 1, gauche, droite))
    return found


def _sur(vue: Image.Image | None, taille: tuple[int, int]) -> Image.Image:
    """The page on a white sheet of that size."""
    feuille = Image.new("L", taille, 255)
    if vue is not None:
        feuille.paste(vue.convert("L"), (0, 0))
    return feuille


def _page(rang: int, a: Image.Image, b: Image.Image) -> PageComparee:
    autre = ImageChops.difference(a, b).point(lambda v: 255 if v > SEUIL else 0)
    zones = _zones(autre)
    pale = Image.merge("RGB", [ImageChops.lighter(a, b).point(lambda v: 150 + v * 105 // 255)] * 3)
    parti = ImageChops.multiply(autre, ImageChops.subtract(b, a).point(lambda v: 255 if v > SEUIL else 0))
    venu = ImageChops.multiply(autre, ImageChops.subtract(a, b).point(lambda v: 255 if v > SEUIL else 0))
    pale.paste(AVANT, mask=parti)
    pale.paste(APRES, mask=venu)
    trait = ImageDraw.Draw(pale)
    for x0, y0, x1, y1 in zones:
        trait.rectangle((x0 - 3, y0 - 3, x1 + 3, y1 + 3), outline=CADRE, width=2)
    sortie = io.BytesIO()
    pale.save(sortie, "PNG", optimize=False)
    part = autre.histogram()[255] / (autre.width * autre.height)
    return PageComparee(rang, zones, part, sortie.getvalue())


def _zones(autre: Image.Image) -> tuple[tuple[int, int, int, int], ...]:
    """What differs as rectangles: tiles that touch are one."""
    tuiles = autre.resize(((autre.width + TUILE - 1) // TUILE, (autre.height + TUILE - 1) // TUILE), Image.Resampling.BOX)
    pixels = tuiles.load()
    restent = {(x, y) for x in range(tuiles.width) for y in range(tuiles.height) if pixels is not None and pixels[x, y]}
    found = []
    while restent:
        ilot, bord = set(), {min(restent)}
        while bord:
            x, y = bord.pop()
            restent.discard((x, y))
            ilot.add((x, y))
            bord |= {(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)} & restent
        xs, ys = [x for x, _ in ilot], [y for _, y in ilot]
        boite = (min(xs) * TUILE, min(ys) * TUILE, min((max(xs) + 1) * TUILE, autre.width), min((max(ys) + 1) * TUILE, autre.height))
        dedans = autre.crop(boite).getbbox()
        if dedans is not None:
            found.append((boite[0] + dedans[0], boite[1] + dedans[1], boite[0] + dedans[2], boite[1] + dedans[3]))
    return tuple(sorted(found, key=lambda z: (z[1], z[0])))


def page(pages: Sequence[PageComparee], avant: str, apres: str) -> str:
    """One file, without any other: each page with what is gone and what is come."""
    corps = "".join(
        f"<h2>Page {une.rang} : {_dit(une)}</h2>\n"
        f'<p><img alt="Page {une.rang}, ce qui diffère encadré" src="data:image/png;base64,{b64encode(une.image).decode()}"></p>\n'
        for une in pages
    )
    style = (
        "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}img{max-width:100%;border:1px solid #999}"
    )
    return (
        f'<!doctype html>\n<html lang="fr"><head><meta charset="utf-8"><title>Deux versions · {SPECIMEN}</title>'
        f"<style>{style}</style></head>\n<body>\n<p>{SPECIMEN}</p>\n<h1>Deux versions</h1>\n"
        f"<p>En rouge, ce que seul « {escape(avant)} » imprime ; en vert, ce que seul « {escape(apres)} » imprime.</p>\n"
        f"{corps}</body></html>\n"
    )


def _dit(une: PageComparee) -> str:
    nombre = len(une.zones)
    return "pareille" if not nombre else f"{nombre} endroit{'s' if nombre > 1 else ''} diffère{'nt' if nombre > 1 else ''}"
