"""What the town has told ANTAI and what ANTAI answered: an act takes effect when it is accepted, never before (flows 1, 8 and 11)."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from fps.messages.annulation import FpsImpaye, InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.mfps import AnnulationFps, ErreurAccuse, ModificationFps

Transmis = ModificationFps | AnnulationFps | InformationAnnulationFps | InformationAnnulationTitre | FpsImpaye
NATURES: Final[dict[type[Transmis], str]] = {
    ModificationFps: "avis rectificatif",
    AnnulationFps: "annulation",
    InformationAnnulationFps: "annulation après une décision",
    InformationAnnulationTitre: "annulation du titre",
    FpsImpaye: "FPS impayé",
}


class Suite(StrEnum):
    """Où en sont les actes d'un FPS à l'ANTAI."""

    AUCUNE = "aucune"
    EN_ATTENTE = "en-attente-d-accuse"
    A_CORRIGER = "a-corriger"


class Acte(BaseModel):
    """One act told to ANTAI; `releve` when it takes the place of another one, sent by the wrong way.

    `baisse` is what the FPS loses when a flow 8 is accepted, in centimes: a title does not bear what was paid before it.
    """

    model_config = ConfigDict(frozen=True)

    rang: int
    message: Transmis
    transmis_le: datetime
    baisse: int = 0
    etat: Literal["en-attente", "accepte", "refuse", "abandonne"] = "en-attente"
    releve: bool = False
    repondu_le: datetime | None = None
    erreurs: tuple[ErreurAccuse, ...] = ()

    @property
    def nature(self) -> str:
        """What the act is, as the screens and the journal say it."""
        return NATURES[type(self.message)]

    @property
    def codes(self) -> list[str]:
        """The codes of the refusal."""
        return [erreur.code for erreur in self.erreurs]


def attendus(actes: Iterable[Acte]) -> list[Acte]:
    """The acts that wait for their accusé, in the order of their sending."""
    return [acte for acte in actes if acte.etat == "en-attente"]


def suite(actes: tuple[Acte, ...]) -> Suite:
    """What is still expected: an accusé, or a correction when the last act is refused."""
    if attendus(actes):
        return Suite.EN_ATTENTE
    return Suite.A_CORRIGER if actes and actes[-1].etat == "refuse" else Suite.AUCUNE
