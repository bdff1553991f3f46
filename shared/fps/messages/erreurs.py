"""Every pydantic error of a malformed message, turned into a French sentence that says what to do."""

import json
import re
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from pydantic import BaseModel, ValidationError

_DATE: Final = re.compile(r"^datetime\.date\((\d+), (\d+), (\d+)\)$")
LISTEES: Final = 50  # errors told of one message: the rest is counted
CHAMP: Final = 200  # characters of the place of an error, whose names may come from the message
ATTENDUS: Final = {
    "string_type": "un texte entre guillemets",
    "int_type": "un nombre entier, sans décimale ni guillemets",
    "float_type": "un nombre",
    "bool_type": "true ou false",
    "date_type": "une date au format AAAA-MM-JJ, entre guillemets",
    "datetime_type": "une date et une heure au format 2026-06-12T10:42:00+02:00, entre guillemets",
    "tuple_type": "une liste",
    "list_type": "une liste",
    "dict_type": "un objet",
    "model_type": "un objet",
    "model_attributes_type": "un objet",
    "int_parsing_size": "un nombre entier d'une taille raisonnable",
    "finite_number": "un nombre fini",
    "string_unicode": "un texte en UTF-8",
}


def _extrait(valeur: Any) -> str:
    texte = json.dumps(valeur, ensure_ascii=False, default=str) if not isinstance(valeur, str) else valeur
    return f"« {texte[:40]}… »" if len(texte) > 40 else f"« {texte} »"


def _permis(attendus: object) -> str:
    """The values that pydantic expects (« 'a', 'b' or 'c' »), as a French sentence quotes them."""
    return re.sub(r"'([^']*)'", r"« \1 »", str(attendus)).replace(" or ", " ou ")


def _phrase(erreur: Any, champ: str) -> tuple[str, str]:
    """The stable code and the sentence of one pydantic error."""
    type_, ctx, recu, champ = erreur["type"], erreur.get("ctx", {}), erreur["input"], champ[:CHAMP]
    match type_:
        case "missing":
            return "champ-manquant", f"Le champ « {champ} » manque : ajoutez-le."
        case "extra_forbidden":
            return "champ-inconnu", f"Le champ « {champ} » n'existe pas dans ce message : retirez-le ou corrigez son nom."
        case "json_invalid":
            return "json-invalide", "Le corps n'est pas du JSON valable : vérifiez les guillemets, les virgules et les accolades, en UTF-8."
        case "string_pattern_mismatch":
            return (
                "format-invalide",
                f"Le champ « {champ} » n'a pas la forme attendue : corrigez {_extrait(recu)}. L'OpenAPI du service donne cette forme.",
            )
        case "string_too_short":
            return "texte-trop-court", f"Le champ « {champ} » est trop court : donnez au moins {ctx['min_length']} caractère(s)."
        case "string_too_long":
            return "texte-trop-long", f"Le champ « {champ} » est trop long : {ctx['max_length']} caractères au plus."
        case "too_short":
            return "liste-trop-courte", f"Le champ « {champ} » compte trop peu d'éléments : donnez-en au moins {ctx['min_length']}."
        case "too_long":
            return "liste-trop-longue", f"Le champ « {champ} » compte trop d'éléments : {ctx['max_length']} au plus."
        case "greater_than_equal" | "greater_than":
            return "valeur-hors-bornes", f"Le champ « {champ} » est trop petit : le minimum est {ctx.get('ge', ctx.get('gt'))}."
        case "less_than_equal" | "less_than":
            return "valeur-hors-bornes", f"Le champ « {champ} » est trop grand : le maximum est {ctx.get('le', ctx.get('lt'))}."
        case "literal_error" | "enum":
            permis = _permis(ctx["expected"])
            return "valeur-inconnue", f"Le champ « {champ} » n'accepte pas {_extrait(recu)} : choisissez parmi {permis}."
        case "iban":
            return "iban-invalide", f"Le champ « {champ} » n'est pas un IBAN : sa clé ou sa longueur est fausse. Recopiez {_extrait(recu)}."
        case "plaque":
            return (
                "format-invalide",
                f"Le champ « {champ} » n'est pas une immatriculation, car {ctx['raison']} : corrigez {_extrait(recu)}.",
            )
        case "timezone_aware":
            return "fuseau-manquant", f"Le champ « {champ} » n'a pas de décalage horaire : écrivez par exemple 2026-06-12T10:42:00+02:00."
        case "date_parsing" | "date_from_datetime_parsing" | "date_from_datetime_inexact":
            return "date-invalide", f"Le champ « {champ} » n'est pas une date : écrivez AAAA-MM-JJ, par exemple 2026-06-12."
        case "datetime_parsing" | "datetime_from_date_parsing" | "datetime_object_invalid":
            return (
                "date-heure-invalide",
                f"Le champ « {champ} » n'est pas une date avec heure : écrivez par exemple 2026-06-12T10:42:00+02:00.",
            )
        case "union_tag_not_found":
            return "champ-manquant", f"Le champ « {champ} » doit dire sa nature : ajoutez {_permis(ctx['discriminator'])}."
        case "union_tag_invalid":
            return "valeur-inconnue", f"Le champ « {champ} » a une nature inconnue : choisissez parmi {_permis(ctx['expected_tags'])}."
    if type_ in ATTENDUS:
        return "type-incorrect", f"Le champ « {champ} » attend {ATTENDUS[type_]} ; reçu : {_extrait(recu)}. Corrigez sa valeur."
    if type_ == "value_error" and type(dit := ctx.get("error")) is ValueError and 0 < len(str(dit)) <= 300:
        return "valeur-invalide", f"Le champ « {champ} » n'est pas valable : {str(dit).rstrip('.')}."  # what our own rule says
    return "valeur-invalide", f"Le champ « {champ} » n'est pas valable : corrigez {_extrait(recu)} d'après la spécification de l'interface."


def chemin(loc: Iterable[int | str]) -> list[int | str]:
    """The place of an error as it was written, without what pydantic puts in it: the branch of a union, the repr of a date as a key."""
    lus = (pas if isinstance(pas, int) else _DATE.sub(_iso, pas) for pas in loc if pas not in ("physique", "morale", "[key]", ""))
    return list(lus)


def _iso(lue: re.Match[str]) -> str:
    return f"{int(lue[1]):04}-{int(lue[2]):02}-{int(lue[3]):02}"


def phrases(erreur: ValidationError, message: type[BaseModel] | None = None) -> list[dict[str, str]]:
    """The first errors as {code, champ, phrase, article}, fifty at most; `message` gives the article of its law when it has one."""
    return phrases_de(erreur.errors(include_url=False), str(getattr(message, "law", "")))


def phrases_de(erreurs: Iterable[Any], article: str = "") -> list[dict[str, str]]:
    """The same, of pydantic errors already taken out of their exception (a request that FastAPI has refused)."""
    trouvees = []
    for brute in islice(erreurs, LISTEES):
        champ = ".".join(map(str, chemin(brute["loc"])))
        code, phrase = _phrase(brute, champ)
        trouvees.append({"code": code, "champ": champ[:CHAMP], "phrase": phrase, "article": article})
    return trouvees


def reste(nombre: int) -> int:
    """How many of so many errors are not listed."""
    return max(0, nombre - LISTEES)
