"""The report of a run as one HTML file that needs nothing from elsewhere: French for the town, the exact HTTP for who wrote the product."""

from collections.abc import Iterator
from html import escape
from typing import Final

from fps.kit.web.page import SPECIMEN
from fps_certification.epreuves.lecture import epreuves
from fps_certification.exigences.exigence import Niveau
from fps_certification.rapports.fichier_essai import fichier_essai
from fps_certification.rapports.rapport import Carte, EpreuveRendue, ExigenceRendue, Rapport
from fps_certification.rapports.sequence import dessiner
from fps_certification.rapports.sources import source_dite
from fps_certification.verdict import Sort

SORTS: Final = {
    Sort.CONFORME: "conforme",
    Sort.NON_CONFORME: "non conforme",
    Sort.NON_PROUVE: "non prouvé",
    Sort.HYPOTHESE_SEULE: "hypothèse seule",
    Sort.DECLARE: "déclaré",
}
STYLE: Final = (
    ":root{color-scheme:light dark;--fond:#fff;--encre:#1d2733;--pale:#eef2f5;--filet:#c3ccd4;--gris:#55616d;--lien:#1f5f8b;"
    "--bon:#1b6b3a;--faux:#a11d1d;--peu:#8a5a00}"
    "@media(prefers-color-scheme:dark){:root{--fond:#12181e;--encre:#e3e9ee;--pale:#1d262f;--filet:#3a4753;--gris:#a3b0bb;"
    "--lien:#7cb8e4;--bon:#6fce93;--faux:#ff8d8d;--peu:#e9b75c}}"
    "*{box-sizing:border-box}body{margin:0;font:16px/1.5 sans-serif;color:var(--encre);background:var(--fond)}"
    ".specimen{margin:0;padding:.6em;background:#7a1f1f;color:#fff;text-align:center;font-weight:bold}"
    "main{max-width:76em;margin:0 auto;padding:1em}a{color:var(--lien)}h1{line-height:1.2}h2{margin-top:2em}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;padding:.35em .6em;border-bottom:1px solid var(--filet);vertical-align:top}"
    ".large{overflow-x:auto}.bon{color:var(--bon)}.faux{color:var(--faux)}.peu{color:var(--peu)}.sort{font-weight:bold;white-space:nowrap}"
    ".verdict{font-size:1.4em;font-weight:bold;padding:.6em;border:2px solid;margin:1em 0}"
    "article{border:1px solid var(--filet);border-left:6px solid var(--faux);padding:.2em 1em 1em;margin:1em 0}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em;margin:.5em 0}"
    "dt{color:var(--gris)}dd{margin:0;overflow-wrap:anywhere}"
    "pre{overflow:auto;background:var(--pale);padding:.8em;margin:.5em 0;font:13px/1.45 monospace}"
    ".face td{font:13px/1.4 monospace;white-space:pre-wrap;overflow-wrap:anywhere;border:0;padding:0 .5em;width:50%}"
    ".face td:first-child{width:1.5em}.face tr.autre{background:var(--pale);color:var(--faux);font-weight:bold}"
    "summary{cursor:pointer;color:var(--lien)}small{color:var(--gris)}svg{max-width:100%;height:auto}"
    "@media(max-width:42em){dl{display:block}dd{margin-bottom:.4em}.source{display:none}}"
)
# Of one requirement, of several.
COMPTES: Final = {
    Sort.CONFORME: ("exigence conforme", "exigences conformes"),
    Sort.NON_CONFORME: ("non conforme", "non conformes"),
    Sort.NON_PROUVE: ("non prouvée", "non prouvées"),
    Sort.HYPOTHESE_SEULE: ("manquée sur une hypothèse seule", "manquées sur une hypothèse seule"),
    Sort.DECLARE: ("déclarée", "déclarées"),
}
NIVEAUX: Final = {Niveau.OBLIGATOIRE: "obligatoire", Niveau.RECOMMANDE: "recommandé"}
CLASSES: Final = {Sort.CONFORME: "bon", Sort.NON_CONFORME: "faux"}


def page(rapport: Rapport) -> str:
    """The whole file. Its anchors are the names that the other reports give: EX-103, amiable-paye, amiable-paye/antai-3."""
    titre = f"Certification : {rapport.plan}, {rapport.execution}"
    corps = "\n".join([*_tete(rapport), *_echecs(rapport), *_matrice(rapport), *_epreuves(rapport)])
    return (
        '<!doctype html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(titre)} · {SPECIMEN}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<p class="specimen">{escape(rapport.mention)}</p>\n<main>\n{corps}\n</main>\n</body>\n</html>\n'
    )


def compter(r: Rapport) -> str:
    """« 21 exigences conformes, 1 non prouvée »."""
    comptes = ((r.compte(sort), mots) for sort, mots in COMPTES.items())
    return ", ".join(f"{combien} {mots[combien > 1]}" for combien, mots in comptes if combien) or "aucune exigence"


def _tete(r: Rapport) -> Iterator[str]:
    yield f"<h1>{escape(r.titre)}</h1>"
    classe = "bon" if r.code == 0 else "faux" if r.code == 1 else "peu"
    yield f'<p class="verdict {classe}">{escape(r.etat.replace("-", " ").capitalize())} : {escape(compter(r))}</p>'
    yield "<dl>"
    for nom, valeur in (
        ("Plan", r.plan),
        ("Produit", r.produit),
        ("Exécution", r.execution),
        ("Versions", f"fps {r.versions.fps}, exigences {r.versions.exigences}"),
    ):
        yield f"<dt>{nom}</dt><dd>{escape(valeur)}</dd>"
    yield "</dl>"
    for un in r.prealable:
        if un.que_faire:
            yield f'<p class="peu">Contrôle préalable, {escape(un.controle)} : {escape(un.phrase)} {escape(un.que_faire)}</p>'
    for faute in r.fautes:
        qui = ", ".join(filter(None, (faute.domaine.value, faute.produit)))
        yield f'<p class="faux">{escape(faute.epreuve)} ({escape(qui)}) : {escape(faute.phrase)}</p>'


def _echecs(r: Rapport) -> Iterator[str]:
    ratees = [e for e in r.exigences if e.echecs]
    if ratees:
        yield "<h2>Ce qui a manqué</h2>"
    for exigence in ratees:
        for rang, carte in enumerate(exigence.echecs):
            yield from _carte(exigence, carte, rang)


def _carte(e: ExigenceRendue, c: Carte, rang: int) -> Iterator[str]:
    yield f'<article id="{e.id}-{rang}"><h3><a href="#{e.id}">{e.id}</a> {escape(e.texte)}</h3><dl>'
    for nom, valeur in (
        ("Attendu", c.attendu),
        ("Reçu", c.recu),
        ("Source", source_dite(e.source)),
        *([("Produit", c.produit)] if c.produit else ()),
    ):
        yield f"<dt>{nom}</dt><dd>{escape(valeur)}</dd>"
    lien = f', <a href="#{escape(c.echange)}">l\'échange</a>' if c.echange else ""
    yield f'<dt>Où</dt><dd><a href="#{escape(c.epreuve)}">{escape(c.verification)}</a>, {escape(c.ou)}{lien}</dd>'
    yield f"<dt>Rejouer</dt><dd><code>{escape(c.rejouer)}</code></dd></dl>"
    if c.comparaison:
        yield '<div class="large"><table class="face"><tr><th></th><th>Message attendu le plus proche</th>'
        yield "<th>Message reçu</th></tr>" if any(un.recu for un in c.comparaison) else "<th>Aucun message reçu</th></tr>"
        for un in c.comparaison:
            classe = "" if un.marque == "=" else ' class="autre"'
            marque = "" if un.marque == "=" else un.marque
            yield f"<tr{classe}><td>{marque}</td><td>{escape(un.attendu)}</td><td>{escape(un.recu)}</td></tr>"
        yield "</table></div>"
    plis = [("L'échange, tel qu'il a passé", "\n\n".join(filter(None, (c.requete, c.reponse)))), ("curl", c.curl)]
    if c.epreuve in epreuves():
        plis.append(("Essai pytest", fichier_essai(e, c.epreuve)))
    for nom, texte in plis:
        if texte:
            yield f"<details><summary>{nom}</summary><pre>{escape(texte)}</pre></details>"
    yield "</article>"


def _matrice(r: Rapport) -> Iterator[str]:
    yield '<h2>Les exigences</h2>\n<div class="large"><table><tr><th>N°</th><th>Exigence</th><th class="source">Source</th>'
    yield '<th>Verdict</th><th class="source">Éprouvée par</th></tr>'
    for e in r.exigences:
        classe = CLASSES.get(e.sort, "peu")
        raison = f"<br><small>{escape(e.raison)}</small>" if e.raison else ""
        yield (
            f'<tr id="{e.id}"><td>{e.id}<br><small>{f"flux {e.flux}" if e.flux else "tous"}, {NIVEAUX[e.niveau]}</small></td>'
            f'<td>{escape(e.texte)}{raison}</td><td class="source"><small>{escape(source_dite(e.source))}</small></td>'
            f'<td class="sort {classe}">{SORTS[e.sort]}{f"<br><small>{e.preuves} fois</small>" if e.preuves else ""}</td>'
            f'<td class="source"><small>{escape(", ".join(e.eprouvee_par))}</small></td></tr>'
        )
    yield "</table></div>"


def _epreuves(r: Rapport) -> Iterator[str]:
    yield "<h2>Les épreuves, et ce qui a été échangé</h2>"
    for une in r.epreuves:
        bon = all(etape.bon for etape in une.etapes)
        yield f'<details id="{escape(une.epreuve)}"><summary><span class="{"bon" if bon else "faux"}">{"✓" if bon else "✗"}</span> '
        yield f"{escape(une.epreuve)} : {escape(une.titre)}</summary>"
        yield from _epreuve(une)
        yield "</details>"


def _epreuve(une: EpreuveRendue) -> Iterator[str]:
    yield "<ol>"
    for etape in une.etapes:
        prouve = f" <small>{', '.join(etape.prouve)}</small>" if etape.prouve else ""
        yield f'<li class="{"" if etape.bon else "faux"}">{escape(etape.quoi)} <small>le {escape(etape.le)}</small>{prouve}</li>'
    yield "</ol>"
    if une.echanges:
        yield f'<div class="large">{dessiner(une)}</div>'
    for e in une.echanges:
        statut = e.statut or "lettre"
        yield f'<details id="{escape(e.id)}"><summary>{escape(e.id)} · {escape(e.quoi)} · {statut}</summary>'
        yield f"<pre>{escape(e.requete)}</pre><pre>{escape(e.reponse)}</pre></details>"
