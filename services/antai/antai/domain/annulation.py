"""A FPS withdrawn, or discharged by a decision, before any title (CGCT, art. R. 2333-120-14 and R. 2333-120-17-2; H54, H55)."""

from dataclasses import dataclass
from datetime import date, datetime

from antai.domain.dossier import Dossier, Etat
from antai.domain.etats import ANNULES, PAYES, TITRES
from antai.domain.rectification import avant_constat, verifier_siret
from antai.domain.refus import (
    AnnulationApresTitre,
    DateDecisionImpossible,
    EtendueIncoherente,
    FpsAnnule,
    MontantsIncoherents,
    RequeteManquante,
)
from fps.droit.calendar import paris_date
from fps.droit.money import euros
from fps.messages.annulation import AccuseAnnulation, InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.mfps import AnnulationFps

INCHANGES = ANNULES | {Etat.ABANDONNE}


@dataclass
class InformationRecue:
    """An information of cancellation already executed, by the fingerprint of its content: the same one again changes nothing."""

    numero: str
    empreinte: str
    message: InformationAnnulationFps | InformationAnnulationTitre
    recue_le: date


def retirer(dossier: Dossier, message: AnnulationFps, le: date) -> int | None:
    """Withdraw the FPS; gives what is no longer due, in centimes, None when it was already done.

    Before any notice, none will leave. Raises AutreCollectivite, DateDecisionImpossible, AnnulationApresTitre.
    """
    verifier_siret(dossier, message.siret)
    _exiger_sans_titre(dossier)
    verifier_decision(dossier, paris_date(message.date_annulation), le, "date_annulation")
    return _annuler(dossier, message.origine, le)


def decharger(dossier: Dossier, message: InformationAnnulationFps, le: date) -> int | None:
    """Execute a decision on a FPS without title; gives what is no longer due, in centimes, None when it was already done.

    Raises AutreCollectivite, DateDecisionImpossible, RequeteManquante, AnnulationApresTitre, MontantsIncoherents, EtendueIncoherente,
    FpsAnnule.
    """
    verifier_siret(dossier, message.siret)
    _exiger_sans_titre(dossier)
    verifier_decision(dossier, message.date_decision, le)
    exiger_requete(message)
    if (message.etendue == "totale") != (message.montant_restant == 0):
        raise EtendueIncoherente(f"« {message.etendue} », reste {euros(message.montant_restant)}.", "etendue")
    if dossier.etat in INCHANGES:
        if message.etendue == "totale":
            return None
        raise FpsAnnule(f"FPS {dossier.numero}, état « {dossier.etat} ».")
    if message.montant_annule + message.montant_restant != dossier.montant:
        raise MontantsIncoherents(
            f"{euros(message.montant_annule)} et {euros(message.montant_restant)} ne font pas {euros(dossier.montant)}.", "montant_annule"
        )
    if message.etendue == "totale":
        return _annuler(dossier, message.origine, le)
    payes = dossier.etat in PAYES
    dossier.reduire(message.montant_restant)
    return 0 if payes else message.montant_annule


def verifier_decision(dossier: Dossier, decision: date, le: date, champ: str = "date_decision") -> None:
    """Raises DateDecisionImpossible when a decision told that day is still to come, or comes before the finding (R. 2333-120-17-2)."""
    if decision > le or avant_constat(dossier.numero, decision):
        raise DateDecisionImpossible(f"Décision du {decision:%d/%m/%Y}, reçue le {le:%d/%m/%Y}.", champ)


def exiger_requete(message: InformationAnnulationFps | InformationAnnulationTitre) -> None:
    """Raises RequeteManquante when what the court decided names no petition: nothing could match it with the decision (R. 2333-120-60)."""
    if message.origine == "juridiction" and message.numero_requete is None:
        raise RequeteManquante("Origine « juridiction » sans numéro de requête.", "numero_requete")


def _exiger_sans_titre(dossier: Dossier) -> None:
    if dossier.etat in TITRES:
        raise AnnulationApresTitre(f"Titre {dossier.numero_titre}.")


def _annuler(dossier: Dossier, origine: str, le: date) -> int | None:
    if dossier.etat in INCHANGES:
        return None
    # Before the notice no claim is in the books; what was paid stays there until the collectivité refunds it.
    baisse = 0 if dossier.etat in PAYES | {Etat.TRANSMIS} else dossier.montant
    dossier.annuler(origine, le)
    return baisse


def accuse(numero: str, maintenant: datetime) -> AccuseAnnulation:
    """The accusé of an information of cancellation that is executed, now or before."""
    return AccuseAnnulation(numero_fps=numero, statut="accepte", date_reception=maintenant)
