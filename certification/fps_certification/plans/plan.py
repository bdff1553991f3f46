"""A plan: which requirements are tried, by which checks, on which product; read from YAML, every fault with its line."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final, Literal, Self, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from fps.donnees import lire_yaml
from fps.messages.erreurs import phrases_de
from fps_certification.epreuves.lecture import epreuves
from fps_certification.exigences.exigence import Exigence
from fps_certification.exigences.lecture import exigences
from fps_certification.sujets.contrat import ACTIONS
from fps_certification.sujets.roles import Role
from fps_simulateur.langue.fautes import Plan as Places
from fps_simulateur.langue.fautes import de_syntaxe, proche

_ROLE: Final = re.compile(rf"(?:^|,)({'|'.join(get_args(Role))})=")
_ETENDUE: Final = re.compile(r"EX-(\d{3,4})\.\.EX-(\d{3,4})")


class PlanIllisible(ValueError):
    """The faults of a plan, one « fichier, ligne N : phrase » a line."""


class LectureDePlan(BaseModel):
    """Strict reading. What has keys is in their order, as in an evidence: whatever follows it is computed again the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*")
    @classmethod
    def _dans_l_ordre(cls, valeur: Any) -> Any:
        return dict(sorted(valeur.items())) if isinstance(valeur, dict) else valeur


class Produit(LectureDePlan):
    """Comment le produit est piloté : une adresse, ou des commandes ; à défaut, la collectivité de référence."""

    pilote: Annotated[
        str | None, Field(pattern=r"^https?://", max_length=300, description="Où se postent les actions du pilote d'essai")
    ] = None
    commandes: Annotated[dict[str, str], Field(description="Action → ligne de commande, JSON en entrée et en sortie")] = {}
    delai_secondes: Annotated[float, Field(gt=0, le=600, description="Au-delà, le produit est muet")] = 30.0

    @model_validator(mode="after")
    def _un_seul(self) -> Self:
        if self.pilote is not None and self.commandes:
            raise ValueError("« pilote » ou « commandes », pas les deux")
        for action in self.commandes:
            if action not in ACTIONS:
                raise ValueError(f"« {action} » n'est pas une action{proche(action, ACTIONS)}")
        return self

    @property
    def du_dehors(self) -> bool:
        """Whether it is somebody's, and not the reference system."""
        return self.pilote is not None or bool(self.commandes)


def pilotes(texte: str) -> dict[str, Any]:
    """What « --pilote » says, as a plan writes it: an address, or one for each role: « emission=http://…,rapo=http://… »."""
    if not (debuts := [*_ROLE.finditer(texte)]) or debuts[0].start():
        return {"produit": {"pilote": texte}, "produits": {}}
    fins = [*(un.start() for un in debuts[1:]), len(texte)]
    return {"produit": None, "produits": {un[1]: {"pilote": texte[un.end() : fin]} for un, fin in zip(debuts, fins, strict=True)}}


class Plan(LectureDePlan):
    """SPÉCIMEN — environnement simulé. Ce qui s'éprouve, par quelles épreuves, sur quel produit."""

    plan: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="Son nom")]
    titre: Annotated[str, Field(min_length=3, max_length=200, description="Ce qu'il éprouve, en une phrase")]
    ville: Annotated[str, Field(description="La collectivité : le nom d'une ville livrée")] = "lille"
    bac: Annotated[str | None, Field(description="Le bac où le produit est enrôlé, que chaque épreuve copie")] = None
    bacs: Annotated[Literal["un", "par-epreuve"], Field(description="« un » : elles se suivent dans le bac du produit")] = "par-epreuve"
    lettres: Annotated[
        Literal["", "poussees"], Field(description="« poussees » : le produit les reçoit à son adresse ; à défaut, comme il veut")
    ] = ""
    epreuves: Annotated[tuple[str, ...], Field(description="Ce qui se joue")] = ()
    exigences: Annotated[tuple[str, ...], Field(min_length=1, description="« EX-101 », ou « EX-110..EX-140 »")]
    produit: Annotated[Produit | None, Field(description="À défaut, la collectivité de référence")] = None
    produits: Annotated[dict[Role, Produit], Field(description="Un duel : le produit de chaque rôle, deux au moins en tout")] = {}
    graine: Annotated[str, Field(max_length=100)] = "certification"
    echecs_attendus: Annotated[dict[str, str], Field(description="Exigence → raison ; une réussite inattendue est un échec")] = {}

    @model_validator(mode="after")
    def _connus(self) -> Self:
        for nom in self.epreuves:
            if nom not in epreuves():
                raise ValueError(f"« {nom} » n'est pas une épreuve{proche(nom, epreuves())}")
        known = {e.id for e in exigences()}
        for un in (*self.exigences, *self.echecs_attendus):
            if _ETENDUE.fullmatch(un) is None and un not in known:
                raise ValueError(f"« {un} » n'est pas une exigence{proche(un, known)}")
        return self

    @model_validator(mode="after")
    def _en_duel(self) -> Self:
        if not self.produits:
            return self
        if self.produit is not None:
            raise ValueError("« produit » ou « produits », pas les deux")
        if seuls := [role for role, un in self.produits.items() if not un.du_dehors]:
            raise ValueError(f"« {seuls[0]} » n'a ni « pilote » ni « commandes » : chaque produit d'un duel dit comment il est piloté")
        if len(self.adversaires()) < 2:
            raise ValueError("un duel a deux produits : ceux-ci n'en font qu'un")
        return self

    def adversaires(self) -> dict[str, Produit]:
        """The products of a duel, each under the first of the roles that it holds; none when it is no duel."""
        found: dict[str, Produit] = {}
        for role in get_args(Role):
            if role in self.produits and self.produits[role] not in found.values():
                found[role] = self.produits[role]
        return found

    def tenu_par(self, role: str) -> str:
        """The name, among the products of a duel, of the one that holds a role; empty when none does."""
        un = {str(role): produit for role, produit in self.produits.items()}.get(role)
        return "" if un is None else next(nom for nom, autre in self.adversaires().items() if autre == un)

    def portee(self) -> tuple[Exigence, ...]:
        """The requirements that it tries, in the order of the files."""
        wanted = frozenset(self._ids())
        return tuple(e for e in exigences() if e.id in wanted)

    def eprouve_comme(self, autre: "Plan | None") -> bool:
        """Whether it plays the same checks for the same requirements, and expects the same failures, whatever the product and its bac."""
        quoi = ("epreuves", "exigences", "echecs_attendus")
        return autre is not None and all(getattr(self, champ) == getattr(autre, champ) for champ in quoi)

    def _ids(self) -> Iterator[str]:
        for un in self.exigences:
            if (found := _ETENDUE.fullmatch(un)) is None:
                yield un
            else:
                yield from (e.id for e in exigences() if int(found[1]) <= int(e.id[3:]) <= int(found[2]))


def lire(texte: str, source: str) -> Plan:
    """The plan of a file; raises PlanIllisible with the line of each fault."""
    try:
        brut: Any = lire_yaml(texte)
    except yaml.YAMLError as error:
        raise PlanIllisible(str(de_syntaxe(error, source))) from error
    except ValueError as error:
        raise PlanIllisible(f"{source}, ligne 1 : {error}") from error
    if not isinstance(brut, dict):
        raise PlanIllisible(f"{source}, ligne 1 : un plan est attendu : « plan: nom »")
    try:
        return Plan.model_validate(brut)
    except ValidationError as error:
        places = Places(texte, source)
        fautes = [str(places.faute(tuple(e["loc"]), _phrase(e))) for e in error.errors(include_url=False)]
        raise PlanIllisible("\n".join(fautes)) from error


def _phrase(erreur: Any) -> str:
    return str(erreur["ctx"]["error"]) if erreur["type"] == "value_error" else str(phrases_de([erreur])[0]["phrase"])


@cache
def livres() -> Mapping[str, Plan]:
    """The plans of the distribution, by name."""
    places = sorted((f for f in files("fps_certification.plans").iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    found = [lire(place.read_text("utf-8"), place.name) for place in places]
    return {un.plan: un for un in found}
