"""A town as the services name it, and the refusal of who is none."""

from fps.errors import Introuvable
from fps.villes.commune import Commune as Commune
from fps.villes.zones import HorsBareme as HorsBareme
from fps.villes.zones import Zone as Zone


class CommuneInconnue(Introuvable):
    """Aucune collectivité ne peut porter ce SIRET"""

    code = "siret-inconnu"
    que_faire = "Recopiez les 14 chiffres du SIRET : le dernier est une clé, qui signale une faute de frappe."
