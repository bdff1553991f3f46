"""The glossary and the list of hypotheses say only what the code holds."""

import ast
import re
from pathlib import Path

from fps.villes.catalogue import connues
from tests.law.cas import chaque

RACINE = Path(__file__).parents[2]
HYPOTHESES = (RACINE / "docs" / "hypotheses.md").read_text("utf-8")
GLOSSAIRE = (RACINE / "docs" / "glossaire.md").read_text("utf-8")
LIEUX = sorted(set(re.findall(r"`(fps/[a-z_/]+\.(?:py|yaml))(?:::([A-Za-z_]+))?`", HYPOTHESES + GLOSSAIRE)))


def definis(texte: str) -> set[str]:
    """What a module defines itself: read, since importing the kit is longer than all that the law computes."""
    noms: set[str] = set()
    for node in ast.parse(texte).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            noms.add(node.name)
        else:
            noms |= {x.id for x in ast.walk(node) if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Store)}
    return noms


@chaque(LIEUX)
def test_a_place_named_in_the_documents_exists(lieu: tuple[str, str]) -> None:
    fichier, nom = lieu
    chemin = RACINE / "shared" / fichier
    assert chemin.is_file()
    if nom and chemin.suffix == ".yaml":
        assert re.search(rf"^{nom}:", chemin.read_text("utf-8"), re.MULTILINE)
    elif nom:
        assert nom in definis(chemin.read_text("utf-8"))


def test_the_hypotheses_are_numbered_without_gap() -> None:
    ids = re.findall(r"^\| (H\d{2,3}) \|", HYPOTHESES, re.MULTILINE)
    assert ids == [f"H{rang:02d}" for rang in range(1, len(ids) + 1)]


def test_a_hypothesis_cited_anywhere_in_the_common_language_is_listed() -> None:
    connus = set(re.findall(r"^\| (H\d{2,3}) \|", HYPOTHESES, re.MULTILINE))
    for fichier in sorted((RACINE / "shared" / "fps").rglob("*")):
        if fichier.suffix in (".py", ".yaml"):
            assert set(re.findall(r"\bH\d{2,3}\b", fichier.read_text("utf-8"))) <= connus, fichier
    assert all(set(commune.hypotheses) <= connus for commune in connues())


def test_the_words_of_the_glossary_are_told_once_and_in_order() -> None:
    mots = re.findall(r"^\| \*\*([^*]+)\*\* \|", GLOSSAIRE, re.MULTILINE)
    assert len(mots) > 60
    assert len(mots) == len(set(mots))
