"""Flow 6, the appeal to the court on the side of the person: petition, acknowledgement, regularisation, decision."""

from typing import Annotated, Any, ClassVar, Literal

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
    Nombre,
    Numero26,
    NumeroRequete,
    NumeroTitre,
    Texte,
)
from fps.messages.message import Message
from fps.messages.parties_prenantes import Contact, Demandeur, Eloignement, Piece
from fps.parties import Channel, Party

Objet = Literal["decision-rapo", "titre"]
CanalRequete = Literal["portail", "courrier", "telecopie", "greffe"]
Nature = Literal["ordonnance", "jugement"]
Partie = Literal["requerant", "collectivite"]
Sens = Literal["decharge-totale", "decharge-partielle", "rejet", "desistement", "non-lieu", "incompetence"]


class AccuseDepotRequete(
    Message,
    flow=6,
    nom="accuse-depot",
    sender=Party.CCSP,
    receiver=Party.USAGER,
    channel=Channel.REPONSE,
    law="CGCT, art. R. 2333-120-32 octies",
):
    """Accusé horodaté d'un dépôt."""

    numero_requete: NumeroRequete
    numero_fps: Numero26
    horodatage: Instant = Field(description="Date et heure certaines du dépôt")
    canal: CanalRequete = Field(description="Canal du dépôt")
    pieces_recues: Nombre = Field(description="Nombre de pièces reçues")
    confirmer_avant_le: Jour | None = Field(default=None, description="Dernier jour pour confirmer par écrit une télécopie")
    juridiction: Ligne | None = Field(default=None, description="Nom de la juridiction à cette date")

    example: ClassVar[dict[str, Any]] = {
        "numero_requete": s.NUMERO_REQUETE,
        "numero_fps": s.NUMERO,
        "horodatage": "2026-11-05T21:14:00+01:00",
        "canal": "portail",
        "pieces_recues": 1,
        "confirmer_avant_le": None,
        "juridiction": "Tribunal du stationnement payant",
    }


class Requete(
    Message,
    flow=6,
    nom="requete",
    sender=Party.USAGER,
    receiver=Party.CCSP,
    channel=Channel.PORTAIL,
    law="CGCT, art. R. 2333-120-30 et R. 2333-120-31",
    answer=AccuseDepotRequete,
):
    """Une requête contre la décision sur un RAPO ou contre un titre exécutoire ; incomplète, elle se régularise ensuite."""

    numero_fps: Numero26
    objet: Objet = Field(description="Ce qui est contesté : décision sur le RAPO (même implicite) ou titre exécutoire")
    numero_titre: NumeroTitre | None = Field(default=None, description="Titre contesté, imprimé sur l'avertissement")
    canal: CanalRequete = Field(description="Canal du dépôt")
    date_cachet_poste: Jour | None = Field(
        default=None, description="Date du cachet de la poste d'une requête par courrier : depuis le 13 mai 2024, c'est elle qui compte"
    )
    requerant: Demandeur
    eloignement: Eloignement = Field(description="Résidence du requérant, qui allonge le délai outre-mer et à l'étranger")
    signee: bool = Field(description="Requête signée, ou déposée par le portail qui vaut signature")
    date_decision_rapo: Jour | None = Field(default=None, description="Date de la décision sur le RAPO, ou du rejet implicite")
    date_notification_decision_rapo: Jour | None = Field(
        default=None,
        description="Jour où la décision expresse sur le RAPO a été reçue ; vide : présomption postale, ou rejet implicite",
    )
    date_notification_avertissement: Jour | None = Field(default=None, description="Date de notification imprimée sur l'avertissement")
    montant_fps: CentimesDus | None = Field(default=None, description="FPS réclamé, tel qu'imprimé sur l'avis ou l'avertissement joint")
    majoration: Centimes | None = Field(default=None, description="Majoration réclamée, telle qu'imprimée sur l'avertissement joint")
    conclusions: Texte | None = Field(default=None, description="Ce qui est demandé à la juridiction")
    moyens: Texte | None = Field(default=None, description="Faits et moyens")
    pieces: Annotated[tuple[Piece, ...], Field(max_length=20)] = Field(default=(), description="Pièces jointes")

    example: ClassVar[dict[str, Any]] = {
        "numero_fps": s.NUMERO,
        "objet": "titre",
        "numero_titre": s.NUMERO_TITRE,
        "canal": "portail",
        "date_cachet_poste": None,
        "requerant": s.DEMANDEUR,
        "eloignement": "metropole",
        "signee": True,
        "date_decision_rapo": None,
        "date_notification_decision_rapo": None,
        "date_notification_avertissement": "2026-10-18",
        "montant_fps": None,
        "majoration": None,
        "conclusions": "Être déchargé du forfait de post-stationnement et de sa majoration.",
        "moyens": "Le véhicule avait été cédé avant le constat.",
        "pieces": [s.piece("avertissement", "avertissement.pdf")],
    }


class DemandeRegularisation(
    Message,
    flow=6,
    nom="demande-regularisation",
    sender=Party.CCSP,
    receiver=Party.USAGER,
    channel=Channel.COURRIER,
    law="CGCT, art. R. 2333-120-39",
):
    """Ce qui manque à une requête, et que le silence vaut désistement."""

    numero_requete: NumeroRequete
    numero_fps: Numero26
    juridiction: Contact
    requerant: Demandeur
    motifs: Annotated[tuple[Ligne, ...], Field(min_length=1)] = Field(description="Ce qui manque ou doit être corrigé")
    date_envoi: Jour = Field(description="Date d'envoi de la demande")
    delai_mois: Mois = Field(description="Délai de réponse, en mois de la notification")
    renonciation: Literal[True] = Field(description="Sans réponse dans le délai, le requérant est réputé renoncer, sans autre avis")

    example: ClassVar[dict[str, Any]] = {
        "numero_requete": s.NUMERO_REQUETE,
        "numero_fps": s.NUMERO,
        "juridiction": s.CONTACT_JURIDICTION,
        "requerant": s.DEMANDEUR,
        "motifs": ["La copie de l'avertissement est illisible."],
        "date_envoi": "2026-11-16",
        "delai_mois": 1,
        "renonciation": True,
    }


class ReponseRegularisation(
    Message,
    flow=6,
    nom="reponse",
    sender=Party.USAGER,
    receiver=Party.CCSP,
    channel=Channel.PORTAIL,
    law="CGCT, art. R. 2333-120-39",
    answer=AccuseDepotRequete,
):
    """Toute réponse du requérant : des pièces, une explication, la confirmation écrite d'une télécopie, un désistement."""

    numero_requete: NumeroRequete
    numero_fps: Numero26
    objet: Literal["regularisation", "confirmation-telecopie", "maintien", "desistement"] = Field(description="Objet de la réponse")
    canal: CanalRequete = Field(description="Canal de la réponse")
    date_cachet_poste: Jour | None = Field(
        default=None, description="Date du cachet de la poste d'une réponse par courrier : depuis le 13 mai 2024, c'est elle qui compte"
    )
    texte: Texte | None = Field(default=None, description="Réponse du requérant")
    pieces: Annotated[tuple[Piece, ...], Field(max_length=20)] = Field(default=(), description="Pièces jointes")

    example: ClassVar[dict[str, Any]] = {
        "numero_requete": s.NUMERO_REQUETE,
        "numero_fps": s.NUMERO,
        "objet": "regularisation",
        "canal": "portail",
        "date_cachet_poste": None,
        "texte": "Voici une copie lisible de l'avertissement.",
        "pieces": [s.piece("avertissement", "avertissement-lisible.pdf")],
    }


class DecisionRequerant(
    Message,
    flow=6,
    nom="decision",
    sender=Party.CCSP,
    receiver=Party.USAGER,
    channel=Channel.COURRIER,
    law="CGCT, art. R. 2333-120-56 et R. 2333-120-60",
):
    """La décision de la juridiction, telle que le requérant la reçoit."""

    numero_requete: NumeroRequete
    numero_fps: Numero26
    juridiction: Contact
    requerant: Demandeur
    defendeur: Ligne = Field(description="Collectivité défenderesse")
    nature: Nature = Field(description="Ordonnance ou jugement")
    date_decision: Jour = Field(description="Date de la décision")
    sens: Sens = Field(description="Sens de la décision")
    motifs: Texte = Field(description="Motifs")
    dispositif: Texte = Field(description="Dispositif, ce que la juridiction décide")
    fps_decharge: Centimes = Field(description="Part du FPS déchargée, en centimes")
    majoration_dechargee: Centimes = Field(description="Part de la majoration déchargée, en centimes")
    amende_abus: Centimes = Field(description="Amende pour requête abusive, en centimes")
    frais: Centimes = Field(default=0, description="Frais de l'instance alloués à une partie (art. L. 2333-87-8), en centimes")
    frais_a_la_charge_de: Partie | None = Field(default=None, description="Qui doit ces frais à l'autre partie")
    rectifiee_le: Jour | None = Field(default=None, description="Jour où une erreur matérielle de la décision a été corrigée")
    date_mise_a_disposition: Jour = Field(description="Mise à disposition sur le portail, ou date d'envoi")
    delai_execution_mois: Mois | None = Field(
        description="Délai d'exécution d'une décharge par la collectivité, en mois de la notification ; vide quand rien n'est déchargé"
    )
    voie_recours: Court = Field(description="Voie de recours")
    delai_recours_mois: Mois = Field(description="Délai du recours, en mois de la notification")

    example: ClassVar[dict[str, Any]] = {
        "numero_requete": s.NUMERO_REQUETE,
        "numero_fps": s.NUMERO,
        "juridiction": s.CONTACT_JURIDICTION,
        "requerant": s.DEMANDEUR,
        "defendeur": "Ville de Lille",
        "nature": "ordonnance",
        "date_decision": "2027-02-08",
        "sens": "decharge-totale",
        "motifs": "La collectivité n'a pas contesté dans le délai l'erreur de fait invoquée.",
        "dispositif": "Le requérant est déchargé du FPS majoré. La collectivité en informe l'ANTAI.",
        "fps_decharge": 3000,
        "majoration_dechargee": 5000,
        "amende_abus": 0,
        "frais": 15000,
        "frais_a_la_charge_de": "collectivite",
        "rectifiee_le": None,
        "date_mise_a_disposition": "2027-02-08",
        "delai_execution_mois": 3,
        "voie_recours": "Cassation devant le Conseil d'État",
        "delai_recours_mois": 2,
    }
