"""The files of requirements, read: every fault of a file is told at once, with its line and what to do."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import ValidationError

from fps.donnees import composer_yaml
from fps.messages.erreurs import phrases_de
from fps_certification.assertions import REGISTRE
from fps_certification.epreuves.lecture import epreuves
from fps_certification.exigences.exigence import Exigence
from fps_simulateur.langue.fautes import proche


class ExigencesIllisibles(ValueError):
    """The faults of the files of requirements, one « fichier:ligne : phrase » a line."""

    def __init__(self, fautes: Iterable[str]):
        self.fautes = tuple(fautes)
        super().__init__("\n".join(self.fautes))


@cache
def exigences() -> tuple[Exigence, ...]:
    """Every requirement of the distribution, in the order of its files. Raises ExigencesIllisibles."""
    places = sorted((f for f in (files("fps_certification") / "exigences").iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return lire({place.name: place.read_text("utf-8") for place in places}, frozenset(epreuves()), frozenset(REGISTRE))


def par_id(id_: str) -> Exigence:
    """The requirement of an identifier; raises KeyError."""
    return {e.id: e for e in exigences()}[id_]


def lire(textes: dict[str, str], vies: frozenset[str], assertions: frozenset[str]) -> tuple[Exigence, ...]:
    """The requirements of some files, by name; `vies` and `assertions` are those that can be named. Raises ExigencesIllisibles."""
    trouvees: list[Exigence] = []
    lieux: dict[str, str] = {}
    fautes: list[str] = []
    for fichier, texte in textes.items():
        try:
            noeuds = _noeuds(texte, fichier)
        except ExigencesIllisibles as error:
            fautes += error.fautes
            continue
        for noeud in noeuds:
            try:
                exigence = _exigence(noeud, fichier)
            except ExigencesIllisibles as error:
                fautes += error.fautes
                continue
            lieu = _lieu(fichier, noeud, ("id",))
            if exigence.id in lieux:
                fautes.append(f"{lieu} : {exigence.id} est déjà à {lieux[exigence.id]} : donnez un numéro neuf.")
            lieux.setdefault(exigence.id, lieu)
            for champ, quoi, nommes, connus in (
                ("epreuves", "épreuve", exigence.epreuves, vies),
                ("assertions", "assertion", exigence.assertions, assertions),
            ):
                fautes += [
                    f"{_lieu(fichier, noeud, (champ, rang))} : « {nom} » n'est le nom d'aucune {quoi}{proche(nom, connus)}."
                    for rang, nom in enumerate(nommes)
                    if nom not in connus
                ]
            trouvees.append(exigence)
    if fautes:
        raise ExigencesIllisibles(fautes)
    return tuple(trouvees)


def _noeuds(texte: str, fichier: str) -> list[yaml.Node]:
    """The entries of a file, which know their lines."""
    try:
        racine = composer_yaml(texte)
    except yaml.MarkedYAMLError as error:
        ligne = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ExigencesIllisibles([f"{fichier}:{ligne} : ce n'est pas du YAML : vérifiez les guillemets et les retraits."]) from error
    if not isinstance(racine, yaml.SequenceNode):
        raise ExigencesIllisibles([f"{fichier}:1 : une liste d'exigences est attendue : commencez chacune par « - id: »."])
    return list(racine.value)


def _exigence(noeud: yaml.Node, fichier: str) -> Exigence:
    doubles = [f"{fichier}:{ligne} : le champ « {champ} » est écrit deux fois : gardez-en un." for champ, ligne in _doubles(noeud)]
    if doubles:
        raise ExigencesIllisibles(doubles)
    brut: Any = yaml.constructor.SafeConstructor().construct_document(noeud)
    try:
        return Exigence.model_validate_json(json.dumps(brut, default=str))
    except ValidationError as error:
        fautes = [f"{_lieu(fichier, noeud, brute['loc'])} : {_phrase(brute)}" for brute in error.errors(include_url=False)]
        raise ExigencesIllisibles(fautes) from error


def _phrase(brute: Any) -> str:
    """The French sentence of an error: our own, or that of the messages' errors."""
    return str(brute["ctx"]["error"]) if brute["type"] == "value_error" else phrases_de([brute])[0]["phrase"]


def _doubles(noeud: yaml.Node) -> Iterator[tuple[str, int]]:
    """The fields written twice, which YAML would take in silence."""
    if isinstance(noeud, yaml.MappingNode):
        vus: set[str] = set()
        for cle, valeur in noeud.value:
            if cle.value in vus:
                yield cle.value, cle.start_mark.line + 1
            vus.add(cle.value)
            yield from _doubles(valeur)


def _lieu(fichier: str, noeud: yaml.Node, chemin: Iterable[str | int]) -> str:
    """« fichier:ligne » of a field of an entry; of what holds it when it is missing."""
    for pas in chemin:
        if isinstance(noeud, yaml.MappingNode):
            noeud = next((valeur for cle, valeur in noeud.value if cle.value == pas), noeud)
        elif isinstance(noeud, yaml.SequenceNode) and isinstance(pas, int):
            noeud = noeud.value[pas]
    return f"{fichier}:{noeud.start_mark.line + 1}"
