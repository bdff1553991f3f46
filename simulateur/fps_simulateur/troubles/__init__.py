"""The troubles that a product meets, each with the reaction that is expected of it, and what provokes it here."""

from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fps.donnees import lire_yaml


class Trouble(BaseModel):
    """Un trouble des échanges ou du droit, et la réaction qu'un produit doit avoir."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trouble: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="Son nom")
    phrase: str = Field(description="Ce qui arrive, en une phrase")
    attendu: str = Field(description="Ce que le produit doit faire")
    article: str = Field(description="Le texte, ou le passage de la spécification")
    panne: str | None = Field(default=None, description="La panne que le pilote pose pour le provoquer")
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
