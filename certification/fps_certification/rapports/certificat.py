"""The certificate of a run that conforms: one page of PDF/A, checked against its evidence by a code to read; and the badge of a web page.

SPÉCIMEN: it says on its face that it is worth nothing before any administration.
"""

from datetime import date, timedelta
from html import escape
from importlib.resources import files
from typing import Any, Final

from fps.kit.print.impression import render
from fps_certification.preuves.refus import refusee
from fps_certification.rapports.rapport import Rapport
from fps_certification.verdict import Sort

VALIDITE: Final = timedelta(days=365)  # a year, after which the requirements have moved


class CertificatRefuse(ValueError):
    """Aucun certificat n'est donné de cette exécution."""


def contenu(rapport: Rapport, empreinte: str, kid: str, le: date) -> dict[str, Any]:
    """What the page says; `empreinte` is the digest of the evidence, `kid` the key that signed it. Raises CertificatRefuse."""
    if (refus := refusee(rapport)) is not None:
        raise CertificatRefuse(refus)
    tenues = [e for e in rapport.exigences if e.sort is Sort.CONFORME]
    return {
        "numero": f"{rapport.execution}-{empreinte[:8]}",
        "mention": rapport.mention,
        "produit": rapport.produit,
        "plan": rapport.plan,
        "titre": rapport.titre,
        "epreuves": len(rapport.epreuves),
        "exigences": len(tenues),
        "hypotheses": sum(e.source.article is None and e.source.section is None for e in tenues),
        "version": rapport.versions.fps,
        "version_exigences": rapport.versions.exigences,
        "etabli_le": le,
        "valable_jusqu_au": le + VALIDITE,
        "empreinte": empreinte,
        "kid": kid,
        "a_verifier": f"fps-preuve:{empreinte}?kid={kid}&plan={rapport.plan}",
    }


def certificat(rapport: Rapport, empreinte: str, kid: str, le: date) -> bytes:
    """The PDF (PDF/A-2a and PDF/UA-1: Typst refuses what breaks them); the same run and day, the same bytes. Raises CertificatRefuse."""
    return render(files("fps_certification.rapports") / "certificat.typ", contenu(rapport, empreinte, kid, le), le=le)


def badge(rapport: Rapport, le: date) -> str:
    """The badge (SVG) of a run, whatever its verdict; it says until when, and that all is simulated."""
    bon = rapport.code == 0
    gauche = f"FPS simulé · {rapport.plan}"
    droite = f"conforme jusqu'au {le + VALIDITE:%d/%m/%Y}" if bon else rapport.etat.replace("-", " ")
    a, b = 7 * len(gauche) + 20, 7 * len(droite) + 20
    dit = escape(f"{gauche} : {droite}. {rapport.mention}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{a + b}" height="24" role="img" aria-label="{dit}"><title>{dit}</title>'
        f'<rect width="{a}" height="24" fill="#31506b"/><rect x="{a}" width="{b}" height="24" fill="{"#1b6b3a" if bon else "#7a1f1f"}"/>'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{a // 2}" y="16" textLength="{a - 16}">{escape(gauche)}</text>'
        f'<text x="{a + b // 2}" y="16" textLength="{b - 16}">{escape(droite)}</text></g></svg>\n'
    )
