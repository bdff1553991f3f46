"""The page of the invariants: written from the list that `fps doctor` checks."""

from fps_simulateur.invariants import INVARIANTS

TETE = """# Les invariants

> **SPÉCIMEN — environnement simulé.** Ce qui tient dans un bac quoi qu'il arrive, quand toutes les lettres sont arrivées.

Page écrite par `fps docs`. Chaque service donne un relevé typé d'un bac (`GET /pilotage/bacs/{nom}/releve`, `/releve/dossiers` page après
page, `/releve/entrees` pour ce que les certificats ont fait entrer : `shared/fps/releves.py`). Les invariants ne lisent que ces relevés.
`fps doctor` les vérifie dans chaque bac figé et nomme le premier acte qui rompt l'un d'eux ; chaque vie du catalogue les vérifie à sa fin.
Les comptes que compare le cinquième sont dans [comptes.md](comptes.md).
"""


def invariants_md() -> str:
    """docs/invariants.md."""
    lignes = [f"| {i.numero} | {i.nom} | {i.phrase} | {i.article} |" for i in INVARIANTS]
    return "\n".join([TETE, "| n° | nom | ce qui tient | texte |", "| --- | --- | --- | --- |", *lignes]) + "\n"
