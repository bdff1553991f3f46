"""The shapes of what is asked of a box and of what it answers; in French, for the contracts."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from fps.kit.boxes import boites
from fps.kit.boxes.boites import Acheminement
from fps.kit.web.media import forme

LOT = 1_000  # letters acknowledged at once
Identifiant = Annotated[str, Field(min_length=1, max_length=200)]


class LettreRetiree(BaseModel):
    """Une lettre d'une boîte. « corps » est le texte exact que couvre « signature » : vérifiez-la avant de le lire comme du JSON."""

    position: int = Field(description="numéro de la lettre dans cette boîte")
    id: str
    type: str
    sujet: str
    date: str = Field(description="date de la lettre, à l'horloge du bac")
    etat: boites.EtatLettre
    corps: str = Field(description="texte JSON, à l'octet près celui qui est signé")
    signature: str = Field(description="JWS détaché (RFC 7515, annexe F ; RFC 7797) : voir docs/lettres.md")


class PageLettres(BaseModel):
    """Des lettres dans l'ordre de la boîte ; « suite » est à donner dans « depuis » pour voir celles qui viennent après."""

    lettres: list[LettreRetiree]
    suite: int


class Accuse(BaseModel):
    """Des lettres bien reçues."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"siret": "21590350100017", "ids": ["5f0c7a52-8a3f-4f0e-9d53-0d6a1c1b7c11"]}}
    )

    siret: str = Field(pattern=r"^[0-9]{14}$")
    ids: list[Identifiant] = Field(min_length=1, max_length=LOT)


class Acquittees(BaseModel):
    """Combien de lettres n'étaient pas encore acquittées."""

    acquittees: int


class Choix(BaseModel):
    """Où vont les lettres d'une collectivité : au système de référence, à une adresse, ou dans la boîte où on les prend."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"mode": "retrait"}})

    mode: Acheminement
    adresse: str | None = Field(None, max_length=500, description="en mode « adresse » seulement ; le chemin du message s'y ajoute")
    temps: bool | None = Field(
        None,
        description="recevoir aussi une lettre de temps à chaque pas de l'horloge, qui attend son acquittement ; à défaut, comme avant",
    )


class DestinationVue(BaseModel):
    """Où vont les lettres, depuis quand (à l'horloge du bac), et qui l'a choisi."""

    siret: str
    mode: Acheminement
    adresse: str | None
    depuis: str | None
    posee_par: str | None
    temps: bool = Field(description="une lettre de temps vient à chaque pas de l'horloge du bac")


class Rejouees(BaseModel):
    """Combien de lettres vont être essayées de nouveau maintenant."""

    rejouees: int


class EssaiVu(BaseModel):
    """Un essai d'envoi à l'adresse de l'éditeur."""

    essai: int
    date: datetime = Field(description="à l'horloge du bac")
    wall_time: datetime = Field(description="en temps réel")
    adresse: str
    resultat: str
    statut: int | None = Field(description="statut HTTP de la réponse, quand il y en a eu une")
    cause: str


class LettreSuivie(BaseModel):
    """Une lettre de la boîte, et chaque essai."""

    position: int = Field(description="numéro de la lettre dans cette boîte")
    id: str
    type: str
    sujet: str
    date: datetime = Field(description="à l'horloge du bac")
    etat: boites.EtatLettre
    prochain_essai: datetime | None
    close_le: datetime | None
    tentatives: list[EssaiVu]


class HistoireBoite(BaseModel):
    """L'histoire d'une boîte, page après page."""

    siret: str
    lettres: list[LettreSuivie]
    suite: int | None = Field(description="à donner dans « apres » pour la page suivante ; vide à la fin")


HISTOIRE: Final = forme(HistoireBoite, "L'histoire de la boîte")
