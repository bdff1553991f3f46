"""The state machines of the four services as one SVG drawing: what was walked is lit, with how many times; the rest is grey and dashed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Any, Final

from fps.kit.web.page import SPECIMEN
from fps.parties import LIBELLES, Party
from fps.regles.machine import Machine
from fps_simulateur.couverture.bilan import Bilan
from fps_simulateur.couverture.parcours import depart
from fps_simulateur.couverture.univers import Genre, Univers, univers

LARGE, COLONNES, MARGE = 930, 2, 24  # pixels: a panel, how many side by side, what is around
RANG, HAUT, BOITE = 40, 26, 268  # from a state to the next, the height and the width of one
ACTE, LISTE = 19, 350  # from an act to the next in the list, and the width of the list
CENTRE: Final = 165  # where the states begin in a panel: the arcs that go back are on their left
LU, PARTIEL, VIDE, ENCRE = "#1f5f8b", "#b26a00", "#a5adb5", "#1d2733"
ENTETE: Final = 74
POINTILLE: Final = ' stroke-dasharray="4 4"'


@dataclass(frozen=True, slots=True)
class Arc:
    """One way from a state to another: the acts that lead there, each with how many times it was walked."""

    de: int
    vers: int
    actes: tuple[tuple[str, int], ...]

    @property
    def couleur(self) -> str:
        """Lit when every act was walked, half lit when some were."""
        vus = sum(fois > 0 for _, fois in self.actes)
        return VIDE if not vus else LU if vus == len(self.actes) else PARTIEL


def dessiner(bilan: Bilan, connu: Univers | None = None, mots: Mapping[str, str] = MappingProxyType({})) -> str:
    """The whole drawing, the machines in two columns, each in the shorter one; `mots`: how a state or an act is said, else by its code."""
    connu = connu or univers()
    fois = {vu.point.cle: vu.fois for vu in bilan.vus}
    fois |= {depart(vu.point.cle, de): n for vu in bilan.vus for de, n in zip(vu.point.departs, vu.departs, strict=True)}
    bas, corps = [ENTETE] * COLONNES, []
    for (service, nom), machine in connu.machines.items():
        colonne = bas.index(min(bas))
        hauteur = _hauteur(machine)
        x, y = MARGE + colonne * (LARGE + MARGE), bas[colonne]
        corps += [f'<g transform="translate({x} {y})">', *_panneau(service, nom, machine, fois, hauteur, mots), "</g>"]
        bas[colonne] = y + hauteur + MARGE
    w, h = MARGE + COLONNES * (LARGE + MARGE), max(bas)
    (etats, tous), (pas, possibles) = bilan.compte(Genre.ETAT), bilan.compte(Genre.TRANSITION)
    resume = f"{etats} états sur {tous} et {pas} transitions sur {possibles} parcourus"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        f'font-family="sans-serif" font-size="13" fill="{ENCRE}">\n<title>{resume}</title>\n<desc>{SPECIMEN}</desc>\n'
        f"<defs>{''.join(_pointe(c) for c in (LU, PARTIEL, VIDE))}</defs>\n"
        f'<rect width="{w}" height="{h}" fill="#fff"/>\n'
        f'<rect width="{w}" height="28" fill="#7a1f1f"/>'
        f'<text x="{w / 2}" y="19" fill="#fff" text-anchor="middle" font-weight="bold">{SPECIMEN}</text>\n'
        f'<text x="{MARGE}" y="55" font-size="17" font-weight="bold">{resume}</text>\n' + "\n".join((_legende(w), *corps, "</svg>\n"))
    )


def _pointe(couleur: str) -> str:
    return (
        f'<marker id="p{couleur[1:]}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{couleur}"/></marker>'
    )


def _legende(w: int) -> str:
    dits = ((LU, "parcouru"), (PARTIEL, "par certains actes seulement"), (VIDE, "jamais"))
    x, found = w - MARGE - 500, []
    for couleur, dit in dits:
        found.append(f'<line x1="{x}" y1="50" x2="{x + 24}" y2="50" {_trait(couleur)}/><text x="{x + 30}" y="55">{dit}</text>')
        x += 60 + 8 * len(dit)
    return "".join(found)


def _trait(couleur: str) -> str:
    return f'stroke="{couleur}" stroke-width="2"' + (POINTILLE if couleur == VIDE else "")


def _hauteur(machine: Machine[Any]) -> int:
    return 56 + max(RANG * len(machine.etats), ACTE * len(machine.actes) + 8)


def arcs(machine: Machine[Any], service: str, fois: Mapping[str, int]) -> list[Arc]:
    """The ways of a machine, by the ranks of their states; `fois`: how many times each point was walked, by its key."""
    rangs = {etat: rang for rang, etat in enumerate(machine.etats)}
    found: dict[tuple[int, int], list[tuple[str, int]]] = defaultdict(list)
    for acte, (depuis, vers) in machine.transitions.items():
        for de in depuis:
            cle = depart(f"{Genre.TRANSITION} {service}/{machine.nom}/{acte}", de.value)
            found[rangs[de], rangs[vers]].append((acte, fois.get(cle, 0)))
    return [Arc(de, vers, tuple(actes)) for (de, vers), actes in sorted(found.items())]


def _panneau(
    service: str, nom: str, machine: Machine[Any], fois: Mapping[str, int], hauteur: int, mots: Mapping[str, str]
) -> Iterator[str]:
    traces = arcs(machine, service, fois)
    yield f'<rect width="{LARGE}" height="{hauteur}" rx="8" fill="#f6f8fa" stroke="#d5dbe1"/>'
    yield f'<text x="16" y="27" font-size="16" font-weight="bold">{escape(LIBELLES[Party(service)])} · {escape(nom)}</text>'
    bouts = _bouts(traces)
    for arc in sorted(traces, key=lambda a: a.couleur != VIDE):  # what is lit is drawn over what is not
        yield _arc(arc, bouts, mots)
    for rang, etat in enumerate(machine.etats):
        n, y = fois.get(f"{Genre.ETAT} {service}/{nom}/{etat.value}", 0), _y(rang)
        fond, encre = (LU, "#fff") if n else ("#fff", "#66707a")
        yield (
            f'<rect x="{CENTRE}" y="{y}" width="{BOITE}" height="{HAUT}" rx="5" fill="{fond}" stroke="{LU if n else VIDE}"'
            f"{'' if n else POINTILLE}/>"
            f'<text x="{CENTRE + 10}" y="{y + 18}" fill="{encre}">{escape(mots.get(etat.value, etat.value))}</text>'
            f'<text x="{CENTRE + BOITE - 8}" y="{y + 18}" fill="{encre}" text-anchor="end" font-size="11">{n or "jamais"}</text>'
        )
    for rang, acte in enumerate(machine.actes):
        pas = [n for arc in traces for un, n in arc.actes if un == acte]
        vus, y = sum(n > 0 for n in pas), 58 + ACTE * rang
        couleur = VIDE if not vus else LU if vus == len(pas) else PARTIEL
        part = f" ({vus} départ{'s' if vus > 1 else ''} sur {len(pas)})" if vus < len(pas) else ""
        dit = escape(mots.get(acte) or acte.replace("_", " ").replace("-", " "))
        yield (
            f'<circle cx="{LARGE - LISTE}" cy="{y - 4}" r="4" fill="{couleur}"/>'
            f'<text x="{LARGE - LISTE + 10}" y="{y}" font-size="11">{dit} · {sum(pas)}{part}</text>'
        )


def _y(rang: int) -> int:
    return 44 + RANG * rang


def _bouts(traces: list[Arc]) -> Mapping[tuple[int, int, str], float]:
    """The height at which each arc leaves and reaches a state: those of one side are spread over it, so that none hides another."""
    cotes: dict[tuple[int, bool], list[tuple[int, Arc, str]]] = defaultdict(list)
    for arc in traces:
        droite = arc.vers >= arc.de
        cotes[arc.de, droite].append((arc.vers, arc, "de"))
        cotes[arc.vers, droite].append((arc.de, arc, "vers"))
    found = {}
    for (rang, _), bouts in cotes.items():
        for place, (_, arc, bout) in enumerate(sorted(bouts, key=lambda b: (b[0], b[2])), 1):
            found[arc.de, arc.vers, bout] = _y(rang) + HAUT * place / (len(bouts) + 1)
    return found


def _arc(arc: Arc, bouts: Mapping[tuple[int, int, str], float], mots: Mapping[str, str]) -> str:
    a, b = bouts[arc.de, arc.vers, "de"], bouts[arc.de, arc.vers, "vers"]
    droite = arc.vers >= arc.de
    x = CENTRE + BOITE if droite else CENTRE
    loin = (22 + 9.5 * abs(arc.vers - arc.de)) * (1.33 if droite else -1.33)
    dits = " ; ".join(f"{mots.get(acte) or acte.replace('_', ' ')} : {fois}" for acte, fois in arc.actes)
    trace = f"M{x} {a:.1f}C{x + loin:.1f} {a:.1f} {x + loin:.1f} {b:.1f} {x} {b:.1f}"
    return f'<path d="{trace}" fill="none" {_trait(arc.couleur)} marker-end="url(#p{arc.couleur[1:]})"><title>{escape(dits)}</title></path>'
