"""The sentences by which a usager behaves, read from their file, and what each one makes him do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fps.donnees import lire_yaml
from fps_simulateur.langue.fautes import proche


@dataclass(frozen=True, slots=True)
class GesteDUsager:
    """One thing done, so many days after something."""

    apres: str
    jours: int
    geste: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence of the file, « {n} » in it standing for a number of days."""

    conduite: str
    sens: str
    gestes: tuple[Mapping[str, Any], ...]

    @property
    def motif(self) -> re.Pattern[str]:
        """What recognises it."""
        return re.compile(re.escape(self.conduite).replace(re.escape("{n}"), r"(\d{1,4})").replace(r"\ ", r"\s+"), re.IGNORECASE)


@cache
def phrases() -> tuple[Phrase, ...]:
    """Every sentence, in the order of its file."""
    brut = lire_yaml((files("fps_simulateur.usagers") / "conduites.yaml").read_text("utf-8"))
    return tuple(Phrase(une["conduite"], une["sens"], tuple(une["gestes"])) for une in brut)


def lire(texte: str) -> tuple[GesteDUsager, ...]:
    """What a usager of whom this is said does, in order; raises ValueError with the nearest sentence."""
    dit = " ".join(texte.split()).replace("’", "'")
    for phrase in phrases():
        if (found := phrase.motif.fullmatch(dit)) is not None:
            jours = int(found[1]) if found.groups() else 0
            return tuple(GesteDUsager(g["apres"], jours if g["jours"] == "n" else int(g["jours"]), g["geste"]) for g in phrase.gestes)
    connues = [phrase.conduite for phrase in phrases()]
    raise ValueError(f"« {texte[:60]} » n'est pas la conduite d'un usager{proche(dit, connues) or ' : ' + ' ; '.join(connues)}")
