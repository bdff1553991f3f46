"""The subscriptions that a town sells."""

from datetime import date
from typing import Literal

from fps.messages.formats import CentimesDus, Court, Ligne
from fps.villes.lecture import Lecture

NatureAbonnement = Literal["resident", "professionnel-sante", "faible-emission", "deux-roues"]


class Abonnement(Lecture):
    """A subscription that the town sells, in some zones or in all of them; its price by date, in centimes."""

    nature: NatureAbonnement
    nom: Ligne
    periode: Literal["jour", "semaine", "mois", "an"]
    zones: tuple[Court, ...] = ()
    prix: dict[date, CentimesDus]

    def prix_au(self, le: date) -> int | None:
        """The price that day, None before the first one."""
        dates = [depuis for depuis in self.prix if depuis <= le]
        return self.prix[max(dates)] if dates else None
