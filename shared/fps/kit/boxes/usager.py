"""How the usager of a FPS behaves, and where he stands in it: what the pilot keeps with a bac, and the simulator plays."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fps.kit.data import tables
from fps.kit.data.records import Record


@dataclass
class Usager:
    """`gestes`: how many are done; `fini`: nothing more will come of it; `depuis`: the instant from which its days are counted."""

    numero: str
    conduite: str
    gestes: int
    fini: bool
    depuis: datetime


USAGERS: Final = Record.of(tables.usagers, Usager)
