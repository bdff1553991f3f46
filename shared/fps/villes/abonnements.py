"""What lets a vehicle park otherwise than by a ticket: the subscriptions that a town sells, the rights that it gives."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field

from fps.errors import Refus
from fps.messages.formats import CentimesDus, Court, Ligne
from fps.villes.lecture import DepuisLaReforme, Lecture

Nature = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]


class DroitNonPrevu(Refus):
    """La collectivité ne donne pas ce droit de stationner"""

    code = "droit-non-prevu"
    article = "CGCT, art. L. 2333-87, I"
    que_faire = "Choisissez l'un des droits que la collectivité déclare, ou ajoutez celui-ci à sa configuration."


class Abonnement(Lecture):
    """Un abonnement que la collectivité vend, dans quelques zones ou dans toutes ; son prix par date, en centimes."""

    nature: Nature
    nom: Ligne
    periode: Literal["jour", "semaine", "mois", "an"]
    zones: tuple[Court, ...] = ()
    prix: dict[DepuisLaReforme, CentimesDus]

    def prix_au(self, le: date) -> int | None:
        """The price that day, None before the first one."""
        dates = [depuis for depuis in self.prix if depuis <= le]
        return self.prix[max(dates)] if dates else None


class DroitPrevu(Lecture):
    """Un droit de stationner sans payer : sans limite, ou pour quelques heures dès l'arrivée (`heures`), dans quelques zones ou toutes."""

    nature: Nature
    nom: Ligne
    heures: Annotated[int, Field(ge=1, le=24 * 31)] | None = None
    zones: tuple[Court, ...] = ()


# What any town may give without telling it: the card comes from the law (CASF, art. L. 241-3), the others are those of most towns.
COURANTS: Final = (
    DroitPrevu(nature="cmi-s", nom="Carte mobilité inclusion, mention stationnement"),
    DroitPrevu(nature="resident", nom="Résident"),
    DroitPrevu(nature="faible-emission", nom="Véhicule à faible émission"),
    DroitPrevu(nature="professionnel-sante", nom="Professionnel de santé"),
    DroitPrevu(nature="deux-roues", nom="Deux-roues motorisé"),
)


def droits_vendus(abonnements: Iterable[Abonnement]) -> Iterator[DroitPrevu]:
    """What each subscription lets its driver do: park without a ticket where one of its lines says, everywhere when one says nothing."""
    par_nature: dict[str, list[Abonnement]] = {}
    for abonnement in abonnements:
        par_nature.setdefault(abonnement.nature, []).append(abonnement)
    for nature, lignes in par_nature.items():
        zones = () if any(not ligne.zones for ligne in lignes) else tuple(sorted({z for ligne in lignes for z in ligne.zones}))
        yield DroitPrevu(nature=nature, nom=lignes[0].nom, zones=zones)
