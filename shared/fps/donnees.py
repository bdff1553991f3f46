"""Reads the data files of the project (law, towns, registers, lives) and writes one back: YAML, by libyaml where it is there."""

from typing import Any, Final

import yaml

_CHARGEUR: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same values, five times faster


def lire_yaml(texte: str) -> Any:
    """The values of a YAML document; raises yaml.YAMLError, with its line and column."""
    return yaml.load(texte, _CHARGEUR)  # noqa: S506 — a safe loader both ways


def composer_yaml(texte: str) -> yaml.Node | None:
    """The nodes of a YAML document, which know their lines; raises yaml.YAMLError."""
    racine: yaml.Node | None = yaml.compose(texte, _CHARGEUR)
    return racine


def ecrire_yaml(valeur: Any) -> str:
    """A YAML document that `lire_yaml` reads back as this value, its keys in their order."""
    return yaml.safe_dump(valeur, allow_unicode=True, sort_keys=False, width=140)
