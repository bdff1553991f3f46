"""What makes several lives of one: its variables, its table of cases; from what is written to what is written."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from fps_simulateur.langue.fautes import Chemin, proche
from fps_simulateur.langue.moments import normal

_NOM: Final = re.compile(r"\{(\w+)\}")
_TETE: Final = ("vie", "titre", "depart", "ville", "inclure")  # what must be known before anything is lived
LONGUEUR: Final = 40  # of the name of a life


class GabaritFaux(ValueError):
    """A variable or a case that is ill written, at a place of the life."""

    def __init__(self, chemin: Chemin, texte: str):
        super().__init__(texte)
        self.chemin, self.texte = chemin, texte


def cas(brut: Mapping[str, Any], autres: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The lives of one that is written, each with its variables: one for each of its cases; `autres`, those of who includes it, win.

    Raises GabaritFaux.
    """
    variables, table = brut.get("variables") or {}, brut.get("cas")
    reste = {mot: valeur for mot, valeur in brut.items() if mot not in ("variables", "cas")}
    if not isinstance(variables, Mapping) or (table is not None and not _est_table(table)):
        yield dict(brut), {}  # the model says what is wrong
        return
    colonnes = tuple(table[0]) if table else ()
    for rang, ligne in enumerate(table or ()):
        for mot in ligne:
            if mot not in colonnes:
                raise GabaritFaux(("cas", rang, mot), f"« {mot} » n'est pas une colonne de cette table{proche(mot, colonnes)}")
        for mot in colonnes:
            if mot not in ligne:
                raise GabaritFaux(("cas", rang), f"il manque « {mot} » à ce cas")
    servies: set[str] = set()
    noms: set[str] = set()
    for rang, ligne in enumerate(table or ({},)):
        connues = {**variables, **ligne, **autres}
        une = remplacer(reste, connues, servies) if connues else dict(reste)
        _savoir(une, connues)
        if isinstance(nom := reste.get("vie"), str):
            une["vie"] = _nommer(nom, connues, rang, table, noms, colonnes)
        yield une, connues
    for mot in (*variables, *colonnes):
        if mot not in servies and "inclure" not in brut:
            ou: Chemin = ("variables", mot) if mot in variables else ("cas", 0, mot)
            raise GabaritFaux(ou, f"« {mot} » ne sert nulle part dans cette vie : « {{{mot}}} » la nomme")


def _est_table(table: Any) -> bool:
    return isinstance(table, list) and bool(table) and all(isinstance(ligne, Mapping) and ligne for ligne in table)


def _nommer(nom: str, connues: Mapping[str, Any], rang: int, table: Any, noms: set[str], colonnes: tuple[str, ...]) -> str:
    """The name of a case: what it says, else with its first column, or its rank when that would not be one name of its own."""
    dit = _NOM.sub(lambda m: normal(str(connues.get(m[1], ""))), nom)
    if table and dit == nom:
        seul = len({normal(str(ligne[colonnes[0]])) for ligne in table}) == len(table)
        dit = f"{nom}-{normal(str(table[rang][colonnes[0]]))}" if seul else f"{nom}-{rang + 1}"
        if len(dit) > LONGUEUR:
            dit = f"{nom}-{rang + 1}"
    if dit in noms:
        raise GabaritFaux(("cas", rang), f"deux cas font une vie du même nom, « {dit} »")
    noms.add(dit)
    return dit


def _savoir(une: Mapping[str, Any], connues: Mapping[str, Any]) -> None:
    """Raises GabaritFaux when the head of a life, or one of its days, names what is no variable."""
    etapes = une.get("etapes")
    jours = (
        [(("etapes", rang, "le"), e.get("le")) for rang, e in enumerate(etapes) if isinstance(e, Mapping)]
        if isinstance(etapes, list)
        else []
    )
    for chemin, valeur in [*(((mot,), une.get(mot)) for mot in _TETE), *jours]:
        if isinstance(valeur, str) and (perdu := _NOM.search(valeur)):
            raise GabaritFaux(chemin, f"« {perdu[0]} » n'est pas une variable de cette vie{proche(perdu[1], connues)}")


def remplacer(value: Any, variables: Mapping[str, Any], servies: set[str]) -> Any:
    """The variables in braces, replaced; what is one variable alone keeps its type, and any other name its braces."""
    if isinstance(value, str):
        servies |= {mot for mot in _NOM.findall(value) if mot in variables}
        seul = _NOM.fullmatch(value)
        if seul and seul[1] in variables:
            return variables[seul[1]]
        return _NOM.sub(lambda m: _dit(variables[m[1]]) if m[1] in variables else m[0], value)
    if isinstance(value, Mapping):
        return {mot: remplacer(v, variables, servies) for mot, v in value.items()}
    if isinstance(value, list):
        return [remplacer(v, variables, servies) for v in value]
    return value


def _dit(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
