"""Flow 5, who tells whom that a FPS or a titre exécutoire was paid, refused or undone."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from fps.messages import specimens as s
from fps.messages.formats import Centimes, CentimesDus, Court, Instant, Numero26, NumeroTitre, Rang, Siret
from fps.messages.message import Message
from fps.messages.moyens import Moyen, MoyenMinore
from fps.parties import Channel, Party

LOI_FPS = "CGCT, art. L. 2333-87, IV"
LOI_TITRE = "CGPPP, art. L. 2323-7-1"
LOI_REVERSEMENT = "Arrêté du 1er septembre 2016, art. 1er et 2"

Rejets = Annotated[int, Field(ge=0, le=99_999_999, description="Nombre de paiements du titre revenus impayés jusque-là")]


class FpsPaye(Message, flow=5, nom="fps-paye", sender=Party.ANTAI, receiver=Party.COLLECTIVITE, channel=Channel.REST, law=LOI_FPS):
    """Un paiement d'un FPS a été reçu."""

    numero_fps: Numero26
    numero_avis: Numero26 | None = Field(default=None, description="Numéro de l'avis rectificatif payé, le cas échéant")
    siret: Siret
    moyen: Moyen = Field(description="Moyen de paiement")
    date_heure_paiement: Instant = Field(description="Date et heure du paiement")
    reference: Court = Field(description="Référence de la transaction")
    montant_paye: CentimesDus = Field(description="Montant payé, en centimes")
    reste_du: Centimes = Field(description="Reste dû après ce paiement, en centimes")
    titre_annule: NumeroTitre | None = Field(
        default=None, description="Titre exécutoire annulé parce que ce chèque, posté à temps, est arrivé après lui (CRPA, art. L. 112-1)"
    )

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "numero_avis": None,
        "siret": s.SIRET,
        "moyen": "cheque",
        "date_heure_paiement": "2026-07-20T00:00:00+02:00",
        "reference": "CHQ-0012345",
        "montant_paye": 3000,
        "reste_du": 0,
        "titre_annule": None,
    }


class FpsPayeMinore(
    Message, flow=5, nom="fps-paye-minore", sender=Party.ANTAI, receiver=Party.COLLECTIVITE, channel=Channel.REST, law=LOI_FPS
):
    """Un FPS a été soldé par son montant minoré, dans le délai."""

    numero_fps: Numero26
    siret: Siret
    moyen: MoyenMinore = Field(description="Moyen de paiement : le montant minoré n'est pas payable autrement")
    date_heure_paiement: Instant = Field(description="Date et heure du paiement")
    reference: Court = Field(description="Référence de la transaction")
    montant_fps: CentimesDus = Field(description="Montant du FPS avant minoration, en centimes")
    montant_paye: CentimesDus = Field(description="Montant minoré payé, en centimes")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "moyen": "internet",
        "date_heure_paiement": "2026-06-20T18:03:00+02:00",
        "reference": "CB-000042",
        "montant_fps": 3000,
        "montant_paye": 2100,
    }


class PaiementRejete(
    Message, flow=5, nom="paiement-rejete", sender=Party.ANTAI, receiver=Party.COLLECTIVITE, channel=Channel.REST, law=LOI_FPS
):
    """Un paiement annoncé est rejeté par la banque (chèque impayé)."""

    numero_fps: Numero26
    siret: Siret
    reference: Court = Field(description="Référence du paiement rejeté")
    date_heure_rejet: Instant = Field(description="Date et heure du rejet")
    motif: Literal["cheque-impaye", "transaction-contestee", "autre"] = Field(description="Motif du rejet")
    montant_rejete: CentimesDus = Field(description="Montant rejeté, en centimes")
    reste_du: Centimes = Field(description="Reste dû après le rejet, en centimes")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "reference": "CHQ-0012345",
        "date_heure_rejet": "2026-07-29T00:00:00+02:00",
        "motif": "cheque-impaye",
        "montant_rejete": 3000,
        "reste_du": 3000,
    }


class PaiementAnnule(
    Message, flow=5, nom="paiement-annule", sender=Party.ANTAI, receiver=Party.COLLECTIVITE, channel=Channel.REST, law=LOI_FPS
):
    """Un paiement annoncé est annulé (double paiement, paiement imputé à un autre FPS)."""

    numero_fps: Numero26
    siret: Siret
    reference: Court = Field(description="Référence du paiement annulé")
    date_heure_annulation: Instant = Field(description="Date et heure de l'annulation")
    motif: Literal["double-paiement", "erreur-imputation", "autre"] = Field(description="Motif de l'annulation")
    montant_annule: CentimesDus = Field(description="Montant annulé, en centimes")
    reste_du: Centimes = Field(description="Reste dû après l'annulation, en centimes")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "reference": "CB-000043",
        "date_heure_annulation": "2026-06-22T09:00:00+02:00",
        "motif": "double-paiement",
        "montant_annule": 3000,
        "reste_du": 0,
    }


class EncaissementFps(
    Message, flow=5, nom="encaissement-fps", sender=Party.ANTAI, receiver=Party.DGFIP, channel=Channel.AMQP, law=LOI_REVERSEMENT
):
    """What is collected so far of a FPS for its collectivité: the Treasury accounts for it, and reverses it (hypothesis H96)."""

    numero_fps: Numero26
    siret: Siret
    rang: Rang = Field(description="Rang de la nouvelle : la plus récente l'emporte, dans quelque ordre qu'elles arrivent")
    date_heure: Instant = Field(description="Date et heure de l'encaissement, ou du rejet")
    montant_encaisse: Centimes = Field(description="Montant encaissé en tout, en centimes, 0 après le rejet d'un chèque")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "rang": 1,
        "date_heure": "2026-06-20T18:03:00+02:00",
        "montant_encaisse": 2100,
    }


class TitrePaye(Message, flow=5, nom="titre-paye", sender=Party.DGFIP, receiver=Party.ANTAI, channel=Channel.AMQP, law=LOI_TITRE):
    """What was collected of a titre exécutoire so far, a payment more or a cheque less: the collectivité's share, the State's."""

    numero_fps: Numero26
    numero_titre: NumeroTitre
    rang_annexe: Rang
    moyen: Moyen | Literal["saisie", "compensation"] = Field(
        description="Moyen de paiement, saisie à tiers détenteur, ou compensation avec un remboursement"
    )
    date_heure_paiement: Instant = Field(description="Date et heure du paiement")
    montant_paye: Centimes = Field(description="Montant payé en tout, cette nouvelle comprise, en centimes")
    rabais: Centimes = Field(description="Rabais imputé sur la majoration, en centimes")
    part_collectivite: Centimes = Field(description="Part de ce qui est payé due à la collectivité, en centimes")
    part_etat: Centimes = Field(description="Part de ce qui est payé due à l'État (majoration), en centimes")
    reste_du: Centimes = Field(description="Reste dû après cette nouvelle, en centimes")
    rejets: Rejets = 0

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "numero_titre": s.NUMERO_TITRE,
        "rang_annexe": 7,
        "moyen": "internet",
        "date_heure_paiement": "2026-11-10T09:30:00+01:00",
        "montant_paye": 6400,
        "rabais": 1600,
        "part_collectivite": 3000,
        "part_etat": 3400,
        "reste_du": 0,
        "rejets": 0,
    }


class TitrePayeCollectivite(
    Message, flow=5, nom="titre-paye-collectivite", sender=Party.DGFIP, receiver=Party.COLLECTIVITE, channel=Channel.REST, law=LOI_TITRE
):
    """Ce qui a été payé d'un FPS majoré jusqu'ici : la collectivité n'en apprend que sa part."""

    numero_fps: Numero26
    siret: Siret
    numero_titre: NumeroTitre
    date_heure_paiement: Instant = Field(description="Date et heure du paiement")
    part_collectivite: Centimes = Field(description="Part de ce qui est payé due à la collectivité, en centimes")
    reste_du_collectivite: Centimes = Field(description="Reste dû à la collectivité, en centimes")
    rejets: Rejets = 0

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "numero_titre": s.NUMERO_TITRE,
        "date_heure_paiement": "2026-11-10T09:30:00+01:00",
        "part_collectivite": 3000,
        "reste_du_collectivite": 0,
        "rejets": 0,
    }
