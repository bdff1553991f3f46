"""What an act of the lives is: who is asked, by which route, what it gives when the life does not say it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fps.messages.message import MessageClass
from fps.parties import Party


@dataclass(frozen=True, slots=True)
class Acte:
    """What somebody does; a name in braces, in the route or in a value, is a word of the dossier, of the town or of the act."""

    nom: str
    sens: str
    a: Party
    route: str
    methode: str = "POST"
    defauts: Mapping[str, Any] = field(default_factory=dict)
    message: MessageClass | None = None  # of a letter: its example is what is given by default
    etablit: bool = False  # the answer is a new FPS, which has a name from then on
    pilote: bool = False  # asked at a door of the pilot, of each service that it concerns: `a` is the one whose contract says it

    @property
    def places(self) -> tuple[str, ...]:
        """The names of its route, but the bac's own."""
        return tuple(place for place in re.findall(r"\{(\w+)\}", self.route) if place != "bac")


def consultation(nom: str, sens: str, a: Party, route: str, **defauts: Any) -> Acte:
    """An act that only reads."""
    return Acte(nom, sens, a, route, "GET", defauts)
