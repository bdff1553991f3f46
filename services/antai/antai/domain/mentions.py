"""What ANTAI writes in the journal of a FPS: VA-Pilote and the pages read it by these names."""

from enum import StrEnum


class Mention(StrEnum):
    """The act that a line of the journal tells."""

    IDENTIFICATION = "identification"
    ABANDON = "abandon"
    IMPAYE_RECU = "impaye-recu"

    ENVOI_AVIS = "envoi-avis"
    MISE_A_DISPOSITION = "mise-a-disposition"
    ENVOI_POSTAL = "envoi-postal"
    LECTURE = "lecture"
    NOTIFICATION = "notification"
    PLI_NON_DISTRIBUE = "pli-non-distribue"
    RECTIFICATION = "rectification"

    PAIEMENT = "paiement"
    PAIEMENT_MINORE = "paiement-minore"
    DOUBLE_PAIEMENT = "double-paiement"
    RESTITUTION = "restitution"
    CHEQUE_IMPAYE = "cheque-impaye"
    IMPAYE = "impaye"

    EMISSION_TITRE = "emission-titre"
    TITRE_PAYE = "titre-paye"
    TITRE_PAYE_EN_PARTIE = "titre-paye-en-partie"

    ANNULATION = "annulation"
    ANNULATION_DEJA_FAITE = "annulation-deja-faite"
    TITRE_LEVE = "titre-leve"
    TITRE_ANNULATION = "titre-annulation"
    DECISION_SANS_OBJET = "decision-sans-objet"
    DECISION_RECUE = "decision-recue"
    DECISION_EXECUTEE = "decision-executee"
    DECISION_ET_ANNULATION_DIFFERENTES = "decision-et-annulation-differentes"
    ANNULATION_REGLEE = "annulation-reglee"
    RELANCE_ANNULATION = "relance-annulation"
