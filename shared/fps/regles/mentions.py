"""The mandatory mentions of a collectivité's letters, each with its article, and what is missing of them in a letter and in its print."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from fps.donnees import lire_yaml
from fps.droit.calendar import PARIS
from fps.messages.message import Message

MOIS: Final = ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre")
MONTANTS: Final = re.compile(r"montant|majoration_minimum")
COMPTES: Final = re.compile(r"^(delai_|rapo_obligatoire$)")  # told in words: « mots » says which


@dataclass(frozen=True, slots=True)
class Exigence:
    """One mention: what it is called, its article, the fields that hold it, the words of which a document must say one in each list."""

    mention: str
    article: str
    champs: tuple[str, ...]
    mots: tuple[tuple[str, ...], ...] = ()
    si: tuple[tuple[str, Any], ...] = ()  # asked only of a letter whose fields have these values


@dataclass(frozen=True, slots=True)
class Constat:
    """What was found of one mention: nothing is missing when `manque` is empty, else it says what, in French."""

    mention: str
    article: str
    manque: str = ""


@dataclass(frozen=True, slots=True)
class Liste:
    """The mentions of one letter, in the order of the text; `ordre`: whether that order is asked too."""

    exigences: tuple[Exigence, ...]
    ordre: bool


@cache
def listes() -> Mapping[str, Liste]:
    """The mentions of each letter, by its type."""
    brut = lire_yaml((files("fps.regles") / "mentions.yaml").read_text("utf-8"))
    return {type_: Liste(tuple(map(_exigence, une["mentions"])), une["ordre"]) for type_, une in brut.items()}


def _exigence(une: Mapping[str, Any]) -> Exigence:
    mots = tuple(tuple(liste) for liste in une.get("mots", ()))
    return Exigence(une["mention"], une["article"], tuple(une["champs"]), mots, tuple(une.get("si", {}).items()))


def examiner(message: Message, document: str | None = None) -> list[Constat]:
    """What each mention of a letter has, in the order of the text; `document`: the text of what is printed, when there is one.

    Without a document, only the fields are looked at. Raises KeyError for a letter that no list is known of.
    """
    liste, corps = listes()[type(message).type], message.model_dump(mode="python")
    lu = None if document is None else normal(document)
    place, found = 0, []
    for exigence in liste.exigences:
        if any(_champ(corps, champ) != valeur for champ, valeur in exigence.si):
            continue
        manque = _vides(exigence, corps)
        if not manque and lu is not None:
            manque, apres = _imprime(exigence, corps, lu, place if liste.ordre else 0)
            place = max(place, apres)
        found.append(Constat(exigence.mention, exigence.article, manque))
    return found


def _vides(exigence: Exigence, corps: Mapping[str, Any]) -> str:
    vides = [champ for champ in exigence.champs if _champ(corps, champ) in (None, "", (), [])]
    return f"le champ « {' », « '.join(vides)} » est vide" if vides else ""


def _imprime(exigence: Exigence, corps: Mapping[str, Any], lu: str, place: int) -> tuple[str, int]:
    """What the print lacks of a mention whose fields are there, and where its first part was found, after that place."""
    absents: list[str] = []
    debut = -1
    for champ in exigence.champs:
        for formes in _formes(champ.rpartition(".")[2], _champ(corps, champ)):
            places = [p for forme in formes if (p := _trouver(forme, lu, place)) >= 0]
            if places:
                debut = min(places) if debut < 0 else min(debut, *places)
            elif place and any(_trouver(forme, lu, 0) >= 0 for forme in formes):
                return "imprimée avant une mention qui doit la précéder", place
            else:
                absents.append(formes[0])
    absents += [mots[0] for mots in exigence.mots if not any(f" {mot}" in lu for mot in mots)]
    manque = f"le document ne dit pas : {', '.join(f'« {un} »' for un in absents)[:300]}" if absents else ""
    return manque, max(place, debut)


def _trouver(forme: str, lu: str, depuis: int) -> int:
    """Where a form stands, its figures together or apart; -1 when it does not."""
    motif = r"\s?".join(forme) if forme.isdigit() and len(forme) > 4 else re.escape(forme)
    found = re.compile(rf"(?<!\w){motif}(?!\w)").search(lu, depuis)
    return -1 if found is None else found.start()


def _formes(nom: str, valeur: Any) -> Iterator[tuple[str, ...]]:
    """How each part of a value may be printed, in normal form."""
    if COMPTES.match(nom):
        return
    if isinstance(valeur, Sequence) and not isinstance(valeur, str):
        for une in valeur:
            yield from _formes(nom, une)
    elif isinstance(valeur, datetime):
        ici = valeur.astimezone(PARIS)
        yield from _formes(nom, ici.date())
        yield (f"{ici:%H} h {ici:%M}", f"{ici:%H}h{ici:%M}", f"{ici:%H %M}", f"{ici.hour} h {ici:%M}", f"{ici.hour}h{ici:%M}")
    elif isinstance(valeur, date):
        jour, mois = "1er" if valeur.day == 1 else str(valeur.day), MOIS[valeur.month - 1]
        yield (f"{valeur:%d %m %Y}", f"{jour} {mois} {valeur.year}", f"{valeur.day:02} {mois} {valeur.year}", f"{valeur:%Y %m %d}")
    elif isinstance(valeur, int) and not isinstance(valeur, bool) and MONTANTS.search(nom):
        entier, decimales = divmod(valeur, 100)
        yield (f"{entier} {decimales:02}", *((str(entier),) if not decimales else ()))
    elif isinstance(valeur, str):
        yield (normal(valeur).strip(),)


def _champ(corps: Any, chemin: str) -> Any:
    for part in chemin.split("."):
        corps = corps.get(part) if isinstance(corps, Mapping) else None
    return corps


def normal(texte: str) -> str:
    """A text as it is compared: without accents, capitals nor punctuation, between spaces."""
    sans = "".join(c for c in unicodedata.normalize("NFKD", texte.casefold()) if not unicodedata.combining(c))
    return f" {' '.join(re.sub(r'[^0-9a-z]+', ' ', sans.replace('œ', 'oe')).split())} "
