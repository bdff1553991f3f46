"""The invented people, places and vehicles of the examples; the number is a well-formed FPS of Lille, 12 June 2026."""

from typing import Any

NUMERO = "21590350100017261163072245"
CLE = "37"
SIRET = "21590350100017"
NUMERO_AVIS = "21590350100017261190900001"
CLE_AVIS = "45"
NUMERO_TITRE = "2600000042"
TELEPAIEMENT_TITRE = "26000000420000000774"
NUMERO_REQUETE = "26004217"

MAIRIE: dict[str, Any] = {"voie": "Place Augustin Laurent", "code_postal": "59000", "commune": "Lille", "pays": "FR"}
LIEU: dict[str, Any] = {
    "voie": "12 rue de l'Exemple",
    "complement": "angle de la rue du Test",
    "code_postal": "59000",
    "commune": "Lille",
    "zone": "rouge",
    "latitude": 50.6365,
    "longitude": 3.0635,
}
VEHICULE: dict[str, Any] = {"immatriculation": "AB-123-CD", "pays": "FR", "marque": "Renault", "modele": "Clio", "categorie": "voiture"}
AUTORITE: dict[str, Any] = {"nom": "Ville de Lille, direction du stationnement", "adresse": MAIRIE}
AGENT: dict[str, Any] = {"identifiant": "0072", "autorite": AUTORITE}
CONTACT_RAPO: dict[str, Any] = {
    "nom": "Ville de Lille, service des recours du stationnement",
    "adresse": MAIRIE,
    "adresse_electronique": "rapo@lille.example",
    "url": "https://rapo.lille.example/deposer",
}
CONTACT_VILLE: dict[str, Any] = {
    "nom": "Ville de Lille",
    "adresse": MAIRIE,
    "telephone": "03 00 00 00 00",
    "adresse_electronique": "stationnement@lille.example",
    "url": "https://stationnement.lille.example",
}
CONTACT_ANTAI: dict[str, Any] = {
    "nom": "Centre d'encaissement simulé de l'ANTAI",
    "adresse": {"voie": "1 rue du Simulateur", "code_postal": "35000", "commune": "Rennes", "pays": "FR"},
    "telephone": "08 00 00 00 00",
    "url": "http://localhost:8001/payer",
}
CONTACT_TRESORERIE: dict[str, Any] = {
    "nom": "Trésorerie amendes simulée de Lille",
    "adresse": {"voie": "2 rue du Simulateur", "code_postal": "59000", "commune": "Lille", "pays": "FR"},
    "telephone": "03 00 00 00 01",
    "url": "http://localhost:8002/payer",
}
CONTACT_JURIDICTION: dict[str, Any] = {
    "nom": "Tribunal du stationnement payant (simulé)",
    "adresse": {"voie": "3 rue du Simulateur", "code_postal": "87000", "commune": "Limoges", "pays": "FR"},
    "url": "http://localhost:8003",
}
BENEFICIAIRE: dict[str, Any] = {"siret": SIRET, "nom": "Ville de Lille", "contact": CONTACT_VILLE}
REDEVABLE: dict[str, Any] = {
    "qualite": "titulaire",
    "identite": {
        "nature": "physique",
        "nom": "Spécimen",
        "prenom": "Camille",
        "date_naissance": "1985-03-14",
        "lieu_naissance": "Roubaix",
    },
    "adresse": {"voie": "7 allée des Inventés", "complement": "Appartement 4", "code_postal": "59100", "commune": "Roubaix", "pays": "FR"},
}
CONSTAT = "2026-06-12T10:42:00+02:00"
FIN_EFFETS = "2026-06-12T15:42:00+02:00"
DEMANDEUR: dict[str, Any] = {
    "qualite": "titulaire",
    "identite": REDEVABLE["identite"],
    "adresse": REDEVABLE["adresse"],
    "adresse_electronique": "camille.specimen@courriel.example",
}
NUMERO_RAPO = "RAPO-2026-000031"
IBAN = "FR7699999000010000000000115"


def piece(nature: str, fichier: str) -> dict[str, Any]:
    """An enclosed PDF of this nature, without its content."""
    return {"nature": nature, "fichier": fichier, "type_media": "application/pdf", "empreinte": "0" * 64, "contenu": None}
