"""The requirements that are tried and that no wrong product fails, each with the reason: what a mutant kills leaves this list."""

from collections.abc import Mapping

# Each is erased in turn from the letter that the reference system prints (tests/kit/test_mentions_imprimees.py), and the letter that
# lacks it fails its requirement alone (tests/certification/test_documents.py); a product without the juridiction is a mutant of its own.
MENTIONS = tuple(f"EX-{n}" for n in range(350, 397) if n not in (355, 356))
EXPLOREES = ("EX-850", "EX-851", "EX-852", "EX-853", "EX-854", "EX-856")
AVANT = "le certificat du produit ne vaut que pour sa ville : le message est refusé avant d'être lu"
SANS_MUTANT: Mapping[str, str] = {
    **dict.fromkeys(MENTIONS, "la mention est effacée de la lettre imprimée, sans produit faux"),
    **dict.fromkeys(EXPLOREES, "les dix produits faux de tests/certification/mutants_exploration.py"),
    **dict.fromkeys(("EX-127", "EX-917", "EX-1111"), AVANT),
    "EX-052": "aucun débit n'est réglé dans les bacs des plans",
    "EX-080": "le quatrième essai vient après la fin des vies qui poussent des lettres",
    "EX-124": "aucune minoration n'est déclarée dans l'espace numérique des bacs des plans : EX-138 la juge",
    "EX-165": "l'ANTAI nomme un état plus précis (titre émis, annulé, payé), que d'autres exigences jugent",
    "EX-711": "aucune vie ne défend avant la communication de la requête : le produit n'en sait rien",
    "EX-721": "la collectivité des plans est homologuée d'avance ; la séance d'essai est jugée par EX-750 à EX-757",
}
PLUS = len(MENTIONS) + 15  # it may only fall
