"""The passwords that everybody tries first: common words, rows of the keyboard, sequences and repetitions, whatever decorates them."""

import re
from typing import Final

# Words that make most of the lists of stolen passwords, in French and in English, and those of this place.
MOTS: Final = (
    "motdepasse|passe|password|passwd|pass|azertyuiop|azerty|qwertyuiop|qwerty|qwertz|qsdfghjklm|qsdfgh|wxcvbn|asdfghjkl|asdfgh|zxcvbnm|zxcvbn|"
    "administrateur|administrator|admin|root|bonjour|bienvenue|welcome|soleil|doudou|chouchou|loulou|marseille|france|paris|lyon|"
    "iloveyou|jetaime|letmein|secret|changeme|changezmoi|test|essai|demo|utilisateur|user|login|football|princesse|princess|"
    "dragon|monkey|nicolas|juillet|janvier|fevrier|mars|avril|mai|juin|aout|septembre|octobre|novembre|decembre|"
    "printemps|ete|automne|hiver|antai|dgfip|ccsp|collectivite|mairie|ville|stationnement|forfait|fps|simulateur|abcdefghijkl|abcdef|abc"
)
COMMUN: Final = re.compile(f"(?:{MOTS})+")
SUITES: Final = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
)
PAREILS: Final = str.maketrans("àâäéèêëîïôöùûüç@4301!$57", "aaaeeeeiioouuucaaeoiisst")


def commun(mot_de_passe: str) -> bool:
    """Whether a password is one of those that are tried first: common words only, a sequence, or the same few characters again."""
    simple = mot_de_passe.lower()
    lettres = re.sub(r"[^a-z]", "", simple.translate(PAREILS))
    nues = re.sub(r"[^a-zàâäéèêëîïôöùûüç]", "", simple).translate(PAREILS)
    coeur = re.sub(r"[^a-z]", "", re.sub(r"^[^a-z]+|[^a-z]+$", "", simple).translate(PAREILS))
    if any(COMMUN.fullmatch(one) for one in (lettres, nues, coeur) if one):
        return True
    serre = re.sub(r"[^a-z0-9]", "", simple)
    if serre and any(serre in suite for suite in SUITES):
        return True
    return any(simple == (simple[:size] * len(simple))[: len(simple)] for size in range(1, len(simple) // 2 + 1))
