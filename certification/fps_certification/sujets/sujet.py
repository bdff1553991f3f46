"""A product under test, whichever way it is driven: what it is asked, what it answers, and whose fault it is when it does not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from fps_certification.sujets.contrat import Action

Champs = dict[str, Any]


class Domaine(StrEnum):
    """Whose fault a failure is."""

    CONFIGURATION = "configuration"
    RESEAU = "reseau"
    PRODUIT = "produit"
    SIMULATEUR = "simulateur"
    EXIGENCE = "exigence-ambigue"


@dataclass(frozen=True, slots=True)
class Reponse:
    """What a product answered: done (2xx), refused with a code, or « not supported » (501).

    `declaree`: a person says so, and no exchange shows it.
    """

    statut: int
    corps: Mapping[str, Any] = field(default_factory=dict)
    declaree: bool = False


REFUS_DECLARE = "refus-declare"  # the code of a person who says that the product refuses: which refusal, a person does not know


class SujetEnFaute(Exception):
    """A product did not answer as it must: `domaine` says whose fault it is, `phrase` what to do, in French."""

    def __init__(self, domaine: Domaine, phrase: str):
        super().__init__(phrase)
        self.domaine, self.phrase = domaine, phrase


class NonPrisEnCharge(Exception):
    """A product does not do this: what it would have proved is not proved."""


class Sujet(Protocol):
    """Two or more real products: by HTTP, by commands, the reference system, a person."""

    @property
    def nom(self) -> str: ...

    async def agir(self, action: Action, bac: str, donnees: Mapping[str, Any]) -> Reponse:
        """Do this in that bac; raises SujetEnFaute, NonPrisEnCharge."""
