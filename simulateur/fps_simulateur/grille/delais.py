"""The delays of the law that the grid tries: what starts each, how long it lasts, what may be done until its end, or comes with it."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from fps.donnees import lire_yaml
from fps.parties import Party
from fps_simulateur.grille.calendrier import fin
from fps_simulateur.langue.actes import acte

FICHIER: Final = "delais.yaml"
Sens = Literal["jusque", "apres", "vecu"]
TEMPS: Final[Mapping[Sens, tuple[bool, bool, bool]]] = {
    "jusque": (True, True, False),
    "apres": (False, False, True),
    "vecu": (False, True, True),
}


class Delai(BaseModel):
    """Un délai ; ses étapes sont celles d'une vie, où {debut} est le jour qui le fait courir et {veille} celui d'avant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    delai: str = Field(pattern=r"^[a-z0-9-]+$")
    titre: str
    article: str
    regle: tuple[str, ...] = Field(description="Du jour qui le fait courir à son dernier jour, ou au jour où ce qui doit arriver arrive")
    ville: str = "lille"
    apres: str | None = Field(default=None, description="Le délai à la fin duquel il commence")
    chaine: tuple[str, ...] = Field(default=(), description="La règle du premier jour de la vie à celui qui fait courir le délai")
    avance: int = Field(default=0, description="Jours entre le premier jour de la vie et celui qui fait courir le délai, sans « apres »")
    avant: tuple[dict[str, Any], ...] = Field(description="Les étapes jusqu'au jour qui le fait courir")
    depuis: dict[Party, str] = Field(
        default_factory=dict, description="Qui dit le jour qui le fait courir, et dans quel champ ; sinon il est choisi"
    )
    sens: Sens = "vecu"
    essai: tuple[dict[str, Any], ...] = Field(default=(), description="Ce qui est tenté, à temps")
    refus: str | None = Field(default=None, description="Le code du refus, hors du temps")
    sinon: tuple[dict[str, Any], ...] = Field(default=(), description="Ce qui est tenté hors du temps, quand ce n'est pas un refus")
    vecu: dict[Party, str] = Field(default_factory=dict, description="Ce que le journal de chacun dit, une fois le jour venu")
    annees: int = Field(default=0, description="Années ajoutées aux jours où il doit finir")
    natures: tuple[str, ...] = Field(default=(), description="Les échéances des services qu'il éprouve : « antai/notification »")

    @model_validator(mode="after")
    def _entier(self) -> Self:
        if (self.sens == "vecu") != bool(self.vecu) or (self.sens != "vecu") != bool(self.essai):
            raise ValueError("« vecu » dit ce qui arrive ; « jusque » et « apres » ont un « essai »")
        if self.essai and bool(self.refus) == bool(self.sinon):
            raise ValueError("un « essai » est refusé (« refus »), ou donne autre chose (« sinon »), hors du temps")
        for etape in (*self.avant, *self.essai, *self.sinon):
            if "acte" in etape:
                acte(etape["acte"])
        return self

    def fin(self, debut: date) -> date:
        """The day that the rule gives; raises RegleFausse."""
        return fin(debut, self.regle)

    def premier_jour(self, debut: date) -> date:
        """The first day of the life in which this delay begins that day, or the last one before which it may."""
        if self.apres is None and not self.chaine:
            return debut - timedelta(days=self.avance)
        avant = None if self.apres is None else par_nom()[self.apres]
        regle, jour = self.chaine if avant is None else avant.regle, debut
        while fin(jour, regle) > debut:
            jour -= timedelta(days=1)
        return jour if avant is None else avant.premier_jour(jour)

    def tentative(self, a_temps: bool) -> tuple[dict[str, Any], ...]:
        """What is tried in time, or out of time."""
        if a_temps or self.sinon:
            return self.essai if a_temps else self.sinon
        *debut, dernier = self.essai
        return (*debut, {nom: x for nom, x in dernier.items() if nom in ("acte", "avec", "le", "dossier")} | {"refus": self.refus})


@cache
def delais() -> tuple[Delai, ...]:
    """Every delay, in the order of a dossier."""
    lus = lire_yaml(files("fps_simulateur.grille").joinpath(FICHIER).read_text("utf-8"))
    return tuple(TypeAdapter(list[Delai]).validate_python(lus))


@cache
def par_nom() -> Mapping[str, Delai]:
    """Every delay by its name."""
    return {delai.delai: delai for delai in delais()}
