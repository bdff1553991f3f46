"""The report of lives that were played: one HTML file that needs nothing from elsewhere, where each life is told day by day."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Any, Final

from fps.kit.web.page import SPECIMEN, STYLE
from fps_console.commandes.documents import Document
from fps_console.commandes.sequence import dessiner, mermaid
from fps_console.mots import recit
from fps_console.mots.lexique import ETATS, GESTES
from fps_simulateur.couverture.bilan import dresser
from fps_simulateur.couverture.dessin import dessiner as dessiner_machines
from fps_simulateur.couverture.parcours import Parcours
from fps_simulateur.couverture.univers import Genre, univers

PLUS: Final = (
    "main{max-width:70em}ol ol{list-style:disc}.faux{color:#7a1f1f;font-weight:bold}small{color:#55616d}"
    "pre{overflow:auto;background:#f2f4f6;padding:1em}figure{margin:1em 0;overflow:auto}figure svg{max-width:100%;height:auto}"
    "li a{padding:0 .4em;border:1px solid #1f5f8b;border-radius:3px;text-decoration:none}"
)


def rapport(vies: Sequence[Mapping[str, Any]], documents: Sequence[Sequence[Document]] = (), titre: str = "Vies jouées") -> str:
    """The whole file; a life as `fps play --json` gives it, with the documents of each."""
    joints = documents or [()] * len(vies)
    corps = "\n".join(part for vie, joint in zip(vies, joints, strict=True) for part in _vie(vie, joint))
    return (
        f'<!doctype html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n<title>{escape(titre)} · {SPECIMEN}</title>\n'
        f"<style>{STYLE}{PLUS}</style>\n"
        f'</head>\n<body>\n<p class="specimen">{SPECIMEN}</p>\n<main>\n<h1>{escape(titre)}</h1>\n{corps}\n</main>\n</body>\n</html>\n'
    )


def _vie(vie: Mapping[str, Any], documents: Sequence[Document]) -> Iterator[str]:
    nom = escape(vie["vie"])
    yield f'<section id="{nom}">\n<h2>{escape(vie["titre"])}</h2>'
    yield f"<p><small>{nom} · {escape(vie['fichier'])}</small></p>"
    if vie["raison"]:
        yield f'<p class="faux">{escape(vie["raison"])}</p>'
    courtes = recit.courtes(vie["journal"])
    par_id = {un.id: un for un in documents}
    yield "<ol>"
    for jour, lines in groupby(courtes, key=_jour):
        yield f"<li>{jour}\n<ol>"
        for line in lines:
            yield _fait(line, par_id.get(line["donnees"].get("id", "")), nom)
        yield "</ol></li>"
    yield "</ol>"
    if documents:
        yield from _sommaire(documents, nom)
    if dessin := dessiner(courtes):
        yield f"<h3>Les lettres, en séquence</h3>\n<figure>{dessin}</figure>"
    if etats := machines(vie["journal"]):
        yield f"<h3>Les états traversés</h3>\n<figure>{etats}</figure>"
    yield "<details><summary>Les lettres, en Mermaid, à recopier</summary>"
    yield f'<pre class="mermaid">{escape(mermaid(courtes))}</pre></details>\n</section>'


def machines(journal: Sequence[Mapping[str, Any]]) -> str:
    """The machines that this life went through, its path lit; empty where the services, whose tables they are, are not installed."""
    parcours = Parcours()
    parcours.lire("vie", journal, {})
    vues = {(service, machine) for service, machine, *_ in parcours.passages}
    try:
        connu = univers()
    except ModuleNotFoundError:
        return ""
    points = tuple(p for p in connu.points if p.genre not in (Genre.ETAT, Genre.TRANSITION) or (p.service, p.groupe) in vues)
    siennes = replace(connu, points=points, machines={cle: une for cle, une in connu.machines.items() if cle in vues})
    return dessiner_machines(dresser(parcours, siennes, ()), siennes, {**GESTES, **ETATS}) if vues else ""


def _fait(line: Mapping[str, Any], document: Document | None, vie: str) -> str:
    """What an agent reads, and the document when it is one; folded, what a developer reads."""
    dit = recit.ligne(line, {} if document is None else {document.id: document.contenu})
    suite = " · ".join(escape(part) for part in (dit.precision, dit.montant, recit.texte(dit.article)) if part)
    brut = escape(json.dumps(line["donnees"], ensure_ascii=False))
    dite = f"{escape(dit.qui)} : {escape(dit.acte)} <small>{suite}</small>"
    if document is None:
        return f"<li>{dite}<details><summary>données</summary><pre>{brut}</pre></details></li>"
    contenu = escape(document.json.decode())
    return (
        f'<li id="{vie}-{document.id}">{dite} {_pdf(document)}'
        f"<details><summary>données</summary><pre>{brut}</pre><pre>{contenu}</pre></details></li>"
    )


def _pdf(document: Document) -> str:
    """The document itself, one click away: in this file, so that it opens where there is no network."""
    if document.pdf is None:
        return ""
    adresse = f"data:application/pdf;base64,{b64encode(document.pdf).decode()}"
    return f'<a download="{escape(document.nom.replace("/", "-"))}.pdf" href="{adresse}">PDF</a>'


def _sommaire(documents: Sequence[Document], vie: str) -> Iterator[str]:
    yield "<h3>Les documents</h3>\n<ul>"
    for un in documents:
        yield f'<li><a href="#{vie}-{un.id}">{un.le:%d/%m/%Y}</a> {escape(un.libelle)} <small>{escape(un.a)}</small></li>'
    yield "</ul>"


def _jour(line: Mapping[str, Any]) -> str:
    return f"{datetime.fromisoformat(line['date']):%d/%m/%Y}"
