"""The people, places and vehicles that several messages name."""

from typing import Annotated, Literal

from pydantic import Field

from fps.messages.formats import CodePostal, Courriel, Court, Jour, Ligne, Pays, Plaque, Siren, Siret, Url
from fps.messages.message import Partie


class Adresse(Partie):
    """A postal address."""

    voie: Ligne = Field(description="Numéro et nom de la voie")
    complement: Ligne | None = Field(default=None, description="Complément d'adresse")
    code_postal: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9 -]{0,9}$")] = Field(description="Code postal")
    commune: Ligne = Field(description="Commune")
    pays: Pays = "FR"


class Lieu(Partie):
    """Where the absence or insufficiency of payment was found."""

    voie: Ligne = Field(description="Numéro et nom de la voie du constat")
    complement: Ligne | None = Field(default=None, description="Précision sur le lieu (angle, parking)")
    code_postal: CodePostal
    commune: Ligne = Field(description="Commune du constat")
    zone: Court = Field(description="Zone tarifaire de la collectivité")
    latitude: float | None = Field(default=None, ge=-90, le=90, description="Latitude en degrés (WGS 84)")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="Longitude en degrés (WGS 84)")


Categorie = Literal["voiture", "utilitaire", "deux-roues", "trois-roues", "poids-lourd", "autre"]


class Vehicule(Partie):
    """The vehicle seen by the agent."""

    immatriculation: Plaque
    pays: Pays = Field(description="Pays d'immatriculation")
    marque: Court = Field(description="Marque relevée par l'agent")
    modele: Court | None = Field(default=None, description="Modèle relevé par l'agent")
    categorie: Categorie = Field(description="Catégorie du véhicule")


class Autorite(Partie):
    """The authority the sworn agent depends on."""

    nom: Ligne = Field(description="Nom de l'autorité dont relève l'agent assermenté")
    adresse: Adresse


class Agent(Partie):
    """The sworn agent: a number, never a name."""

    identifiant: Annotated[str, Field(pattern=r"^[A-Z0-9-]{1,20}$")] = Field(description="Numéro d'identification de l'agent assermenté")
    autorite: Autorite


class ContactRapo(Partie):
    """Where a RAPO is sent; travels in each mFPS, because two providers may share a town."""

    nom: Ligne = Field(description="Service compétent pour le recours administratif préalable")
    adresse: Adresse = Field(description="Adresse postale du service (lettre recommandée avec avis de réception)")
    adresse_electronique: Courriel | None = Field(default=None, description="Adresse électronique du service")
    url: Url | None = Field(default=None, description="Adresse du dépôt en ligne")


class Contact(Partie):
    """A service and how to reach it."""

    nom: Ligne = Field(description="Nom du service")
    adresse: Adresse
    telephone: Court | None = Field(default=None, description="Téléphone du service")
    adresse_electronique: Courriel | None = Field(default=None, description="Adresse électronique du service")
    url: Url | None = Field(default=None, description="Site du service")


class Beneficiaire(Partie):
    """The collectivité that is owed the FPS."""

    siret: Siret
    nom: Ligne = Field(description="Nom de la commune, de l'EPCI ou du syndicat mixte")
    contact: Contact


class PersonnePhysique(Partie):
    """A natural person (always invented here)."""

    nature: Literal["physique"] = "physique"
    nom: Ligne = Field(description="Nom de famille")
    prenom: Ligne = Field(description="Prénom")
    date_naissance: Jour | None = Field(default=None, description="Date de naissance")
    lieu_naissance: Ligne | None = Field(default=None, description="Lieu de naissance")


class PersonneMorale(Partie):
    """A company or another legal person (always invented here)."""

    nature: Literal["morale"] = "morale"
    raison_sociale: Ligne = Field(description="Raison sociale")
    siren: Siren | None = Field(default=None)


Qualite = Literal["titulaire", "locataire", "acquereur"]


class Redevable(Partie):
    """Who owes the FPS: holder of the certificat d'immatriculation, long-term lessee or purchaser (CGCT, art. L. 2333-87, VII)."""

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
    """Who contests: the redevable, or a person who acts for them and produces the mandate."""

    qualite: Literal["titulaire", "locataire", "acquereur", "mandataire"] = Field(description="Qualité pour agir")
    identite: PersonnePhysique | PersonneMorale = Field(discriminator="nature", description="Identité du demandeur")
    adresse: Adresse
    adresse_electronique: Courriel | None = Field(default=None, description="Adresse électronique du demandeur")


class Piece(Partie):
    """An enclosed document: what it is, its fingerprint, and its content when it travels with the message."""

    nature: Literal[
        "avis-paiement",
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
