"""A town as the services name it, and the refusal of who is none."""

from fps.errors import Introuvable
from fps.villes.commune import Commune as Commune
from fps.villes.zones import HorsBareme as HorsBareme
from fps.villes.zones import Zone as Zone


class CommuneInconnue(Introuvable):
    """Aucune collectivité de ce bac ne porte ce SIRET"""

    code = "siret-inconnu"
    que_faire = "Vérifiez le SIRET, ou ouvrez d'abord l'espace numérique de la collectivité."
