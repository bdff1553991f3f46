"""The requête: its states, its dates, what was asked of the applicant and of the defendant (CGCT, art. R. 2333-120-30 and following)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from ccsp.domain.refus import DecisionImpossible
from fps.messages.recours_usager import CanalRequete, Nature, Objet, Partie, Sens
from fps.messages.recours_usager import Requete as Depot
from fps.regles.machine import Machine
from fps.regles.serie import Serie


class EtatRequete(StrEnum):
    """Où en est une requête."""

    DEPOSEE = "deposee"
    REGULARISATION = "regularisation"
    COMMUNIQUEE = "communiquee"
    EN_ETAT = "en-etat"
    RENONCIATION = "renonciation"
    REPONSE_TARDIVE = "reponse-tardive"
    JUGEE = "jugee"
    NOTIFIEE = "notifiee"
    EXECUTION_DEMANDEE = "execution-demandee"
    EXECUTION_JURIDICTIONNELLE = "execution-juridictionnelle"
    CLASSEE = "classee"


E = EtatRequete
MACHINE: Final = Machine(
    "requete",
    E.DEPOSEE,
    {
        "demander_regularisation": (frozenset({E.DEPOSEE}), E.REGULARISATION),
        "communiquer": (frozenset({E.DEPOSEE, E.REGULARISATION}), E.COMMUNIQUEE),
        "mettre_en_etat": (frozenset({E.DEPOSEE, E.REGULARISATION, E.COMMUNIQUEE}), E.EN_ETAT),
        "renoncer": (frozenset({E.REGULARISATION}), E.RENONCIATION),
        "reprendre_l_examen": (frozenset({E.EN_ETAT}), E.DEPOSEE),
        "recevoir_a_temps": (frozenset({E.RENONCIATION, E.EN_ETAT}), E.REGULARISATION),
        "repondre_tard": (frozenset({E.RENONCIATION}), E.REPONSE_TARDIVE),
        "juger": (frozenset({E.DEPOSEE, E.REGULARISATION, E.COMMUNIQUEE, E.EN_ETAT, E.REPONSE_TARDIVE}), E.JUGEE),
        "notifier": (frozenset({E.JUGEE}), E.NOTIFIEE),
        "demander_execution": (frozenset({E.NOTIFIEE}), E.EXECUTION_DEMANDEE),
        "saisir_le_juge": (frozenset({E.EXECUTION_DEMANDEE}), E.EXECUTION_JURIDICTIONNELLE),
        "classer": (frozenset({E.EXECUTION_DEMANDEE, E.EXECUTION_JURIDICTIONNELLE}), E.CLASSEE),
    },
    DecisionImpossible,
)
FINAUX = frozenset({E.CLASSEE})
INSTRUITES = frozenset({E.DEPOSEE, E.REGULARISATION, E.COMMUNIQUEE, E.EN_ETAT})


@dataclass(frozen=True)
class Decision:
    """Ce que la juridiction a décidé ; montants en centimes. « fps_du », « majoration_due » : ce qui était réclamé, s'il est su."""

    nature: Nature
    sens: Sens
    date_decision: date
    motifs: str
    dispositif: str
    fps_decharge: int
    majoration_dechargee: int
    amende_abus: int
    fps_du: int | None = None
    majoration_due: int | None = None
    frais: int = 0
    frais_a_la_charge_de: Partie | None = None
    rectifiee_le: date | None = None
    rectification_notifiee_le: date | None = None

    @property
    def decharge(self) -> bool:
        """True when something is no longer due."""
        return self.sens in ("decharge-totale", "decharge-partielle")


@dataclass
class Requete:
    """One petition, known by its number of 8 digits (year, order)."""

    numero: str
    numero_fps: str
    siret: str
    objet: Objet
    canal: CanalRequete
    date_depot: date
    deposee_a: datetime
    depot: Depot
    etat: EtatRequete = EtatRequete.DEPOSEE
    pieces: tuple[str, ...] = ()
    complements: str = ""
    motifs: tuple[str, ...] = ()
    confirmer_avant_le: date | None = None
    confirmee_le: date | None = None
    limite_regularisation: date | None = None
    repondue_le: date | None = None
    desistement_le: date | None = None
    communiquee_le: date | None = None
    communiquee_a: datetime | None = None
    limite_defense: date | None = None
    defense_le: date | None = None
    erreur_contestee_le: date | None = None
    canal_defense: str | None = None
    depots_defense: int = 0
    decision: Decision | None = None
    jugee_a: datetime | None = None
    notifiee_requerant_le: date | None = None
    notifiee_collectivite_le: date | None = None
    limite_execution: date | None = None
    pourvoi_le: date | None = None
    execution_demandee_le: date | None = None
    astreinte_jour: int = 0

    def passer(self, acte: str) -> None:
        """Change of state by an act of the table; raises DecisionImpossible."""
        self.etat = MACHINE.apres(acte, self.etat)


@dataclass
class RequeteDuFps:
    """The petition of a FPS for an object: one at a time (hypothesis H69)."""

    numero_fps: str
    objet: str
    numero: str


@dataclass
class SerieRequetes(Serie):
    """The series of one year: the order of its last petition."""

    annee: int

    def suivant(self) -> str:
        """The next number: 8 digits, the first two are the year's (hypothesis H29)."""
        return f"{self.annee % 100:02d}{self.avancer():06d}"
