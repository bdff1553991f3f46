"""Flow 2 in cycle partiel: the notices that the collectivité prints itself, on the windscreen first, by post for a rectificatif."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from fps.messages import specimens as s
from fps.messages.avis import ETABLISSEMENT_RECTIFICATIF, MODALITES, EtablissementRectificatif, Modalites
from fps.messages.formats import Centimes, Cle, Court, Instant, Ligne, Numero26, Siret
from fps.messages.message import Message, Partie
from fps.messages.moyens import moyens_de
from fps.messages.parties_prenantes import Autorite, Lieu, Vehicule
from fps.parties import Channel, Party


class EtablissementPareBrise(Partie):
    """Premier volet d'un avis laissé sur le pare-brise, dans l'ordre du CGCT, art. R. 2333-120-4 : le redevable n'est pas encore connu."""

    collectivite: Ligne = Field(description="Commune, EPCI ou syndicat mixte qui a institué la redevance")
    siret: Siret
    autorite: Autorite = Field(description="Autorité dont relève l'agent assermenté")
    agent: Court = Field(description="Numéro d'identification de l'agent assermenté")
    date_heure_constat: Instant = Field(description="Date et heure du constat, et de l'apposition de l'avis")
    lieu: Lieu = Field(description="Lieu du constat")
    vehicule: Vehicule
    montant: Centimes = Field(description="Montant du FPS dû, déduction faite, en centimes")
    montant_deduit: Centimes = Field(description="Paiement initial déduit, en centimes")
    fin_effets: Instant = Field(description="Heure à laquelle le FPS cesse de produire ses effets")
    signature: Literal["Signé"] = Field(description="Signature de l'agent ou mention « Signé »")


MODALITES_VILLE: dict[str, Any] = {
    **MODALITES,
    "service_paiement": s.CONTACT_VILLE,
    "url_paiement": f"https://stationnement.lille.example/payer/{s.NUMERO}{s.CLE}",
    "canaux": list(moyens_de(Party.COLLECTIVITE)),
    "minoration": None,
    "date_notification": "2026-06-12",
    "date_limite_paiement": "2026-09-12",
    "date_limite_rapo": "2026-07-12",
}


class AvisPaiementCollectivite(
    Message,
    flow=2,
    nom="apa-collectivite",
    sender=Party.COLLECTIVITE,
    receiver=Party.USAGER,
    channel=Channel.COURRIER,
    law="CGCT, art. R. 2333-120-4",
):
    """Cycle partiel : l'avis de paiement que l'agent assermenté laisse sur le pare-brise, ce qui vaut notification."""

    numero_fps: Numero26
    cle: Cle
    etablissement: EtablissementPareBrise = Field(description="Établissement de l'avis de paiement")
    modalites: Modalites = Field(description="Modalités de paiement et contestation")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "cle": s.CLE,
        "etablissement": {
            "collectivite": "Ville de Lille",
            "siret": s.SIRET,
            "autorite": s.AUTORITE,
            "agent": "0072",
            "date_heure_constat": s.CONSTAT,
            "lieu": s.LIEU,
            "vehicule": s.VEHICULE,
            "montant": 3000,
            "montant_deduit": 500,
            "fin_effets": s.FIN_EFFETS,
            "signature": "Signé",
        },
        "modalites": MODALITES_VILLE,
    }


class AvisRectificatifCollectivite(
    Message,
    flow=2,
    nom="apa-rectificatif-collectivite",
    sender=Party.COLLECTIVITE,
    receiver=Party.USAGER,
    channel=Channel.COURRIER,
    law="CGCT, art. R. 2333-120-14",
):
    """Cycle partiel : l'avis rectificatif que la commune envoie à qui a déposé le RAPO ; le terme du premier avis demeure."""

    numero_fps: Numero26 = Field(description="Numéro de l'avis de paiement initial")
    numero_avis: Numero26 = Field(description="Numéro propre de l'avis rectificatif")
    cle: Cle = Field(description="Clé du numéro de l'avis rectificatif")
    etablissement: EtablissementRectificatif = Field(description="Établissement de l'avis de paiement rectificatif")
    modalites: Modalites = Field(description="Modalités de paiement et contestation")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "numero_avis": s.NUMERO_AVIS,
        "cle": s.CLE_AVIS,
        "etablissement": {**ETABLISSEMENT_RECTIFICATIF, "date_envoi": "2026-07-09"},
        "modalites": {**MODALITES_VILLE, "telepaiement": s.NUMERO_AVIS + s.CLE_AVIS, "date_limite_rapo": None},
    }
