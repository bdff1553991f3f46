"""The collective titre exécutoire: one a day and a collectivité, one annexe line a FPS, its number in the series of the year."""

from dataclasses import dataclass
from datetime import date

from antai.domain.dossier import Constat, Dossier, Impaye
from fps.comptabilite import Compte, Libelle
from fps.droit import droit
from fps.droit.money import EcritureEquilibree, LigneEcriture
from fps.droit.numero import numero_titre
from fps.messages.annulation import FpsImpaye
from fps.messages.parties_prenantes import Redevable
from fps.messages.titre import EmissionTitre
from fps.regles.serie import Serie
from fps.villes.communes import Commune


@dataclass
class SerieTitres(Serie):
    """The series of one year: the order of its last title."""

    annee: int

    def suivant(self) -> str:
        """The next number (hypothesis H03); raises NumeroInvalide when the series is full."""
        return numero_titre(self.annee, self.avancer())


@dataclass
class TitreCollectif:
    """The title of a collectivité for a day; totals in centimes (CGCT, art. R. 2333-120-16)."""

    siret: str
    date_emission: date
    numero: str
    lignes: int = 0
    total_impaye: int = 0
    total_majoration: int = 0

    def inscrire(self, dossier: Dossier) -> "LigneTitre":
        """Write an unpaid FPS in the annexe: it takes the next rank and its majoration."""
        self.lignes += 1
        dossier.emettre_titre(self.numero, self.lignes, self.date_emission)
        self.total_impaye += dossier.montant
        self.total_majoration += dossier.majoration
        return LigneTitre(self.numero, self.lignes, dossier.numero, dossier.montant, dossier.majoration)


@dataclass
class LigneTitre:
    """One line of the annexe, in centimes."""

    numero_titre: str
    rang: int
    numero_fps: str
    montant_impaye: int
    majoration: int


def emission(dossier: Dossier, ville: Commune, constat: Constat | Impaye, redevable: Redevable) -> EmissionTitre:
    """The annexe line of a dossier whose title is issued, as the DGFiP receives it (CGCT, art. L. 2333-87, IV)."""
    if dossier.numero_titre is None or dossier.rang_annexe is None or dossier.date_titre is None:
        raise ValueError("the title is not issued yet")
    if dossier.date_notification is None or dossier.date_limite_paiement is None:
        raise ValueError("the notice is not notified yet")
    message = constat.message
    return EmissionTitre(
        numero_titre=dossier.numero_titre,
        date_emission=dossier.date_titre,
        ordonnateur=droit(dossier.date_titre).ordonnateur,
        rang_annexe=dossier.rang_annexe,
        beneficiaire=ville.beneficiaire,
        date_heure_constat=message.date_heure_constat,
        lieu=message.lieu,
        vehicule=message.vehicule,
        numero_fps=dossier.numero,
        numero_avis=dossier.numero_avis,
        redevable=redevable,
        date_notification=dossier.date_notification,
        date_limite_paiement=dossier.date_limite_paiement,
        montant_initial=dossier.montant_initial,
        montant_deja_paye=message.montant_paye if isinstance(message, FpsImpaye) else 0,
        montant_impaye=dossier.montant,
        majoration=dossier.majoration,
        total_du=dossier.montant + dossier.majoration,
    )


def ecriture_titre(dossier: Dossier, le: date) -> EcritureEquilibree:
    """The title takes the place of the claim, and adds the majoration owed to the State."""
    lignes = (
        LigneEcriture(Compte.TITRE, debit=dossier.montant + dossier.majoration),
        LigneEcriture(Compte.REDEVABLE, credit=dossier.montant),
        LigneEcriture(Compte.ETAT, credit=dossier.majoration),
    )
    return EcritureEquilibree(le, Libelle.TITRE_EXECUTOIRE, lignes)
