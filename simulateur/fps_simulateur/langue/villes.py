"""A town that somebody wrote in a file: read, and every fault told with its line, its column and the nearest word."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, get_args

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, Discriminator, Field, Tag, ValidationError, ValidationInfo

from fps.donnees import lire_yaml
from fps.droit.numero import siret_valide
from fps.villes.catalogue import par_nom
from fps.villes.commune import Commune
from fps.villes.lecture import DepuisLaReforme
from fps_simulateur.langue.fautes import Faute, Plan, de_syntaxe, proche

TAILLE: Final = 1 << 20  # bytes of a file


class VillesIllisibles(ValueError):
    """Files of towns that cannot be read: every fault, in order."""

    def __init__(self, fautes: Sequence[Faute]):
        self.fautes = tuple(sorted(fautes))
        super().__init__("\n".join(map(str, self.fautes)))


def _avec_sa_cle(siret: str) -> str:
    if not siret_valide(siret):
        raise ValueError(f"le SIRET {siret} n'a pas la bonne clé (Luhn, ou celle de La Poste) : vérifiez ses 14 chiffres")
    return siret


class FichierVille(Commune):
    """Une collectivité, telle qu'un fichier la décrit : ses configurations suivantes sont d'autres fichiers, avec leur « depuis ».

    SPÉCIMEN — environnement simulé
    """

    siret: Annotated[str, Field(pattern=r"^[0-9]{14}$"), AfterValidator(_avec_sa_cle)]
    depuis: DepuisLaReforme | None = Field(None, description="Premier jour de cette configuration ; à défaut, le 1er janvier 2018")

    def donnee(self) -> dict[str, Any]:
        """The town as a service receives it."""
        depuis: date | None = self.depuis
        commune = self.model_dump(mode="json", by_alias=True, exclude={"depuis"})
        return {"depuis": None if depuis is None else depuis.isoformat(), "commune": commune}


def connue(nom: str) -> str:
    """The short name of a shipped town; raises ValueError with the nearest one."""
    if nom not in par_nom():
        raise ValueError(f"« {nom} » n'est pas une ville du simulateur{proche(nom, par_nom())}")
    return nom


def _du_fichier(valeur: Any, info: ValidationInfo) -> Any:
    """A town by the path of its file, from the directory of the life that names it."""
    if not (isinstance(valeur, str) and valeur.endswith((".yaml", ".yml"))):
        return valeur
    chemin = Path((info.context or {}).get("dossier", ".")) / valeur
    try:
        return lire(chemin.read_text("utf-8"), valeur)
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"le fichier de ville « {valeur} » ne se lit pas : {getattr(error, 'strerror', None) or 'ce n’est pas de l’UTF-8'}"
        ) from error
    except VillesIllisibles as error:
        raise ValueError(f"ce fichier de ville ne se lit pas : {error}") from error


def _sorte(valeur: Any) -> str:
    return "nom" if isinstance(valeur, str) else "fichier"


def lire(texte: str, source: str) -> FichierVille:
    """The town of a file; raises VillesIllisibles."""
    try:
        plan = Plan(texte, source)
        if fausses := plan.dates_fausses():
            raise VillesIllisibles(fausses)
        brut = lire_yaml(texte)
    except yaml.YAMLError as error:
        raise VillesIllisibles([de_syntaxe(error, source)]) from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, VillesIllisibles):
            raise
        raise VillesIllisibles([Faute(source, 1, 1, "ce fichier ne se lit pas")]) from error
    if not isinstance(brut, dict):
        raise VillesIllisibles(
            [Faute(source, 1, 1, 'un fichier de ville se compose de champs : « siret: "…" », « nom: … » (fps ville modele)')]
        )
    try:
        return FichierVille.model_validate(brut)
    except ValidationError as error:
        raise VillesIllisibles(plan.fautes((), error, MOTS)) from error


def lire_fichiers(chemin: Path) -> list[FichierVille]:
    """The towns of a file, or of every .yaml of a directory; raises VillesIllisibles with all the faults, OSError."""
    chemins = sorted(p for p in chemin.iterdir() if p.suffix in (".yaml", ".yml")) if chemin.is_dir() else [chemin]
    if not chemins:
        raise VillesIllisibles([Faute(str(chemin), 1, 1, "ce dossier n'a aucun fichier .yaml")])
    lues: list[FichierVille] = []
    fautes: list[Faute] = []
    vus: dict[tuple[str, date | None], Path] = {}
    for un in chemins:
        try:
            if un.stat().st_size > TAILLE:
                raise VillesIllisibles([Faute(un.name, 1, 1, f"ce fichier dépasse {TAILLE >> 20} Mio")])
            ville = lire(un.read_text("utf-8"), un.name)
        except VillesIllisibles as error:
            fautes += error.fautes
            continue
        except UnicodeDecodeError:
            fautes.append(Faute(un.name, 1, 1, "ce fichier n'est pas en UTF-8"))
            continue
        if (premier := vus.setdefault((ville.siret, ville.depuis), un)) is not un:
            fautes.append(Faute(un.name, 1, 1, f"le SIRET {ville.siret} est déjà celui de {premier.name}, à partir du même jour"))
        lues.append(ville)
    if fautes:
        raise VillesIllisibles(fautes)
    return sorted(lues, key=lambda ville: (ville.siret, ville.depuis or date.min))


def _noms(model: type[BaseModel]) -> Iterator[str]:
    """Every word of a model, and of those that it is made of."""
    todo: list[Any] = [model]
    seen: set[Any] = set()
    while todo:
        one = todo.pop()
        if isinstance(one, type) and issubclass(one, BaseModel):
            if one in seen:
                continue
            seen.add(one)
            for name, field in one.model_fields.items():
                yield field.alias or name
                todo.append(field.annotation)
        else:
            todo += get_args(one)


# A shipped town by its short name, the path of a file, or what such a file says.
Ville = Annotated[
    Annotated[Annotated[str, AfterValidator(connue)], Tag("nom")] | Annotated[FichierVille, Tag("fichier")],
    Discriminator(_sorte),
    BeforeValidator(_du_fichier),
]
_TOUS: Final = tuple(sorted(set(_noms(FichierVille))))
MOTS: Final = {"vie": _TOUS, "etape": _TOUS}
