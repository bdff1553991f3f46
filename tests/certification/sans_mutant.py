"""The requirements that are tried and that no wrong product fails, each with the reason: what a mutant kills leaves this list."""

from collections.abc import Mapping

DE_LA_DEMANDE = tuple(f"EX-{n}" for n in range(358, 362))  # a letter that lacks it: tests/certification/test_documents.py
AVANT = "le certificat du produit ne vaut que pour sa ville : le message est refusé avant d'être lu"
SANS_MUTANT: Mapping[str, str] = {
    **dict.fromkeys(DE_LA_DEMANDE, "aucune vie des épreuves ne fait demander de pièces : seule la lettre est jugée"),
    **dict.fromkeys(("EX-127", "EX-917", "EX-1111"), AVANT),
    "EX-052": "aucun débit n'est réglé dans les bacs des plans",
    "EX-080": "le quatrième essai vient après la fin des vies qui poussent des lettres",
    "EX-124": "aucune minoration n'est déclarée dans l'espace numérique des bacs des plans : EX-138 la juge",
    "EX-165": "l'ANTAI nomme un état plus précis (titre émis, annulé, payé), que d'autres exigences jugent",
    "EX-711": "aucune vie ne défend avant la communication de la requête : le produit n'en sait rien",
    "EX-721": "la collectivité des plans est homologuée d'avance ; la séance d'essai est jugée par EX-750 à EX-757",
}
PLUS = len(DE_LA_DEMANDE) + 9  # it may only fall
