"""The registry of results: one static page of the evidence of a folder, each verified again, with until when it is worth something."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Any, Final

from fps.kit.web.page import SPECIMEN
from fps_certification.certifier import verifier
from fps_certification.preuves.liasse import MENTION, LiasseFausse
from fps_certification.preuves.refus import refusee
from fps_certification.rapports.certificat import VALIDITE
from fps_certification.rapports.page import STYLE
from fps_certification.rapports.rapport import Rapport, empreinte_des_exigences
from fps_certification.verdict import Sort

SUFFIXE: Final = ".preuve"
MARQUE: Final = '<meta name="generator" content="fps certifier --registre">'


@dataclass(frozen=True, slots=True)
class Inscription:
    """One file of the folder: what it proves, or why it proves nothing; `le`: the day it was signed, unknown of an old one."""

    fichier: str
    rapport: Rapport | None
    refus: str = ""
    kid: str = ""
    connue: bool = False
    plan_livre: bool = False
    le: date | None = None

    @property
    def fin(self) -> date | None:
        """The last day on which it is worth something."""
        return None if self.le is None else self.le + VALIDITE

    def etat(self, jour: date) -> str:
        """« valable », « expirée », « refusée », or « sans date »: then nobody can say that it is not too old."""
        if self.refus:
            return "refusée"
        if self.fin is None:
            return "sans date"
        return "valable" if jour <= self.fin else "expirée"


async def inscrire(preuves: Iterable[Path], cles: dict[str, Any] | None = None) -> tuple[Inscription, ...]:
    """Each file of evidence, its verdict computed again; `cles`: the keys that are known."""
    return tuple([await _une(place, cles) for place in preuves])


def preuves_de(dossier: Path) -> list[Path]:
    """The files of evidence of a folder, by name. Raises OSError."""
    return sorted(place for place in dossier.iterdir() if place.suffix == SUFFIXE and place.is_file())


async def _une(place: Path, cles: dict[str, Any] | None) -> Inscription:
    try:
        lue, rapport = await verifier(place, cles)
    except LiasseFausse as error:
        return Inscription(place.name, None, str(error))
    try:
        le = date.fromisoformat(str(lue.fin.get("etablie_le")))
    except ValueError:
        le = None
    return Inscription(place.name, rapport, refusee(rapport) or "", lue.kid, lue.connue, lue.plan_livre, le)


def registre(inscriptions: Sequence[Inscription], jour: date) -> str:
    """The page, as it stands that day; the report of each is beside it, under the name of its file."""
    titre = "Registre des résultats"
    corps = "\n".join(_corps(inscriptions, jour))
    return (
        '<!doctype html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"{MARQUE}\n<title>{titre} · {SPECIMEN}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<p class="specimen">{escape(MENTION)}</p>\n<main>\n<h1>{titre}</h1>\n{corps}\n</main>\n</body>\n</html>\n'
    )


def page_de(une: Inscription) -> str:
    """The name of the page of its report."""
    return f"{une.fichier}.html"


def _corps(inscriptions: Sequence[Inscription], jour: date) -> Iterator[str]:
    etats = [une.etat(jour) for une in inscriptions]
    comptes = ", ".join(
        f"{etats.count(mot)} {mot}{'s' if etats.count(mot) > 1 and mot != 'sans date' else ''}" for mot in dict.fromkeys(etats)
    )
    yield f"<p>Le {jour:%d/%m/%Y}, {len(inscriptions)} preuve(s), chacune relue et son verdict recalculé : {comptes or 'aucune'}. "
    yield "Une preuve vaut un an : les exigences bougent. Le registre ne remplace pas la preuve : <code>fps verifier FICHIER</code>.</p>"
    if not inscriptions:
        return
    yield '<div class="large"><table><tr><th>Produit</th><th>Plan</th><th>Résultat</th><th>Validité</th><th class="source">Versions</th>'
    yield '<th class="source">Signée par</th></tr>'
    for une, etat in zip(inscriptions, etats, strict=True):
        yield from _ligne(une, etat)
    yield "</table></div>"


def _ligne(une: Inscription, etat: str) -> Iterator[str]:
    r, fichier = une.rapport, escape(une.fichier)
    classe = {"valable": "bon", "refusée": "faux"}.get(etat, "peu")
    if r is None:
        yield f'<tr><td colspan="2">{fichier}</td><td class="sort faux">refusée</td><td colspan="3">{escape(une.refus)}</td></tr>'
        return
    livre = "" if une.plan_livre else "<br><small>pas l'un des plans livrés : lisez ce qu'il éprouve</small>"
    tenues = f"{r.compte(Sort.CONFORME)} exigences tenues"
    if declares := r.compte(Sort.DECLARE):
        tenues += f", {declares} déclarées"
    dates = "signée un jour inconnu" if une.le is None or une.fin is None else f"du {une.le:%d/%m/%Y} au {une.fin:%d/%m/%Y}"
    autre = "" if r.versions.exigences == empreinte_des_exigences() else "<br><small>les exigences ont changé depuis</small>"
    qui = "une clé connue ici" if une.connue else "une clé qui n'est pas connue ici"
    yield f'<tr><td><a href="{escape(page_de(une))}">{escape(r.produit)}</a><br><small>{fichier}</small></td>'
    yield f"<td>{escape(r.plan)}{livre}<br><small>{escape(r.execution)}</small></td>"
    yield f"<td>{escape(r.etat.replace('-', ' '))}<br><small>{escape(une.refus or tenues)}</small></td>"
    yield f'<td class="sort {classe}">{etat}<br><small>{dates}</small></td>'
    yield f'<td class="source"><small>fps {escape(r.versions.fps)}<br>exigences {escape(r.versions.exigences)}</small>{autre}</td>'
    yield f'<td class="source"><small>{qui}<br>{escape(une.kid[:16])}…</small></td></tr>'
