"""The recours administratif préalable obligatoire: its admissibility, one criterion at a time, and its decision."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, Literal, cast

from collectivite.domain.agents import numero_d_agent
from collectivite.domain.refus_recours import (
    DelaiDePieces,
    PieceNonManquante,
    PiecesDejaDemandees,
    RapoACompleter,
    RapoDejaDecide,
    RapoHorsDelaiDecision,
    RapoIrrecevable,
    RapoMemeAgent,
    RapoMontant,
    RapoRecevable,
)
from fps.droit.calculs import reprendre_silence, suspendre_silence
from fps.droit.money import euros
from fps.messages.parties_prenantes import Demandeur
from fps.messages.rapo import DepotRapo, DepotRapoPostal
from fps.regles.machine import Machine

Sens = Literal["irrecevable", "rejet", "acceptation-partielle", "acceptation-totale"]
Canal = Literal["electronique", "lettre-recommandee", "lettre-simple"]
LOI: Final = "CGCT, art. R. 2333-120-13"
HORS_DELAI: Final = "rapo-hors-delai"
SANS_AVIS: Final = "rapo-sans-avis"
SANS_QUALITE: Final = "rapo-sans-qualite"


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
    "rapo",
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
    date_cachet: date | None = None
    pieces_demandees: tuple[str, ...] = ()
    demandees_le: date | None = None
    completer_avant_le: date | None = None
    complete_le: date | None = None

    @property
    def manquants(self) -> tuple[str, ...]:
        """The criteria that its author can still meet, by what he adds."""
        return tuple(code for code in self.irrecevabilites if code not in (HORS_DELAI, SANS_QUALITE))

    def a_completer(self, le: date) -> date | None:
        """Last day on which its author may complete it, that of the request or of the RAPO; None when nothing is missing, or too late."""
        jusqu_au = self.completer_avant_le or self.date_limite
        if self.etat in FINAUX or not (self.manquants or self._attend_des_pieces) or jusqu_au is None or le > jusqu_au:
            return None
        return jusqu_au

    @property
    def _attend_des_pieces(self) -> bool:
        return self.completer_avant_le is not None and self.complete_le is None

    def demander(self, codes: tuple[str, ...], agent: str, agent_du_fps: str, avant_le: date, le: date) -> None:
        """Ask for what is missing, with a delay that suspends the month of silence (CRPA, art. L. 114-5).

        Raises RapoDejaDecide, RapoHorsDelaiDecision, RapoMemeAgent, PiecesDejaDemandees, PieceNonManquante, DelaiDePieces.
        """
        self._examinable(agent, agent_du_fps, le)
        if self.demandees_le is not None:
            raise PiecesDejaDemandees(f"Demandées le {self.demandees_le:%d/%m/%Y}.", "manquants")
        if autres := set(codes) - {*self.manquants, *self.a_verifier} | set(codes) & {HORS_DELAI}:
            raise PieceNonManquante(f"Rien ne manque pour : {', '.join(sorted(autres))}.", "manquants")
        if avant_le <= le:
            raise DelaiDePieces(f"Demande du {le:%d/%m/%Y}, dernier jour le {avant_le:%d/%m/%Y}.", "avant_le")
        self.pieces_demandees, self.demandees_le, self.completer_avant_le = codes, le, avant_le
        self.date_limite_decision = suspendre_silence(self.date_limite_decision, le, avant_le)

    def completer(self, depot: "Depot", pieces: tuple[str, ...], le: date) -> None:
        """Its author adds what was missing: its admissibility is judged again, the suspension ends (CRPA, art. L. 114-5)."""
        if self._attend_des_pieces and self.demandees_le is not None and self.completer_avant_le is not None:
            self.date_limite_decision = reprendre_silence(self.date_limite_decision, le, self.completer_avant_le)
        self.canal, self.expose, self.complete_le = depot.canal, depot.expose, le
        self.pieces = (*self.pieces, *pieces)
        self.irrecevabilites, self.a_verifier = irrecevabilites(depot), a_verifier(depot)

    def _examinable(self, agent: str, agent_du_fps: str, le: date) -> None:
        if self.etat in FINAUX:
            raise RapoDejaDecide(f"Le RAPO {self.numero_rapo} est dans l'état « {self.etat} ».", "numero_fps")
        if le > self.date_limite_decision:
            raise RapoHorsDelaiDecision(f"Le silence a valu rejet le {self.date_limite_decision:%d/%m/%Y}.", "sens")
        if numero_d_agent(agent) == int(agent_du_fps):
            raise RapoMemeAgent(f"L'agent {agent} a établi l'avis contesté.", "agent")

    @property
    def mandataire(self) -> str | None:
        """The name of who acts for the redevable, when somebody does."""
        if self.demandeur.qualite != "mandataire":
            return None
        qui = self.demandeur.identite
        return f"{qui.prenom} {qui.nom}" if qui.nature == "physique" else qui.raison_sociale

    def decider(
        self, sens: Sens, agent: str, agent_du_fps: str, montant: int | None, du: int, motif: str, le: date, *, sans_qualite: bool = False
    ) -> None:
        """An express decision, on the last day at the latest (H16); `sans_qualite`: its author is not who may contest this FPS.

        Raises RapoDejaDecide, RapoHorsDelaiDecision, RapoMemeAgent, RapoACompleter, RapoIrrecevable, RapoRecevable, RapoMontant.
        """
        self._examinable(agent, agent_du_fps, le)
        if (
            sens == "irrecevable"
            and not sans_qualite
            and self._attend_des_pieces
            and self.completer_avant_le
            and le <= self.completer_avant_le
        ):
            raise RapoACompleter(f"Des pièces sont attendues jusqu'au {self.completer_avant_le:%d/%m/%Y}.", "sens")
        if sans_qualite and SANS_QUALITE not in self.irrecevabilites:
            self.irrecevabilites = (*self.irrecevabilites, SANS_QUALITE)
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
    cachet: date | None = None
    notice_apposee: bool = False

    @property
    def forme_le(self) -> date:
        """The day that tells whether it is in time: that of the postmark, when it is known (CRPA, art. L. 112-1)."""
        return self.cachet or self.recu_le

    @property
    def notice(self) -> bool:
        """Whether it brings the notice instead of the copy of the avis: the agent reads whether it is enough to examine (H120)."""
        return "avis-paiement" not in self.pieces and (
            "notice-information" in self.pieces or (self.notice_apposee and "autre" in self.pieces)
        )


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
        lambda d: d.au_plus_tard is None or d.forme_le <= d.au_plus_tard,
    ),
    Critere(
        "rapo-lettre-simple",
        "Le recours est adressé par lettre recommandée avec avis de réception ou par la voie électronique.",
        lambda d: d.canal != "lettre-simple",
    ),
    Critere("rapo-sans-expose", "Le recours expose les faits et les moyens.", lambda d: bool(d.expose and d.expose.strip())),
    Critere(
        SANS_AVIS,
        "Le recours est accompagné d'une copie de l'avis de paiement, ou de la notice quand elle suffit à instruire.",
        lambda d: "avis-paiement" in d.pieces or d.notice,
    ),
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
    Critere(
        SANS_QUALITE,
        "Le recours est formé par le titulaire, le locataire ou l'acquéreur du véhicule, ou par son mandataire.",
        lambda d: True,  # the agent who decides finds it, no piece tells it
    ),
)
PAR_CODE: Final = {critere.code: critere for critere in CRITERES}


def lire_depot(
    message: DepotRapo | DepotRapoPostal, aujourdhui: date, limite: date | None, au_plus_tard: date | None, *, notice_apposee: bool = False
) -> Depot:
    """The deposit as its channel brings it: its date is that of the avis de réception, postal or electronic."""
    canal: Canal = "electronique"
    recu_le, cachet = aujourdhui, None
    if isinstance(message, DepotRapoPostal):
        canal = "lettre-recommandee" if message.recommande else "lettre-simple"
        recu_le, cachet = message.date_avis_reception, message.date_cachet_poste
    pieces = frozenset(piece.nature for piece in message.pieces)
    return Depot(canal, message.demandeur, message.expose, pieces, recu_le, limite, au_plus_tard, cachet, notice_apposee)


def joindre(rapo: Rapo, depot: Depot) -> Depot:
    """The deposit that a RAPO becomes with what its author adds: its day stays the first one."""
    deja = frozenset(piece.partition(" : ")[0] for piece in rapo.pieces)
    ajoute = depot.expose if depot.expose and depot.expose != rapo.expose else None
    return replace(
        depot,
        # A registered letter, or the portal, puts in order a RAPO that came by a plain letter.
        canal=depot.canal if rapo.canal == "lettre-simple" else cast(Canal, rapo.canal),
        demandeur=rapo.demandeur,
        expose="\n\n".join(filter(None, (rapo.expose, ajoute)))[:20_000] or None,
        pieces=deja | depot.pieces,
        recu_le=rapo.date_avis_reception,
        cachet=rapo.date_cachet,
    )


def irrecevabilites(depot: Depot) -> tuple[str, ...]:
    """The code of each criterion that this deposit does not meet, in the order of the table."""
    return tuple(critere.code for critere in CRITERES if not critere.rempli(depot))


def a_verifier(depot: Depot) -> tuple[str, ...]:
    """What only the agent can read: the delay, over for a notice sent by post but not for an e-avis read late; whether a notice is enough.

    CGCT, art. L. 2333-87, II; hypotheses H71 and H120.
    """
    presume = depot.limite is not None and depot.forme_le > depot.limite
    delai = (HORS_DELAI,) if presume and HORS_DELAI not in irrecevabilites(depot) else ()
    return (*delai, SANS_AVIS) if depot.notice else delai
