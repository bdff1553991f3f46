"""Flow 4, paying a FPS or a titre exécutoire by each channel, and the justificatif that answers."""

from typing import Any, ClassVar

from pydantic import Field

from fps.messages import specimens as s
from fps.messages.formats import Centimes, CentimesDus, Court, Instant, Jour, Ligne, Numero26, Plaque, Telepaiement, TelepaiementTitre
from fps.messages.message import Message
from fps.messages.moyens import Moyen
from fps.parties import Channel, Party


class JustificatifPaiementFps(
    Message,
    flow=4,
    nom="justificatif-fps",
    sender=Party.ANTAI,
    receiver=Party.USAGER,
    channel=Channel.COURRIER,
    law="CGCT, art. L. 2333-87, IV",
):
    """Justificatif du paiement d'un FPS."""

    numero_fps: Numero26
    numero_avis: Numero26 | None = Field(default=None, description="Numéro de l'avis rectificatif payé, le cas échéant")
    collectivite: Ligne = Field(description="Collectivité bénéficiaire")
    immatriculation: Plaque
    moyen: Moyen = Field(description="Moyen de paiement")
    date_heure_paiement: Instant = Field(description="Date et heure du paiement")
    reference: Court = Field(description="Référence de la transaction")
    montant_paye: CentimesDus = Field(description="Montant payé, en centimes")
    minore: bool = Field(description="Vrai quand le montant minoré soldait le FPS")
    reste_du: Centimes = Field(description="Reste dû après ce paiement, en centimes")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "numero_avis": None,
        "collectivite": "Ville de Lille",
        "immatriculation": "AB-123-CD",
        "moyen": "internet",
        "date_heure_paiement": "2026-06-20T18:03:00+02:00",
        "reference": "CB-000042",
        "montant_paye": 2100,
        "minore": True,
        "reste_du": 0,
    }


class PaiementFps(
    Message,
    flow=4,
    nom="paiement-fps",
    sender=Party.USAGER,
    receiver=Party.ANTAI,
    channel=Channel.PORTAIL,
    law="CGCT, art. L. 2333-87, IV",
    answer=JustificatifPaiementFps,
):
    """Le paiement d'un FPS, demandé avec la plaque."""

    numero_telepaiement: Telepaiement
    immatriculation: Plaque
    moyen: Moyen = Field(description="Moyen de paiement")
    montant: CentimesDus = Field(description="Montant payé, en centimes")
    reference: Court | None = Field(default=None, description="Référence du moyen de paiement (numéro du chèque, transaction)")
    date_envoi: Jour | None = Field(default=None, description="Date d'envoi d'un chèque, qui vaut date de paiement")

    example: ClassVar[dict[str, Any]] = {
        "numero_telepaiement": s.NUMERO + s.CLE,
        "immatriculation": "AB-123-CD",
        "moyen": "internet",
        "montant": 2100,
        "reference": "CB-000042",
        "date_envoi": None,
    }

    @property
    def sujet(self) -> str:
        """The 26 digits of the avis that is paid: the first avis or a rectificatif."""
        return self.numero_telepaiement[:26]


class JustificatifPaiementTitre(
    Message,
    flow=4,
    nom="justificatif-titre",
    sender=Party.DGFIP,
    receiver=Party.USAGER,
    channel=Channel.COURRIER,
    law="CGPPP, art. L. 2323-7-1",
):
    """Justificatif du paiement d'un FPS majoré."""

    numero_fps: Numero26
    numero_telepaiement: TelepaiementTitre
    collectivite: Ligne = Field(description="Collectivité bénéficiaire du FPS")
    moyen: Moyen = Field(description="Moyen de paiement")
    date_heure_paiement: Instant = Field(description="Date et heure du paiement")
    reference: Court = Field(description="Référence de la transaction")
    montant_paye: CentimesDus = Field(description="Montant payé, en centimes")
    rabais: Centimes = Field(description="Rabais accordé pour paiement volontaire dans le mois de l'envoi, en centimes")
    reste_du: Centimes = Field(description="Reste dû après ce paiement, en centimes")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "numero_telepaiement": s.TELEPAIEMENT_TITRE,
        "collectivite": "Ville de Lille",
        "moyen": "internet",
        "date_heure_paiement": "2026-11-10T09:30:00+01:00",
        "reference": "CB-000777",
        "montant_paye": 6400,
        "rabais": 1600,
        "reste_du": 0,
    }


class PaiementTitre(
    Message,
    flow=4,
    nom="paiement-titre",
    sender=Party.USAGER,
    receiver=Party.DGFIP,
    channel=Channel.PORTAIL,
    law="CGPPP, art. L. 2323-7-1",
    answer=JustificatifPaiementTitre,
):
    """Le paiement d'un FPS majoré, demandé avec le numéro du FPS imprimé sur l'avertissement."""

    numero_fps: Numero26
    numero_telepaiement: TelepaiementTitre
    moyen: Moyen = Field(description="Moyen de paiement")
    montant: CentimesDus = Field(description="Montant payé, en centimes")
    reference: Court | None = Field(default=None, description="Référence du moyen de paiement (numéro du chèque, transaction)")
    date_envoi: Jour | None = Field(default=None, description="Date d'envoi du chèque, cachet de la poste : elle fait foi du délai")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "numero_telepaiement": s.TELEPAIEMENT_TITRE,
        "moyen": "internet",
        "montant": 6400,
        "reference": "CB-000777",
        "date_envoi": None,
    }
