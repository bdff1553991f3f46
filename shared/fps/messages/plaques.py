"""Plates: one normal form of a registration number however it was typed, the French series, and the readings that a camera mistakes.

Composition of the French numbers: arrêté of 9 February 2009 on the registration of vehicles (annexe VII: definitive, mopeds, W garage, WW,
diplomatic and consular; art. 4: collection, transit, military and State vehicles bear a definitive number, or a military one); arrêté of
5 November 1984, art. 1 (former register: ordinary, W, WW, TT and IT series); arrêté of 14 October 1991, art. 1 (vehicles of the State).
Elsewhere, nothing is known but the writing: any alphabet is taken, with its country (hypothesis H112).
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import product
from typing import Final

LONGUEUR: Final = 15  # characters of a normal form
SAISIE: Final = 32  # characters of a plate as somebody types it
DOUTES: Final = 3  # doubtful characters beyond which a reading is not detailed


class PlaqueIllisible(ValueError):
    """The text is no registration number: another character than letters, digits, spaces and hyphens, none, or too many."""


class SerieDePlaque(StrEnum):
    """The series of the French numbers."""

    SIV = "siv"
    CYCLOMOTEUR = "cyclomoteur"
    W_GARAGE = "w-garage"
    WW = "ww"
    FNI = "fni"
    DIPLOMATIQUE = "diplomatique"
    CONSULAIRE = "consulaire"
    MILITAIRE = "militaire"
    ADMINISTRATION = "administration"


@dataclass(frozen=True, slots=True)
class PlaqueFrancaise:
    """A number that France gave: its series, and how the arrêtés write it."""

    serie: SerieDePlaque
    ecrite: str


LETTRE: Final = "[A-HJ-NP-TV-Z]"  # no I, O nor U in any ordinary series
DEPARTEMENT: Final = "(0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6])"
# Groups may touch, or be parted by one space once normal. The first that fits wins: annexe VII gives « 100 CD 20 »
# as an example of the diplomatic series, though the former register could have written it.
SERIES: Final[tuple[tuple[SerieDePlaque, re.Pattern[str], str], ...]] = (
    (SerieDePlaque.WW, re.compile(rf"WW ?(?!000)([0-9]{{3}}) ?({LETTRE}{{2}})"), "WW-{0}-{1}"),
    (SerieDePlaque.W_GARAGE, re.compile(rf"W ?(?!000)([0-9]{{3}}) ?({LETTRE}{{2}})"), "W-{0}-{1}"),
    (SerieDePlaque.SIV, re.compile(rf"(?!SS)({LETTRE}{{2}}) ?(?!000)([0-9]{{3}}) ?(?!SS)({LETTRE}{{2}})"), "{0}-{1}-{2}"),
    (SerieDePlaque.CYCLOMOTEUR, re.compile(rf"({LETTRE}{{1,2}}) ?([1-9][0-9]{{1,2}}) ?({LETTRE})"), "{0} {1} {2}"),
    (
        SerieDePlaque.DIPLOMATIQUE,
        re.compile(r"([UES])? ?([1-7][0-9]{0,2}) ?(CMD|CD) ?([1-9][0-9]{0,3}) ?(973)? ?([XZ])?"),
        "{0} {1} {2} {3} {4} {5}",
    ),
    (
        SerieDePlaque.CONSULAIRE,
        re.compile(rf"([1-7][0-9]{{0,2}}) ?(C) ?([1-9][0-9]{{0,2}}) ?{DEPARTEMENT} ?([XZ])?"),
        "{0} {1} {2}.{3} {4}",
    ),
    (SerieDePlaque.CONSULAIRE, re.compile(rf"([1-7][0-9]{{0,2}}) ?(K) ?([1-9][0-9]{{0,2}}) {DEPARTEMENT} ?([XZ])?"), "{0} {1} {2}.{3} {4}"),
    (SerieDePlaque.CONSULAIRE, re.compile(r"([UES]) ?([1-7][0-9]{0,2}) ?(K) ?([1-9][0-9]{0,2}) ?([XZ])?"), "{0} {1} {2} {3} {4}"),
    (SerieDePlaque.CONSULAIRE, re.compile(r"([1-7][0-9]{0,2}) ?(K) ?([1-9][0-9]{2,3}) ?([XZ])?"), "{0} {1} {2} {3}"),
    (SerieDePlaque.FNI, re.compile(rf"([1-9][0-9]{{0,3}}) ?({LETTRE}{{1,3}}|IT) ?{DEPARTEMENT}"), "{0} {1} {2}"),
    (SerieDePlaque.ADMINISTRATION, re.compile(rf"{DEPARTEMENT} ?([DRNE]) ?([1-9][0-9]{{3}}) ?([A-HJ-NP-Z]{{1,2}})"), "{0}{1}-{2}{3}"),
    (SerieDePlaque.MILITAIRE, re.compile(r"(?=(?: ?[0-9]){8}$)([0-9]+) ?([0-9]*) ?([0-9]*)"), "{0}{1}{2}"),
)
# Letters of other alphabets that a plate draws as Latin ones (Russia, Ukraine, Bulgaria, Greece choose theirs so: Vienna, 1968, annexe 2).
JUMELLES: Final = str.maketrans("АВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXIJSABEZHIKMNOPTYX")
DOUTEUX: Final = {"O": "O0", "0": "0O", "I": "I1", "1": "1I"}
RESSEMBLE: Final = str.maketrans("OI", "01")
ALLEMANDE: Final = re.compile(r"([A-Z]{1,3})[ -]?([A-Z]{1,2})[ -]?([1-9][0-9]{0,3})([EH]?)")


@lru_cache(maxsize=4096)
def groupes(texte: str) -> tuple[str, ...]:
    """The groups of a plate, in capitals, without accents, its digits in 0-9; raises PlaqueIllisible."""
    if len(texte) > SAISIE:
        raise PlaqueIllisible(f"une immatriculation tient en {SAISIE} caractères")
    plie = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", texte).upper())
    nu = "".join(c for c in plie if unicodedata.category(c) not in ("Mn", "Cf"))
    trouves = "".join(_caractere(c) for c in unicodedata.normalize("NFC", nu)).translate(JUMELLES).split()
    if not trouves:
        raise PlaqueIllisible("une immatriculation porte une lettre ou un chiffre")
    if sum(map(len, trouves)) > LONGUEUR:
        raise PlaqueIllisible(f"une immatriculation compte {LONGUEUR} lettres et chiffres au plus")
    return tuple(trouves)


def _caractere(c: str) -> str:
    """A letter or a digit as it is kept, a space for what parts groups; raises PlaqueIllisible."""
    genre = unicodedata.category(c)
    if genre == "Nd":
        return str(unicodedata.decimal(c))
    if genre in ("Lu", "Lo", "Mc"):
        return c
    if genre in ("Zs", "Pd") or c in "./_·•:|−":
        return " "
    raise PlaqueIllisible(
        f"« {c} » ne figure sur aucune plaque" if c.isprintable() else "un caractère invisible ne figure sur aucune plaque"
    )


@lru_cache(maxsize=4096)
def francaise(texte: str) -> PlaqueFrancaise | None:
    """The French number that is written so, hyphens or not; None when France gives none of this composition."""
    try:
        groupe = " ".join(groupes(texte))
    except PlaqueIllisible:
        return None
    for serie, forme, ecriture in SERIES:
        if (trouve := forme.fullmatch(groupe)) is not None and _pays_diplomatique(serie, trouve):
            ecrite = ecriture.format(*(part or "" for part in trouve.groups()))
            return PlaqueFrancaise(serie, " ".join(ecrite.split()))
    return None


def _pays_diplomatique(serie: SerieDePlaque, trouve: re.Match[str]) -> bool:
    """Annexe VII, D: 1 to 199 a country, 200 to 399 a delegation, 400 to 499 an organisation, 500, 600 and 700; true of other series."""
    if serie not in (SerieDePlaque.DIPLOMATIQUE, SerieDePlaque.CONSULAIRE):
        return True
    code = int(next(part for part in trouve.groups() if part and part.isdigit()))
    return code < 500 or code in (500, 600, 700)


@lru_cache(maxsize=4096)
def normaliser(texte: str) -> str:
    """The normal form: « ab123cd » is AB-123-CD; a foreign number keeps its groups, joined by hyphens. Raises PlaqueIllisible."""
    connue = francaise(texte)
    if connue is not None:
        return connue.ecrite
    trouves = groupes(texte)
    joints = "-".join(trouves)
    return joints if len(joints) <= LONGUEUR else "".join(trouves)


@lru_cache(maxsize=4096)
def cle_plaque(texte: str) -> str:
    """What two writings of one plate have in common, and what a register is looked up by. Raises PlaqueIllisible.

    Hyphens and spaces do not count; an O or an I where no French series has a letter is the digit that it looks like.
    """
    nue = "".join(groupes(texte))
    connue = francaise(nue) or francaise(nue.translate(RESSEMBLE))
    return connue.ecrite if connue is not None else nue


def plaque_nue(texte: str) -> str:
    """The letters and digits of a plate, the same for all its writings: how lists find one by its beginning. Raises PlaqueIllisible."""
    return "".join(groupes(cle_plaque(texte)))


def identiques(une: str, autre: str) -> bool:
    """True when the two texts are writings of one plate; false when one is illegible."""
    try:
        return cle_plaque(une) == cle_plaque(autre)
    except PlaqueIllisible:
        return False


def lectures(texte: str, pays: str | None = None) -> tuple[str, ...]:
    """The other plates that a reader may have seen: O or 0, I or 1, and « B NO » or « BN O » (Germany). Raises PlaqueIllisible.

    None for a number whose composition leaves no doubt, as those of the French series; none either beyond three doubtful characters.
    """
    ici = normaliser(texte)
    nue = "".join(groupes(texte))
    if pays in (None, "FR"):
        connue = francaise(nue)
        corrigee = francaise(nue.translate(RESSEMBLE))
        if connue is not None or corrigee is not None:
            return () if connue is not None or corrigee is None else (corrigee.ecrite,)
        if pays == "FR":
            return ()
    autres: dict[str, None] = {}
    if sum(c in DOUTEUX for c in nue) <= DOUTES:
        for choix in product(*(DOUTEUX.get(c, c) for c in nue)):
            autres["".join(choix)] = None
    autres.pop(nue, None)
    if pays == "DE":
        autres = {autre: None for autre in autres if ALLEMANDE.fullmatch(autre)}
    if pays in (None, "DE"):
        autres = dict.fromkeys(_coupes(nue)) | autres
        autres.pop(ici, None)
    return tuple(autres)


def _coupes(nue: str) -> list[str]:
    """The German plates of these letters: one to three of the district, then one or two, which only a space or the seal parts."""
    trouve = re.fullmatch(r"([A-Z]{3,4})([1-9][0-9]{0,3}[EH]?)", nue)
    if trouve is None:
        return []
    mots, reste = trouve.groups()
    return [f"{mots[:n]}-{mots[n:]}-{reste}" for n in (1, 2, 3) if 1 <= len(mots) - n <= 2]
