"""What goes wrong outside the law: a server that does not answer, a message that cannot be read."""

from typing import Any


class Unavailable(Exception):
    """Un service dont dépend la demande ne répond pas"""

    code = "service-indisponible"
    retry_after = 2  # seconds, told to the caller


class Overloaded(Unavailable):
    """Trop de demandes attendent déjà"""

    code = "surcharge"


class Malformed(Exception):
    """Le message ne peut pas être lu"""

    def __init__(self, code: str, detail: str, erreurs: list[dict[str, Any]] | None = None, status: int = 422) -> None:
        super().__init__(detail)
        self.code, self.detail, self.erreurs, self.status = code, detail, erreurs or [], status
