"""Flows 9 and 10, refunding a FPS: the accounting document of the collectivité and the notice to the person."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from fps.droit.calculs import REMBOURSEMENT
from fps.messages import specimens as s
from fps.messages.formats import CentimesDus, Court, Iban, Instant, Jour, Ligne, Numero26, Plaque, Siret, Texte
from fps.messages.message import Message, Partie
from fps.messages.mfps import ErreurAccuse, StatutAccuse
from fps.messages.parties_prenantes import Contact, Demandeur
from fps.parties import Channel, Party

LOI = REMBOURSEMENT
COMPENSATION = "Code civil, art. 1347 et 1347-1"
Exercice = Annotated[int, Field(ge=2018, le=2199, description="Exercice comptable")]
Cause = Literal["rapo", "juridiction", "collectivite"]


class Compensation(Partie):
    """La dette du même redevable, envers la même collectivité, que la somme à rembourser éteint."""

    numero_fps: Numero26 = Field(description="FPS majoré sur lequel la somme est imputée")
    immatriculation: Plaque = Field(description="Véhicule des deux FPS")


class AccuseDocumentComptable(
    Message, flow=9, nom="accuse", sender=Party.DGFIP, receiver=Party.COLLECTIVITE, channel=Channel.REPONSE, law=LOI
):
    """Accusé d'un document comptable."""

    numero_fps: Numero26
    numero_piece: Court = Field(description="Numéro de la pièce comptable")
    statut: StatutAccuse = Field(description="Accepté, refusé (corriger et renvoyer) ou abandonné (ne pas renvoyer)")
    date_reception: Instant = Field(description="Date et heure de réception")
    erreurs: tuple[ErreurAccuse, ...] = Field(default=(), description="Toutes les erreurs trouvées")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "numero_piece": "TA-2026-0012",
        "statut": "accepte",
        "date_reception": "2026-07-20T10:00:00+02:00",
        "erreurs": [],
    }


class RejetDocumentComptable(Message, flow=9, nom="rejet", sender=Party.DGFIP, receiver=Party.COLLECTIVITE, channel=Channel.REST, law=LOI):
    """Un remboursement ordonné et pas encore payé est arrêté : la banque a rejeté le paiement qu'il rendait (hypothèse H108)."""

    numero_fps: Numero26
    siret: Siret
    numero_piece: Court = Field(description="Numéro de la pièce comptable rejetée")
    date_rejet: Jour = Field(description="Date du rejet")
    montant: CentimesDus = Field(description="Montant qui n'est pas remboursé, en centimes")
    motif: Literal["encaissement-annule"] = Field(description="Motif du rejet")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "numero_piece": "TA-2026-0012",
        "date_rejet": "2026-07-29",
        "montant": 2100,
        "motif": "encaissement-annule",
    }


class PieceDeRemboursement(Partie):
    """Ce que portent les deux pièces qui fondent un remboursement, l'année du paiement ou une autre."""

    numero_fps: Numero26
    siret: Siret
    collectivite: Ligne = Field(description="Nom de la collectivité")
    numero_piece: Court = Field(description="Numéro de la pièce comptable")
    exercice: Exercice
    exercice_paiement: Exercice
    date_piece: Jour = Field(description="Date de la pièce")
    cause: Cause = Field(description="Qui a décidé que la somme n'est pas due")
    beneficiaire: Demandeur = Field(description="Personne remboursée, telle que connue par son recours, ou payeur qui s'est fait connaître")
    iban: Iban | None = Field(default=None, description="Compte où virer la somme ; absent quand elle est imputée")
    montant: CentimesDus = Field(description="Montant à rembourser, en centimes")
    montant_encaisse: CentimesDus = Field(description="Montant encaissé du FPS : la somme des remboursements ne le dépasse pas")
    motif: Texte = Field(description="Décision qui fonde le remboursement")
    compensation: Compensation | None = Field(
        default=None, description="FPS majoré du même redevable sur lequel la somme est imputée, au lieu d'être virée (hypothèse H129)"
    )


class TitreAnnulationRecette(
    Message,
    PieceDeRemboursement,
    flow=9,
    nom="titre-annulation",
    sender=Party.COLLECTIVITE,
    receiver=Party.DGFIP,
    channel=Channel.REST,
    law=LOI,
    answer=AccuseDocumentComptable,
):
    """Un remboursement décidé l'année du paiement : la recette est réduite."""

    exercice_paiement: Exercice = Field(description="Exercice du paiement, le même que celui de la pièce")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "collectivite": s.BENEFICIAIRE["nom"],
        "numero_piece": "TA-2026-0012",
        "exercice": 2026,
        "exercice_paiement": 2026,
        "date_piece": "2026-07-20",
        "cause": "rapo",
        "beneficiaire": s.DEMANDEUR,
        "iban": s.IBAN,
        "montant": 2100,
        "montant_encaisse": 2100,
        "motif": "RAPO accepté le 9 juillet 2026.",
        "compensation": None,
    }


class MandatRemboursement(
    Message,
    PieceDeRemboursement,
    flow=9,
    nom="mandat",
    sender=Party.COLLECTIVITE,
    receiver=Party.DGFIP,
    channel=Channel.REST,
    law=LOI,
    answer=AccuseDocumentComptable,
):
    """Un remboursement décidé une autre année que le paiement : une dépense de la collectivité."""

    exercice_paiement: Exercice = Field(description="Exercice du paiement, antérieur à celui de la pièce")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "collectivite": s.BENEFICIAIRE["nom"],
        "numero_piece": "MD-2027-0003",
        "exercice": 2027,
        "exercice_paiement": 2026,
        "date_piece": "2027-02-22",
        "cause": "juridiction",
        "beneficiaire": s.DEMANDEUR,
        "iban": s.IBAN,
        "montant": 3000,
        "montant_encaisse": 3000,
        "motif": "Décharge prononcée par la juridiction, requête 26004217.",
        "compensation": None,
    }


class AvisRemboursementFps(
    Message, flow=10, nom="avis-remboursement", sender=Party.DGFIP, receiver=Party.USAGER, channel=Channel.COURRIER, law=LOI
):
    """Le remboursement d'un FPS, par virement ou par compensation."""

    numero_fps: Numero26
    collectivite: Ligne = Field(description="Collectivité qui rembourse")
    numero_piece: Court = Field(description="Pièce comptable du remboursement")
    beneficiaire: Demandeur
    comptable: Contact = Field(description="Comptable qui paie")
    date_envoi: Jour = Field(description="Date d'envoi de l'avis")
    montant_rembourse: CentimesDus = Field(description="Montant remboursé, en centimes")
    mode: Literal["virement", "compensation"] = Field(description="Par virement, ou en éteignant une autre dette du redevable")
    reference: Court = Field(description="Référence du virement, ou de l'imputation")
    compense_sur: Numero26 | None = Field(default=None, description="FPS majoré sur lequel la somme est imputée")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "collectivite": "Ville de Lille",
        "numero_piece": "TA-2026-0012",
        "beneficiaire": s.DEMANDEUR,
        "comptable": {"nom": "Comptable public assignataire (simulé) : Ville de Lille", "adresse": s.MAIRIE},
        "date_envoi": "2026-09-01",
        "montant_rembourse": 2100,
        "mode": "virement",
        "reference": "VIR-2026-000120",
        "compense_sur": None,
    }
