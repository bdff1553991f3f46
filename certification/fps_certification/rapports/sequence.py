"""The exchanges of a check drawn in sequence, as SVG: the product on the left, the services on the right, time going down."""

from html import escape
from typing import Final

from fps_certification.rapports.rapport import EpreuveRendue

ECART: Final = 230  # pixels between two columns
LIGNE: Final = 46  # pixels between two exchanges
NOMS: Final = {"produit": "Produit", "antai": "ANTAI", "dgfip": "DGFiP", "ccsp": "Juridiction"}
LONG: Final = 34  # characters of a label: what an arrow has room for


def dessiner(epreuve: EpreuveRendue) -> str:
    """The SVG text; colours are those of the page, whatever its mode."""
    qui = ["produit", *sorted({e.a if e.de == "produit" else e.de for e in epreuve.echanges} - {"produit"})]
    x = {nom: 110 + ECART * rang for rang, nom in enumerate(qui)}
    large, haut = x[qui[-1]] + 110, 60 + LIGNE * len(epreuve.echanges) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {large} {haut}" width="{large}" role="img" '
        f'aria-label="Les échanges de {escape(epreuve.epreuve)}" font-family="sans-serif" font-size="13" fill="currentColor">'
    ]
    for nom in qui:
        parts.append(f'<text x="{x[nom]}" y="22" text-anchor="middle" font-weight="bold">{NOMS.get(nom, nom)}</text>')
        parts.append(f'<path d="M{x[nom]} 32V{haut - 8}" stroke="currentColor" stroke-opacity=".35"/>')
    for rang, e in enumerate(epreuve.echanges):
        y, de, a = 60 + LIGNE * rang, x[e.de], x[e.a]
        sens = 1 if a > de else -1
        rate = e.statut >= 400
        couleur = ' stroke="var(--faux,#a11d1d)"' if rate else ' stroke="currentColor"'
        pointille = ' stroke-dasharray="5 4"' if e.statut == 0 else ""
        quoi = e.quoi if len(e.quoi) <= LONG else e.quoi[: LONG - 1] + "…"
        parts.append(f'<path d="M{de} {y}H{a}m{-9 * sens} -5l{9 * sens} 5l{-9 * sens} 5" fill="none"{couleur}{pointille}/>')
        dit = f"{e.le[8:10]}/{e.le[5:7]}" + (f" · {e.statut}" if e.statut else "")
        parts.append(f'<text x="{(de + a) // 2}" y="{y - 7}" text-anchor="middle">{escape(quoi)}</text>')
        parts.append(f'<text x="{(de + a) // 2}" y="{y + 15}" text-anchor="middle" font-size="11" fill-opacity=".75">{escape(dit)}</text>')
    return "".join([*parts, "</svg>"])
