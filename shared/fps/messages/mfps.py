"""Flow 1, the message FPS: creation, modification, cancellation, and the accusé that names every error."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from fps.messages import specimens as s
from fps.messages.formats import Centimes, CentimesDus, Cle, Court, Instant, Ligne, Numero26, Siret, Texte
from fps.messages.message import Message, Partie
from fps.messages.moyens import CanauxMinores
from fps.messages.parties_prenantes import Agent, ContactRapo, Lieu, Vehicule
from fps.parties import Channel, Party

DepartMinoration = Literal["envoi", "constat"]
ModeNotification = Literal["antai", "pare-brise"]
StatutAccuse = Literal["accepte", "refuse", "abandonne"]


class Minoration(Partie):
    """Le montant réduit qu'une commune peut accorder à qui paie vite."""

    montant: CentimesDus = Field(description="Montant du FPS minoré, en centimes d'euro")
    delai_jours: Annotated[int, Field(ge=1, le=90)] = Field(
        description="Délai en jours, compté de la date d'envoi imprimée sur l'avis, ou du constat"
    )
    depuis: DepartMinoration = Field(
        default="envoi", description="De quand court le délai : l'envoi de l'avis (la lecture d'un e-avis), ou le constat"
    )
    canaux: CanauxMinores | None = Field(
        default=None, description="Canaux qui acceptent le montant minoré ; à défaut, tous ceux de l'ANTAI"
    )


class ErreurAccuse(Partie):
    """Une erreur trouvée dans un message, avec la phrase qui dit quoi faire."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(description="Code stable de l'erreur")
    champ: str = Field(description="Chemin du champ en cause, vide quand l'erreur porte sur le message entier")
    phrase: Texte = Field(description="Ce qui ne va pas")
    article: str = Field(description="Texte appliqué, vide quand l'erreur est de pure forme")
    que_faire: Texte = Field(description="Ce qu'il faut faire")


class CodeTitre(StrEnum):
    """The two errors of an accusé that tell whether a titre exécutoire exists: the same cancellation takes the other way (flows 1, 8)."""

    EMIS = "annulation-apres-titre"
    NON_EMIS = "titre-non-emis"


class AccuseFps(
    Message,
    flow=1,
    nom="accuse",
    sender=Party.ANTAI,
    receiver=Party.COLLECTIVITE,
    channel=Channel.REPONSE,
    law="CGCT, art. L. 2333-87, II (accusé : hypothèse H12)",
):
    """Accusé d'un message FPS : accepté, refusé avec chaque erreur, ou abandonné."""

    numero_fps: Numero26
    statut: StatutAccuse = Field(description="Accepté, refusé (corriger et renvoyer) ou abandonné (ne pas renvoyer)")
    date_reception: Instant = Field(description="Date et heure de réception du message")
    erreurs: tuple[ErreurAccuse, ...] = Field(default=(), description="Toutes les erreurs trouvées")
    motif_abandon: Court | None = Field(default=None, description="Motif de l'abandon, quand le statut est « abandonne »")
    avertissements: tuple[ErreurAccuse, ...] = Field(
        default=(), description="Ce qui étonne dans un message qui n'est pas refusé pour autant ; l'ANTAI ne calcule pas le montant"
    )

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "statut": "refuse",
        "date_reception": "2026-06-12T11:05:00+02:00",
        "erreurs": [
            {
                "code": "cle-fausse",
                "champ": "cle",
                "phrase": "La clé 38 n'est pas celle du numéro : la clé attendue est 37.",
                "article": "Arrêté du 6 novembre 2015, art. 4",
                "que_faire": "Recalculez la clé : reste de la division du numéro par 97, sur deux chiffres.",
            }
        ],
        "motif_abandon": None,
        "avertissements": [],
    }


class CreationFps(
    Message,
    flow=1,
    nom="creation",
    sender=Party.COLLECTIVITE,
    receiver=Party.ANTAI,
    channel=Channel.REST,
    law="CGCT, art. L. 2333-87, II",
    answer=AccuseFps,
):
    """Un FPS établi par un agent assermenté, envoyé à l'ANTAI qui le notifie ; ou pour information (avis sur le pare-brise)."""

    numero_fps: Numero26
    cle: Cle
    siret: Siret = Field(description="SIRET de la collectivité qui a institué la redevance")
    date_heure_constat: Instant = Field(description="Date et heure du constat de l'absence ou de l'insuffisance de paiement immédiat")
    lieu: Lieu = Field(description="Lieu du constat")
    vehicule: Vehicule
    agent: Agent = Field(description="Agent assermenté qui a établi l'avis")
    dispositif: Court | None = Field(default=None, description="Identifiant du terminal ou du poste")
    montant_fps: Centimes = Field(description="Montant dû en centimes, déduction faite du paiement initial")
    montant_deduit: Centimes = Field(default=0, description="Paiement initial déduit, en centimes (CGCT, art. R. 2333-120-5)")
    fin_effets: Instant = Field(description="Heure à laquelle le FPS cesse de produire ses effets (CGCT, art. R. 2333-120-6)")
    mode_notification: ModeNotification = Field(description="Par l'ANTAI, ou sur le pare-brise par l'agent")
    minoration: Minoration | None = Field(default=None, description="Minoration accordée par la collectivité")
    contact_rapo: ContactRapo | None = Field(
        default=None, description="Où adresser le recours administratif préalable obligatoire ; à défaut, le contact déclaré à l'ANTAI"
    )
    prestataire: Ligne | None = Field(default=None, description="Tiers contractant qui transmet pour la collectivité")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "cle": s.CLE,
        "siret": s.SIRET,
        "date_heure_constat": s.CONSTAT,
        "lieu": s.LIEU,
        "vehicule": s.VEHICULE,
        "agent": s.AGENT,
        "dispositif": "PDA-072",
        "montant_fps": 3000,
        "montant_deduit": 500,
        "fin_effets": s.FIN_EFFETS,
        "mode_notification": "antai",
        "minoration": {"montant": 2100, "delai_jours": 9},
        "contact_rapo": s.CONTACT_RAPO,
        "prestataire": "Éditeur Exemple",
    }


class ModificationFps(
    Message,
    flow=1,
    nom="modification",
    sender=Party.COLLECTIVITE,
    receiver=Party.ANTAI,
    channel=Channel.REST,
    law="CGCT, art. R. 2333-120-14",
    answer=AccuseFps,
):
    """Un nouveau montant, après un RAPO ou du seul fait de la commune : l'ANTAI notifie un avis rectificatif, dont le numéro est à lui.

    Seul celui d'un RAPO ferme la voie du RAPO (CGCT, art. R. 2333-120-14).
    """

    numero_fps: Numero26 = Field(description="Numéro de l'avis de paiement initial")
    numero_avis: Numero26 = Field(description="Numéro propre de l'avis de paiement rectificatif")
    cle_avis: Cle = Field(description="Clé du numéro de l'avis rectificatif")
    siret: Siret
    agent: Agent = Field(description="Agent qui a établi l'avis rectificatif")
    origine: Literal["rapo", "collectivite"] = Field(description="Un RAPO, ou la collectivité d'elle-même")
    date_reception_rapo: Instant = Field(description="Date de réception du RAPO, ou de la demande quand la collectivité agit d'elle-même")
    mandataire: Ligne | None = Field(default=None, description="Personne mandatée pour former le RAPO")
    date_edition: Instant = Field(description="Date d'établissement de l'avis rectificatif")
    montant_rectifie: Centimes = Field(description="Nouveau montant dû en centimes, 0 pour une acceptation totale")
    motif: Texte = Field(description="Motif de la décision")
    contact_rapo: ContactRapo | None = Field(
        default=None, description="Où adresser les échanges sur ce recours ; à défaut, le contact déclaré à l'ANTAI"
    )

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "numero_avis": s.NUMERO_AVIS,
        "cle_avis": s.CLE_AVIS,
        "siret": s.SIRET,
        "agent": {"identifiant": "0090", "autorite": s.AUTORITE},
        "origine": "rapo",
        "date_reception_rapo": "2026-06-29T09:00:00+02:00",
        "mandataire": None,
        "date_edition": "2026-07-09T14:30:00+02:00",
        "montant_rectifie": 1500,
        "motif": "Le justificatif produit établit un paiement partiel.",
        "contact_rapo": s.CONTACT_RAPO,
    }


class AnnulationFps(
    Message,
    flow=1,
    nom="annulation",
    sender=Party.COLLECTIVITE,
    receiver=Party.ANTAI,
    channel=Channel.REST,
    law="CGCT, art. R. 2333-120-14",
    answer=AccuseFps,
):
    """Un FPS que la collectivité retire avant tout titre exécutoire."""

    numero_fps: Numero26
    siret: Siret
    date_annulation: Instant = Field(description="Date et heure de la décision d'annulation")
    origine: Literal["erreur-agent", "rapo", "paiement-rapide", "decision-juridiction", "autre"] = Field(
        description="Origine de l'annulation"
    )
    motif: Texte = Field(description="Motif de l'annulation")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "date_annulation": "2026-06-13T08:15:00+02:00",
        "origine": "erreur-agent",
        "motif": "Erreur de saisie de l'immatriculation.",
    }
