"""The tariff zones of a town: where they are, their longest paid duration, what is charged there, their FPS by date."""

from datetime import date
from typing import Annotated

from pydantic import Field

from fps.errors import Introuvable
from fps.messages.formats import CentimesDus, CodePostal, Court, Ligne
from fps.messages.parties_prenantes import Categorie
from fps.villes.lecture import Lecture


class HorsBareme(Introuvable):
    """Aucun montant de FPS n'est fixé pour cette zone, cette catégorie et cette date"""

    code = "hors-bareme"
    article = "CGCT, art. L. 2333-87, I"
    que_faire = "Vérifiez la zone, la catégorie du véhicule et la date du constat."


class Zone(Lecture):
    """A tariff zone: the FPS does not exceed the charge for its longest paid duration (minutes)."""

    code: Court
    nom: Ligne
    duree_maximale: Annotated[int, Field(ge=1, le=1440)]
    codes_postaux: tuple[CodePostal, ...]
    voies: tuple[Ligne, ...]
    fps: dict[date, dict[Categorie, CentimesDus]]
    tarifs: dict[date, dict[int, CentimesDus]] = Field(default_factory=dict)

    def grille(self, le: date) -> dict[int, int]:
        """What parking is charged that day: centimes by number of minutes; empty when the town tells nothing."""
        dates = [depuis for depuis in self.tarifs if depuis <= le]
        return dict(self.tarifs[max(dates)]) if dates else {}

    def plafond(self, le: date) -> int | None:
        """The charge for the longest paid duration, subscriptions left out (CGCT, art. L. 2333-87, I); None when it is not told."""
        return self.grille(le).get(self.duree_maximale)

    def bareme(self, categorie: Categorie, le: date) -> int:
        """The FPS of this zone before deduction, in centimes; raises HorsBareme when none is set."""
        dates = [depuis for depuis in self.fps if depuis <= le]
        montant = self.fps[max(dates)].get(categorie) if dates else None
        if montant is None:
            raise HorsBareme(f"Zone {self.code}, {categorie}, {le:%d/%m/%Y} : aucun montant.", "lieu.zone")
        return montant
