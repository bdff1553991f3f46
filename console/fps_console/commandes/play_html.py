"""The report of lives that were played: one HTML file that needs nothing from elsewhere, where each life is told day by day."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Any, Final

from fps.flows import by_type
from fps.kit.web.page import SPECIMEN, STYLE
from fps.parties import LIBELLES
from fps_console.mots import recit

LETTRES: Final = ("envoi", "courrier", "reception")
PLUS: Final = (
    "main{max-width:60em}ol ol{list-style:disc}.faux{color:#7a1f1f;font-weight:bold}small{color:#55616d}"
    "pre{overflow:auto;background:#f2f4f6;padding:1em}"
)


def rapport(vies: Sequence[Mapping[str, Any]]) -> str:
    """The whole file; a life as `fps play --json` gives it."""
    corps = "\n".join(part for vie in vies for part in _vie(vie))
    return (
        f'<!doctype html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n<title>Vies jouées · {SPECIMEN}</title>\n'
        f"<style>{STYLE}{PLUS}</style>\n"
        f'</head>\n<body>\n<p class="specimen">{SPECIMEN}</p>\n<main>\n<h1>Vies jouées</h1>\n{corps}\n</main>\n</body>\n</html>\n'
    )


def sequence(journal: Sequence[Mapping[str, Any]]) -> str:
    """The letters of a life as the source of a sequence diagram (Mermaid), a note at each new day."""
    lignes, parties, jour = [], [], ""
    for line in journal:
        if line["acte"] not in LETTRES or "type" not in line["donnees"]:
            continue
        cls = by_type(line["donnees"]["type"])
        for party in (cls.sender, cls.receiver):
            if party not in parties:
                parties.append(party)
        if (dit := _jour(line)) != jour:
            jour = dit
            lignes.append(f"  Note over {cls.sender.value}: {jour}")
        lignes.append(f"  {cls.sender.value}->>{cls.receiver.value}: {cls.flow:02d} {recit.message(cls)}".replace(";", ","))
    return "\n".join(["sequenceDiagram", *(f"  participant {p.value} as {LIBELLES[p]}" for p in parties), *lignes])


def _vie(vie: Mapping[str, Any]) -> Iterator[str]:
    yield f'<section id="{escape(vie["vie"])}">\n<h2>{escape(vie["titre"])}</h2>'
    yield f"<p><small>{escape(vie['vie'])} · {escape(vie['fichier'])}</small></p>"
    if vie["raison"]:
        yield f'<p class="faux">{escape(vie["raison"])}</p>'
    courtes = recit.courtes(vie["journal"])
    yield "<ol>"
    for jour, lines in groupby(courtes, key=_jour):
        yield f"<li>{jour}\n<ol>"
        yield from map(_fait, lines)
        yield "</ol></li>"
    yield "</ol>"
    yield "<details><summary>Les lettres, en séquence (Mermaid)</summary>"
    yield f'<pre class="mermaid">{escape(sequence(courtes))}</pre></details>\n</section>'


def _fait(line: Mapping[str, Any]) -> str:
    """What an agent reads; folded, what a developer reads."""
    dit = recit.ligne(line)
    suite = " · ".join(escape(part) for part in (dit.precision, dit.montant, recit.texte(dit.article)) if part)
    brut = escape(json.dumps(line["donnees"], ensure_ascii=False))
    dite = f"{escape(dit.qui)} : {escape(dit.acte)} <small>{suite}</small>"
    return f"<li>{dite}<details><summary>données</summary><pre>{brut}</pre></details></li>"


def _jour(line: Mapping[str, Any]) -> str:
    return f"{datetime.fromisoformat(line['date']):%d/%m/%Y}"
