"""The letters of a life as a sequence diagram: its source (Mermaid), and the same drawn (SVG), without anything from elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Final

from fps.flows import by_type
from fps.parties import LIBELLES, Party
from fps_console.mots import recit

LETTRES: Final = ("envoi", "courrier", "reception")
COLONNE, RANG, HAUT, BOITE = 190, 34, 30, 160  # pixels: from a party to the next, from a letter to the next, the height and width of a name
ENCRE, TRAIT, PALE = "#1d2733", "#1f5f8b", "#a5adb5"


@dataclass(frozen=True, slots=True)
class Fleche:
    """One letter: its day, who writes it, who gets it, and what it is."""

    jour: str
    de: Party
    vers: Party
    dit: str


def fleches(journal: Sequence[Mapping[str, Any]]) -> list[Fleche]:
    """The letters of a journal, in its order."""
    found = []
    for line in journal:
        if line["acte"] in LETTRES and "type" in line["donnees"]:
            cls = by_type(line["donnees"]["type"])
            le = f"{datetime.fromisoformat(line['date']):%d/%m/%Y}"
            found.append(Fleche(le, cls.sender, cls.receiver, f"{cls.flow:02d} {recit.message(cls)}"))
    return found


def parties(traits: Sequence[Fleche]) -> list[Party]:
    """Who writes or gets one of them, in the order in which they come."""
    return list(dict.fromkeys(party for un in traits for party in (un.de, un.vers)))


def mermaid(journal: Sequence[Mapping[str, Any]]) -> str:
    """The source of the diagram, a note at each new day."""
    traits, lignes, jour = fleches(journal), [], ""
    for un in traits:
        if un.jour != jour:
            jour = un.jour
            lignes.append(f"  Note over {un.de.value}: {jour}")
        lignes.append(f"  {un.de.value}->>{un.vers.value}: {un.dit}".replace(";", ","))
    return "\n".join(["sequenceDiagram", *(f"  participant {p.value} as {LIBELLES[p]}" for p in parties(traits)), *lignes])


def dessiner(journal: Sequence[Mapping[str, Any]]) -> str:
    """The same, drawn: a column for each party, a line for each letter; empty when no letter went."""
    traits = fleches(journal)
    if not traits:
        return ""
    qui = parties(traits)
    x = {party: 95 + rang * COLONNE for rang, party in enumerate(qui)}
    jours = len({un.jour for un in traits})
    w, h = len(qui) * COLONNE, HAUT + 24 + (len(traits) + jours) * RANG
    titre = f"{len(traits)} lettre{'s' if len(traits) > 1 else ''}, du {traits[0].jour} au {traits[-1].jour}"
    return "\n".join(
        [
            f'<svg viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" font-family="sans-serif" font-size="11" fill="{ENCRE}">',
            f"<title>{titre}</title>",
            f'<defs><marker id="pointe" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">'
            f'<path d="M0 0 8 4 0 8z" fill="{TRAIT}"/></marker></defs>',
            f'<rect width="{w}" height="{h}" fill="#fff"/>',
            *(_partie(party, x[party], h) for party in qui),
            *_lignes(traits, x, w),
            "</svg>",
        ]
    )


def _partie(party: Party, x: int, h: int) -> str:
    return (
        f'<line x1="{x}" y1="{HAUT}" x2="{x}" y2="{h}" stroke="{PALE}" stroke-dasharray="3 4"/>'
        f'<rect x="{x - BOITE // 2}" y="2" width="{BOITE}" height="{HAUT - 4}" rx="4" fill="{TRAIT}"/>'
        f'<text x="{x}" y="{HAUT - 11}" text-anchor="middle" fill="#fff" font-weight="bold">{escape(recit.court(party))}</text>'
    )


def _lignes(traits: Sequence[Fleche], x: Mapping[Party, int], w: int) -> Iterator[str]:
    y, jour = HAUT + 8, ""
    for un in traits:
        if un.jour != jour:
            jour, y = un.jour, y + RANG
            yield (
                f'<rect x="0" y="{y - 19}" width="{w}" height="20" fill="#f2f4f6"/><text x="8" y="{y - 5}" font-weight="bold">{jour}</text>'
            )
        y += RANG
        a, b = x[un.de], x[un.vers]
        milieu, place = ((a + b) // 2, "middle") if a != b else (a + 46, "start")
        trace = f"M{a} {y}H{b}" if a != b else f"M{a} {y - 12}h36v12H{a + 2}"
        yield (
            f'<path d="{trace}" fill="none" stroke="{TRAIT}" stroke-width="1.5" marker-end="url(#pointe)"/>'
            f'<text x="{milieu}" y="{y - 5}" text-anchor="{place}" stroke="#fff" stroke-width="3" paint-order="stroke">'
            f"{escape(un.dit)}</text>"
        )
