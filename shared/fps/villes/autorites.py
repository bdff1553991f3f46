"""The authorities of the sworn agents of a town: the digit that the number of a FPS bears for each."""

from typing import Annotated

from pydantic import Field

from fps.errors import Refus
from fps.messages.formats import Ligne
from fps.villes.lecture import Lecture

Indicatif = Annotated[int, Field(ge=0, le=9)]


class AutoriteInconnue(Refus):
    """Ce chiffre n'est celui d'aucune autorité de la collectivité"""

    code = "autorite-inconnue"
    article = "Arrêté du 6 novembre 2015, art. 4"
    que_faire = "Donnez le chiffre d'une autorité que la collectivité déclare, ou ajoutez celle-ci à sa configuration."


class AutoriteCommune(Lecture):
    """L'autorité dont relèvent des agents assermentés, et son chiffre dans les numéros."""

    nom: Ligne
    indicatif: Indicatif
