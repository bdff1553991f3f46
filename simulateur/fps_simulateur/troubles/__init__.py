"""The troubles that a product meets, each with the reaction that is expected of it, and what provokes it here."""

from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fps.donnees import lire_yaml
from fps_simulateur.langue.fautes import proche


class Trouble(BaseModel):
    """Un trouble des échanges ou du droit, et la réaction qu'un produit doit avoir."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trouble: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="Son nom")
    phrase: str = Field(description="Ce qui arrive, en une phrase")
    attendu: str = Field(description="Ce que le produit doit faire")
    article: str = Field(description="Le texte, ou le passage de la spécification")
    panne: dict[str, Any] | None = Field(default=None, description="Ce que l'acte « poser une panne » est donné, pour le provoquer")
    vie: str | None = Field(default=None, description="La vie du catalogue qui le provoque")

    @model_validator(mode="after")
    def _provoque(self) -> "Trouble":
        if (self.panne is None) is (self.vie is None):
            raise ValueError("« panne » ou « vie », l'une des deux, dit ce qui le provoque")
        return self


@cache
def troubles() -> tuple[Trouble, ...]:
    """Every trouble, in the order of its file."""
    return tuple(map(Trouble.model_validate, lire_yaml((files(__name__) / "troubles.yaml").read_text("utf-8"))))


def trouble(nom: str) -> Trouble:
    """The trouble of that name; raises ValueError with the nearest one."""
    tous = {un.trouble: un for un in troubles()}
    if nom not in tous:
        raise ValueError(f"« {nom} » n'est pas un trouble{proche(nom, tous)}")
    return tous[nom]
