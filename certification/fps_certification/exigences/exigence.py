"""One requirement: what is asked, of whom, where it is written, and how it is tried or why it is not."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fps.parties import Party


class LectureDExigence(BaseModel):
    """Strict reading: nothing unknown, nothing converted, nothing changed afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Niveau(StrEnum):
    """How much is asked: without what is obligatory there will be no favourable verdict."""

    OBLIGATOIRE = "obligatoire"
    RECOMMANDE = "recommande"


class Source(LectureDExigence):
    """Where the requirement comes from: a text, a section of docs/specification.md, a hypothesis; at least one."""

    article: Annotated[str | None, Field(min_length=3, max_length=200)] = None
    section: Annotated[str | None, Field(min_length=3, max_length=100)] = None
    hypothese: Annotated[str | None, Field(pattern=r"^H\d{2,3}$")] = None

    @model_validator(mode="after")
    def _au_moins_une(self) -> Self:
        if self.article is None and self.section is None and self.hypothese is None:
            raise ValueError("La source est vide : citez un article, une section de la spécification ou une hypothèse.")
        return self


class Exigence(LectureDExigence):
    """One requirement. Its identifier is never given to another; `flux` is missing when it is about every flow."""

    id: Annotated[str, Field(pattern=r"^EX-\d{3,4}$")]
    texte: Annotated[str, Field(min_length=20, max_length=300)]
    acteur: Party
    flux: Annotated[int | None, Field(ge=1, le=16)] = None
    niveau: Niveau
    source: Source
    epreuves: Annotated[tuple[str, ...], Field(description="Des vies dont une étape la « prouve »")] = ()
    assertions: Annotated[tuple[str, ...], Field(description="Ce qui se vérifie dans tout échange du produit")] = ()
    exploree: Annotated[bool, Field(description="L'exploration l'éprouve : « fps certifier --explorer »")] = False
    non_teste: Annotated[str | None, Field(min_length=10, description="Pourquoi rien ne l'éprouve")] = None

    @model_validator(mode="after")
    def _eprouvee_ou_non(self) -> Self:
        if bool(self.epreuves or self.assertions or self.exploree) == (self.non_teste is not None):
            raise ValueError(
                "Donnez des épreuves ou des assertions, ou l'exploration, ou dites dans « non_teste » pourquoi non : l'un ou l'autre."
            )
        return self
