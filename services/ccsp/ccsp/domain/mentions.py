"""What the court writes in the journal of a petition: the pages read it by these names."""

from enum import StrEnum


class Mention(StrEnum):
    """The act that a line of the journal tells."""

    ENREGISTREMENT = "enregistrement"
    CONFIRMATION_TELECOPIE = "confirmation-telecopie"
    DEMANDE_REGULARISATION = "demande-regularisation"
    IRRECEVABILITE = "irrecevabilite"
    RENONCIATION = "renonciation"
    REPONSE = "reponse"
    REPONSE_TARDIVE = "reponse-tardive"
    REPONSE_POSTEE_A_TEMPS = "reponse-postee-a-temps"

    COMMUNICATION = "communication"
    OUVERTURE_COMMUNICATION = "ouverture-communication"
    MEMOIRE = "memoire"
    PIECE = "piece"
    FIN_DEFENSE = "fin-defense"

    JUGEMENT = "jugement"
    ORDONNANCE = "ordonnance"
    RECTIFICATION = "rectification-decision"
    OUVERTURE_DECISION = "ouverture-decision"
    CONSULTATION = "consultation"
    NOTIFICATION = "notification"

    POURVOI = "pourvoi"
    DEMANDE_EXECUTION = "demande-execution"
    EXECUTION_JURIDICTIONNELLE = "execution-juridictionnelle"
    ASTREINTE = "astreinte"
    CLASSEMENT = "classement"
