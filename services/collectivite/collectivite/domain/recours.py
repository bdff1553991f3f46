"""The appeal before the court on the side of the defendant: defence, decision, execution."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from collectivite.domain.forfait import ecriture
from collectivite.domain.refus import ActeImpossible
from collectivite.domain.refus_recours import DefenseHorsDelai, FraisNonDus, RienAExecuter, VoieElectroniqueObligatoire
from fps.comptabilite import Compte, Libelle
from fps.droit import droit
from fps.droit.calculs import date_limite_execution
from fps.droit.calendar import paris_date
from fps.droit.money import EcritureEquilibree
from fps.messages.parties_prenantes import Demandeur
from fps.messages.recours_collectivite import CanalDefense, CommunicationRequete, DecisionCollectivite
from fps.messages.recours_usager import Partie
from fps.regles.machine import Machine
from fps.villes.communes import Commune

PAPIER: Final = frozenset({"courrier", "telecopie"})


class EtatRecours(StrEnum):
    """Où en est une requête pour la commune."""

    COMMUNIQUE = "communique"
    DEFENDU = "defendu"
    SANS_DEFENSE = "sans-defense"
    A_EXECUTER = "a-executer"
    EXECUTE = "execute"
    CLOS = "clos"


EN_INSTANCE: Final = frozenset({EtatRecours.COMMUNIQUE, EtatRecours.DEFENDU, EtatRecours.SANS_DEFENSE})
MACHINE: Final = Machine(
    "recours",
    EtatRecours.COMMUNIQUE,
    {
        "defendre": (frozenset({EtatRecours.COMMUNIQUE, EtatRecours.DEFENDU}), EtatRecours.DEFENDU),
        "laisser_sans_defense": (frozenset({EtatRecours.COMMUNIQUE}), EtatRecours.SANS_DEFENSE),
        "devoir_executer": (EN_INSTANCE, EtatRecours.A_EXECUTER),
        "clore": (EN_INSTANCE, EtatRecours.CLOS),
        "executer": (frozenset({EtatRecours.A_EXECUTER}), EtatRecours.EXECUTE),
        "reprendre_execution": (frozenset({EtatRecours.EXECUTE}), EtatRecours.A_EXECUTER),
    },
    ActeImpossible,
)


@dataclass
class Recours:
    """One petition against a FPS of this town; amounts in centimes."""

    numero: str
    numero_fps: str
    siret: str
    objet: str
    etat: EtatRecours = EtatRecours.COMMUNIQUE
    requerant: Demandeur | None = None
    moyens: str | None = None
    communique_le: date | None = None
    date_limite_defense: date | None = None
    pieces: int = 0
    depots: tuple[str, ...] = ()
    sens: str | None = None
    fps_decharge: int = 0
    majoration_dechargee: int = 0
    date_decision: date | None = None
    notifie_le: date | None = None
    date_limite_execution: date | None = None
    execute_le: date | None = None
    frais: int = 0
    frais_a_la_charge_de: Partie | None = None
    frais_regles_le: date | None = None

    def _passer(self, acte: str) -> None:
        self.etat = MACHINE.apres(acte, self.etat)

    def communiquer(self, message: CommunicationRequete) -> None:
        """The court communicates the petition; after its decision this only tells who asked (CGCT, art. R. 2333-120-44)."""
        self.requerant, self.moyens = message.requerant, message.moyens
        self.communique_le = paris_date(message.date_mise_a_disposition)
        self.date_limite_defense = message.date_limite_defense

    def deposer(self, ville: Commune, canal: CanalDefense, le: date) -> None:
        """A brief or a piece leaves. Raises DefenseHorsDelai, VoieElectroniqueObligatoire."""
        if not MACHINE.permet("defendre", self.etat) or self.date_limite_defense is None or le > self.date_limite_defense:
            raise DefenseHorsDelai(f"Requête {self.numero}, état « {self.etat} ».", "numero_requete")
        if canal in PAPIER and depot_electronique(ville, le):
            raise VoieElectroniqueObligatoire(f"{ville.nom} compte {ville.population} habitants : le canal « {canal} » est fermé.", "canal")

    def recevoir_depot(self, numero: str) -> None:
        """The court has received a brief or a piece of the town; after its decision this is only noted."""
        if numero not in self.depots:
            self.depots = (*self.depots, numero)
        if MACHINE.permet("defendre", self.etat):
            self._passer("defendre")

    def laisser_sans_defense(self) -> bool:
        """The delay of the defence is over; False when a brief was filed or the court has ruled."""
        if self.etat is not EtatRecours.COMMUNIQUE:
            return False
        self._passer("laisser_sans_defense")
        return True

    def recevoir_decision(self, message: DecisionCollectivite) -> None:
        """The court has ruled, and tells when the town is notified (CGCT, art. R. 2333-120-60)."""
        self.sens, self.date_decision = message.sens, message.date_decision
        self.fps_decharge, self.majoration_dechargee = message.fps_decharge, message.majoration_dechargee
        self.notifie_le = message.date_notification
        self.frais, self.frais_a_la_charge_de = message.frais, message.frais_a_la_charge_de
        if message.sens in ("decharge-totale", "decharge-partielle"):
            self._passer("devoir_executer")
            self.date_limite_execution = date_limite_execution(self.notifie_le)
        else:
            self._passer("clore")

    def avancer_notification(self, le: date) -> bool:
        """The first consultation notifies the decision before the eight days are over; False when nothing changes."""
        if self.notifie_le is None or le >= self.notifie_le:
            return False
        self.notifie_le = le
        if self.date_limite_execution is not None:
            self.date_limite_execution = date_limite_execution(le)
        return True

    def reprendre_execution(self) -> bool:
        """ANTAI has refused what the town told it: the decision is still to be executed; False when it was not executed."""
        if self.etat is not EtatRecours.EXECUTE:
            return False
        self._passer("reprendre_execution")
        self.execute_le = None
        return True

    def regler_frais(self, le: date) -> EcritureEquilibree:
        """The costs go from the party that owes them to the other, once (CGCT, art. L. 2333-87-8). Raises FraisNonDus."""
        if not self.frais or self.frais_regles_le is not None:
            deja = "aucuns frais" if self.frais_regles_le is None else f"réglés le {self.frais_regles_le:%d/%m/%Y}"
            raise FraisNonDus(f"Requête {self.numero}, {deja}.", "numero_requete")
        self.frais_regles_le = le
        verse = self.frais if self.frais_a_la_charge_de == "collectivite" else -self.frais
        return ecriture(le, Libelle.FRAIS_D_INSTANCE, (Compte.FRAIS, verse), (Compte.TRESORERIE, -verse))

    def executer(self, le: date) -> None:
        """Raises RienAExecuter."""
        if self.etat is not EtatRecours.A_EXECUTER:
            raise RienAExecuter(f"Requête {self.numero}, état « {self.etat} ».", "numero_requete")
        self._passer("executer")
        self.execute_le = le


def depot_electronique(ville: Commune, le: date) -> bool:
    """Whether the town must file electronically that day (CGCT, art. R. 2333-120-32 quater)."""
    loi = droit(le)
    return loi.depot_electronique_obligatoire and ville.population > loi.depot_electronique_seuil_habitants
