"""What runs exercised set against all that may be: the holes, and the reason of those that no life of a dossier can fill."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, TypeAdapter

from fps.donnees import lire_yaml
from fps_simulateur.couverture.parcours import Parcours, depart
from fps_simulateur.couverture.univers import Genre, Point, Univers, univers

FICHIER: Final = "raisons.yaml"


class Raison(BaseModel):
    """Pourquoi des points ne sont atteints par aucune vie, et ce qui les éprouve ; `*` tient la place de ce qu'on veut."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    raison: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vu:
    """A point, how many times it was exercised, and why it need not be."""

    point: Point
    fois: int
    raison: str | None = None
    departs: tuple[int, ...] = ()  # how many times a transition left each of its states

    @property
    def trou(self) -> bool:
        """Whether it was not exercised, though nothing says why."""
        return not self.fois and self.raison is None


@dataclass(frozen=True)
class Bilan:
    """Every point with what became of it; `fausses`: the reasons that explain nothing, or what was exercised."""

    parcours: Parcours
    vus: tuple[Vu, ...]
    fausses: tuple[str, ...]

    @property
    def trous(self) -> list[Vu]:
        """What was not exercised, and should be."""
        return [vu for vu in self.vus if vu.trou]

    def compte(self, genre: Genre | None = None) -> tuple[int, int]:
        """How many points were exercised, and how many may be, of a kind or of all; those that have a reason not to be are left out."""
        dits = [vu for vu in self.vus if genre in (None, vu.point.genre) and (vu.fois or vu.raison is None)]
        return sum(vu.fois > 0 for vu in dits), len(dits)

    def taux(self, genre: Genre | None = None) -> float:
        """The same, in percent: 100 when there is nothing."""
        atteints, tous = self.compte(genre)
        return 100.0 * atteints / tous if tous else 100.0

    def vue(self) -> dict[str, Any]:
        """As JSON; what was exercised can be added to other runs."""
        return {
            "taux": round(self.taux(), 2),
            "genres": {genre.value: dict(zip(("atteints", "tous"), self.compte(genre), strict=True)) for genre in Genre},
            "trous": [vu.point.cle for vu in self.trous],
            "points": [_vue(vu) for vu in self.vus],
            "parcours": self.parcours.vue(),
        }


def _vue(vu: Vu) -> dict[str, Any]:
    point = vu.point
    where = {"service": point.service, "groupe": point.groupe, "nom": point.nom, "fichier": point.fichier, "ligne": point.ligne}
    departs = {"departs": dict(zip(point.departs, vu.departs, strict=True))} if point.departs else {}
    raison = {} if vu.fois or vu.raison is None else {"raison": vu.raison}
    return {"genre": point.genre.value, **where, "fois": vu.fois, **departs, **raison}


def raisons() -> tuple[Raison, ...]:
    """The reasons of the project, as its file gives them."""
    lues = lire_yaml(files("fps_simulateur.couverture").joinpath(FICHIER).read_text("utf-8"))
    return tuple(TypeAdapter(list[Raison]).validate_python(lues))


def dresser(parcours: Parcours, connu: Univers | None = None, dites: Sequence[Raison] | None = None) -> Bilan:
    """Set what was exercised against the universe, that of the project unless it is given, and the same for the reasons."""
    connu, dites = connu or univers(), raisons() if dites is None else dites
    fois = parcours.fois(connu)
    pourquoi: dict[str, str] = {}
    fausses = []
    for une in dites:
        for motif in une.points:
            found = [point.cle for point in connu.points if fnmatchcase(point.cle, motif)]
            if not found:
                fausses.append(f"« {motif} » ne désigne rien")
            fausses += [f"« {cle} » est atteint, « {motif} » lui donne une raison de ne pas l'être" for cle in found if fois[cle]]
            pourquoi |= dict.fromkeys(found, une.raison)
    vus = (Vu(p, fois[p.cle], pourquoi.get(p.cle), tuple(fois[depart(p.cle, de)] for de in p.departs)) for p in connu.points)
    return Bilan(parcours, tuple(vus), tuple(fausses))


def par_groupe(vus: Iterable[Vu]) -> Mapping[tuple[str, str, str], list[Vu]]:
    """What was seen, by service, group and file, in order."""
    found: dict[tuple[str, str, str], list[Vu]] = {}
    for vu in vus:
        found.setdefault((vu.point.service, vu.point.groupe or vu.point.genre.value, vu.point.fichier), []).append(vu)
    return found
