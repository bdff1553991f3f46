"""What the demands and the views of every noun have in common: strict reading, the number of a FPS, an agent, a reason."""

from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from fps.messages.formats import Texte


class Demande(BaseModel):
    """Strict reading of a demand."""

    model_config = ConfigDict(extra="forbid")


class Vue(BaseModel):
    """Read from the case files."""

    model_config = ConfigDict(from_attributes=True)


def ecrit(motif: str) -> str:
    """A reason that says something; raises ValueError when it is blank."""
    if not motif.strip():
        raise ValueError("le motif est vide : écrivez-le")
    return motif


Numero = Annotated[str, Path(pattern=r"^[0-9]{26}$", description="Numéro du FPS, 26 chiffres")]
Motif = Annotated[Texte, AfterValidator(ecrit)]
# One writing at every door: « 0072 » is « 72 »; what three digits cannot hold is refused by the number that it would make.
NumeroAgent = Annotated[
    str, Field(pattern=r"^[0-9]{1,4}$", description="Numéro de l'agent assermenté ; il tient sur 3 chiffres (« 0072 » est « 72 »)")
]
