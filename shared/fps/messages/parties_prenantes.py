"""The people, places and vehicles that several messages name."""

from typing import Annotated, Literal

from pydantic import Field

from fps.messages.formats import CodePostal, Courriel, Court, Jour, Ligne, Pays, Plaque, Siren, Siret, Url
from fps.messages.message import Partie


class Adresse(Partie):
    """Une adresse postale."""

    voie: Ligne = Field(description="Numéro et nom de la voie")
    complement: Ligne | None = Field(default=None, description="Complément d'adresse")
    code_postal: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9 -]{0,9}$")] = Field(description="Code postal")
    commune: Ligne = Field(description="Commune")
    pays: Pays = "FR"


class Lieu(Partie):
    """Où l'absence ou l'insuffisance de paiement a été constatée."""

    voie: Ligne = Field(description="Numéro et nom de la voie du constat")
    complement: Ligne | None = Field(default=None, description="Précision sur le lieu (angle, parking)")
    code_postal: CodePostal
    commune: Ligne = Field(description="Commune du constat")
    zone: Court = Field(description="Zone tarifaire de la collectivité")
    latitude: float | None = Field(default=None, ge=-90, le=90, description="Latitude en degrés (WGS 84)")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="Longitude en degrés (WGS 84)")


Categorie = Literal["voiture", "voiture-lourde", "utilitaire", "deux-roues", "deux-roues-electrique", "trois-roues", "poids-lourd", "autre"]


class Vehicule(Partie):
    """Le véhicule vu par l'agent."""

    immatriculation: Plaque
    pays: Pays = Field(description="Pays d'immatriculation")
    marque: Court = Field(description="Marque relevée par l'agent")
    modele: Court | None = Field(default=None, description="Modèle relevé par l'agent")
    categorie: Categorie = Field(description="Catégorie du véhicule")


class Autorite(Partie):
    """L'autorité dont dépend l'agent assermenté."""

    nom: Ligne = Field(description="Nom de l'autorité dont relève l'agent assermenté")
    adresse: Adresse


class Agent(Partie):
    """L'agent assermenté : un numéro, jamais un nom."""

    identifiant: Annotated[str, Field(pattern=r"^[A-Z0-9-]{1,20}$")] = Field(description="Numéro d'identification de l'agent assermenté")
    autorite: Autorite


class ContactRapo(Partie):
    """Où envoyer un RAPO ; il voyage dans chaque message FPS, car deux prestataires peuvent se partager une ville."""

    nom: Ligne = Field(description="Service compétent pour le recours administratif préalable")
    adresse: Adresse = Field(description="Adresse postale du service (lettre recommandée avec avis de réception)")
    adresse_electronique: Courriel | None = Field(default=None, description="Adresse électronique du service")
    url: Url | None = Field(default=None, description="Adresse du dépôt en ligne")


class Contact(Partie):
    """Un service, et comment le joindre."""

    nom: Ligne = Field(description="Nom du service")
    adresse: Adresse
    telephone: Court | None = Field(default=None, description="Téléphone du service")
    adresse_electronique: Courriel | None = Field(default=None, description="Adresse électronique du service")
    url: Url | None = Field(default=None, description="Site du service")


class Beneficiaire(Partie):
    """La collectivité à qui le FPS est dû."""

    siret: Siret
    nom: Ligne = Field(description="Nom de la commune, de l'EPCI ou du syndicat mixte")
    contact: Contact


class PersonnePhysique(Partie):
    """Une personne physique (toujours inventée ici)."""

    nature: Literal["physique"] = "physique"
    nom: Ligne = Field(description="Nom de famille")
    prenom: Ligne = Field(description="Prénom")
    date_naissance: Jour | None = Field(default=None, description="Date de naissance")
    lieu_naissance: Ligne | None = Field(default=None, description="Lieu de naissance")


class PersonneMorale(Partie):
    """Une société ou une autre personne morale (toujours inventée ici)."""

    nature: Literal["morale"] = "morale"
    raison_sociale: Ligne = Field(description="Raison sociale")
    siren: Siren | None = Field(default=None)


Qualite = Literal["titulaire", "locataire", "acquereur"]


class Redevable(Partie):
    """Qui doit le FPS : titulaire du certificat d'immatriculation, locataire de longue durée ou acquéreur (CGCT, art. L. 2333-87, VII)."""

    qualite: Qualite = Field(description="Titulaire du certificat, locataire de longue durée ou acquéreur")
    identite: PersonnePhysique | PersonneMorale = Field(discriminator="nature", description="Identité du redevable")
    adresse: Adresse

    @property
    def nom_complet(self) -> str:
        """The name as printed above the address."""
        qui = self.identite
        return f"{qui.prenom} {qui.nom}" if isinstance(qui, PersonnePhysique) else qui.raison_sociale


Eloignement = Literal["metropole", "outre-mer", "etranger"]


class Demandeur(Partie):
    """Qui conteste : le redevable, ou une personne qui agit pour lui et produit son mandat."""

    qualite: Literal["titulaire", "locataire", "acquereur", "mandataire"] = Field(description="Qualité pour agir")
    identite: PersonnePhysique | PersonneMorale = Field(discriminator="nature", description="Identité du demandeur")
    adresse: Adresse
    adresse_electronique: Courriel | None = Field(default=None, description="Adresse électronique du demandeur")


class Piece(Partie):
    """Une pièce jointe : ce qu'elle est, son empreinte, et son contenu quand il voyage avec le message."""

    nature: Literal[
        "avis-paiement",
        "notice-information",
        "certificat-immatriculation",
        "declaration-cession",
        "accuse-enregistrement-cession",
        "mandat",
        "rapo",
        "avis-reception-rapo",
        "decision-rapo",
        "avertissement",
        "justificatif",
        "autre",
    ] = Field(description="Nature de la pièce")
    fichier: Ligne = Field(description="Nom du fichier")
    type_media: Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]{1,60}$")] = Field(description="Type de média (application/pdf)")
    empreinte: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = Field(description="Empreinte SHA-256 du fichier, en hexadécimal")
    contenu: Annotated[str, Field(max_length=700_000, pattern=r"^[A-Za-z0-9+/]*={0,2}$")] | None = Field(
        default=None, description="Contenu en base 64, quand il voyage avec le message"
    )
