"""Flows 8 and 11, what the collectivité tells ANTAI: a FPS or a title no longer due, a FPS unpaid in cycle partiel."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from fps.messages import specimens as s
from fps.messages.formats import Centimes, CentimesDus, Instant, Jour, Numero26, NumeroRequete, NumeroTitre, Siret, Texte
from fps.messages.message import Message
from fps.messages.mfps import ErreurAccuse, ModeNotification, StatutAccuse
from fps.messages.parties_prenantes import Beneficiaire, Lieu, Vehicule
from fps.parties import Channel, Party

Origine = Literal["rapo", "juridiction", "collectivite"]
Etendue = Literal["totale", "partielle"]
LOI = "CGCT, art. R. 2333-120-17-2"


class AccuseAnnulation(Message, flow=8, nom="accuse", sender=Party.ANTAI, receiver=Party.COLLECTIVITE, channel=Channel.REPONSE, law=LOI):
    """Accusé d'une information d'annulation."""

    numero_fps: Numero26
    statut: StatutAccuse = Field(description="Accepté, refusé (corriger et renvoyer) ou abandonné (ne pas renvoyer)")
    date_reception: Instant = Field(description="Date et heure de réception")
    erreurs: tuple[ErreurAccuse, ...] = Field(default=(), description="Toutes les erreurs trouvées")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "statut": "accepte",
        "date_reception": "2027-02-10T11:00:00+01:00",
        "erreurs": [],
    }


class InformationAnnulationFps(
    Message,
    flow=8,
    nom="fps",
    sender=Party.COLLECTIVITE,
    receiver=Party.ANTAI,
    channel=Channel.REST,
    law=LOI,
    answer=AccuseAnnulation,
):
    """Un FPS n'est plus dû, en tout ou en partie, après une décision ; aucun titre n'existe encore."""

    numero_fps: Numero26
    siret: Siret
    origine: Origine = Field(description="Qui a décidé")
    numero_requete: NumeroRequete | None = Field(default=None, description="Requête jugée, quand la juridiction a décidé")
    date_decision: Jour = Field(description="Date de la décision")
    etendue: Etendue = Field(description="Étendue de l'annulation")
    montant_annule: CentimesDus = Field(description="Montant annulé, en centimes")
    montant_restant: Centimes = Field(description="Montant du FPS après annulation, en centimes")
    motif: Texte = Field(description="Motif de l'annulation")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "origine": "juridiction",
        "numero_requete": s.NUMERO_REQUETE,
        "date_decision": "2026-09-15",
        "etendue": "totale",
        "montant_annule": 3000,
        "montant_restant": 0,
        "motif": "Décharge prononcée par la juridiction.",
    }


class InformationAnnulationTitre(
    Message,
    flow=8,
    nom="titre",
    sender=Party.COLLECTIVITE,
    receiver=Party.ANTAI,
    channel=Channel.REST,
    law=LOI,
    answer=AccuseAnnulation,
):
    """Un titre exécutoire n'est plus dû, en tout ou en partie : l'ANTAI émet le titre d'annulation."""

    numero_fps: Numero26
    siret: Siret
    numero_titre: NumeroTitre | None = Field(default=None, description="Titre visé, quand la collectivité le connaît")
    origine: Origine = Field(description="Qui a décidé")
    numero_requete: NumeroRequete | None = Field(default=None, description="Requête jugée, quand la juridiction a décidé")
    date_decision: Jour = Field(description="Date de la décision")
    etendue: Etendue = Field(description="Étendue de l'annulation")
    fps_annule: Centimes = Field(description="Part du FPS annulée, en centimes")
    majoration_annulee: Centimes = Field(description="Part de la majoration annulée, en centimes")
    motif: Texte = Field(description="Motif de l'annulation")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "numero_titre": s.NUMERO_TITRE,
        "origine": "juridiction",
        "numero_requete": s.NUMERO_REQUETE,
        "date_decision": "2027-02-08",
        "etendue": "totale",
        "fps_annule": 3000,
        "majoration_annulee": 5000,
        "motif": "Décharge prononcée par la juridiction.",
    }


class AccuseImpaye(Message, flow=11, nom="accuse", sender=Party.ANTAI, receiver=Party.COLLECTIVITE, channel=Channel.REPONSE, law=LOI):
    """Accusé d'un FPS impayé."""

    numero_fps: Numero26
    statut: StatutAccuse = Field(description="Accepté, refusé (corriger et renvoyer) ou abandonné (ne pas renvoyer)")
    date_reception: Instant = Field(description="Date et heure de réception")
    erreurs: tuple[ErreurAccuse, ...] = Field(default=(), description="Toutes les erreurs trouvées")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "statut": "accepte",
        "date_reception": "2026-09-28T08:00:00+02:00",
        "erreurs": [],
    }


class FpsImpaye(
    Message,
    flow=11,
    nom="fps-impaye",
    sender=Party.COLLECTIVITE,
    receiver=Party.ANTAI,
    channel=Channel.REST,
    law="CGCT, art. R. 2333-120-17-2 ; arrêté du 15 décembre 2016, art. 1",
    answer=AccuseImpaye,
):
    """Cycle partiel : un FPS que la collectivité a notifié elle-même est impayé à son terme."""

    beneficiaire: Beneficiaire = Field(description="1° Nom, coordonnées et SIRET du bénéficiaire")
    vehicule: Vehicule = Field(description="2° Immatriculation et marque du véhicule")
    lieu: Lieu = Field(description="2° Lieu du constat")
    date_heure_constat: Instant = Field(description="2° Date et heure du constat")
    numero_fps: Numero26
    mode_notification: ModeNotification = Field(description="Mode de notification de l'avis")
    date_notification: Jour = Field(description="Date de notification de l'avis")
    date_limite_paiement: Jour = Field(description="Limite de paiement dépassée")
    montant_initial: CentimesDus = Field(description="3° Montant initial du FPS, en centimes")
    montant_paye: Centimes = Field(description="3° Montant déjà payé, en centimes")
    montant_annule: Centimes = Field(description="3° Montant annulé, en centimes")
    montant_remis: Centimes = Field(description="3° Montant remis, en centimes")
    reste_du: CentimesDus = Field(description="3° Montant restant dû, en centimes")

    example: ClassVar[dict[str, Any]] = {
        "beneficiaire": s.BENEFICIAIRE,
        "vehicule": s.VEHICULE,
        "lieu": s.LIEU,
        "date_heure_constat": s.CONSTAT,
        "numero_fps": s.NUMERO,
        "mode_notification": "pare-brise",
        "date_notification": "2026-06-12",
        "date_limite_paiement": "2026-09-12",
        "montant_initial": 3000,
        "montant_paye": 1000,
        "montant_annule": 0,
        "montant_remis": 0,
        "reste_du": 2000,
    }
