"""What goes wrong outside the law: a server that does not answer, a message that cannot be read."""

import json
import traceback
from typing import Any

from fps.errors import Introuvable, Refus


class Unavailable(Exception):
    """Un service dont dépend la demande ne répond pas"""

    code = "service-indisponible"
    retry_after = 2  # seconds, told to the caller
    que_faire = ""  # what somebody has to do, when waiting is not enough


class Overloaded(Unavailable):
    """Trop de demandes attendent déjà"""

    code = "surcharge"

    def __init__(self, detail: str, retry_after: int = 2):
        """`retry_after`: seconds, told to the caller."""
        super().__init__(detail)
        self.retry_after = retry_after


class HorlogeEnRetard(Unavailable):
    """L'horloge de ce bac n'a pas encore atteint l'instant où cette lettre a été écrite"""

    code = "horloge-en-retard"
    retry_after = 1


class LettreAttendue(Introuvable):
    """Une lettre écrite avant celle-ci, sur ce dossier, n'est pas encore arrivée"""

    code = "lettre-attendue"
    que_faire = "Renvoyez la lettre un peu plus tard ; si celle qui la précède est morte, rejouez d'abord celle-là."


class Malformed(Exception):
    """Le message ne peut pas être lu"""

    def __init__(
        self, code: str, detail: str, erreurs: list[dict[str, Any]] | None = None, status: int = 422, non_listees: int = 0
    ) -> None:
        """`non_listees`: how many errors were found beside those of the list."""
        super().__init__(detail)
        self.code, self.detail, self.erreurs, self.status, self.non_listees = code, detail, erreurs or [], status, non_listees


def trace(error: BaseException) -> list[str]:
    """Where an exception comes from, and what caused it: types and lines of code, never the words, that may hold a person's data."""
    found: list[str] = []
    one: BaseException | None = error
    while one is not None and len(found) < 200:
        found.append(type(one).__qualname__)
        frames = traceback.extract_tb(one.__traceback__)
        found += (f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return found


def cause(error: BaseException) -> str:
    """Why a letter could not be taken, or a day not lived, in words."""
    if isinstance(error, Malformed):
        return f"{error.code} : {error.detail} {json.dumps(error.erreurs, ensure_ascii=False) if error.erreurs else ''}".strip()
    if isinstance(error, Refus):
        return f"{error.code} : {error.titre()} ({error.detail})"
    return f"erreur technique : {error!r}"
