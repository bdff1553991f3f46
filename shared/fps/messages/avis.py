"""Flow 2, the avis de paiement in its two legal parts (initial, rectificatif, electronic) and the order to the print shop."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from fps.messages import specimens as s
from fps.messages.formats import Centimes, CentimesDus, Cle, Court, Instant, Jour, Jours, Ligne, Mois, Numero26, Siret, Telepaiement, Url
from fps.messages.message import Message, Partie
from fps.messages.moyens import Moyen, moyens_de
from fps.messages.parties_prenantes import Adresse, Autorite, Contact, ContactRapo, Lieu, Redevable, Vehicule
from fps.parties import Channel, Party

TITRE_PARTIE_1 = "Établissement de l'avis de paiement du forfait de post-stationnement"
TITRE_PARTIE_2 = "Modalités de paiement et contestation"


class MinorationAvis(Partie):
    """Le montant minoré imprimé sur l'avis, et son dernier jour."""

    montant: CentimesDus = Field(description="Montant minoré, en centimes")
    delai_jours: Jours = Field(description="Délai du montant minoré, en jours de l'envoi, de la lecture d'un e-avis, ou du constat")
    jusqu_au: Jour | None = Field(description="Dernier jour du montant minoré ; absent tant qu'un e-avis n'est pas lu")
    canaux: tuple[Moyen, ...] = Field(description="Canaux qui acceptent le montant minoré")


class Etablissement(Partie):
    """Premier volet de l'avis : ses champs suivent l'ordre du CGCT, art. R. 2333-120-4."""

    collectivite: Ligne = Field(description="Commune, EPCI ou syndicat mixte qui a institué la redevance")
    siret: Siret
    autorite: Autorite = Field(description="Autorité dont relève l'agent assermenté")
    agent: Court = Field(description="Numéro d'identification de l'agent assermenté")
    date_heure_constat: Instant = Field(description="Date et heure du constat")
    lieu: Lieu = Field(description="Lieu du constat")
    vehicule: Vehicule
    redevable: Redevable = Field(description="Identité et adresse du redevable (avis notifié par l'ANTAI)")
    date_envoi: Jour = Field(description="Date d'envoi imprimée sur l'avis")
    montant: Centimes = Field(description="Montant du FPS dû, déduction faite, en centimes")
    montant_deduit: Centimes = Field(description="Paiement initial déduit, en centimes")
    fin_effets: Instant = Field(description="Heure à laquelle le FPS cesse de produire ses effets")
    signature: Literal["Signé"] = Field(description="Signature de l'agent ou mention « Signé »")


class EtablissementRectificatif(Partie):
    """Premier volet d'un avis rectificatif : ses champs suivent l'ordre du CGCT, art. R. 2333-120-14."""

    collectivite: Ligne = Field(description="Commune, EPCI ou syndicat mixte qui a institué la redevance")
    siret: Siret
    autorite: Autorite = Field(description="Autorité dont relève l'agent qui a établi l'avis rectificatif")
    agent: Court = Field(description="Numéro d'identification de l'agent")
    date_heure_constat: Instant = Field(description="Date et heure du constat")
    lieu: Lieu = Field(description="Lieu du constat")
    vehicule: Vehicule
    redevable: Redevable = Field(description="Identité et adresse du redevable")
    date_reception_rapo: Jour | None = Field(
        description="Date de réception du RAPO ; absente quand la collectivité réduit le FPS d'elle-même"
    )
    mandataire: Ligne | None = Field(default=None, description="Personne mandatée, le cas échéant")
    date_edition: Jour = Field(description="Date d'établissement de l'avis rectificatif")
    date_envoi: Jour = Field(description="Date d'envoi imprimée sur l'avis rectificatif")
    montant_rectifie: Centimes = Field(description="Montant rectifié, en centimes")
    signature: Literal["Signé"] = Field(description="Signature de l'agent ou mention « Signé »")


class Modalites(Partie):
    """Second volet de l'avis : comment payer, ce qui suit, comment contester, dans l'ordre du texte."""

    service_paiement: Contact = Field(description="Service auprès duquel le FPS est payé")
    telepaiement: Telepaiement
    url_paiement: Url = Field(description="Adresse du paiement en ligne (simulateur)")
    canaux: tuple[Moyen, ...] = Field(description="Moyens de paiement acceptés")
    minoration: MinorationAvis | None = Field(default=None, description="Montant minoré, quand la collectivité en accorde un")
    date_notification: Jour | None = Field(description="Date à laquelle l'avis est réputé notifié ; absente tant qu'un e-avis n'est pas lu")
    date_limite_paiement: Jour | None = Field(description="Dernier jour pour payer ; absente tant qu'un e-avis n'est pas lu")
    delai_paiement_mois: Mois = Field(description="Délai de paiement, en mois à compter de la notification")
    majoration_pourcent: int = Field(ge=0, le=100, description="Taux de la majoration du titre exécutoire, en pour cent")
    majoration_minimum: Centimes = Field(description="Minimum de la majoration, en centimes")
    rapo_obligatoire: Literal[True] = Field(description="Le RAPO est obligatoire avant toute saisine, à peine d'irrecevabilité")
    contact_rapo: ContactRapo
    delai_rapo_mois: Mois = Field(description="Délai du RAPO, en mois")
    date_limite_rapo: Jour | None = Field(
        description="Dernier jour du RAPO ; absente tant qu'un e-avis n'est pas lu, ou quand un RAPO a déjà été décidé"
    )
    pieces_rapo: tuple[Ligne, ...] = Field(description="Pièces à joindre au RAPO (CGCT, art. R. 2333-120-13)")
    delai_silence_mois: Mois = Field(description="Silence valant rejet, en mois à compter de l'avis de réception du RAPO")
    juridiction: Ligne = Field(description="Nom de la juridiction à la date d'envoi")
    delai_recours_mois: Mois = Field(description="Délai de recours devant la juridiction, en mois")
    date_limite_recours: Jour | None = Field(
        default=None, description="Dernier jour devant la juridiction, quand la notification de cet avis le fait courir"
    )
    paiement_prealable: bool = Field(description="Vrai quand le paiement préalable est exigé avant le recours")
    droits_donnees: Contact = Field(description="Où exercer les droits d'accès et de rectification")


MODALITES: dict[str, Any] = {
    "service_paiement": s.CONTACT_ANTAI,
    "telepaiement": s.NUMERO + s.CLE,
    "url_paiement": f"http://localhost:8001/payer?numero={s.NUMERO}{s.CLE}",
    "canaux": list(moyens_de(Party.ANTAI)),
    "minoration": {"montant": 2100, "delai_jours": 9, "jusqu_au": "2026-06-27", "canaux": ["internet", "serveur-vocal"]},
    "date_notification": "2026-06-24",
    "date_limite_paiement": "2026-09-24",
    "delai_paiement_mois": 3,
    "majoration_pourcent": 20,
    "majoration_minimum": 5000,
    "rapo_obligatoire": True,
    "contact_rapo": s.CONTACT_RAPO,
    "delai_rapo_mois": 1,
    "date_limite_rapo": "2026-07-24",
    "pieces_rapo": [
        "L'exposé des faits et des motifs de la contestation",
        "La copie de l'avis de paiement contesté",
        "La copie du certificat d'immatriculation (ou la déclaration de cession et son accusé d'enregistrement)",
    ],
    "delai_silence_mois": 1,
    "juridiction": "Tribunal du stationnement payant",
    "delai_recours_mois": 1,
    "paiement_prealable": False,
    "droits_donnees": s.CONTACT_VILLE,
}
ETABLISSEMENT: dict[str, Any] = {
    "collectivite": "Ville de Lille",
    "siret": s.SIRET,
    "autorite": s.AUTORITE,
    "agent": "0072",
    "date_heure_constat": s.CONSTAT,
    "lieu": s.LIEU,
    "vehicule": s.VEHICULE,
    "redevable": s.REDEVABLE,
    "date_envoi": "2026-06-18",
    "montant": 3000,
    "montant_deduit": 500,
    "fin_effets": s.FIN_EFFETS,
    "signature": "Signé",
}
ETABLISSEMENT_RECTIFICATIF: dict[str, Any] = {
    "collectivite": "Ville de Lille",
    "siret": s.SIRET,
    "autorite": s.AUTORITE,
    "agent": "0090",
    "date_heure_constat": s.CONSTAT,
    "lieu": s.LIEU,
    "vehicule": s.VEHICULE,
    "redevable": s.REDEVABLE,
    "date_reception_rapo": "2026-06-29",
    "mandataire": None,
    "date_edition": "2026-07-09",
    "date_envoi": "2026-07-13",
    "montant_rectifie": 1500,
    "signature": "Signé",
}


class AvisPaiement(
    Message,
    flow=2,
    nom="apa",
    sender=Party.ANTAI,
    receiver=Party.USAGER,
    channel=Channel.COURRIER,
    law="CGCT, art. R. 2333-120-4",
):
    """L'avis de paiement envoyé par courrier au titulaire du certificat d'immatriculation."""

    numero_fps: Numero26
    cle: Cle
    etablissement: Etablissement = Field(description=TITRE_PARTIE_1)
    modalites: Modalites = Field(description=TITRE_PARTIE_2)

    example: ClassVar[dict[str, Any]] = {"numero_fps": s.NUMERO, "cle": s.CLE, "etablissement": ETABLISSEMENT, "modalites": MODALITES}


class AvisPaiementRectificatif(
    Message,
    flow=2,
    nom="apa-rectificatif",
    sender=Party.ANTAI,
    receiver=Party.USAGER,
    channel=Channel.COURRIER,
    law="CGCT, art. R. 2333-120-14",
):
    """L'avis rectificatif, après un RAPO ou du seul fait de la commune : un numéro à lui, le terme de paiement du premier avis."""

    numero_fps: Numero26 = Field(description="Numéro de l'avis de paiement initial")
    numero_avis: Numero26 = Field(description="Numéro propre de l'avis rectificatif")
    cle: Cle = Field(description="Clé du numéro de l'avis rectificatif")
    rapo_ouvert: bool = Field(description="Vrai quand la collectivité réduit le FPS d'elle-même : le RAPO reste ouvert dans son délai")
    etablissement: EtablissementRectificatif = Field(description=TITRE_PARTIE_1)
    modalites: Modalites = Field(description=TITRE_PARTIE_2)

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "numero_avis": s.NUMERO_AVIS,
        "cle": s.CLE_AVIS,
        "rapo_ouvert": False,
        "etablissement": ETABLISSEMENT_RECTIFICATIF,
        "modalites": {
            **MODALITES,
            "telepaiement": s.NUMERO_AVIS + s.CLE_AVIS,
            "url_paiement": f"http://localhost:8001/payer?numero={s.NUMERO_AVIS}{s.CLE_AVIS}",
            "minoration": None,
            "date_notification": "2026-07-19",
            "date_limite_rapo": None,
            "date_limite_recours": "2026-08-20",
        },
    }


class EAvisPaiement(
    Message,
    flow=2,
    nom="e-apa",
    sender=Party.ANTAI,
    receiver=Party.USAGER,
    channel=Channel.COURRIER,
    law="CGCT, art. L. 2333-87, II",
):
    """L'avis électronique : rien ne court avant que le redevable le lise, ses trois termes sont donc absents jusque-là."""

    numero_fps: Numero26
    cle: Cle
    date_mise_a_disposition: Instant = Field(description="Mise à disposition dans l'espace du redevable")
    date_lecture: Instant | None = Field(default=None, description="Prise de connaissance, qui vaut notification")
    etablissement: Etablissement = Field(description=TITRE_PARTIE_1)
    modalites: Modalites = Field(description=TITRE_PARTIE_2)

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "cle": s.CLE,
        "date_mise_a_disposition": "2026-06-18T07:00:00+02:00",
        "date_lecture": None,
        "etablissement": ETABLISSEMENT,
        "modalites": {
            **MODALITES,
            "minoration": {**MODALITES["minoration"], "jusqu_au": None},
            "date_notification": None,
            "date_limite_paiement": None,
            "date_limite_rapo": None,
        },
    }


class RequeteImpression(
    Message,
    flow=2,
    nom="requete-impression",
    sender=Party.ANTAI,
    receiver=Party.IMPRIMEUR,
    channel=Channel.COURRIER,
    law="CGCT, art. L. 2333-87, II",
):
    """L'ordre d'imprimer et de poster un avis : l'adresse, les plis, le jour, les codes."""

    numero_fps: Numero26
    numero_avis: Numero26 = Field(description="Numéro de l'avis à imprimer (celui du FPS, ou celui du rectificatif)")
    cle: Cle
    modele: Literal["apa", "apa-rectificatif"] = Field(description="Modèle du document")
    lot: Court = Field(description="Lot d'édition du jour")
    date_envoi: Jour = Field(description="Date d'envoi à imprimer et à tenir")
    destinataire: Ligne = Field(description="Nom imprimé au-dessus de l'adresse")
    adresse: Adresse
    pages: Annotated[int, Field(ge=1, le=20)] = Field(description="Nombre de pages A4")
    recto_verso: bool = Field(description="Impression sur les deux faces")
    telepaiement: Telepaiement
    montant: Centimes = Field(description="Montant imprimé sur la carte de paiement, en centimes")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "numero_avis": s.NUMERO,
        "cle": s.CLE,
        "modele": "apa",
        "lot": "2026-06-18-01",
        "date_envoi": "2026-06-18",
        "destinataire": "Camille Spécimen",
        "adresse": s.REDEVABLE["adresse"],
        "pages": 4,
        "recto_verso": True,
        "telepaiement": s.NUMERO + s.CLE,
        "montant": 3000,
    }
