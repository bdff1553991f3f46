"""A life as a file: its head, then a step a line; what the language could not say stands there as a comment."""

from collections.abc import Mapping
from textwrap import indent
from typing import Any, Final

import yaml

from fps_simulateur.enregistrement.transcription import Transcription
from fps_simulateur.langue.villes import FichierVille

SCHEMA: Final = "# yaml-language-server: $schema=vie.schema.json\n"
MENTION: Final = "# SPÉCIMEN — environnement simulé. Écrit par « fps record » d'après ce qui a été demandé à un bac.\n"
LARGEUR: Final = 130


class _Style(yaml.SafeDumper):
    """Digits that are no number, an agent's or a postcode, between quotes, whatever version of YAML reads them."""


_Style.add_representer(
    str, lambda style, texte: style.represent_scalar("tag:yaml.org,2002:str", texte, style="'" if texte.isdigit() else None)
)


def _yaml(valeur: Mapping[str, Any], *, en_ligne: bool | None = False) -> str:
    return str(yaml.dump(dict(valeur), Dumper=_Style, allow_unicode=True, sort_keys=False, width=LARGEUR, default_flow_style=en_ligne))


def ecrire(dite: Transcription, titre: str) -> str:
    """The whole file; the same gestures always give the same bytes."""
    nom = dite.vie.vie
    tete: dict[str, Any] = {"vie": nom, "titre": titre, "depart": dite.depart, "ville": _ville(dite.ville)}
    if dite.graine != nom:
        tete["graine"] = dite.graine
    perdus: dict[int, list[str]] = {}
    for rang, geste in dite.perdus:
        perdus.setdefault(rang, []).append(f"    # non repris, la langue n'a pas d'acte pour le dire : {geste}\n")
    lignes = []
    for rang, etape in enumerate(dite.etapes):
        lignes += [*perdus.get(rang, ()), _etape(etape)]
    lignes += perdus.get(len(dite.etapes), ())
    return f"{SCHEMA}{MENTION}- {_champs(tete).lstrip()}  etapes:\n{''.join(lignes)}"


def _champs(tete: Mapping[str, Any]) -> str:
    return indent(_yaml(tete), "  ")


def _etape(etape: Mapping[str, Any]) -> str:
    texte = _yaml(etape, en_ligne=True)
    premiere, _, reste = texte.partition("\n")
    return f"    - {premiere}\n" + indent(reste, "    ")


def _ville(ville: str | FichierVille) -> Any:
    return ville if isinstance(ville, str) else ville.model_dump(mode="json", by_alias=True, exclude_none=True)
