"""The language of the lives: a situation, then steps; each step is a day that comes, an act with what it gives, or what is expected."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fps.donnees import lire_yaml
from fps.flows import MESSAGES
from fps.messages.message import MessageClass
from fps.parties import SERVICES, Channel, Party
from fps_simulateur.langue.fautes import Faute, Plan, ViesIllisibles, de_syntaxe, proche

Champs = dict[str, Any]

# The acts that are a letter somebody outside the four services writes, in the words of the trade.
LETTRES: Final[Mapping[str, str]] = {
    "payer le FPS": "fps.04.paiement-fps.v1",
    "payer le titre": "fps.04.paiement-titre.v1",
    "déposer un RAPO": "fps.03.depot.v1",
    "déposer un RAPO par lettre": "fps.03.depot-postal.v1",
    "saisir la juridiction": "fps.06.requete.v1",
    "répondre à la juridiction": "fps.06.reponse.v1",
    # An editor under test, in the place of the reference collectivité.
    "créer un FPS": "fps.01.creation.v1",
    "modifier un FPS": "fps.01.modification.v1",
    "annuler un FPS": "fps.01.annulation.v1",
    "informer d'une annulation de FPS": "fps.08.fps.v1",
    "informer d'une annulation de titre": "fps.08.titre.v1",
    "déclarer un FPS impayé": "fps.11.fps-impaye.v1",
    "émettre un titre d'annulation de recette": "fps.09.titre-annulation.v1",
    "émettre un mandat de remboursement": "fps.09.mandat.v1",
    "déposer un mémoire": "fps.07.memoire.v1",
    "produire une pièce": "fps.07.piece.v1",
}


class Lecture(BaseModel):
    """Strict reading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Demande(Lecture):
    """A request of a person or of an agent that is no letter: a route of one service."""

    a: Party
    chemin: Annotated[str, Field(pattern=r"^(GET |POST )?/")]

    @property
    def methode(self) -> str:
        """The HTTP method, POST unless it is written."""
        return self.chemin.partition(" ")[0] if not self.chemin.startswith("/") else "POST"

    @property
    def route(self) -> str:
        """The path, with its names in braces."""
        return self.chemin.rpartition(" ")[2]


class Etape(Lecture):
    """One step. In its order: the day comes, the act is done, what is expected is checked."""

    le: datetime | date | None = None
    dossier: str | None = Field(default=None, description="Le dossier dont il s'agit ; à défaut, le dernier nommé")
    acte: str | None = Field(default=None, description="« établir un FPS », ou l'une des LETTRES")
    demande: Demande | None = None
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
    def _un_seul_acte(self) -> Self:
        if self.acte is not None and self.demande is not None:
            raise ValueError("une étape fait un acte ou une demande, pas les deux")
        if self.acte is not None and self.acte != ETABLIR and self.acte not in LETTRES:
            raise ValueError(f"« {self.acte} » n'est pas un acte{proche(self.acte, (ETABLIR, *LETTRES))}")
        if (self.refus or self.article or self.donne or self.garder or self.avec) and self.acte is None and self.demande is None:
            raise ValueError("« avec », « refus », « article », « donne » et « garder » suivent un acte ou une demande")
        if self.article is not None and self.refus is None:
            raise ValueError("un article accompagne un refus")
        return self

    def attendus(self) -> Iterator[tuple[Party, Champs]]:
        """What each service must say of the dossier."""
        for party in SERVICES:
            if fields := getattr(self, party.value):
                yield party, fields


ETABLIR: Final = "établir un FPS"


class Vie(Lecture):
    """A whole life: its title, the day it starts, the dossiers and what happens to them."""

    vie: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    titre: str
    depart: date = date(2023, 9, 28)
    etapes: Annotated[tuple[Etape, ...], Field(min_length=1)]


def lettre(acte: str) -> MessageClass:
    """The message that an act sends."""
    return next(m for m in MESSAGES if m.type == LETTRES[acte])


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
    "demande": tuple(Demande.model_fields),
}


def lire(text: str, source: str) -> list[Vie]:
    """The lives of a file; raises ViesIllisibles, with the line, the column and the nearest word of each thing that is ill written."""
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
            lives.append(Vie.model_validate(item))
        except ValidationError as error:
            fautes += Plan(text, source).fautes((rang,), error, MOTS)
    names = [v.vie for v in lives]
    for rang, name in enumerate(names):
        if not fautes and name in names[:rang]:
            fautes.append(Plan(text, source).faute((rang, "vie"), f"deux vies portent le nom « {name} »"))
    if fautes:
        raise ViesIllisibles(fautes)
    return lives
