"""What was found instead of what a life says, in a sentence that who wrote it can act on."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from fps_simulateur.langue.fautes import proche

ABSENT: Final = "(absent)"  # no field of that name is shown
BRUT: Final = 300  # characters of an answer that is no problem


def refuse(acte: str, statut: int, probleme: Mapping[str, Any], texte: str) -> str:
    """An act that was refused, and why."""
    return f"{acte} refusé ({statut}) : {phrase(probleme) or texte[:BRUT]}"


def pourquoi(texte: str) -> str:
    """What an answer says, when it is a problem; its text else."""
    try:
        found = json.loads(texte)
    except ValueError:
        found = None
    return (phrase(found) if isinstance(found, Mapping) else "") or texte[:BRUT]


def phrase(probleme: Mapping[str, Any]) -> str:
    """A problem as sentences: each error that was found, else what, its article, why and what to do; nothing when it says none of it."""
    erreurs = [*(probleme.get("erreurs") or []), *((probleme.get("accuse") or {}).get("erreurs") or [])]
    if trouvees := [str(une["phrase"]) for une in erreurs if isinstance(une, Mapping) and une.get("phrase")]:
        return " ".join(trouvees)
    if "title" not in probleme:
        return ""
    quoi = " ".join(f"{mis}" for mis in (probleme["title"], _entre("« ", probleme.get("code"), " »")) if mis)
    suite = " ".join(str(probleme[nom]) for nom in ("detail", "que_faire") if probleme.get(nom))
    return f"{quoi}{_entre(', ', probleme.get('article'), '')}{_entre(' : ', suite, '')}"


def _entre(avant: str, texte: Any, apres: str) -> str:
    return f"{avant}{texte}{apres}" if texte else ""


def autre_refus(attendu: str, codes: Iterable[str | None], detail: Any) -> str:
    """Another refusal than the one that was expected."""
    trouves = ", ".join(f"« {code} »" for code in codes if code) or "aucun code"
    return f"refus « {attendu} » attendu, trouvé {trouves}{_entre(' : ', detail, '')}"


def absent(champ: str, found: Any) -> str:
    """A field that is not shown, with the nearest that is."""
    voisin = proche(champ, found) if isinstance(found, Mapping) else ""
    return f"(absent, {voisin.removeprefix(' ; ')})" if voisin else ABSENT


def sans_nom(nom: str, mots: Iterable[str]) -> str:
    """A name in braces that stands for nothing yet: the nearest one, else who gives names."""
    dit = f"« {{{nom}}} » n'est encore le nom de rien"
    if nom == "numero":
        return f"{dit} : « établir un FPS » le donne, dans ce dossier, avant cette étape"
    return f"{dit}{proche(nom, mots) or ' : « variables », « cas » et « garder » en donnent'}"
