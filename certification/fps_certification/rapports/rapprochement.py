"""What came beside what was expected: the nearest message that would have been right, and where the two differ."""

import copy
import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from fps.droit.numero import cle
from fps.messages.message import MessageClass

Champs = dict[str, Any]
INCONNU: Final = "‹ à corriger ›"  # the field is wrong, and nobody can say from outside what it should be
TOURS: Final = 12  # corrections of form, at most
EGAL, AUTRE, MANQUE, EN_TROP = "=", "≠", "−", "+"


def le_plus_proche(cls: MessageClass, recu: Champs | None, juste: Mapping[str, Any]) -> Champs:
    """The message that is nearest to the one received: its fields, those that are wrong corrected, and the form of its class.

    A field whose form is wrong takes the value of the example of the message, one too many is taken out; None in `juste`: wrong, not known.
    """
    found = copy.deepcopy(cls.example if recu is None else recu)
    for champ, valeur in juste.items():
        if valeur is not None:
            _poser(found, champ, valeur)
    for _ in range(TOURS):
        fautes = _fautes(cls, found)
        if not fautes:
            break
        for lieu, sorte in fautes:
            _reparer(found, cls.example, lieu, sorte)
    numero = found.get("numero_fps")
    if "cle" in cls.example and isinstance(numero, str) and len(numero) == 26 and numero.isdigit():
        found["cle"] = cle(numero)
    for champ in (c for c, valeur in juste.items() if valeur is None):
        if _lire(found, champ) == _lire(recu, champ) is not None:  # its form is right: only the law or the town knows more
            _poser(found, champ, INCONNU)
    return found


def attendu_de_l_exemple(cls: MessageClass, connus: Mapping[str, Any]) -> Champs:
    """The message that was expected and did not come: the example of its class, with what is known of the dossier."""
    found = copy.deepcopy(cls.example) | {nom: connus[nom] for nom in cls.example if connus.get(nom) is not None}
    numero = found.get("numero_fps")
    if "cle" in found and isinstance(numero, str) and numero.isdigit():
        found["cle"] = cle(numero)
    return found


def lignes(attendu: Any, recu: Any) -> tuple[tuple[str, str, str], ...]:
    """The two, line against line: `=`, `≠` changed, `−` missing, `+` too many; then what was expected and what came."""
    gauche, droite = _texte(attendu), _texte(_range(recu, attendu))
    return tuple(_paires(gauche, droite))


def _paires(gauche: list[str], droite: list[str]) -> Iterator[tuple[str, str, str]]:
    for quoi, a, b, c, d in difflib.SequenceMatcher(None, gauche, droite, autojunk=False).get_opcodes():
        une, autre = gauche[a:b], droite[c:d]
        if quoi == "equal":
            yield from ((EGAL, x, y) for x, y in zip(une, autre, strict=True))
            continue
        commun = min(len(une), len(autre))
        yield from ((AUTRE, x, y) for x, y in zip(une[:commun], autre[:commun], strict=True))
        yield from ((MANQUE, x, "") for x in une[commun:])
        yield from ((EN_TROP, "", y) for y in autre[commun:])


def _texte(valeur: Any) -> list[str]:
    """One line a field, without the commas of JSON: a field that follows another differs by nothing else."""
    if valeur is None:
        return []
    if isinstance(valeur, str):
        return valeur.splitlines()
    return [ligne.rstrip(",") for ligne in json.dumps(valeur, ensure_ascii=False, indent=2).splitlines()]


def _range(valeur: Any, modele: Any) -> Any:
    """The same fields in the order of the model, what it does not have last."""
    if not isinstance(valeur, dict) or not isinstance(modele, dict):
        return valeur
    noms = [*(n for n in modele if n in valeur), *(n for n in valeur if n not in modele)]
    return {nom: _range(valeur[nom], modele.get(nom)) for nom in noms}


def _poser(dans: Champs, champ: str, valeur: Any) -> None:
    """A field by its path « vehicule.immatriculation »; what is not there is made."""
    *chemin, dernier = champ.split(".")
    for pas in chemin:
        suite = dans.get(pas)
        if not isinstance(suite, dict):
            suite = dans[pas] = {}
        dans = suite
    dans[dernier] = dans[dernier] | valeur if isinstance(valeur, dict) and isinstance(dans.get(dernier), dict) else valeur


def _lire(dans: Any, champ: str) -> Any:
    for pas in champ.split("."):
        dans = dans.get(pas) if isinstance(dans, dict) else None
    return dans


def _fautes(cls: MessageClass, dit: Champs) -> list[tuple[tuple[Any, ...], str]]:
    try:
        cls.model_validate_json(json.dumps(dit))
    except ValidationError as error:
        return [(tuple(e["loc"]), e["type"]) for e in error.errors(include_url=False, include_context=False, include_input=False)]
    return []


def _reparer(dit: Any, exemple: Any, lieu: tuple[Any, ...], sorte: str) -> None:
    """Give a field what the example has there, or take it out."""
    for rang, pas in enumerate(lieu):
        dernier = rang == len(lieu) - 1
        if not isinstance(dit, dict) or not isinstance(pas, str) or (not dernier and not isinstance(dit.get(pas), dict)):
            return  # inside a list or a choice of forms: it stays as it came
        la = exemple.get(pas) if isinstance(exemple, dict) else None
        if dernier and (sorte == "extra_forbidden" or (la is None and sorte != "missing")):
            dit.pop(pas, None)
        elif dernier:
            dit[pas] = copy.deepcopy(la)
        dit, exemple = dit.get(pas), la
