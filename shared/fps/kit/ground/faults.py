"""What goes wrong outside the law: a server that does not answer, a message that cannot be read."""

import json
from typing import Any

from fps.errors import Refus


class Unavailable(Exception):
    """Un service dont dépend la demande ne répond pas"""

    code = "service-indisponible"
    retry_after = 2  # seconds, told to the caller


class Overloaded(Unavailable):
    """Trop de demandes attendent déjà"""

    code = "surcharge"


class HorlogeEnRetard(Unavailable):
    """L'horloge de ce bac n'a pas encore atteint l'instant où cette lettre a été écrite"""

    code = "horloge-en-retard"
    retry_after = 1


class Malformed(Exception):
    """Le message ne peut pas être lu"""

    def __init__(self, code: str, detail: str, erreurs: list[dict[str, Any]] | None = None, status: int = 422) -> None:
        super().__init__(detail)
        self.code, self.detail, self.erreurs, self.status = code, detail, erreurs or [], status


def cause(error: BaseException) -> str:
    """Why a letter could not be taken, or a day not lived, in words."""
    if isinstance(error, Malformed):
        return f"{error.code} : {error.detail} {json.dumps(error.erreurs, ensure_ascii=False) if error.erreurs else ''}".strip()
    if isinstance(error, Refus):
        return f"{error.code} : {error.titre()} ({error.detail})"
    return f"erreur technique : {error!r}"
