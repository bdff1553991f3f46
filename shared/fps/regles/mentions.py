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
FIN_DE_MOT: Final = r"(?!\w)"
COMPTES: Final = re.compile(r"^(delai_|rapo_obligatoire$)")  # told in words: « mots » says which


@dataclass(frozen=True, slots=True)
class Exigence:
    """One mention: what it is called, its article, the fields that hold it, the words of which a document must say one in each list."""

    mention: str
    article: str
    champs: tuple[str, ...]
    mots: tuple[tuple[str, ...], ...] = ()
    si: tuple[tuple[str, Any], ...] = ()  # asked only of a letter whose fields have these values
    partout: bool = False  # its place is not asked, where the text wants an order


@dataclass(frozen=True, slots=True)
class ConstatDeMention:
    """What was found of one mention: nothing is missing when `manque` is empty, else it says what, in French."""

    mention: str
    article: str
    manque: str = ""

    @property
    def phrase(self) -> str:
        """« Signature : elle est imprimée, mais pas à sa place (CGCT, art. R. 2333-120-4) »."""
        return f"{self.mention} : {self.manque or 'elle y est'} ({self.article})"


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
    si, partout = tuple(une.get("si", {}).items()), bool(une.get("partout"))
    return Exigence(une["mention"], une["article"], tuple(une.get("champs", ())), mots, si, partout)


def examiner(message: Message, document: str | None = None) -> list[ConstatDeMention]:
    """What each mention of a letter has, in the order of the text; `document`: the text of what is printed, when there is one.

    Without a document, only the fields are looked at. Raises KeyError for a letter that no list is known of.
    """
    liste, corps = listes()[type(message).type], message.model_dump(mode="python")
    lu = None if document is None else normal(document)
    asked = [e for e in liste.exigences if all(_champ(corps, champ) == valeur for champ, valeur in e.si)]
    manques, places = [_vides(e, corps) for e in asked], list[list[tuple[int, int]]]()
    for rang, exigence in enumerate(asked):
        ici: list[tuple[int, int]] = []
        if not manques[rang] and lu is not None:
            manques[rang], ici = _imprime(exigence, corps, lu)
        places.append(ici)
    if liste.ordre:
        ordonnees = [rang for rang, e in enumerate(asked) if places[rang] and not e.partout]
        suivies = _suite([places[rang] for rang in ordonnees])
        for place, rang in enumerate(ordonnees):
            if place not in suivies:
                manques[rang] = "elle est imprimée, mais pas à sa place"
    return [ConstatDeMention(e.mention, e.article, manque) for e, manque in zip(asked, manques, strict=True)]


def _vides(exigence: Exigence, corps: Mapping[str, Any]) -> str:
    """The fields that hold nothing, but those that a letter may not have yet (« champ? »)."""
    vides = [champ for champ in exigence.champs if not champ.endswith("?") and _champ(corps, champ) in (None, "", (), [])]
    return f"le champ « {' », « '.join(vides)} » est vide" if vides else ""


def _imprime(exigence: Exigence, corps: Mapping[str, Any], lu: str) -> tuple[str, list[tuple[int, int]]]:
    """What the print lacks of a mention whose fields are there; when it lacks nothing, where its first part begins and ends, each time."""
    absents: list[str] = []
    premiere: list[tuple[int, int]] | None = None
    valeurs = (
        (champ.removesuffix("?"), v) for champ in exigence.champs if (v := _champ(corps, champ.removesuffix("?"))) not in (None, "", (), [])
    )
    parts = [formes for champ, valeur in valeurs for formes in _formes(champ.rpartition(".")[2], valeur)]
    for formes in (*parts, *exigence.mots):
        places = sorted({place for forme in formes for place in _trouver(forme, lu, entiere=formes not in exigence.mots)})
        premiere = places if premiere is None else premiere
        if not places:
            absents.append(formes[0])
    manque = f"le document ne dit pas : {', '.join(f'« {un} »' for un in absents)[:300]}" if absents else ""
    return manque, [] if manque else premiere or []


def _suite(places: Sequence[Sequence[tuple[int, int]]]) -> tuple[int, ...]:
    """The longest run of mentions that follow one another, each at one of its places: the others are not at theirs."""
    runs: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}  # how many follow one another → where the last ends at the soonest, which
    for rang, ici in enumerate(places):
        for nombre, (fin, suivies) in sorted(runs.items(), reverse=True):
            if (apres := next((bout for debut, bout in ici if debut >= fin), None)) is not None:
                autre = runs.get(nombre + 1)
                if autre is None or apres < autre[0]:
                    runs[nombre + 1] = (apres, (*suivies, rang))
    return runs[max(runs)][1]


def _trouver(forme: str, lu: str, *, entiere: bool) -> list[tuple[int, int]]:
    """Where a form begins and ends, its figures together or apart; `entiere`: its last word is whole, an expression may go on."""
    motif = r"\s?".join(forme) if forme.isdigit() and len(forme) > 4 else re.escape(forme)
    return [found.span() for found in re.finditer(rf"(?<!\w){motif}{FIN_DE_MOT * entiere}", lu)]


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
    elif isinstance(valeur, int) and not isinstance(valeur, bool) and nom.endswith("pourcent"):
        yield (str(valeur),)
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
