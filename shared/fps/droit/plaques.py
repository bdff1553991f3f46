"""Plates: is this text a registration number that France gave (SIV since 2009, FNI before)?"""

import re

# SIV: no I, O or U; SS is never used, WW at the left is provisional and never on a certificat d'immatriculation kept here.
SIV = re.compile(r"(?!SS|WW)[A-HJ-NP-TV-Z]{2}-(?!000)[0-9]{3}-(?!SS)[A-HJ-NP-TV-Z]{2}")
FNI = re.compile(r"[1-9][0-9]{0,3} [A-HJ-NPR-TV-Z]{1,3} (0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6])")


def plaque_francaise(texte: str) -> bool:
    """True for AB-123-CD (SIV) and for 1234 AB 59 (FNI)."""
    return SIV.fullmatch(texte) is not None or FNI.fullmatch(texte) is not None
