"""The recours administratif préalable obligatoire: its admissibility, one criterion at a time, and its decision."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from collectivite.domain.refus_recours import (
    RapoDejaDecide,
    RapoHorsDelaiDecision,
    RapoIrrecevable,
    RapoMemeAgent,
    RapoMontant,
    RapoRecevable,
)
from fps.droit.money import euros
from fps.messages.parties_prenantes import Demandeur
from fps.messages.rapo import DepotRapo, DepotRapoPostal
from fps.regles.machine import Machine

Sens = Literal["irrecevable", "rejet", "acceptation-partielle", "acceptation-totale"]
Canal = Literal["electronique", "lettre-recommandee", "lettre-simple"]
LOI: Final = "CGCT, art. R. 2333-120-13"
HORS_DELAI: Final = "rapo-hors-delai"


class EtatRapo(StrEnum):
    """Où en est un RAPO."""

    DEPOSE = "depose"
    IRRECEVABLE = "irrecevable"
    REJETE = "rejete"
    REJETE_IMPLICITEMENT = "rejete-implicitement"
    ACCEPTE_EN_PARTIE = "accepte-en-partie"
    ACCEPTE = "accepte"
    SANS_OBJET = "sans-objet"


MACHINE: Final = Machine(
    EtatRapo.DEPOSE,
    {
        "irrecevable": (frozenset({EtatRapo.DEPOSE}), EtatRapo.IRRECEVABLE),
        "rejet": (frozenset({EtatRapo.DEPOSE}), EtatRapo.REJETE),
        "silence": (frozenset({EtatRapo.DEPOSE}), EtatRapo.REJETE_IMPLICITEMENT),
        "acceptation-partielle": (frozenset({EtatRapo.DEPOSE}), EtatRapo.ACCEPTE_EN_PARTIE),
        "acceptation-totale": (frozenset({EtatRapo.DEPOSE}), EtatRapo.ACCEPTE),
        "annulation": (frozenset({EtatRapo.DEPOSE}), EtatRapo.SANS_OBJET),
    },
    RapoDejaDecide,
)
FINAUX: Final = frozenset(EtatRapo) - {EtatRapo.DEPOSE}


@dataclass
class Rapo:
    """One RAPO; a FPS has one at most. `irrecevabilites` holds the code of each criterion that is not met, `a_verifier` that of each

    one that only the copy of the notice can tell: the agent who decides reads it there.
    """

    numero: str
    numero_rapo: str
    siret: str
    canal: str
    demandeur: Demandeur
    expose: str | None
    pieces: tuple[str, ...]
    date_avis_reception: date
    date_limite: date | None
    date_limite_decision: date
    irrecevabilites: tuple[str, ...]
    a_verifier: tuple[str, ...] = ()
    etat: EtatRapo = EtatRapo.DEPOSE
    decide_le: date | None = None
    decide_par: str | None = None
    motif: str | None = None
    montant_rectifie: int | None = None
    numero_avis: str | None = None

    @property
    def mandataire(self) -> str | None:
        """The name of who acts for the redevable, when somebody does."""
        if self.demandeur.qualite != "mandataire":
            return None
        qui = self.demandeur.identite
        return f"{qui.prenom} {qui.nom}" if qui.nature == "physique" else qui.raison_sociale

    def decider(self, sens: Sens, agent: str, agent_du_fps: str, montant: int | None, du: int, motif: str, le: date) -> None:
        """An express decision, on the last day at the latest (H16).

        Raises RapoDejaDecide, RapoHorsDelaiDecision, RapoMemeAgent, RapoIrrecevable, RapoRecevable, RapoMontant.
        """
        if self.etat in FINAUX:
            raise RapoDejaDecide(f"Le RAPO {self.numero_rapo} est dans l'état « {self.etat} ».", "numero_fps")
        if le > self.date_limite_decision:
            raise RapoHorsDelaiDecision(f"Le silence a valu rejet le {self.date_limite_decision:%d/%m/%Y}.", "sens")
        if int(agent) == int(agent_du_fps):
            raise RapoMemeAgent(f"L'agent {agent} a établi l'avis contesté.", "agent")
        if self.irrecevabilites and sens.startswith("acceptation"):
            raise RapoIrrecevable("Critères non remplis : " + ", ".join(self.irrecevabilites) + ".", "sens")
        if not self.irrecevabilites and not self.a_verifier and sens == "irrecevable":
            raise RapoRecevable("Chaque critère est rempli.", "sens")
        if (sens == "acceptation-partielle") != (montant is not None) or (montant is not None and not 0 < montant < du):
            raise RapoMontant(
                f"Le montant rectifié d'une acceptation partielle est compris entre {euros(1)} et {euros(du - 1)}.", "montant_rectifie"
            )
        self.etat = MACHINE.apres(sens, self.etat)
        self.decide_le, self.decide_par, self.motif = le, agent, motif
        self.montant_rectifie = 0 if sens == "acceptation-totale" else montant

    def perdre_objet(self, le: date) -> bool:
        """The FPS is cancelled before any decision: nothing is left to decide; False when a decision was made."""
        if self.etat in FINAUX:
            return False
        self.etat, self.decide_le = MACHINE.apres("annulation", self.etat), le
        return True

    def se_taire(self) -> bool:
        """The month is over: the silence is a rejection, born on its last day; False when a decision was made."""
        if self.etat in FINAUX:
            return False
        self.etat, self.decide_le = MACHINE.apres("silence", self.etat), self.date_limite_decision
        return True


# --------------------------------------------------------------------------------------------------------- admissibility


@dataclass(frozen=True, slots=True)
class Depot:
    """What the admissibility is judged on: `limite` is its last day as it is known or presumed, `au_plus_tard` the latest it can be."""

    canal: Canal
    demandeur: Demandeur
    expose: str | None
    pieces: frozenset[str]
    recu_le: date
    limite: date | None
    au_plus_tard: date | None


@dataclass(frozen=True, slots=True)
class Critere:
    """One condition of admissibility: its code, its article, its words, its rule."""

    code: str
    phrase: str
    rempli: Callable[[Depot], bool]
    article: str = LOI


def _certificat(depot: Depot) -> bool:
    cession = {"declaration-cession", "accuse-enregistrement-cession"}
    return "certificat-immatriculation" in depot.pieces or cession <= depot.pieces


CRITERES: Final[tuple[Critere, ...]] = (
    Critere(
        HORS_DELAI,
        "Le recours est formé dans le mois qui suit la notification de l'avis de paiement.",
        lambda d: d.au_plus_tard is None or d.recu_le <= d.au_plus_tard,
    ),
    Critere(
        "rapo-lettre-simple",
        "Le recours est adressé par lettre recommandée avec avis de réception ou par la voie électronique.",
        lambda d: d.canal != "lettre-simple",
    ),
    Critere("rapo-sans-expose", "Le recours expose les faits et les moyens.", lambda d: bool(d.expose and d.expose.strip())),
    Critere("rapo-sans-avis", "Le recours est accompagné d'une copie de l'avis de paiement.", lambda d: "avis-paiement" in d.pieces),
    Critere(
        "rapo-sans-certificat",
        "Le recours est accompagné d'une copie du certificat d'immatriculation, ou de la déclaration de cession et de son accusé.",
        _certificat,
    ),
    Critere(
        "rapo-sans-mandat",
        "Le mandataire produit son mandat.",
        lambda d: d.demandeur.qualite != "mandataire" or "mandat" in d.pieces,
    ),
)
PAR_CODE: Final = {critere.code: critere for critere in CRITERES}


def lire_depot(message: DepotRapo | DepotRapoPostal, aujourdhui: date, limite: date | None, au_plus_tard: date | None) -> Depot:
    """The deposit as its channel brings it: its date is that of the avis de réception, postal or electronic."""
    if isinstance(message, DepotRapo):
        canal, recu_le = "electronique", aujourdhui
    else:
        canal, recu_le = "lettre-recommandee" if message.recommande else "lettre-simple", message.date_avis_reception
    pieces = frozenset(piece.nature for piece in message.pieces)
    return Depot(canal, message.demandeur, message.expose, pieces, recu_le, limite, au_plus_tard)  # type: ignore[arg-type]


def irrecevabilites(depot: Depot) -> tuple[str, ...]:
    """The code of each criterion that this deposit does not meet, in the order of the table."""
    return tuple(critere.code for critere in CRITERES if not critere.rempli(depot))


def a_verifier(depot: Depot) -> tuple[str, ...]:
    """The delay, when it is over for a notice sent by post but not for an e-avis read late (CGCT, art. L. 2333-87, II; H71)."""
    presume = depot.limite is not None and depot.recu_le > depot.limite
    return (HORS_DELAI,) if presume and HORS_DELAI not in irrecevabilites(depot) else ()
