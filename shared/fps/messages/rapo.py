"""Flow 3, the recours administratif préalable obligatoire: filing, acknowledgement, decision."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from fps.messages import specimens as s
from fps.messages.formats import Centimes, Court, Jour, Ligne, Mois, Numero26, Plaque, Siret, Texte
from fps.messages.message import Message
from fps.messages.parties_prenantes import Agent, Contact, Demandeur, Piece
from fps.parties import Channel, Party

LOI = "CGCT, art. R. 2333-120-13"


class AccuseReceptionRapo(
    Message, flow=3, nom="accuse-reception", sender=Party.COLLECTIVITE, receiver=Party.USAGER, channel=Channel.COURRIER, law=LOI
):
    """Accusé de réception d'un RAPO : sa date fait courir le mois de silence."""

    numero_fps: Numero26
    numero_rapo: Court = Field(description="Numéro du RAPO dans le registre de la collectivité")
    siret: Siret
    date_avis_reception: Jour = Field(description="Date portée sur l'avis de réception, postal ou électronique")
    date_limite_decision: Jour = Field(description="Dernier jour de la décision : le silence vaut rejet à cette date")
    suspensif: Literal[False] = Field(description="Le RAPO ne suspend pas le délai de paiement")
    collectivite: Ligne = Field(description="Nom de la collectivité")
    service: Contact = Field(description="Service qui instruit, avec son téléphone (CRPA, art. R. 112-5, 2°)")
    demandeur: Demandeur = Field(description="Auteur du recours, à qui l'accusé est adressé")
    date_envoi: Jour | None = Field(default=None, description="Date de l'accusé lui-même, qui n'est pas celle de la réception")
    juridiction: Ligne | None = Field(default=None, description="Juridiction devant laquelle le rejet implicite se conteste")
    delai_recours_mois: Mois | None = Field(
        default=None, description="Délai de ce recours, en mois du rejet implicite (CRPA, art. R. 112-5)"
    )
    manquants: tuple[Texte, ...] = Field(default=(), description="Conditions que le recours ne remplit pas encore (CRPA, art. L. 114-5)")
    completer_avant_le: Jour | None = Field(default=None, description="Dernier jour pour compléter le recours")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "numero_rapo": s.NUMERO_RAPO,
        "siret": s.SIRET,
        "date_avis_reception": "2026-06-29",
        "date_limite_decision": "2026-07-29",
        "suspensif": False,
        "collectivite": s.BENEFICIAIRE["nom"],
        "service": s.CONTACT_VILLE,
        "demandeur": s.DEMANDEUR,
        "date_envoi": "2026-06-30",
        "juridiction": "Tribunal du stationnement payant",
        "delai_recours_mois": 1,
        "manquants": [],
        "completer_avant_le": None,
    }


class DemandePiecesRapo(
    Message,
    flow=3,
    nom="demande-pieces",
    sender=Party.COLLECTIVITE,
    receiver=Party.USAGER,
    channel=Channel.COURRIER,
    law="CRPA, art. L. 114-5",
):
    """Ce qui manque à un RAPO, et le délai pour le produire : le mois du silence est suspendu pendant ce délai."""

    numero_fps: Numero26
    numero_rapo: Court = Field(description="Numéro du RAPO dans le registre de la collectivité")
    siret: Siret
    collectivite: Ligne = Field(description="Nom de la collectivité")
    service: Contact = Field(description="Service qui instruit le recours")
    demandeur: Demandeur = Field(description="Auteur du recours, à qui la demande est adressée")
    date_envoi: Jour = Field(description="Date d'envoi de la demande")
    manquants: Annotated[tuple[Texte, ...], Field(min_length=1)] = Field(description="Ce qui manque, condition par condition")
    completer_avant_le: Jour = Field(description="Dernier jour pour le produire, cachet de la poste faisant foi")
    date_limite_decision: Jour = Field(description="Dernier jour de la décision si rien n'est produit : le silence vaut alors rejet")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "numero_rapo": s.NUMERO_RAPO,
        "siret": s.SIRET,
        "collectivite": s.BENEFICIAIRE["nom"],
        "service": s.CONTACT_VILLE,
        "demandeur": s.DEMANDEUR,
        "date_envoi": "2026-07-06",
        "manquants": ["Le recours est accompagné d'une copie de l'avis de paiement."],
        "completer_avant_le": "2026-07-20",
        "date_limite_decision": "2026-08-12",
    }


class DepotRapo(
    Message,
    flow=3,
    nom="depot",
    sender=Party.USAGER,
    receiver=Party.COLLECTIVITE,
    channel=Channel.PORTAIL,
    law=LOI,
    answer=AccuseReceptionRapo,
):
    """Un RAPO déposé en ligne ; des faits et des pièces peuvent manquer : son auteur le complète, sinon il est irrecevable."""

    numero_fps: Numero26
    immatriculation: Plaque
    demandeur: Demandeur
    expose: Texte | None = Field(default=None, description="Exposé des faits et des moyens")
    date_notification_avis: Jour | None = Field(
        default=None, description="Date de notification de l'avis, imprimée ou de lecture, quand le demandeur l'indique"
    )
    pieces: Annotated[tuple[Piece, ...], Field(max_length=20)] = Field(default=(), description="Pièces jointes")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "immatriculation": "AB-123-CD",
        "demandeur": s.DEMANDEUR,
        "expose": "J'avais payé deux heures par l'application ; je joins la preuve de paiement.",
        "date_notification_avis": None,
        "pieces": [
            s.piece("avis-paiement", "avis.pdf"),
            s.piece("certificat-immatriculation", "carte-grise.pdf"),
            s.piece("justificatif", "ticket.pdf"),
        ],
    }


class DepotRapoPostal(
    Message,
    flow=3,
    nom="depot-postal",
    sender=Party.USAGER,
    receiver=Party.COLLECTIVITE,
    channel=Channel.COURRIER,
    law=LOI,
    answer=AccuseReceptionRapo,
):
    """Un RAPO reçu par courrier : recevable par lettre recommandée avec avis de réception seulement."""

    numero_fps: Numero26
    immatriculation: Plaque
    demandeur: Demandeur
    recommande: bool = Field(description="Vrai pour une lettre recommandée avec avis de réception")
    numero_recommande: Court | None = Field(default=None, description="Numéro de la lettre recommandée")
    date_avis_reception: Jour = Field(description="Date de réception portée sur l'avis de réception")
    date_cachet_poste: Jour | None = Field(
        default=None, description="Date du cachet de la poste : c'est elle qui dit si le recours est à temps (CRPA, art. L. 112-1)"
    )
    expose: Texte | None = Field(default=None, description="Exposé des faits et des moyens")
    date_notification_avis: Jour | None = Field(
        default=None, description="Date de notification de l'avis, imprimée ou de lecture, quand le demandeur l'indique"
    )
    pieces: Annotated[tuple[Piece, ...], Field(max_length=20)] = Field(default=(), description="Pièces jointes")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "immatriculation": "AB-123-CD",
        "demandeur": s.DEMANDEUR,
        "recommande": True,
        "numero_recommande": "1A 000 000 0000 0",
        "date_avis_reception": "2026-06-29",
        "date_cachet_poste": None,
        "expose": "Le véhicule était cédé à la date du constat.",
        "date_notification_avis": None,
        "pieces": [
            s.piece("avis-paiement", "avis.pdf"),
            s.piece("declaration-cession", "cession.pdf"),
            s.piece("accuse-enregistrement-cession", "siv.pdf"),
        ],
    }


class DecisionRapo(Message, flow=3, nom="decision", sender=Party.COLLECTIVITE, receiver=Party.USAGER, channel=Channel.COURRIER, law=LOI):
    """La décision expresse sur un RAPO, avec les voies et le délai du recours qui suit (CGCT, art. R. 2333-120-33)."""

    numero_fps: Numero26
    numero_rapo: Court = Field(description="Numéro du RAPO dans le registre de la collectivité")
    siret: Siret
    collectivite: Ligne = Field(description="Nom de la collectivité")
    service: Contact = Field(description="Service qui a instruit le recours")
    demandeur: Demandeur = Field(description="Auteur du recours, à qui la décision est adressée")
    auteur: Agent = Field(description="Agent qui a examiné le recours, et l'autorité dont il relève")
    sens: Literal["irrecevable", "rejet", "acceptation-partielle", "acceptation-totale"] = Field(description="Sens de la décision")
    date_decision: Jour = Field(description="Date de la décision")
    date_envoi: Jour = Field(description="Date d'envoi de la décision")
    motif: Texte = Field(description="Motif de la décision")
    criteres_manquants: tuple[Texte, ...] = Field(default=(), description="Conditions non remplies d'un recours irrecevable")
    montant_rectifie: Centimes | None = Field(default=None, description="Nouveau montant en centimes, en cas d'acceptation")
    numero_avis: Numero26 | None = Field(default=None, description="Numéro de l'avis rectificatif, en cas d'acceptation")
    date_limite_paiement: Jour | None = Field(default=None, description="Limite de paiement de l'avis initial, s'il reste à payer")
    juridiction: Ligne = Field(description="Juridiction compétente à la date de la décision")
    delai_recours_mois: Mois = Field(description="Délai de recours, en mois de la notification de la décision")
    pieces_remboursement: tuple[Ligne, ...] = Field(default=(), description="Pièces à fournir pour un remboursement")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "numero_rapo": s.NUMERO_RAPO,
        "siret": s.SIRET,
        "collectivite": s.BENEFICIAIRE["nom"],
        "service": s.CONTACT_VILLE,
        "demandeur": s.DEMANDEUR,
        "auteur": {"identifiant": "0090", "autorite": s.AUTORITE},
        "sens": "acceptation-partielle",
        "date_decision": "2026-07-09",
        "date_envoi": "2026-07-10",
        "motif": "Le justificatif produit établit un paiement partiel.",
        "criteres_manquants": [],
        "montant_rectifie": 1500,
        "numero_avis": s.NUMERO_AVIS,
        "date_limite_paiement": "2026-09-24",
        "juridiction": "Tribunal du stationnement payant",
        "delai_recours_mois": 1,
        "pieces_remboursement": ["Relevé d'identité bancaire", "Copie de la décision"],
    }
