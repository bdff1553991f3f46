"""Flows 7 and 14, the appeal on the side of the collectivité, and what ANTAI learns of a decision on a title."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from fps.messages import specimens as s
from fps.messages.formats import Centimes, Court, Instant, Jour, Ligne, Mois, Nombre, Numero26, NumeroRequete, NumeroTitre, Siret, Texte
from fps.messages.message import Message
from fps.messages.parties_prenantes import Demandeur, Piece
from fps.messages.recours_usager import Nature, Objet, Partie, Sens
from fps.messages.specimen_pdf import pdf, piece_jointe
from fps.parties import Channel, Party

PIECE = piece_jointe("avis-paiement", "avis-initial.pdf")
Empreinte = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
CanalDefense = Literal["portail", "teletransmission", "courrier", "telecopie"]


class CommunicationRequete(
    Message,
    flow=7,
    nom="communication",
    sender=Party.CCSP,
    receiver=Party.COLLECTIVITE,
    channel=Channel.REST,
    law="CGCT, art. R. 2333-120-44",
):
    """Une requête communiquée au défendeur, avec le délai de sa défense."""

    numero_requete: NumeroRequete
    numero_fps: Numero26
    siret: Siret
    objet: Objet = Field(description="Ce qui est contesté")
    requerant: Demandeur
    conclusions: Texte = Field(description="Ce qui est demandé à la juridiction")
    moyens: Texte = Field(description="Faits et moyens du requérant")
    pieces: tuple[Piece, ...] = Field(description="Pièces du requérant")
    date_mise_a_disposition: Instant = Field(description="Date et heure certaines de mise à disposition")
    date_limite_defense: Jour = Field(description="Dernier jour du mémoire en défense")
    juridiction: Ligne | None = Field(default=None, description="Nom de la juridiction à cette date")

    example: ClassVar[dict[str, Any]] = {
        "numero_requete": s.NUMERO_REQUETE,
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "objet": "titre",
        "requerant": s.DEMANDEUR,
        "conclusions": "Être déchargé du forfait de post-stationnement et de sa majoration.",
        "moyens": "Le véhicule avait été cédé avant le constat.",
        "pieces": [s.piece("avertissement", "avertissement-lisible.pdf")],
        "date_mise_a_disposition": "2026-12-01T10:00:00+01:00",
        "date_limite_defense": "2027-01-01",
        "juridiction": "Tribunal du stationnement payant",
    }


class AccuseDepotMemoire(
    Message,
    flow=7,
    nom="accuse-depot",
    sender=Party.CCSP,
    receiver=Party.COLLECTIVITE,
    channel=Channel.REPONSE,
    law="CGCT, art. R. 2333-120-32 octies",
):
    """Accusé horodaté d'un mémoire ou d'une pièce de la défense."""

    numero_requete: NumeroRequete
    numero_fps: Numero26
    numero_depot: Court = Field(description="Numéro du dépôt")
    horodatage: Instant = Field(description="Date et heure certaines du dépôt")
    recevable: bool = Field(description="Faux quand le dépôt est refusé (voie papier interdite, hors délai)")
    motif: Texte | None = Field(default=None, description="Motif de l'irrecevabilité")
    rang: int | None = Field(default=None, ge=1, le=99, description="Rang de la pièce dans le bordereau ; vide pour un mémoire")
    fichier: Ligne | None = Field(default=None, description="Nom du fichier de la pièce")
    taille: Nombre | None = Field(default=None, description="Taille de ce qui est reçu, en octets ; vide pour un dépôt sur papier")
    empreinte: Empreinte | None = Field(
        default=None,
        description="SHA-256 du fichier de la pièce, ou du texte du mémoire (conclusions, saut de ligne, moyens, en UTF-8)",
    )
    juridiction: Ligne | None = Field(default=None, description="Nom de la juridiction à cette date")

    example: ClassVar[dict[str, Any]] = {
        "numero_requete": s.NUMERO_REQUETE,
        "numero_fps": s.NUMERO,
        "numero_depot": "26004217-D1",
        "horodatage": "2026-12-15T16:20:00+01:00",
        "recevable": True,
        "motif": None,
        "rang": 1,
        "fichier": "avis-initial.pdf",
        "taille": len(pdf("avis-initial.pdf")),
        "empreinte": PIECE["empreinte"],
        "juridiction": "Tribunal du stationnement payant",
    }


class MemoireDefense(
    Message,
    flow=7,
    nom="memoire",
    sender=Party.COLLECTIVITE,
    receiver=Party.CCSP,
    channel=Channel.REST,
    law="CGCT, art. R. 2333-120-32 quater",
    answer=AccuseDepotMemoire,
):
    """Le mémoire de la collectivité ; il dit si l'erreur de fait est contestée (CGCT, art. R. 2333-120-27, 6°)."""

    numero_requete: NumeroRequete
    numero_fps: Numero26
    siret: Siret
    canal: CanalDefense = Field(description="Canal du dépôt")
    conteste_erreur: bool = Field(description="Vrai quand la collectivité conteste l'erreur de fait invoquée")
    conclusions: Texte = Field(description="Ce que la collectivité demande")
    moyens: Texte = Field(description="Faits et moyens de la collectivité")
    signataire: Court = Field(description="Qualité du signataire")

    example: ClassVar[dict[str, Any]] = {
        "numero_requete": s.NUMERO_REQUETE,
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "canal": "teletransmission",
        "conteste_erreur": True,
        "conclusions": "Rejeter la requête.",
        "moyens": "La cession n'était pas enregistrée à la date d'émission de l'avis.",
        "signataire": "Le maire, par délégation",
    }


class PieceDefense(
    Message,
    flow=7,
    nom="piece",
    sender=Party.COLLECTIVITE,
    receiver=Party.CCSP,
    channel=Channel.REST,
    law="CGCT, art. R. 2333-120-32 quater",
    answer=AccuseDepotMemoire,
):
    """Une pièce de la défense."""

    numero_requete: NumeroRequete
    numero_fps: Numero26
    siret: Siret
    canal: CanalDefense = Field(description="Canal du dépôt")
    rang: Annotated[int, Field(ge=1, le=99)] = Field(description="Rang de la pièce dans le bordereau")
    piece: Piece

    example: ClassVar[dict[str, Any]] = {
        "numero_requete": s.NUMERO_REQUETE,
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "canal": "teletransmission",
        "rang": 1,
        "piece": PIECE,
    }


class DecisionCollectivite(
    Message,
    flow=7,
    nom="decision",
    sender=Party.CCSP,
    receiver=Party.COLLECTIVITE,
    channel=Channel.REST,
    law="CGCT, art. R. 2333-120-60",
):
    """La décision, telle que la collectivité la reçoit ; renvoyée avec le jour de sa première consultation, quand elle l'ouvre."""

    numero_requete: NumeroRequete
    numero_fps: Numero26
    siret: Siret
    objet: Objet = Field(description="Ce qui était contesté")
    nature: Nature = Field(description="Ordonnance ou jugement")
    date_decision: Jour = Field(description="Date de la décision")
    sens: Sens = Field(description="Sens de la décision")
    motifs: Texte = Field(description="Motifs")
    dispositif: Texte = Field(description="Dispositif, ce que la juridiction décide")
    fps_decharge: Centimes = Field(description="Part du FPS déchargée, en centimes")
    majoration_dechargee: Centimes = Field(description="Part de la majoration déchargée, en centimes")
    frais: Centimes = Field(default=0, description="Frais de l'instance alloués à une partie (art. L. 2333-87-8), en centimes")
    frais_a_la_charge_de: Partie | None = Field(default=None, description="Qui doit ces frais à l'autre partie")
    rectifiee_le: Jour | None = Field(default=None, description="Jour où une erreur matérielle de la décision a été corrigée")
    date_mise_a_disposition: Instant = Field(description="Date et heure certaines de mise à disposition")
    date_notification: Jour = Field(description="Notification à la collectivité : première consultation, sinon fin du délai de huit jours")
    delai_execution_mois: Mois = Field(description="Délai d'exécution, en mois de la notification")
    juridiction: Ligne | None = Field(default=None, description="Nom de la juridiction à cette date")

    example: ClassVar[dict[str, Any]] = {
        "numero_requete": s.NUMERO_REQUETE,
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "objet": "titre",
        "nature": "jugement",
        "date_decision": "2027-02-08",
        "sens": "decharge-totale",
        "motifs": "Le véhicule avait été cédé avant le constat.",
        "dispositif": "Le requérant est déchargé du FPS majoré. La collectivité en informe l'ANTAI.",
        "fps_decharge": 3000,
        "majoration_dechargee": 5000,
        "frais": 15000,
        "frais_a_la_charge_de": "collectivite",
        "rectifiee_le": None,
        "date_mise_a_disposition": "2027-02-08T09:00:00+01:00",
        "date_notification": "2027-02-16",
        "delai_execution_mois": 3,
        "juridiction": "Tribunal du stationnement payant",
    }


class DecisionTitre(
    Message,
    flow=14,
    nom="decision",
    sender=Party.CCSP,
    receiver=Party.ANTAI,
    channel=Channel.AMQP,
    law="CGCT, art. R. 2333-120-60",
):
    """A decision that touches a titre exécutoire, for information: the cancellation itself waits for flow 8."""

    numero_requete: NumeroRequete
    numero_fps: Numero26
    siret: Siret
    numero_titre: NumeroTitre | None = Field(default=None, description="Titre contesté, quand le requérant l'a indiqué")
    nature: Nature = Field(description="Ordonnance ou jugement")
    date_decision: Jour = Field(description="Date de la décision")
    sens: Sens = Field(description="Sens de la décision")
    fps_decharge: Centimes = Field(description="Part du FPS déchargée, en centimes")
    majoration_dechargee: Centimes = Field(description="Part de la majoration déchargée, en centimes")
    juridiction: Ligne | None = Field(default=None, description="Nom de la juridiction à cette date")

    example: ClassVar[dict[str, Any]] = {
        "numero_requete": s.NUMERO_REQUETE,
        "numero_fps": s.NUMERO,
        "siret": s.SIRET,
        "numero_titre": s.NUMERO_TITRE,
        "nature": "jugement",
        "date_decision": "2027-02-08",
        "sens": "decharge-totale",
        "fps_decharge": 3000,
        "majoration_dechargee": 5000,
        "juridiction": "Tribunal du stationnement payant",
    }
