"""The parameters of a population: each is data, with its public source or the reason why it was chosen; a file may change some of them."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Generic, Literal, Self, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from fps.donnees import lire_yaml
from fps.messages.moyens import Moyen
from fps.messages.parties_prenantes import Categorie
from fps_simulateur.langue.fautes import proche

T = TypeVar("T")
K = TypeVar("K")
Poids = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Part = Annotated[float, Field(ge=0, le=1)]
Jour = Literal["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
Heure = Annotated[int, Field(ge=0, le=23)]
Mois = Annotated[int, Field(ge=1, le=12)]
Jours = Annotated[int, Field(ge=0, le=3_650)]
Situation = Literal[
    "ordinaire",
    "etranger",
    "location-longue-duree",
    "flotte",
    "cede",
    "cession-non-enregistree",
    "vendu-a-un-professionnel",
    "electronique",
    "npai",
    "inconnu",
    "vole",
    "autre-marque",
]
TAILLE: Final = 1 << 20  # bytes of a file


class ParametresIllisibles(ValueError):
    """A file of parameters that cannot be read: each fault on a line, in French."""


def _ordonne(delai: tuple[int, int]) -> tuple[int, int]:
    if delai[0] > delai[1]:
        raise ValueError("le plus court des deux délais vient d'abord")
    return delai


def _non_nulle(poids: dict[Any, float]) -> dict[Any, float]:
    if not sum(poids.values()) > 0:
        raise ValueError("l'un des poids au moins n'est pas nul")
    return poids


Delai = Annotated[tuple[Jours, Jours], AfterValidator(_ordonne)]


class Parametre(BaseModel, Generic[T]):
    """One value, and what it rests on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    valeur: T
    source: str | None = None
    hypothese: str | None = None

    @model_validator(mode="after")
    def _appuye(self) -> Self:
        if (self.source is None) == (self.hypothese is None):
            raise ValueError("donnez ou « source » (publique), ou « hypothese » (pourquoi), l'un des deux")
        return self


class _Theme(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rue(_Theme):
    """Where and when agents establish FPS."""

    jours: Parametre[Annotated[dict[Jour, Poids], AfterValidator(_non_nulle)]]
    heures: Parametre[Annotated[dict[Heure, Poids], AfterValidator(_non_nulle)]]
    mois: Parametre[Annotated[dict[Mois, Poids], AfterValidator(_non_nulle)]]
    zones: Parametre[Annotated[dict[Annotated[int, Field(ge=1)] | Literal["autres"], Poids], AfterValidator(_non_nulle)]]
    fps_par_agent: Parametre[Annotated[int, Field(ge=1, le=900)]]
    paiement_insuffisant: Parametre[Part]
    categories: Parametre[Annotated[dict[Categorie, Poids], AfterValidator(_non_nulle)]]


class Vehicules(_Theme):
    """Whose the vehicles are."""

    situations: Parametre[Annotated[dict[Situation, Poids], AfterValidator(_non_nulle)]]
    pays: Parametre[Annotated[dict[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], Poids], AfterValidator(_non_nulle)]]
    taille_flotte: Parametre[Annotated[int, Field(ge=1)]]
    habitues: Parametre[Part]


class Paiement(_Theme):
    """How and when a FPS is paid."""

    issues: Parametre[Annotated[dict[Literal["minore", "entier", "jamais"], Poids], AfterValidator(_non_nulle)]]
    delai_minore: Parametre[Annotated[dict[Jours, Poids], AfterValidator(_non_nulle)]]
    delai_entier: Parametre[Annotated[dict[Jours, Poids], AfterValidator(_non_nulle)]]
    avec_la_notice: Parametre[Part]
    moyens: Parametre[Annotated[dict[Moyen, Poids], AfterValidator(_non_nulle)]]
    cheque_impaye: Parametre[Part]
    paye_apres_rejet: Parametre[Part]
    double: Parametre[Part]
    lit_l_e_avis: Parametre[Part]


class Titre(_Theme):
    """What becomes of a titre exécutoire."""

    issues: Parametre[Annotated[dict[Literal["rabais", "tardif", "saisie", "jamais"], Poids], AfterValidator(_non_nulle)]]
    remise: Parametre[Part]
    remise_accordee: Parametre[Part]
    abandon: Parametre[Part]
    cheque: Parametre[Part]


class Rapo(_Theme):
    """Who contests a FPS before the town, and what it answers."""

    taux: Parametre[Part]
    par_lettre: Parametre[Part]
    delai_depot: Parametre[Delai]
    incomplet: Parametre[Part]
    issues: Parametre[
        Annotated[dict[Literal["rejet", "acceptation-totale", "acceptation-partielle", "silence"], Poids], AfterValidator(_non_nulle)]
    ]
    delai_decision: Parametre[Delai]
    deja_paye: Parametre[Part]
    paie_apres: Parametre[Part]
    annulation: Parametre[Part]


class Juridiction(_Theme):
    """Who goes to court, and what is judged."""

    apres_rapo: Parametre[Part]
    contre_titre: Parametre[Part]
    sans_piece: Parametre[Part]
    regularise: Parametre[Part]
    defense: Parametre[Part]
    delai_jugement: Parametre[Delai]
    issues: Parametre[Annotated[dict[Literal["rejet", "decharge-totale", "decharge-partielle"], Poids], AfterValidator(_non_nulle)]]
    delai_execution: Parametre[Delai]


class Parametres(_Theme):
    """All that a population is drawn from."""

    rue: Rue
    vehicules: Vehicules
    paiement: Paiement
    titre: Titre
    rapo: Rapo
    juridiction: Juridiction

    @property
    def empreinte(self) -> str:
        """The SHA-256 of the values: two populations drawn from the same ones are the same."""
        valeurs = {theme: {nom: un["valeur"] for nom, un in dits.items()} for theme, dits in self.model_dump(mode="json").items()}
        return hashlib.sha256(json.dumps(valeurs, sort_keys=True).encode()).hexdigest()


@cache
def _livres() -> Mapping[str, Any]:
    brut: dict[str, Any] = lire_yaml(files("fps_simulateur.population").joinpath("parametres.yaml").read_text("utf-8"))
    return brut


@cache
def livres() -> Parametres:
    """Those that are shipped."""
    return Parametres.model_validate(_livres())


def lire(fichier: Path) -> Parametres:
    """Those of a file over the shipped ones, parameter by parameter; raises ParametresIllisibles, OSError."""
    if fichier.stat().st_size > TAILLE:
        raise ParametresIllisibles(f"{fichier} : un fichier de paramètres tient en 1 Mio.")
    try:
        donnes = lire_yaml(fichier.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParametresIllisibles(f"{fichier} : ce n'est pas du YAML ({str(error).splitlines()[-1].strip()}).") from error
    if not isinstance(donnes, Mapping) or not all(isinstance(dits, Mapping) for dits in donnes.values()):
        raise ParametresIllisibles(f"{fichier} : des thèmes sont attendus ({', '.join(_livres())}), et sous chacun ses paramètres.")
    fautes = [f"« {theme} » n'est pas un thème{proche(str(theme), _livres())}" for theme in donnes if theme not in _livres()]
    fautes += [
        f"« {theme}.{nom} » n'est pas un paramètre{proche(str(nom), _livres()[theme])}"
        for theme, dits in donnes.items()
        if theme in _livres()
        for nom in dits
        if nom not in _livres()[theme]
    ]
    if not fautes:
        try:
            return Parametres.model_validate({theme: {**dits, **donnes.get(theme, {})} for theme, dits in _livres().items()})
        except ValidationError as error:
            fautes = [f"« {'.'.join(str(part) for part in e['loc'][:2])} » : {_dite(e)}" for e in error.errors()]
    raise ParametresIllisibles("\n".join(f"{fichier} : {faute}" for faute in fautes))


def _dite(error: Any) -> str:
    """A fault of a value, in French."""
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    donne = str(error["input"])[:60]
    return {
        "missing": "il manque « valeur ».",
        "extra_forbidden": f"« {error['loc'][-1]} » n'est pas attendu ici.",
        "less_than_equal": f"{donne} est trop grand ({error.get('ctx', {}).get('le')} au plus).",
        "greater_than_equal": f"{donne} est trop petit ({error.get('ctx', {}).get('ge')} au moins).",
    }.get(error["type"], f"« {donne} » ne convient pas.")
