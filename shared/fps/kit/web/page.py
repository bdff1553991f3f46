"""A plain page for the people outside: the banner SPÉCIMEN, a title, a form or a list; nothing from elsewhere, nothing that runs."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Final

from starlette.responses import HTMLResponse

SPECIMEN: Final = "SPÉCIMEN — environnement simulé"
STYLE: Final = (
    "body{margin:0;font:18px/1.5 sans-serif;color:#1d2733;background:#fff}"
    ".specimen{margin:0;padding:.6em;background:#7a1f1f;color:#fff;text-align:center;font-weight:bold}"
    "main{max-width:40em;margin:2em auto;padding:0 1em}"
    "label{display:block;margin:1em 0 .2em;font-weight:bold}"
    "input{font:inherit;width:100%;box-sizing:border-box;padding:.4em;border:1px solid #55616d}"
    "button{font:inherit;margin:1.5em 0;padding:.5em 1.5em;color:#fff;background:#31506b;border:0;cursor:pointer}"
    "dl{border:2px solid #31506b;padding:1em;margin:1em 0}dt{color:#55616d}dd{margin:0 0 .8em;font-weight:bold}dd:last-child{margin:0}"
    ".refus{border:2px solid #7a1f1f;padding:1em}:focus-visible{outline:3px solid #b8860b;outline-offset:2px}"
)
_EMPREINTE: Final = b64encode(sha256(STYLE.encode()).digest()).decode()
ENTETES: Final[Mapping[str, str]] = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_EMPREINTE}'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Champ:
    """One field of a form: its name, what is asked, an example of it."""

    nom: str
    libelle: str
    exemple: str
    valeur: str = ""


def page(titre: str, *parties: str, statut: int = 200) -> HTMLResponse:
    """A whole page; the parts are those of this module, that escape what they are given."""
    corps = "\n".join(parties)
    html = (
        f'<!doctype html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(titre)} · {SPECIMEN}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<p class="specimen">{SPECIMEN}</p>\n<main>\n<h1>{escape(titre)}</h1>\n{corps}\n</main>\n</body>\n</html>\n'
    )
    return HTMLResponse(html, statut, headers=dict(ENTETES))


def paragraphe(texte: str) -> str:
    """A paragraph."""
    return f"<p>{escape(texte)}</p>"


def refus(titre: str, que_faire: str) -> str:
    """Why what was asked is not shown, and what to do."""
    return f'<div class="refus" role="alert"><p><strong>{escape(titre)}.</strong></p><p>{escape(que_faire)}</p></div>'


def liste(lignes: Mapping[str, str]) -> str:
    """Values with their names, in their order."""
    return "<dl>" + "".join(f"<dt>{escape(nom)}</dt><dd>{escape(valeur)}</dd>" for nom, valeur in lignes.items()) + "</dl>"


def formulaire(champs: Iterable[Champ], bouton: str) -> str:
    """A form that comes back to the same page; the address of the page keeps the bac."""
    lignes = "".join(
        f'<label for="{c.nom}">{escape(c.libelle)}</label>'
        f'<input id="{c.nom}" name="{c.nom}" value="{escape(c.valeur)}" placeholder="{escape(c.exemple)}" '
        'required maxlength="60" autocomplete="off">'
        for c in champs
    )
    return f'<form method="get">{lignes}<button>{escape(bouton)}</button></form>'


def liens(lignes: Mapping[str, str]) -> str:
    """Links to pages of the same service, by what they are called."""
    return "<ul>" + "".join(f'<li><a href="{escape(vers)}">{escape(nom)}</a></li>' for nom, vers in lignes.items()) + "</ul>"
