"""No sentence of the product says an amount in bare centimes: what a person reads is in euros."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUIT = ("shared/fps", "services", "simulateur/fps_simulateur", "certification/fps_certification", "console/fps_console")
MONTANT = re.compile(
    r"(montant|majoration|rabais|impaye|fps_du|dette|creance|plafond|somme|prix|reste|reste_du|verse|total|trop_percu|amende|astreinte|frais)"
    r"(_(due?|initial|minore|rectifie|paye|deduit|fps|rembourse|annulee?|remise|dechargee?|accorde|maximum|minimum))*$"
)
# Names that a rest of characters, of a register, of a list or of a count bears too.
AUTRES = {
    ("shared/fps/droit/money.py", "reste"),
    ("shared/fps/messages/plaques.py", "reste"),
    ("services/ccsp/ccsp/domain/teletransmission.py", "reste"),
    ("console/fps_console/commandes/doctor.py", "reste"),
    ("console/fps_console/commandes/play.py", "total"),
}


def sources() -> Iterator[tuple[Path, ast.AST]]:
    """Each module of the product."""
    for dossier in PRODUIT:
        for fichier in sorted((ROOT / dossier).rglob("*.py")):
            yield fichier.relative_to(ROOT), ast.parse(fichier.read_text(encoding="utf-8"))


def dites(arbre: ast.AST) -> Iterator[tuple[int, str]]:
    """Each value written in a sentence by an f-string: its line and its expression."""
    for noeud in ast.walk(arbre):
        if isinstance(noeud, ast.JoinedStr):
            for part in noeud.values:
                if isinstance(part, ast.FormattedValue):
                    yield part.lineno, ast.unparse(part.value)


def test_an_amount_in_a_sentence_goes_through_euros() -> None:
    nus, justes = [], 0
    for fichier, arbre in sources():
        for ligne, dite in dites(arbre):
            justes += dite.startswith("euros(")
            if MONTANT.search(dite) and "date_" not in dite and (str(fichier), dite) not in AUTRES:
                nus.append(f"{fichier}:{ligne} : {{{dite}}}")
    assert justes > 40 and nus == []


def test_no_sentence_gives_a_figure_in_centimes() -> None:
    """« en centimes » tells the unit of a field of the interface; « 3500 centimes » would be read by a person."""
    chiffre = re.compile(r"[0-9] centimes")
    for fichier, arbre in sources():
        textes = [n.value for n in ast.walk(arbre) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        assert [t for t in textes if chiffre.search(t) or t.startswith(" centimes")] == [], fichier
