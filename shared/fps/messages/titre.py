"""Flows 12, 13, 15 and 16, the titre exécutoire: emission, avertissement, cancellation, refund."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from fps.messages import specimens as s
from fps.messages.formats import (
    Centimes,
    CentimesDus,
    Court,
    Instant,
    Jour,
    Ligne,
    Mois,
    Numero26,
    NumeroTitre,
    Rang,
    TelepaiementTitre,
    Texte,
    Url,
)
from fps.messages.message import Message
from fps.messages.moyens import Moyen, moyens_de
from fps.messages.parties_prenantes import Beneficiaire, Contact, Lieu, Redevable, Vehicule
from fps.parties import Channel, Party


class EmissionTitre(
    Message,
    flow=12,
    nom="emission",
    sender=Party.ANTAI,
    receiver=Party.DGFIP,
    channel=Channel.AMQP,
    law="CGCT, art. L. 2333-87, IV et R. 2333-120-16",
):
    """One annexe line of a collective titre exécutoire: the title is put together again by `numero_titre` and `rang_annexe`."""

    numero_titre: NumeroTitre
    date_emission: Jour = Field(description="Date d'émission et de signature du titre")
    ordonnateur: Ligne = Field(description="Ordonnateur qui signe le titre (CGCT, art. R. 2333-120-17-1)")
    rang_annexe: Rang
    beneficiaire: Beneficiaire = Field(description="1° Collectivité bénéficiaire et ses coordonnées")
    date_heure_constat: Instant = Field(description="2° Date et heure du constat")
    lieu: Lieu = Field(description="3° Lieu du constat")
    vehicule: Vehicule = Field(description="4° Immatriculation et marque du véhicule")
    numero_fps: Numero26 = Field(description="5° Numéro de l'avis de paiement")
    numero_avis: Numero26 | None = Field(default=None, description="Numéro du dernier avis rectificatif, le cas échéant")
    redevable: Redevable = Field(description="6° Identité et adresse du redevable")
    date_notification: Jour = Field(description="Date de notification de l'avis de paiement")
    date_limite_paiement: Jour = Field(description="Date limite de paiement dépassée")
    montant_initial: CentimesDus = Field(description="Montant du FPS, en centimes")
    montant_deja_paye: Centimes = Field(description="Montant déjà payé, en centimes")
    montant_impaye: CentimesDus = Field(description="7° Montant du FPS impayé, dû à la collectivité, en centimes")
    majoration: CentimesDus = Field(description="8° Majoration due à l'État, en centimes")
    total_du: CentimesDus = Field(description="Total du titre pour ce FPS, en centimes")

    example: ClassVar[dict[str, Any]] = {
        "numero_titre": s.NUMERO_TITRE,
        "date_emission": "2026-10-05",
        "ordonnateur": "Le directeur de l'ANTAI (simulé)",
        "rang_annexe": 7,
        "beneficiaire": s.BENEFICIAIRE,
        "date_heure_constat": s.CONSTAT,
        "lieu": s.LIEU,
        "vehicule": s.VEHICULE,
        "numero_fps": s.NUMERO,
        "numero_avis": None,
        "redevable": s.REDEVABLE,
        "date_notification": "2026-06-24",
        "date_limite_paiement": "2026-09-24",
        "montant_initial": 3000,
        "montant_deja_paye": 0,
        "montant_impaye": 3000,
        "majoration": 5000,
        "total_du": 8000,
    }


class Avertissement(
    Message,
    flow=13,
    nom="avertissement",
    sender=Party.DGFIP,
    receiver=Party.USAGER,
    channel=Channel.COURRIER,
    law="CGPPP, art. L. 2323-7-1",
):
    """L'avertissement de FPS majoré : ses champs suivent l'ordre de l'arrêté du 15 décembre 2016."""

    beneficiaire: Beneficiaire = Field(description="Collectivité bénéficiaire et ses coordonnées")
    numero_fps: Numero26
    date_heure_constat: Instant = Field(description="Date et heure du constat")
    lieu: Lieu = Field(description="Lieu du constat")
    vehicule: Vehicule
    redevable: Redevable = Field(description="Identité et adresse connue de l'administration fiscale")
    montant_impaye: Centimes = Field(description="Montant du FPS impayé, en centimes")
    majoration: Centimes = Field(description="Majoration due à l'État, en centimes, 0 quand elle est annulée ou remise")
    total_du: CentimesDus = Field(description="Total dû, en centimes")
    ordonnateur: Ligne = Field(description="Désignation de l'ordonnateur")
    numero_titre: NumeroTitre
    rang_annexe: Rang
    date_titre: Jour = Field(description="Date du titre exécutoire")
    comptable: Contact = Field(description="Comptable assignataire")
    date_envoi: Jour = Field(description="Date d'envoi imprimée sur l'avertissement")
    date_notification: Jour = Field(description="Date à laquelle l'avertissement est réputé notifié")
    numero_telepaiement: TelepaiementTitre
    url_paiement: Url = Field(description="Adresse du paiement en ligne (simulateur)")
    canaux: tuple[Moyen, ...] = Field(description="Moyens de paiement acceptés")
    rabais: Centimes = Field(description="Rabais pour paiement volontaire dans le délai, en centimes")
    montant_avec_rabais: CentimesDus = Field(description="Montant à payer dans le délai du rabais, en centimes")
    date_limite_rabais: Jour = Field(description="Dernier jour du rabais : un mois à compter de l'envoi")
    juridiction: Contact = Field(description="Juridiction compétente")
    delai_recours_mois: Mois = Field(description="Délai de recours, en mois à compter de la notification")
    date_limite_recours: Jour = Field(description="Dernier jour du recours")
    paiement_prealable: bool = Field(description="Vrai quand le paiement préalable est exigé avant le recours")
    droits_donnees: Contact = Field(description="Où exercer les droits d'accès et de rectification")

    example: ClassVar[dict[str, Any]] = {
        "beneficiaire": s.BENEFICIAIRE,
        "numero_fps": s.NUMERO,
        "date_heure_constat": s.CONSTAT,
        "lieu": s.LIEU,
        "vehicule": s.VEHICULE,
        "redevable": s.REDEVABLE,
        "montant_impaye": 3000,
        "majoration": 5000,
        "total_du": 8000,
        "ordonnateur": "Le directeur de l'ANTAI (simulé)",
        "numero_titre": s.NUMERO_TITRE,
        "rang_annexe": 7,
        "date_titre": "2026-10-05",
        "comptable": s.CONTACT_TRESORERIE,
        "date_envoi": "2026-10-12",
        "date_notification": "2026-10-18",
        "numero_telepaiement": s.TELEPAIEMENT_TITRE,
        "url_paiement": f"http://localhost:8002/payer?numero={s.TELEPAIEMENT_TITRE}",
        "canaux": list(moyens_de(Party.DGFIP)),
        "rabais": 1600,
        "montant_avec_rabais": 6400,
        "date_limite_rabais": "2026-11-12",
        "juridiction": s.CONTACT_JURIDICTION,
        "delai_recours_mois": 1,
        "date_limite_recours": "2026-11-19",
        "paiement_prealable": False,
        "droits_donnees": s.CONTACT_TRESORERIE,
    }


class AnnulationTitre(
    Message,
    flow=15,
    nom="annulation",
    sender=Party.ANTAI,
    receiver=Party.DGFIP,
    channel=Channel.AMQP,
    law="CGCT, art. L. 2333-87, IV et R. 2333-120-17-3",
):
    """One annexe line of a collective titre d'annulation: what is no longer due on a titre exécutoire."""

    numero_annulation: NumeroTitre = Field(description="Numéro du titre d'annulation, dans sa série annuelle")
    date_emission: Jour = Field(description="Date d'émission du titre d'annulation")
    ordonnateur: Ligne = Field(description="Ordonnateur qui signe le titre d'annulation")
    rang_annexe: Rang
    beneficiaire: Beneficiaire = Field(description="Collectivité bénéficiaire et ses coordonnées")
    numero_fps: Numero26
    numero_titre: NumeroTitre = Field(description="Titre exécutoire annulé en tout ou partie")
    rang_titre: Rang = Field(description="Rang du FPS dans l'annexe du titre annulé")
    redevable: Redevable = Field(description="Identité et adresse du redevable")
    etendue: Literal["totale", "partielle"] = Field(description="Étendue de l'annulation")
    motif: Texte = Field(description="Motif de l'annulation et décision qui la fonde")
    montant_fps_annule: Centimes = Field(description="Part du FPS annulée, en centimes")
    majoration_annulee: Centimes = Field(description="Part de la majoration annulée, en centimes")
    reste_du: Centimes = Field(description="Reste dû après l'annulation, en centimes")

    example: ClassVar[dict[str, Any]] = {
        "numero_annulation": "2700000003",
        "date_emission": "2027-02-15",
        "ordonnateur": "Le directeur de l'ANTAI (simulé)",
        "rang_annexe": 1,
        "beneficiaire": s.BENEFICIAIRE,
        "numero_fps": s.NUMERO,
        "numero_titre": s.NUMERO_TITRE,
        "rang_titre": 7,
        "redevable": s.REDEVABLE,
        "etendue": "totale",
        "motif": "Décision de la juridiction, requête 26004217.",
        "montant_fps_annule": 3000,
        "majoration_annulee": 5000,
        "reste_du": 0,
    }


class AvisRemboursementTitre(
    Message,
    flow=16,
    nom="avis-remboursement",
    sender=Party.DGFIP,
    receiver=Party.USAGER,
    channel=Channel.COURRIER,
    law="FAQ du Cerema, remboursement d'un FPS ; arrêté du 1er septembre 2016 (précompte)",
):
    """Un titre exécutoire payé a été annulé : la trésorerie qui l'a recouvré rembourse."""

    numero_fps: Numero26
    numero_titre: NumeroTitre
    redevable: Redevable
    comptable: Contact = Field(description="Trésorerie qui rembourse")
    date_envoi: Jour = Field(description="Date d'envoi de l'avis")
    montant_rembourse: CentimesDus = Field(description="Montant remboursé, en centimes")
    dont_fps: Centimes = Field(description="Part du FPS, en centimes")
    dont_majoration: Centimes = Field(description="Part de la majoration, en centimes")
    mode: Literal["virement"] = Field(description="Mode de remboursement")
    reference: Court = Field(description="Référence du virement")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "numero_titre": s.NUMERO_TITRE,
        "redevable": s.REDEVABLE,
        "comptable": s.CONTACT_TRESORERIE,
        "date_envoi": "2027-03-22",
        "montant_rembourse": 6400,
        "dont_fps": 3000,
        "dont_majoration": 3400,
        "mode": "virement",
        "reference": "VIR-2027-000031",
    }
