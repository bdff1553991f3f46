"""What a request asks of a bac, as it may be asked again: its method, its address, its body when it can hold no secret."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, eq=False)
class Geste:
    """One request, or one letter (`lettre`: its id in the inbox, which keeps its body); `note`: a transaction has kept it."""

    methode: str
    chemin: str  # without the bac, with its query
    demande: Any = None  # the request that is being read: its body is there once it was
    texte: str | None = None
    lettre: str | None = None
    note: bool = False

    @property
    def corps(self) -> str | None:
        """The body, as it came, `{}` for a request that had none to read; None when it is not to be kept, or is that of a letter."""
        if self.texte is not None or self.demande is None:
            return self.texte
        raw: bytes = getattr(self.demande, "_body", b"") or b""
        return raw.decode("utf-8", "replace") or (None if self.methode == "GET" else "{}")


# What the request in progress asks; None when nobody asks anything: a day that is lived, a letter that travels.
geste_en_cours: ContextVar[Geste | None] = ContextVar("geste_en_cours", default=None)
