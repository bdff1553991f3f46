"""The collective titre d'annulation, and the matching of what the court (14) and the collectivité (8) tell of a title (H56, H57)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from antai.domain.annulation import exiger_requete, verifier_decision
from antai.domain.dossier import Dossier
from antai.domain.rectification import verifier_siret
from antai.domain.refus import AnnulationExcessive, DecisionDifferente, EtendueIncoherente, RienARegler
from fps.comptabilite import Compte
from fps.droit import droit
from fps.droit.calendar import ajouter_jours
from fps.droit.money import EcritureEquilibree, LigneEcriture, euros
from fps.droit.numero import numero_titre
from fps.messages.annulation import InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.parties_prenantes import Redevable
from fps.messages.recours_collectivite import DecisionTitre
from fps.messages.titre import AnnulationTitre
from fps.regles.serie import Serie
from fps.villes.communes import Commune

DEBUT_DE_SERIE = 90_000_000


@dataclass
class SerieAnnulations(Serie):
    """The series of one year: the order of its last titre d'annulation."""

    annee: int

    def suivant(self) -> str:
        """The next number, in a range that no titre exécutoire takes (hypothesis H56); raises NumeroInvalide when it is full."""
        return numero_titre(self.annee, DEBUT_DE_SERIE + self.avancer())


@dataclass
class TitreAnnulation:
    """The titre d'annulation of a collectivité for a day; totals in centimes (CGCT, art. R. 2333-120-17-3)."""

    siret: str
    date_emission: date
    numero: str
    lignes: int = 0
    total_fps: int = 0
    total_majoration: int = 0

    def inscrire(self, dossier: Dossier, part: "PartAnnulee", reste_du: int) -> "LigneAnnulation":
        """That part of a dossier's title is cancelled, `reste_du` centimes are left: one line more in the annexe."""
        self.lignes += 1
        self.total_fps += part.fps
        self.total_majoration += part.majoration
        return LigneAnnulation(self.numero, self.lignes, dossier.numero, part.etendue, part.motif, part.fps, part.majoration, reste_du)


@dataclass(frozen=True)
class PartAnnulee:
    """What a title loses, in centimes, and why."""

    fps: int
    majoration: int
    etendue: Literal["totale", "partielle"]
    motif: str

    @classmethod
    def decidee(cls, message: InformationAnnulationTitre) -> "PartAnnulee":
        """What the collectivité tells after a decision (flow 8)."""
        requete = f", requête {message.numero_requete}" if message.numero_requete else ""
        motif = f"{message.motif} (décision du {message.date_decision:%d/%m/%Y}{requete})"
        return cls(message.fps_annule, message.majoration_annulee, message.etendue, motif)

    @classmethod
    def levee(cls, dossier: Dossier, envoye_le: date) -> "PartAnnulee":
        """All that is left of a title, which a cheque posted in time makes void (CRPA, art. L. 112-1; hypothesis H52)."""
        motif = f"Chèque posté le {envoye_le:%d/%m/%Y}, pour un FPS payable jusqu'au {dossier.date_limite_paiement:%d/%m/%Y}"
        fps, majoration = dossier.montant - dossier.titre_fps_annule, dossier.majoration - dossier.titre_majoration_annulee
        return cls(fps, majoration, "totale", f"{motif} : payé à temps (CRPA, art. L. 112-1)")


@dataclass
class LigneAnnulation:
    """Une ligne de l'annexe d'un titre d'annulation, en centimes."""

    numero_annulation: str
    rang: int
    numero_fps: str
    etendue: str
    motif: str
    montant_fps_annule: int
    majoration_annulee: int
    reste_du: int


@dataclass
class Appariement:
    """What is known of one petition: the decision told by the court, the cancellation told by the collectivité, or its last refusal."""

    numero: str
    numero_requete: str
    decision: DecisionTitre | None = None
    decision_le: date | None = None
    annulation: InformationAnnulationTitre | None = None
    annulation_le: date | None = None
    relance_le: date | None = None
    refus: str | None = None
    refuse_le: date | None = None
    reglee_le: date | None = None
    reglee_par: str | None = None
    reglee_motif: str | None = None

    def regler(self, par: str, motif: str, le: date) -> None:
        """Somebody looked at it and answers for it, until either party speaks again (H118). Raises RienARegler."""
        if not self.a_regler:
            raise RienARegler(f"Requête {self.numero_requete}.", "numero_requete")
        self.reglee_le, self.reglee_par, self.reglee_motif = le, par, motif

    def refuser(self, code: str, le: date) -> None:
        """The collectivité told a cancellation that is refused: as long as no other is accepted, nothing executes the decision."""
        self.refus, self.refuse_le = code, le
        self._rouvrir()

    def executer(self, message: InformationAnnulationTitre | InformationAnnulationFps, le: date) -> None:
        """The collectivité tells a cancellation that is accepted."""
        self.refus = self.refuse_le = None
        self._rouvrir()
        if isinstance(message, InformationAnnulationTitre):
            self.annulation, self.annulation_le = message, le

    def decider(self, message: DecisionTitre, le: date) -> date | None:
        """The court tells its decision; gives the day of the relance when the collectivité still has to tell its own (H13).

        Raises DecisionDifferente when another decision is known for the same petition.
        """
        if self.decision is not None and self.decision != message:
            raise DecisionDifferente(f"Requête {self.numero_requete}.", "numero_requete")
        if self.decision is None:
            self.decision, self.decision_le = message, le
            self._rouvrir()
        if self.attend_le_flux_8 and self.relance_le is None and self.decision_le is not None:
            return ajouter_jours(self.decision_le, droit(self.decision_le).relance_annulation_jours)
        return None

    def _rouvrir(self) -> None:
        """What somebody settled was what was known then."""
        self.reglee_le = self.reglee_par = self.reglee_motif = None

    @property
    def a_regler(self) -> bool:
        """Whether a title is cancelled by what the court has not said, or has not decided, and nobody has answered for it."""
        contredite = self.decision is not None and self.annulation is not None and self.ecart
        return self.reglee_le is None and (self.attend_la_decision or contredite)

    @property
    def attend_le_flux_8(self) -> bool:
        """Whether the court discharged something that the collectivité has not told to cancel."""
        d = self.decision
        return d is not None and d.fps_decharge + d.majoration_dechargee > 0 and self.annulation is None

    @property
    def attend_la_decision(self) -> bool:
        """Whether a title was cancelled by a decision of which the court has said nothing yet (flow 14)."""
        return self.decision is None and self.annulation is not None and self.annulation.origine == "juridiction"

    @property
    def ecart(self) -> bool:
        """Whether the collectivité cancels another amount than the court discharged, or tells one that cannot be cancelled."""
        d, a = self.decision, self.annulation
        if a is None:
            return self.refus is not None
        return d is not None and (d.fps_decharge, d.majoration_dechargee) != (a.fps_annule, a.majoration_annulee)


def verifier(dossier: Dossier, message: InformationAnnulationTitre, le: date) -> None:
    """Whether the title can lose these amounts that day (CGCT, art. R. 2333-120-17-2).

    Raises AutreCollectivite, DateDecisionImpossible, TitreNonEmis, LettreIncoherente, RequeteManquante, AnnulationExcessive,
    EtendueIncoherente.
    """
    verifier_siret(dossier, message.siret)
    dossier.exiger_titre(message.numero_titre)
    verifier_decision(dossier, message.date_decision, le)
    exiger_requete(message)
    fps = dossier.montant - dossier.titre_fps_annule
    majoration = dossier.majoration - dossier.titre_majoration_annulee
    if message.fps_annule > fps:
        raise AnnulationExcessive(f"{euros(message.fps_annule)} de FPS, il en reste {euros(fps)}.", "fps_annule")
    if message.majoration_annulee > majoration:
        detail = f"{euros(message.majoration_annulee)} de majoration, il en reste {euros(majoration)}."
        raise AnnulationExcessive(detail, "majoration_annulee")
    tout = (message.fps_annule, message.majoration_annulee) == (fps, majoration)
    if message.fps_annule + message.majoration_annulee == 0 or tout != (message.etendue == "totale"):
        annule = euros(message.fps_annule + message.majoration_annulee)
        raise EtendueIncoherente(f"« {message.etendue} » pour {annule} sur {euros(fps + majoration)}.", "etendue")


def annulation(titre: TitreAnnulation, ligne: LigneAnnulation, dossier: Dossier, ville: Commune, redevable: Redevable) -> AnnulationTitre:
    """The annexe line as the DGFiP receives it (CGCT, art. R. 2333-120-17-3)."""
    if dossier.numero_titre is None or dossier.rang_annexe is None:
        raise ValueError("the title is not issued yet")
    return AnnulationTitre(
        numero_annulation=ligne.numero_annulation,
        date_emission=titre.date_emission,
        ordonnateur=droit(titre.date_emission).ordonnateur,
        rang_annexe=ligne.rang,
        beneficiaire=ville.beneficiaire,
        numero_fps=dossier.numero,
        numero_titre=dossier.numero_titre,
        rang_titre=dossier.rang_annexe,
        redevable=redevable,
        etendue="totale" if ligne.etendue == "totale" else "partielle",
        motif=ligne.motif,
        montant_fps_annule=ligne.montant_fps_annule,
        majoration_annulee=ligne.majoration_annulee,
        reste_du=ligne.reste_du,
    )


def ecriture_reglement(siret: str, avant: tuple[int, int], apres: tuple[int, int], le: date, libelle: str) -> EcritureEquilibree | None:
    """What payment, rebate or cancellation took off a title, of `avant` to `apres` (FPS, majoration), in centimes; None when nothing.

    A cheque that bounced puts it back: the entry is the contrary one.
    """
    fps, majoration = (tout - deja for tout, deja in zip(apres, avant, strict=True))
    soldes = {Compte.COLLECTIVITE.de(siret): fps, Compte.ETAT: majoration, Compte.TITRE: -fps - majoration}
    lignes = tuple(LigneEcriture(compte, debit=max(v, 0), credit=max(-v, 0)) for compte, v in soldes.items() if v)
    return EcritureEquilibree(le, libelle, lignes) if lignes else None
