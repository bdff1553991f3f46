"""The language of the lives: a situation, then steps; each step is a day that comes, an act with what it gives, or what is expected."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from fps.donnees import lire_yaml
from fps.flows import MESSAGES
from fps.messages.message import MessageClass
from fps.parties import SERVICES, Channel, Party
from fps_simulateur.langue.actes import acte
from fps_simulateur.langue.fautes import Faute, Plan, ViesIllisibles, de_syntaxe
from fps_simulateur.langue.moments import Moment, quand
from fps_simulateur.langue.villes import Ville
from fps_simulateur.pilote.reperes import REPERES

Champs = dict[str, Any]


class Lecture(BaseModel):
    """Strict reading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _quand(valeur: Any) -> date | datetime | Moment | None:
    return None if valeur is None else quand(valeur, REPERES)


class Etape(Lecture):
    """One step. In its order: the day comes, the act is done, what is expected is checked."""

    le: Annotated[datetime | date | Moment, BeforeValidator(_quand)] | None = None
    dossier: str | None = Field(default=None, description="Le dossier dont il s'agit ; à défaut, le dernier nommé")
    acte: str | None = Field(default=None, description="Ce que quelqu'un fait, dans les mots du métier : « payer le FPS »")
    avec: Champs = Field(default_factory=dict, description="Ce que l'acte donne")
    refus: str | None = Field(default=None, description="Le code du refus attendu")
    article: str | None = Field(default=None, description="L'article que le refus cite")
    donne: Champs = Field(default_factory=dict, description="Ce que la réponse contient")
    garder: dict[str, str] = Field(default_factory=dict, description="Nom → champ de la réponse, pour la suite")
    collectivite: Champs = Field(default_factory=dict)
    antai: Champs = Field(default_factory=dict)
    dgfip: Champs = Field(default_factory=dict)
    ccsp: Champs = Field(default_factory=dict)
    courriers: tuple[str, ...] | None = Field(default=None, description="Tous les courriers du dossier, dans l'ordre, par leur type court")
    recus: dict[str, int] = Field(default_factory=dict, description="Combien de courriers de chaque type court")
    contenu: dict[str, Champs] = Field(default_factory=dict, description="Type court → ce que dit le dernier courrier de ce type")
    explication: Champs = Field(default_factory=dict, description="Champ → valeur que « fps expliquer » donne et redonne")
    echeances: Literal["aucune"] | None = None

    @model_validator(mode="after")
    def _acte_connu(self) -> Self:
        if self.acte is not None:
            acte(self.acte)
        elif self.refus or self.article or self.donne or self.garder or self.avec:
            raise ValueError("« avec », « refus », « article », « donne » et « garder » suivent un acte")
        if self.article is not None and self.refus is None:
            raise ValueError("un article accompagne un refus")
        return self

    def attendus(self) -> Iterator[tuple[Party, Champs]]:
        """What each service must say of the dossier."""
        for party in SERVICES:
            if fields := getattr(self, party.value):
                yield party, fields


class Vie(Lecture):
    """A whole life: its title, the day it starts, the dossiers and what happens to them."""

    vie: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    titre: str
    depart: date = date(2023, 9, 28)
    ville: Ville = Field(
        default="lille", description="La collectivité : une ville livrée, le chemin d'un fichier de ville, ou ce qu'il dirait"
    )
    etapes: Annotated[tuple[Etape, ...], Field(min_length=1)]


def court(cls: MessageClass) -> str:
    """The short type of a message: « 02.apa »."""
    return f"{cls.flow:02d}.{cls.nom}"


def par_court(nom: str) -> MessageClass:
    """The message of that short type; raises KeyError."""
    return {court(m): m for m in MESSAGES}[nom]


def reponses(exercees: set[MessageClass]) -> set[MessageClass]:
    """The answers that those messages were given."""
    return {m.answer for m in exercees if m.answer is not None and m.answer.channel is Channel.REPONSE}


@cache
def catalogue() -> tuple[Vie, ...]:
    """Every life of the catalogue, in the order of its files; raises ValueError when one is ill written or two have one name."""
    found: list[Vie] = []
    folder = files("fps_simulateur") / "catalogue"
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            found += lire(file.read_text("utf-8"), file.name)
    names = [v.vie for v in found]
    if twice := {n for n in names if names.count(n) > 1}:
        raise ValueError(f"deux vies ont le même nom : {sorted(twice)}")
    return tuple(found)


MOTS: Final[Mapping[str, tuple[str, ...]]] = {
    "vie": tuple(Vie.model_fields),
    "etape": tuple(Etape.model_fields),
}


def lire(text: str, source: str, dossier: Path | None = None) -> list[Vie]:
    """The lives of a file, which names others from its directory; raises ViesIllisibles.

    Each thing that is ill written has its line, its column and the nearest word.
    """
    try:
        brut: Any = lire_yaml(text)
    except yaml.YAMLError as error:
        raise ViesIllisibles([de_syntaxe(error, source)]) from error
    except ValueError as error:  # a day that no calendar has
        raise ViesIllisibles(Plan(text, source).dates_fausses()) from error
    if not isinstance(brut, list) or not brut:
        raise ViesIllisibles([Faute(source, 1, 1, "une liste de vies est attendue : « - vie: nom »")])
    lives, fautes = [], []
    for rang, item in enumerate(brut):
        try:
            lives.append(Vie.model_validate(item, context={"dossier": dossier or Path()}))
        except ValidationError as error:
            fautes += Plan(text, source).fautes((rang,), error, MOTS)
    names = [v.vie for v in lives]
    for rang, name in enumerate(names):
        if not fautes and name in names[:rang]:
            fautes.append(Plan(text, source).faute((rang, "vie"), f"deux vies portent le nom « {name} »"))
    if fautes:
        raise ViesIllisibles(fautes)
    return lives
