"""Two runs beside each other: what changed of each requirement, and whether it is the product or the requirement that did."""

from dataclasses import dataclass
from typing import Final

from fps_certification.rapports.rapport import ExigenceRendue, Rapport
from fps_certification.verdict import Sort

DE_LA_DEMANDE: Final = ("texte", "flux", "niveau", "source", "eprouvee_par")  # what a version of the requirements may change


@dataclass(frozen=True, slots=True)
class Ecart:
    """What differs of one requirement: its lot before and after (None: not in that run), and its fields that were rewritten."""

    id: str
    avant: Sort | None
    apres: Sort | None
    recrite: tuple[str, ...]

    @property
    def pire(self) -> bool:
        """Whether the second run is worse: what was met is no longer."""
        return self.avant is Sort.CONFORME and self.apres is not Sort.CONFORME


def comparer(avant: Rapport, apres: Rapport) -> tuple[Ecart, ...]:
    """The requirements that differ, in the order of their numbers."""
    a, b = ({e.id: e for e in r.exigences} for r in (avant, apres))
    ecarts = (_ecart(id_, a.get(id_), b.get(id_)) for id_ in sorted({*a, *b}, key=lambda i: (len(i), i)))
    return tuple(e for e in ecarts if e.avant is not e.apres or e.recrite)


def _ecart(id_: str, avant: ExigenceRendue | None, apres: ExigenceRendue | None) -> Ecart:
    recrite = () if avant is None or apres is None else tuple(c for c in DE_LA_DEMANDE if getattr(avant, c) != getattr(apres, c))
    return Ecart(id_, None if avant is None else avant.sort, None if apres is None else apres.sort, recrite)
