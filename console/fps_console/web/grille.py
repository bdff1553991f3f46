"""The tariff grid of a zone as a drawing: what each minute costs, and the FPS; the table beside says the same."""

from collections.abc import Mapping

from markupsafe import Markup, escape

from fps.droit.money import euros

LARGEUR, HAUTEUR, MARGE = 640, 220, 46


def grille_svg(nom: str, grille: Mapping[int, int], fps: int | None) -> Markup:
    """The price by minutes, in steps, and the FPS as a line; empty when the town tells no price. Centimes, minutes."""
    if not grille:
        return Markup("")
    minutes, prix = sorted(grille), [grille[m] for m in sorted(grille)]
    haut, long = max(*prix, fps or 0, 1), max(minutes)

    def x(m: float) -> float:
        return MARGE + m / long * (LARGEUR - 2 * MARGE)

    def y(somme: float) -> float:
        return HAUTEUR - 30 - somme / haut * (HAUTEUR - 60)

    points, avant = [], 0
    for m, p in zip(minutes, prix, strict=True):
        points += [f"{x(avant):.0f},{y(p):.0f}", f"{x(m):.0f},{y(p):.0f}"]
        avant = m
    axe = f'<line x1="{MARGE}" y1="{y(0):.0f}" x2="{LARGEUR - MARGE}" y2="{y(0):.0f}" class="axe"/>'
    durees = "".join(f'<text x="{x(m):.0f}" y="{HAUTEUR - 12}" text-anchor="middle">{duree(m)}</text>' for m in minutes)
    montants = "".join(
        f'<text x="{x(m):.0f}" y="{y(p) - 6:.0f}" text-anchor="end">{escape(euros(p))}</text>'
        for m, p in zip(minutes, prix, strict=True)
        if p
    )
    ligne = ""
    if fps is not None:
        ligne = f'<line x1="{MARGE}" y1="{y(fps):.0f}" x2="{LARGEUR - MARGE}" y2="{y(fps):.0f}" class="fps"/>'
    dit = f"Prix du stationnement, {nom}" + (f" ; FPS : {euros(fps)}" if fps is not None else "")
    return Markup(  # noqa: S704 (our own drawing, its words are escaped)
        f'<svg class="grille" viewBox="0 0 {LARGEUR} {HAUTEUR}" role="img" aria-label="{escape(dit)}">{axe}{ligne}'
        f'<polyline points="{" ".join(points)}"/>{durees}{montants}</svg>'
    )


def duree(minutes: int) -> str:
    """« 45 min », « 2 h », « 2 h 30 »."""
    heures, minute = divmod(minutes, 60)
    return f"{minutes} min" if not heures else f"{heures} h {minute:02d}" if minute else f"{heures} h"
