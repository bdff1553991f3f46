"""What the DGFiP writes in the journal of a title: the pages read it by these names."""

from enum import StrEnum


class Mention(StrEnum):
    """The act that a line of the journal tells."""

    PRISE_EN_CHARGE = "prise-en-charge"
    ENVOI_AVERTISSEMENT = "envoi-avertissement"
    ANNULATION = "annulation"

    RELANCE = "relance"
    SAISIE = "saisie"
    SAISIE_INFRUCTUEUSE = "saisie-infructueuse"
    PRESCRIPTION = "prescription"
    SUSPENSION = "suspension"
    REPRISE = "reprise"
    REMISE_DEMANDEE = "remise-demandee"
    REMISE_ACCORDEE = "remise-accordee"
    REMISE_REFUSEE = "remise-refusee"

    PAIEMENT = "paiement"
    CHEQUE_IMPAYE = "cheque-impaye"
    ENCAISSEMENT_AMIABLE = "encaissement-amiable"
    REVERSEMENT = "reversement"

    PIECE_COMPTABLE = "piece-comptable"
    REMBOURSEMENT_FPS = "remboursement-fps"
    REMBOURSEMENT_TITRE = "remboursement-titre"
    REMBOURSEMENT_ARRETE = "remboursement-arrete"
    COMPENSATION = "compensation"
