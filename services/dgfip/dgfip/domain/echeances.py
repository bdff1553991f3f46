"""The days that the DGFiP plans: one kind each, as the plan of a bac names it."""

from typing import Final

from fps.regles.echeances import Nature


class Echeance(Nature):
    """What a day may bring."""

    ENVOI_AVERTISSEMENT = "envoi-avertissement", "L'avertissement part à l'adresse fiscale", "CGCT, art. R. 2333-120-16"
    RELANCE = "relance", "Le titre est impayé : le comptable relance", "CGPPP, art. L. 2323-7-1 ; hypothèse H42"
    SAISIE = "saisie", "La saisie administrative à tiers détenteur est notifiée", "LPF, art. L. 262"
    VERSEMENT_SAISIE = "versement-saisie", "Le tiers saisi verse ce qui reste dû, ou ne détient rien", "LPF, art. L. 262"
    PRESCRIPTION = "prescription", "Le titre est prescrit", "LPF, art. L. 274"
    REMBOURSEMENT_TITRE = "remboursement-titre", "Ce qui a été payé d'un titre annulé est rendu", "FAQ du Cerema, remboursement d'un FPS"
    REMBOURSEMENT_FPS = (
        "remboursement-fps",
        "Le remboursement ordonné par la collectivité est payé",
        "FAQ du Cerema, remboursement d'un FPS",
    )
    REVERSEMENT = (
        "reversement",
        "Ce qui a été encaissé dans le mois est reversé à la collectivité",
        "Arrêté du 1er septembre 2016 ; hypothèse H44",
    )


# What is planned of the recovery of a title, and forgotten once it is settled.
RECOUVREMENT: Final = (
    Echeance.ENVOI_AVERTISSEMENT,
    Echeance.RELANCE,
    Echeance.SAISIE,
    Echeance.VERSEMENT_SAISIE,
    Echeance.PRESCRIPTION,
)
