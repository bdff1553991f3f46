"""Where what is ill written in a file of lives stands: its line, its column, and the nearest word of the language."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

import yaml
from pydantic import ValidationError

from fps.donnees import composer_yaml
from fps.messages.erreurs import chemin as lu

Chemin = tuple[str | int, ...]  # from the top of the file: (2, "etapes", 0, "le")

# What pydantic calls them, in French; `{vu}` is what was written.
_PHRASES: Final[Mapping[str, str]] = {
    "missing": "il manque « {mot} »",
    "extra_forbidden": "« {mot} » n'est pas un mot de la langue à cet endroit",
    "literal_error": "« {vu} » n'est pas une valeur de « {mot} »",
    "enum": "« {vu} » n'est pas une valeur de « {mot} »",
    "string_type": "« {mot} » est un texte : mettez-le entre guillemets",
    "string_pattern_mismatch": "« {vu} » ne convient pas à « {mot} » (minuscules, chiffres et tirets pour un nom)",
    "too_short": "« {mot} » est vide",
    "int_type": "« {mot} » est un nombre entier",
    "int_parsing": "« {vu} » n'est pas un nombre entier",
    "dict_type": "« {mot} » se compose de champs : « nom: valeur »",
    "tuple_type": "« {mot} » est une liste",
    "model_type": "une étape, ou une vie, se compose de champs : « nom: valeur »",
}
_DATES: Final = "« {vu} » n'est pas une date : 2023-09-28, ou 2023-09-28T10:00"


@dataclass(frozen=True, order=True)
class Faute:
    """One thing that is ill written; line and column start at 1."""

    source: str
    ligne: int
    colonne: int
    texte: str

    def __str__(self) -> str:
        return f"{self.source}, ligne {self.ligne}, colonne {self.colonne} : {self.texte}"


class ViesIllisibles(ValueError):
    """A file of lives that cannot be read: every fault, in the order of the file."""

    def __init__(self, fautes: Iterable[Faute]):
        self.fautes = tuple(sorted(fautes))
        super().__init__("\n".join(map(str, self.fautes)))


def de_syntaxe(error: yaml.YAMLError, source: str) -> Faute:
    """What is not YAML."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    ligne, colonne = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Faute(source, ligne, colonne, "ce n'est pas du YAML : un retrait, un deux-points ou un guillemet manque près d'ici")


def proche(mot: str, connus: Iterable[str]) -> str:
    """« vouliez-vous dire … ? », or nothing when no known word is near."""
    found = get_close_matches(mot.lower(), {c.lower(): c for c in connus}, 1, 0.6)
    return f" ; vouliez-vous dire « {next(c for c in connus if c.lower() == found[0])} » ?" if found else ""


class Plan:
    """The file as it is laid out: what stands where."""

    def __init__(self, texte: str, source: str):
        self.source = source
        self.racine = composer_yaml(texte)

    def faute(self, chemin: Sequence[str | int], texte: str) -> Faute:
        """A fault at the place of a path, or at the nearest place above it that is written."""
        node, place = self.racine, self.racine
        for part in chemin:
            if isinstance(node, yaml.MappingNode):
                pairs = [(key, value) for key, value in node.value if key.value == part]
                if not pairs:
                    break
                place, node = pairs[0]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = place = node.value[part]
            else:
                break
        mark = place.start_mark if place is not None else None
        return Faute(self.source, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1, texte)

    def dates_fausses(self) -> list[Faute]:
        """The dates that YAML takes for such, and that no calendar has."""
        found, todo = [], [self.racine]
        while todo:
            node = todo.pop()
            if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:timestamp":
                try:
                    yaml.SafeLoader("").construct_yaml_timestamp(node)
                except ValueError:
                    mark = node.start_mark
                    found.append(Faute(self.source, mark.line + 1, mark.column + 1, _DATES.format(vu=node.value[:60])))
            elif isinstance(node, yaml.MappingNode):
                todo += [value for _, value in node.value]
            elif isinstance(node, yaml.SequenceNode):
                todo += node.value
        return found

    def fautes(self, debut: Chemin, error: ValidationError, mots: Mapping[str, Sequence[str]]) -> list[Faute]:
        """The faults of a model that begins at a path; `mots` gives the words that each kind of place takes ("" : those of a step)."""
        found: dict[Chemin, Faute] = {}
        for one in error.errors():
            if one["type"] == "default_factory_not_called":  # a default that waits for what is ill written
                continue
            chemin = _ecrit((*debut, *lu(one["loc"])), self.racine)
            if chemin not in found:
                found[chemin] = self.faute(chemin, _phrase(one, chemin, mots))
        # A list of which every element is ill written is not empty.
        vides = {c for c, one in found.items() if one.texte.endswith("est vide") and any(o[: len(c)] == c and o != c for o in found)}
        return [one for chemin, one in found.items() if chemin not in vides]


def _ecrit(chemin: Chemin, racine: Any) -> Chemin:
    """The path without what pydantic adds to it (the member of a union): as far as it is written, with the word that is missing."""
    node, kept = racine, []
    for part in chemin:
        if isinstance(node, yaml.MappingNode):
            kept.append(part)
            pairs = [value for key, value in node.value if key.value == part]
            if not pairs:
                break
            node = pairs[0]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            kept.append(part)
            node = node.value[part]
        else:
            break
    return tuple(kept)


def _phrase(one: Any, chemin: Chemin, mots: Mapping[str, Sequence[str]]) -> str:
    kind, vu = str(one["type"]), str(one.get("input"))[:60]
    mot = next((str(part) for part in reversed(chemin) if isinstance(part, str)), "ce fichier")
    if kind == "value_error":
        return str(one["ctx"]["error"])
    if kind.startswith(("date", "timezone")):
        return _DATES.format(vu=vu)
    texte = _PHRASES.get(kind, "« {vu} » ne convient pas à « {mot} »").format(mot=mot, vu=vu)
    if kind == "extra_forbidden":
        dans = "etape" if "etapes" in chemin[:-1] else "vie"
        texte += proche(mot, mots[dans])
    if kind in ("literal_error", "enum"):
        texte += proche(vu, re.findall(r"'([^']*)'", str(one["ctx"]["expected"])))
    return texte
