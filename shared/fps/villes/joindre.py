"""How a service of a town is reached, that of the RAPO among them."""

from fps.messages.formats import Courriel, Court, Ligne, Url
from fps.messages.parties_prenantes import Adresse, ContactRapo
from fps.villes.lecture import Lecture


class Joindre(Lecture):
    """Comment joindre un service de la collectivité."""

    nom: Ligne
    adresse_electronique: Courriel
    url: Url | None
    telephone: Court | None = None


class JoindreRapo(Joindre):
    """Où un RAPO est adressé : le service de la collectivité ou son prestataire ; à défaut d'adresse, celle de la collectivité."""

    adresse: Adresse | None = None

    def contact(self, mairie: Adresse) -> ContactRapo:
        """The contact as the messages carry it (CGCT, art. R. 2333-120-4)."""
        ecrire = {"adresse_electronique": self.adresse_electronique, "url": self.url}
        return ContactRapo(nom=self.nom, adresse=self.adresse or mairie, **ecrire)
