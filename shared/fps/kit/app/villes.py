"""The towns of a bac, as the pilot gives them and reads them."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from fps.villes.annuaire import DEPUIS, Annuaire, Version
from fps.villes.communes import Commune


class VilleDonnee(BaseModel):
    """La configuration d'une collectivité, à partir d'un jour."""

    model_config = ConfigDict(extra="forbid")

    depuis: date | None = Field(None, description="Premier jour de cette configuration ; à défaut, le 1er janvier 2018")
    commune: Commune

    def version(self) -> Version:
        """The same as the bac keeps it."""
        return Version(self.depuis or DEPUIS, self.commune)


def annuaire(villes: list[VilleDonnee] | None) -> Annuaire | None:
    """The directory that these make, None when none is said."""
    return None if villes is None else Annuaire.de(ville.version() for ville in villes)
