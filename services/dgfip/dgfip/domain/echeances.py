"""The days that the DGFiP plans: one kind each, as the plan of a bac names it."""

from enum import StrEnum
from typing import Final


class Echeance(StrEnum):
    """What a day may bring."""

    ENVOI_AVERTISSEMENT = "envoi-avertissement"
    RELANCE = "relance"
    SAISIE = "saisie"
    VERSEMENT_SAISIE = "versement-saisie"
    PRESCRIPTION = "prescription"
    REMBOURSEMENT_TITRE = "remboursement-titre"
    REMBOURSEMENT_FPS = "remboursement-fps"
    REVERSEMENT = "reversement"


# What is planned of the recovery of a title, and forgotten once it is settled.
RECOUVREMENT: Final = (
    Echeance.ENVOI_AVERTISSEMENT,
    Echeance.RELANCE,
    Echeance.SAISIE,
    Echeance.VERSEMENT_SAISIE,
    Echeance.PRESCRIPTION,
)
