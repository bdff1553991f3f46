"""The refund of a FPS: titre d'annulation the year of the payment, mandat later (FAQ of the Cerema)."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from collectivite.domain.forfait import Forfait
from collectivite.domain.refus import BeneficiaireInconnu, RemboursementExcessif, RienARembourser
from collectivite.domain.sommes import somme_a_rendre
from fps.droit.calculs import REMBOURSEMENT
from fps.droit.explication import regle
from fps.droit.money import euros
from fps.messages.comptable import Cause, MandatRemboursement, TitreAnnulationRecette
from fps.messages.parties_prenantes import Demandeur
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
    """One accounting document, and what became of it; amounts in centimes, `montant_encaisse` what was paid of the FPS."""

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

    def message(self, collectivite: str) -> TitreAnnulationRecette | MandatRemboursement:
        """The document as it is sent (flow 9), under the name of the town."""
        champs = {nom: valeur for nom, valeur in vars(self).items() if nom not in ("numero", "genre", "etat")}
        classe = TitreAnnulationRecette if self.genre == "TA" else MandatRemboursement
        return classe(numero_fps=self.numero, collectivite=collectivite, **champs)


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


@regle(REMBOURSEMENT, "Titre d'annulation l'année du paiement, mandat les années suivantes")
def genre(paye_le: date, le: date) -> Genre:
    """A titre d'annulation the civil year of the payment, a mandat the next ones."""
    return "TA" if paye_le.year == le.year else "MD"


@regle(REMBOURSEMENT, "L'exercice est l'année civile")
def exercice(jour: date) -> int:
    """The accounting year of that day."""
    return jour.year
