"""The tariff zones of a town: where they are, when and how long parking is paid, what is charged there, their FPS by date."""

import itertools
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from fps.droit.money import euros
from fps.errors import Introuvable
from fps.messages.formats import Centimes, CentimesDus, CodePostal, Court, Ligne
from fps.messages.parties_prenantes import Categorie
from fps.villes.horaires import Horaires
from fps.villes.joindre import JoindreRapo
from fps.villes.lecture import DepuisLaReforme, Lecture
from fps.villes.par_date import ParDate, valeur_au

Duree = Annotated[int, Field(ge=1, le=1440)]
Grille = dict[Annotated[int, Field(ge=1, le=1440)], Centimes]


class HorsBareme(Introuvable):
    """Aucun montant de FPS n'est fixé pour cette zone, cette catégorie et cette date"""

    code = "hors-bareme"
    article = "CGCT, art. L. 2333-87, I"
    que_faire = "Vérifiez la zone, la catégorie du véhicule et la date du constat."


class Zone(Lecture):
    """Une zone tarifaire : le FPS n'excède pas le prix de sa plus longue durée payante (minutes)."""

    code: Court
    nom: Ligne
    durees: ParDate[Duree] = Field(alias="duree_maximale")
    codes_postaux: Annotated[tuple[CodePostal, ...], Field(min_length=1)]
    voies: tuple[Ligne, ...] = ()
    ticket_gratuit: Annotated[int, Field(ge=1, le=1440)] | None = None
    horaires: dict[DepuisLaReforme, Horaires] = Field(default_factory=dict)
    fps: Annotated[dict[DepuisLaReforme, dict[Categorie, CentimesDus]], Field(min_length=1)]
    tarifs: dict[DepuisLaReforme, Grille] = Field(default_factory=dict)
    tarifs_par_categorie: dict[Categorie, dict[DepuisLaReforme, Grille]] = Field(default_factory=dict)
    joindre_rapo: JoindreRapo | None = Field(
        default=None, alias="contact_rapo", description="À défaut, celui du prestataire ou de la ville"
    )

    @field_validator("fps")
    @classmethod
    def _avec_un_prix(cls, fps: dict[date, dict[Categorie, int]]) -> dict[date, dict[Categorie, int]]:
        for depuis, montants in fps.items():
            if not montants:
                raise ValueError(f"aucun montant de FPS au {depuis:%d/%m/%Y}")
        return fps

    @field_validator("tarifs")
    @classmethod
    def _croissants(cls, tarifs: dict[date, dict[int, int]]) -> dict[date, dict[int, int]]:
        for depuis, grille in tarifs.items():
            _exiger_croissante(grille, f"au {depuis:%d/%m/%Y}")
        return tarifs

    @field_validator("tarifs_par_categorie")
    @classmethod
    def _croissants_aussi(cls, tarifs: dict[Categorie, dict[date, dict[int, int]]]) -> dict[Categorie, dict[date, dict[int, int]]]:
        for categorie, versions in tarifs.items():
            for depuis, grille in versions.items():
                _exiger_croissante(grille, f"{categorie}, au {depuis:%d/%m/%Y}")
        return tarifs

    @model_validator(mode="after")
    def _sous_le_plafond(self) -> "Zone":
        for depuis in sorted({*self.durees, *(d for versions in self._grilles() for d in versions)}):
            for categorie in (None, *self.tarifs_par_categorie):
                grille, duree = self.grille(depuis, categorie), self.duree(depuis)
                if grille and max(grille) > duree:
                    de = "" if categorie is None else f" « {categorie} »"
                    raise ValueError(f"au {depuis:%d/%m/%Y} : la grille{de} va au-delà de la durée maximale, {duree} minutes")
        for depuis in self._dates_fps():
            for categorie, montant in self.montants(depuis).items():
                plafond = self.plafond(depuis, categorie)
                if plafond is not None and montant > plafond:
                    raise ValueError(
                        f"le FPS de {euros(montant)} ({categorie}, au {depuis:%d/%m/%Y}) dépasse le prix de la durée maximale, "
                        f"{euros(plafond)} (CGCT, art. L. 2333-87, I)"
                    )
        return self

    def _grilles(self) -> Iterator[Mapping[date, dict[int, int]]]:
        yield self.tarifs
        yield from self.tarifs_par_categorie.values()

    def _dates_fps(self) -> list[date]:
        """The days when the FPS, or the price that it may not exceed, change."""
        premiere, plafonds = min(self.fps), (self.durees, *self._grilles())
        return sorted({*self.fps, *(depuis for dates in plafonds for depuis in dates if depuis >= premiere)})

    def duree(self, le: date) -> int:
        """The longest paid duration that day, in minutes."""
        return valeur_au(self.durees, le)

    def montants(self, le: date) -> dict[Categorie, int]:
        """The FPS by category of vehicle that day, in centimes; nothing before the first ones."""
        depuis = max((d for d in self.fps if d <= le), default=None)
        return {} if depuis is None else self.fps[depuis]

    def sans_la_rue(self) -> "Zone":
        """The zone as the other parties keep it: neither its hours nor its prices."""
        rien: dict[str, object] = {"horaires": {}, "tarifs": {}, "tarifs_par_categorie": {}, "voies": (), "ticket_gratuit": None}
        return self.model_copy(update=rien)

    def versions(self, categorie: Categorie | None = None) -> Mapping[date, dict[int, int]]:
        """The grids by date of a category of vehicle: its own ones when the town has set some, else those of everybody."""
        propres = self.tarifs_par_categorie.get(categorie) if categorie is not None else None
        return self.tarifs if propres is None else propres

    def grille(self, le: date, categorie: Categorie | None = None) -> dict[int, int]:
        """What parking is charged that day: centimes by number of minutes; empty when the town tells nothing."""
        versions = self.versions(categorie)
        dates = [depuis for depuis in versions if depuis <= le]
        return dict(versions[max(dates)]) if dates else {}

    def plafond(self, le: date, categorie: Categorie | None = None) -> int | None:
        """The charge for the longest paid duration, subscriptions left out (CGCT, art. L. 2333-87, I); None when it is not told."""
        return self.grille(le, categorie).get(self.duree(le))

    def minutes_gratuites(self, le: date) -> int | None:
        """How long a ticket of 0 € lets a vehicle park that day: a free ticket, or the start of a grid; None when neither is told."""
        if self.ticket_gratuit is not None:
            return self.ticket_gratuit
        grilles = [self.grille(le), *(self.grille(le, categorie) for categorie in self.tarifs_par_categorie)]
        connues = [grille for grille in grilles if grille]
        return max((minutes for grille in connues for minutes, prix in grille.items() if prix == 0), default=0) if connues else None

    def bareme(self, categorie: Categorie, le: date) -> int:
        """The FPS of this zone before deduction, in centimes; raises HorsBareme when none is set."""
        montant = self.montants(le).get(categorie)
        if montant is None:
            raise HorsBareme(f"Zone {self.code}, {categorie}, {le:%d/%m/%Y} : aucun montant.", "lieu.zone")
        return montant


def _exiger_croissante(grille: dict[int, int], ou: str) -> None:
    rangs = sorted(grille)
    for avant, apres in itertools.pairwise(rangs):
        if grille[apres] < grille[avant]:
            raise ValueError(
                f"la grille {ou} descend : {euros(grille[avant])} pour {avant} minutes, {euros(grille[apres])} pour {apres} minutes"
            )
