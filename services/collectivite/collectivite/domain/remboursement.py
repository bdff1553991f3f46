"""The refund of a FPS: titre d'annulation the year of the payment, mandat later (FAQ of the Cerema)."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from collectivite.domain.forfait import Forfait
from collectivite.domain.refus import (
    BeneficiaireInconnu,
    CompensationAutreRedevable,
    CompensationExcessive,
    CompensationImpossible,
    RemboursementExcessif,
    RienARembourser,
)
from collectivite.domain.sommes import somme_a_rendre
from fps.droit.calculs import REMBOURSEMENT
from fps.droit.explication import regle
from fps.droit.money import euros
from fps.messages.comptable import Cause, Compensation, MandatRemboursement, TitreAnnulationRecette
from fps.messages.parties_prenantes import Demandeur
from fps.messages.plaques import identiques
from fps.regles.serie import Serie

Genre = Literal["TA", "MD"]
LARGEURS: Final = {"RAPO": 6, "TA": 4, "MD": 4, "CTRL": 8}  # digits of a number, by series


@dataclass
class SerieAnnuelle(Serie):
    """A yearly series of numbers of one town: RAPO, titres d'annulation, mandats, controls."""

    siret: str
    genre: str
    annee: int

    def suivant(self) -> str:
        """The next number, as it is printed."""
        return f"{self.genre}-{self.annee}-{self.avancer():0{LARGEURS[self.genre]}d}"


@dataclass
class Remboursement:
    """One accounting document, and what became of it; amounts in centimes, `montant_encaisse` what was paid of the FPS.

    No account (`iban` empty) when the sum is imputed on another debt.
    """

    numero: str
    numero_piece: str
    siret: str
    genre: Genre
    exercice: int
    exercice_paiement: int
    date_piece: date
    cause: Cause
    beneficiaire: Demandeur
    iban: str
    montant: int
    montant_encaisse: int
    motif: str
    etat: Literal["transmis", "accepte", "refuse"] = "transmis"
    compensation: Compensation | None = None

    @property
    def compense_sur(self) -> str | None:
        """The FPS majoré on which the sum is imputed, None when it is transferred."""
        return None if self.compensation is None else self.compensation.numero_fps

    def message(self, collectivite: str) -> TitreAnnulationRecette | MandatRemboursement:
        """The document as it is sent (flow 9), under the name of the town."""
        champs = {nom: valeur for nom, valeur in vars(self).items() if nom not in ("numero", "genre", "etat", "iban")}
        classe = TitreAnnulationRecette if self.genre == "TA" else MandatRemboursement
        return classe(numero_fps=self.numero, collectivite=collectivite, iban=self.iban or None, **champs)


def verifier(forfait: Forfait, beneficiaire: Demandeur | None, montant: int | None) -> tuple[Demandeur, int]:
    """Who is refunded and how much, in centimes. Raises RienARembourser, RemboursementExcessif, BeneficiaireInconnu."""
    if forfait.dette <= 0:
        detail = f"Payé {euros(forfait.montant_paye)}, remboursé {euros(forfait.rembourse)}, dû {euros(forfait.du)}."
        raise RienARembourser(detail, "numero")
    somme = somme_a_rendre(forfait.dette, montant)
    if somme > forfait.dette:
        raise RemboursementExcessif(f"{euros(somme)} demandés, {euros(forfait.dette)} à rembourser.", "montant")
    if beneficiaire is None:
        raise BeneficiaireInconnu("Ni RAPO ni requête : le redevable est inconnu de la collectivité.", "numero")
    return beneficiaire, somme


def compenser(forfait: Forfait, autre: Forfait, montant: int | None, le: date) -> tuple[Compensation, int]:
    """The other FPS that what is owed back pays, and how many centimes: of the same town, the same vehicle, demandable (C. civ., 1347-1).

    The town owes nothing of the majoration and is not owed it: only what its own claim still waits for is paid so. The accountant, who
    knows the title, controls it (hypothesis H129). Raises CompensationImpossible, CompensationAutreRedevable, CompensationExcessive.
    """
    if autre.numero == forfait.numero or autre.siret != forfait.siret:
        raise CompensationImpossible(f"FPS {autre.numero}, collectivité {autre.siret}.", "sur")
    if not identiques(autre.vehicule.immatriculation, forfait.vehicule.immatriculation) or autre.vehicule.pays != forfait.vehicule.pays:
        detail = f"Véhicules {forfait.vehicule.immatriculation} et {autre.vehicule.immatriculation}."
        raise CompensationAutreRedevable(detail, "sur")
    if autre.creance <= 0 or not autre.titre_possible(le):
        raise CompensationImpossible(f"État « {autre.etat} », reste dû {euros(autre.creance)}.", "sur")
    somme = min(forfait.dette, autre.creance) if montant is None else montant
    if somme > autre.creance:
        raise CompensationExcessive(f"{euros(somme)} à imputer, {euros(autre.creance)} encore dus à la collectivité.", "montant")
    return Compensation(numero_fps=autre.numero, immatriculation=autre.vehicule.immatriculation), somme


@regle(REMBOURSEMENT, "Titre d'annulation l'année du paiement, mandat les années suivantes")
def genre(paye_le: date, le: date) -> Genre:
    """A titre d'annulation the civil year of the payment, a mandat the next ones."""
    return "TA" if paye_le.year == le.year else "MD"


@regle(REMBOURSEMENT, "L'exercice est l'année civile")
def exercice(jour: date) -> int:
    """The accounting year of that day."""
    return jour.year
