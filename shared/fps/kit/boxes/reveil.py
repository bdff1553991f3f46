"""An instant of the bac at which a product asked to have its turn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fps.kit.data import tables
from fps.kit.data.records import Record


@dataclass
class Reveil:
    """`motif`: what the letter of time will say again; `passe_le`: when the product had its turn."""

    siret: str
    instant: datetime
    motif: str
    pose_par: str
    passe_le: datetime | None = None


REVEILS: Final = Record.of(tables.reveils, Reveil)
