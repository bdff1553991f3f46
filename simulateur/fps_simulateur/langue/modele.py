"""The language of the lives: a situation, then steps; each step is a day that comes, an act with what it gives, or what is expected."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from fps.donnees import lire_yaml
from fps.flows import MESSAGES
from fps.messages.message import MessageClass
from fps.parties import SERVICES, Channel, Party
from fps_simulateur.langue.actes import acte
from fps_simulateur.langue.fautes import Faute, Plan, ViesIllisibles, de_syntaxe, proche
from fps_simulateur.langue.gabarits import GabaritFaux, cas
from fps_simulateur.langue.moments import Moment, quand
from fps_simulateur.langue.mots import inconnus
from fps_simulateur.langue.villes import Ville
from fps_simulateur.pilote.reperes import REPERES
from fps_simulateur.usagers import conduites

Champs = dict[str, Any]


class Lecture(BaseModel):
    """Strict reading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _quand(valeur: Any) -> date | datetime | Moment | None:
    return None if valeur is None else quand(valeur, REPERES)


Quand = Annotated[datetime | date | Moment, BeforeValidator(_quand)]


class Etape(Lecture):
    """One step. In its order: the day comes, the act is done, what is expected is checked."""

    le: Quand | None = Field(default=None, description="Le jour qui vient, avant l'acte")
    dossier: str | None = Field(default=None, description="Le dossier dont il s'agit ; à défaut, le dernier nommé")
    acte: str | None = Field(default=None, description="Ce que quelqu'un fait, dans les mots du métier : « payer le FPS »")
    avec: Champs = Field(default_factory=dict, description="Ce que l'acte donne")
    usager: str | None = Field(
        default=None, description="Comment se conduit l'usager du dossier : « paie à J+6 », « RAPO puis juge », « jamais »…"
    )
    refus: str | None = Field(default=None, description="Le code du refus attendu")
    article: str | None = Field(default=None, description="L'article que le refus cite")
    donne: Champs = Field(default_factory=dict, description="Ce que la réponse contient")
    garder: dict[str, str] = Field(default_factory=dict, description="Nom → champ de la réponse, pour la suite")
    collectivite: Champs = Field(default_factory=dict, description="Ce que montre du dossier la collectivité : champ → valeur")
    antai: Champs = Field(default_factory=dict, description="Ce que montre du dossier l'ANTAI : champ → valeur")
    dgfip: Champs = Field(default_factory=dict, description="Ce que montre du dossier le comptable public : champ → valeur")
    ccsp: Champs = Field(default_factory=dict, description="Ce que montre la juridiction de la `requete` gardée : champ → valeur")
    courriers: tuple[str, ...] | None = Field(default=None, description="Tous les courriers du dossier, dans l'ordre, par leur type court")
    recus: dict[str, int] = Field(default_factory=dict, description="Combien de courriers de chaque type court")
    contenu: dict[str, Champs] = Field(default_factory=dict, description="Type court → ce que dit le dernier courrier de ce type")
    explication: Champs = Field(default_factory=dict, description="Champ → valeur que « fps expliquer » donne et redonne")
    echeances: Literal["aucune"] | None = Field(default=None, description="« aucune » : plus rien n'attend dans le bac")
    prouve: tuple[str, ...] = Field(default=(), description="Les exigences de la certification que cette étape éprouve : « EX-301 »")

    @model_validator(mode="after")
    def _acte_connu(self) -> Self:
        if self.acte is not None:
            acte(self.acte)
        elif self.refus or self.article or self.donne or self.garder or self.avec:
            raise ValueError("« avec », « refus », « article », « donne » et « garder » suivent un acte")
        if self.usager is not None and "{" not in self.usager:
            conduites.lire(self.usager)
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

    vie: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="Son nom : minuscules, chiffres et tirets")]
    titre: str = Field(description="Ce qui arrive, en une phrase")
    depart: date = Field(default=date(2023, 9, 28), description="Le premier jour, le soir")
    ville: Ville = Field(
        default="lille", description="La collectivité : une ville livrée, le chemin d'un fichier de ville, ou ce qu'il dirait"
    )
    graine: str | None = Field(
        default=None, max_length=100, description="La graine de ses registres et de ses numéros ; le nom de la vie à défaut"
    )
    vierge: bool = Field(
        default=False, description="Dans un bac vierge : la ville y a son espace numérique et sa convention, personne n'y a de certificat"
    )
    inclure: str | None = Field(
        default=None, description="Une autre vie, dont les étapes viennent d'abord : son nom, ou « fichier.yaml#nom »"
    )
    variables: Champs = Field(default_factory=dict, description="Nom → valeur, que « {nom} » remplace partout dans la vie")
    cas: tuple[Champs, ...] = Field(default=(), description="Une table : la vie est jouée une fois par ligne, avec ces variables")
    etapes: Annotated[tuple[Etape, ...], Field(min_length=1, description="Ce qui arrive, dans l'ordre")]
    _rang: int = PrivateAttr(default=0)  # in its file
    _incluses: int = PrivateAttr(default=0)  # how many of its steps are those of the life that it includes

    @property
    def place(self) -> tuple[int, int]:
        """Its rank in its file, and how many of its steps are written elsewhere."""
        return self._rang, self._incluses


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
            found += lire(file.read_text("utf-8"), file.name, sure=True)
    names = [v.vie for v in found]
    if twice := {n for n in names if names.count(n) > 1}:
        raise ValueError(f"deux vies ont le même nom : {sorted(twice)}")
    return tuple(found)


MOTS: Final[Mapping[str, tuple[str, ...]]] = {
    "vie": tuple(Vie.model_fields),
    "etape": tuple(Etape.model_fields),
}


def lire(text: str, source: str, dossier: Path | None = None, *, sure: bool = False) -> list[Vie]:
    """The lives of a file, which names others from its directory; raises ViesIllisibles.

    Each thing that is ill written has its line, its column and the nearest word. `sure`: what the acts are given is not looked at; the
    catalogue is what the schema is tried on.
    """
    fichier = _Fichier(text, source, dossier or Path(), sure)
    lives, fautes = [], set()
    for rang in range(len(fichier.bruts)):
        try:
            lives += fichier.vies(rang, {}, ())
        except ViesIllisibles as error:
            fautes |= set(error.fautes)
    noms: set[str] = set()
    for vie in lives:
        if vie.vie in noms and not fautes:
            fautes.add(fichier.plan.faute((vie.place[0], "vie"), f"deux vies portent le nom « {vie.vie} »"))
        noms.add(vie.vie)
    if fautes:
        raise ViesIllisibles(fautes)
    return lives


class _Fichier:
    """A file of lives as it is written; raises ViesIllisibles when it is not YAML, or no list."""

    def __init__(self, texte: str, source: str, dossier: Path, sure: bool = True):
        self.texte, self.source, self.dossier, self.sure = texte, source, dossier, sure
        try:
            self.bruts: Any = lire_yaml(texte)
        except yaml.YAMLError as error:
            raise ViesIllisibles([de_syntaxe(error, source)]) from error
        except ValueError as error:  # a day that no calendar has
            raise ViesIllisibles(self.plan.dates_fausses()) from error
        if not isinstance(self.bruts, list) or not self.bruts:
            raise ViesIllisibles([Faute(source, 1, 1, "une liste de vies est attendue : « - vie: nom »")])

    @cached_property
    def plan(self) -> Plan:
        """Where each thing stands."""
        return Plan(self.texte, self.source)

    def vies(self, rang: int, autres: Mapping[str, Any], pile: tuple[str, ...]) -> list[Vie]:
        """The lives of one that is written; `pile`: those that include it. Raises ViesIllisibles."""
        brut = self.bruts[rang]
        try:
            deployees = list(cas(brut, autres)) if isinstance(brut, dict) else [(brut, {})]
            return [self._vie(rang, une, connues, pile) for une, connues in deployees]
        except GabaritFaux as error:
            raise ViesIllisibles([self.plan.faute((rang, *error.chemin), error.texte)]) from error
        except ValidationError as error:
            raise ViesIllisibles(self.plan.fautes((rang,), error, MOTS)) from error

    def _vie(self, rang: int, brut: Any, variables: Mapping[str, Any], pile: tuple[str, ...]) -> Vie:
        vie = Vie.model_validate(brut, context={"dossier": self.dossier})
        vie._rang = rang
        if not self.sure and (faux := list(inconnus(brut["etapes"]))):
            raise ViesIllisibles([self.plan.faute((rang, *chemin), phrase) for chemin, phrase in faux])
        if vie.inclure is None:
            return vie
        incluse = self._incluse(vie.inclure, variables, (*pile, f"{self.source}#{vie.vie}"))
        dit = vie.model_fields_set
        update = {nom: getattr(incluse, nom) for nom in ("depart", "ville") if nom not in dit}
        entiere = vie.model_copy(update={**update, "etapes": incluse.etapes + vie.etapes})
        entiere._incluses = len(incluse.etapes)
        return entiere

    def _incluse(self, nom: str, variables: Mapping[str, Any], pile: tuple[str, ...]) -> Vie:
        """The life that another includes; raises GabaritFaux, ViesIllisibles."""
        fichier, _, seul = nom.rpartition("#") if "#" in nom else (nom, "", "") if nom.endswith((".yaml", ".yml")) else ("", "", nom)
        ou = self._autre(fichier) if fichier else self if seul in self.noms else _du_catalogue(seul) or self
        if not seul and len(ou.bruts) > 1:
            raise GabaritFaux(("inclure",), f"« {nom} » a {len(ou.bruts)} vies : dites laquelle, « {nom}#{next(iter(ou.noms), 'nom')} »")
        if seul and seul not in ou.noms:
            raise GabaritFaux(("inclure",), f"« {seul} » n'est pas une vie{' de ce fichier' if fichier else ''}{proche(seul, ou.noms)}")
        rang = ou.noms[seul] if seul else 0
        chaine = [*pile, f"{ou.source}#{ou.bruts[rang].get('vie')}"]
        if chaine[-1] in pile:
            raise GabaritFaux(("inclure",), f"une vie ne s'inclut pas elle-même : {' → '.join(un.rpartition('#')[2] for un in chaine)}")
        trouvees = ou.vies(rang, variables, pile)
        if len(trouvees) > 1:
            raise GabaritFaux(("inclure",), f"« {nom} » est une table de {len(trouvees)} cas : une seule vie s'inclut")
        return trouvees[0]

    @cached_property
    def noms(self) -> dict[str, int]:
        """The lives by their name as it is written."""
        return {str(brut.get("vie")): rang for rang, brut in enumerate(self.bruts) if isinstance(brut, dict)}

    def _autre(self, fichier: str) -> "_Fichier":
        chemin = self.dossier / fichier
        try:
            return _Fichier(chemin.read_text("utf-8"), fichier, chemin.parent)
        except (OSError, UnicodeDecodeError) as error:
            raise GabaritFaux(("inclure",), f"« {fichier} » : ce fichier ne se lit pas") from error


def _du_catalogue(nom: str) -> _Fichier | None:
    """The file of the catalogue that has a life of that name."""
    for file in sorted((files("fps_simulateur") / "catalogue").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml") and f"- vie: {nom}\n" in (texte := file.read_text("utf-8")):
            return _Fichier(texte, file.name, Path())
    return None
