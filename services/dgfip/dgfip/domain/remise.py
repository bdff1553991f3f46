"""The remise gracieuse of the majoration: asked by the redevable, decided by the comptable (CGPPP, art. L. 2323-7-1)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from dgfip.domain.refus import RemiseDejaDemandee, RemiseExcessive, RemiseNonDemandee
from fps.droit.money import euros
from fps.regles.machine import Machine


class EtatRemise(StrEnum):
    """Où en est une demande."""

    DEMANDEE = "demandee"
    ACCORDEE = "accordee"
    REFUSEE = "refusee"


MACHINE: Final = Machine(
    "remise",
    EtatRemise.DEMANDEE,
    {
        "accorder": (frozenset({EtatRemise.DEMANDEE}), EtatRemise.ACCORDEE),
        "refuser": (frozenset({EtatRemise.DEMANDEE}), EtatRemise.REFUSEE),
        "redemander": (frozenset({EtatRemise.ACCORDEE, EtatRemise.REFUSEE}), EtatRemise.DEMANDEE),
    },
    RemiseNonDemandee,
)


@dataclass
class DemandeRemise:
    """La dernière demande au sujet d'un FPS majoré ; montants en centimes."""

    numero_fps: str
    demandee_le: date
    motif: str
    montant_demande: int
    etat: EtatRemise = EtatRemise.DEMANDEE
    decidee_le: date | None = None
    montant_accorde: int = 0

    def redemander(self, le: date, motif: str, montant: int) -> None:
        """A new request, once the former one is decided; raises RemiseDejaDemandee."""
        if not MACHINE.permet("redemander", self.etat):
            raise RemiseDejaDemandee(f"FPS {self.numero_fps}, demande du {self.demandee_le:%d/%m/%Y}.")
        self.etat = MACHINE.apres("redemander", self.etat)
        self.demandee_le, self.motif, self.montant_demande = le, motif, montant
        self.decidee_le, self.montant_accorde = None, 0

    def decider(self, le: date, montant: int) -> None:
        """Grant `montant` centimes, or refuse when it is 0; raises RemiseNonDemandee, RemiseExcessive."""
        acte = "accorder" if montant else "refuser"
        if not MACHINE.permet(acte, self.etat):
            raise RemiseNonDemandee(f"FPS {self.numero_fps}, dernière demande « {self.etat} ».")
        if montant > self.montant_demande:
            raise RemiseExcessive(f"La demande porte sur {euros(self.montant_demande)}.", "montant")
        self.etat, self.decidee_le, self.montant_accorde = MACHINE.apres(acte, self.etat), le, montant
