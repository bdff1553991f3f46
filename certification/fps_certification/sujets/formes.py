"""What each action of the « pilote d'essai » is given and answers, field by field: read by the contract that an editor implements.

Amounts are in centimes, days are civil days in Paris, instants carry their offset.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fps.messages.formats import Centimes, CentimesDus, Iban, Instant, Jour, Ligne, Numero26, NumeroRequete, Siret, Texte
from fps.messages.moyens import Moyen
from fps.messages.parties_prenantes import Demandeur, Piece

Agent = Annotated[str, Field(pattern=r"^[0-9]{1,4}$", description="Numéro de l'agent ; « 0072 » est « 72 »")]


class Entree(BaseModel):
    """What every action is given. A later version may add fields: ignore those that you do not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bac: Annotated[str, Field(description="Le bac où agir : vos messages vont à <service>/bacs/<bac>/flux/…")]


class DuFps(Entree):
    """What is asked of one FPS."""

    numero: Annotated[Numero26, Field(description="Le FPS, par le numéro que « etablir » a rendu")]


class Connexion(BaseModel):
    """Of which party the API front is asked, for which collectivité."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    siret: Siret
    service: Annotated[
        Literal["antai", "dgfip", "ccsp"], Field(description="À qui demander : GET <service>/bacs/<bac>/front?siret=<siret>")
    ]
    deposer: Annotated[
        bool,
        Field(
            description="Déposer d'abord son certificat à ce service, dans la connexion qui le montre : "
            "POST <service>/bacs/<bac>/certificats ; 501 si le produit ne le dépose pas lui-même"
        ),
    ] = False


class Lire(Entree):
    """What is to be read: a FPS, or the connection."""

    numero: Annotated[Numero26 | None, Field(description="Le FPS ; absent d'une lecture de la connexion avant tout FPS")] = None
    connexion: Annotated[
        Connexion | None,
        Field(
            description="Lire, au lieu du FPS, sa connexion à un service, par son API front et avec votre certificat : « connecte » "
            "quand rien ne manque à ce SIRET, sinon « non-connecte » ; 501 si le produit ne la contrôle pas"
        ),
    ] = None


class Vehicule(BaseModel):
    """The vehicle that the agent sees."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    immatriculation: Annotated[str, Field(description="La plaque, telle que l'agent la lit")]
    pays: Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1")] = "FR"
    marque: Annotated[str, Field(description="La marque")] = "Renault"
    categorie: Annotated[str, Field(description="« voiture », « utilitaire », « moto »… : la colonne du barème")] = "voiture"
    modele: Annotated[str | None, Field(description="Le modèle")] = None


class Etablir(Entree):
    """What the agent types in the street; the number, the amount and the end of the effects are for the product to compute."""

    siret: Annotated[Siret, Field(description="La collectivité")]
    zone: Annotated[str, Field(description="La zone du constat")]
    voie: Annotated[Ligne, Field(description="Numéro et nom de la voie")]
    vehicule: Vehicule
    agent: Agent
    date_heure_constat: Annotated[Instant | None, Field(description="L'heure du constat ; à défaut, celle du bac (Fps-Instant)")] = None
    montant_deduit: Annotated[Centimes | None, Field(description="Ce qui a été payé et se déduit, en centimes ; à défaut, rien")] = None
    code_postal: Annotated[str | None, Field(description="À défaut, celui de la zone")] = None


class Encaisser(DuFps):
    """A payment that the town takes itself."""

    montant: CentimesDus
    moyen: Moyen = "internet"
    reference: Annotated[str, Field(description="La référence, qui rend ce paiement unique")]


class Baisser(DuFps):
    """A lower amount, without any RAPO."""

    agent: Agent
    montant: Annotated[CentimesDus, Field(description="Le nouveau montant, en centimes")]
    date_demande: Annotated[Jour, Field(description="Le jour de la demande")]
    motif: Texte


class Annuler(DuFps):
    """Why a FPS is taken back."""

    motif: Texte
    origine: Annotated[Literal["erreur-agent", "autre"], Field(description="D'où vient l'annulation")] = "erreur-agent"


class Abandonner(DuFps):
    """Why a FPS that has a titre is given up."""

    motif: Texte


class RecevoirRapo(Entree):
    """The RAPO that a driver posts: the message `fps.03.depot.v1` of flow 3."""

    numero_fps: Numero26
    immatriculation: str
    demandeur: Demandeur
    expose: Texte | None = None
    date_notification_avis: Annotated[Jour | None, Field(description="Le jour où l'avis a été notifié, d'après son auteur")] = None
    pieces: tuple[Piece, ...] = ()


class DeciderRapo(DuFps):
    """What the agent who examines a RAPO decides."""

    agent: Agent
    sens: Literal["irrecevable", "rejet", "acceptation-partielle", "acceptation-totale"]
    motif: Texte
    montant_rectifie: Annotated[Centimes | None, Field(description="Le nouveau montant d'une acceptation partielle, en centimes")] = None
    sans_qualite: Annotated[bool, Field(description="L'auteur n'est ni le redevable ni son mandataire")] = False


class Essai(BaseModel):
    """A test session of the court (homologation): file at <court>/bacs/<bac>/teletransmission/<siret>/essais/memoire and …/piece."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    siret: Siret
    numero_fps: Annotated[Numero26, Field(description="Le FPS d'essai, à reprendre dans chaque dépôt")]
    piece: Annotated[
        Piece,
        Field(description="À déposer un octet changé, sous la même empreinte, puis telle quelle ; le mémoire, deux fois sous la même clé"),
    ]


class Defendre(Entree):
    """The defence before the court."""

    requete: NumeroRequete
    conteste_erreur: Annotated[bool, Field(description="Vrai quand l'erreur de fait est contestée")]
    conclusions: Texte
    moyens: Texte
    signataire: Annotated[str, Field(description="Qui signe")] = "Le maire, par délégation"
    canal: Literal["portail", "teletransmission", "courrier", "telecopie"] = "teletransmission"
    pieces: Annotated[tuple[Piece, ...], Field(description="Les pièces à produire")] = ()
    essai: Annotated[
        Essai | None,
        Field(description="Séance d'essai d'homologation où déposer, au lieu d'une requête ; 501 si le produit n'en passe pas"),
    ] = None


class Executer(Entree):
    """The decision of the court to apply."""

    requete: NumeroRequete


class Rembourser(DuFps):
    """Where what was paid in excess goes back; the whole of it when no amount is said."""

    iban: Iban
    montant: Annotated[CentimesDus | None, Field(description="En centimes ; à défaut, tout ce qui est à rendre")] = None
    beneficiaire: Annotated[Demandeur | None, Field(description="Qui a payé, quand personne n'a contesté")] = None


class Etabli(BaseModel):
    """What « etablir » answers when the FPS is sent."""

    numero: Annotated[Numero26, Field(description="Le numéro du FPS")]
    immatriculation: Annotated[str, Field(description="La plaque transmise, sous sa forme normale")]


class Etat(BaseModel):
    """What « lire » answers; a product may say more."""

    etat: Annotated[str, Field(description="L'état du FPS, ou de la connexion, en un mot de la liste")]
    montant_actuel: Annotated[Centimes | None, Field(description="Ce que vaut le FPS maintenant ; jugé quand il est dit")] = None
    creance: Annotated[Centimes | None, Field(description="Ce que le redevable doit encore ; jugé quand il est dit")] = None
    dette: Annotated[Centimes | None, Field(description="Ce que la collectivité doit rendre ; jugé quand il est dit")] = None


class Fait(BaseModel):
    """What the others answer: nothing is needed; « rembourser » says what it gave back."""

    montant: Annotated[Centimes | None, Field(description="De « rembourser » : ce qui est rendu, en centimes")] = None


class Refus(BaseModel):
    """A refusal of the product (409): its code is what a check expects."""

    code: Annotated[str, Field(description="Le code du refus : « rapo-apres-titre », « rien-a-executer »…")]
    detail: Annotated[str | None, Field(description="Ce qui ne va pas, pour qui lit le rapport")] = None
