"""How a town file is read: strictly, every word of it known."""

from datetime import date
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict

REFORME: Final = date(2018, 1, 1)  # loi n° 2014-58 du 27 janvier 2014, art. 63: no FPS before


class Lecture(BaseModel):
    """Lecture stricte de l'annuaire."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _depuis_la_reforme(jour: date) -> date:
    if jour < REFORME:
        raise ValueError(f"{jour:%d/%m/%Y} : le FPS existe depuis le {REFORME:%d/%m/%Y}")
    return jour


DepuisLaReforme = Annotated[date, AfterValidator(_depuis_la_reforme)]
