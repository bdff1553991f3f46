"""Public figures of the real towns, and how far a population is from them."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from fps.donnees import lire_yaml


class Chiffre(BaseModel):
    """A public figure: `de` and `a` are the lowest and the highest that the sources tell, in its unit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    nom: str
    dit: str
    unite: Literal["centimes", "part", "jours"]
    de: float
    a: float
    source: str
    url: str

    def ecart(self, simule: float) -> float:
        """How far a value is from the nearest bound, as a part of it; 0 between the two."""
        if self.de <= simule <= self.a:
            return 0.0
        borne = self.de if simule < self.de else self.a
        return (simule - borne) / borne

    def ecrire(self, valeur: float) -> str:
        """A value of this figure, as it is read."""
        if self.unite == "part":
            return f"{valeur * 100:.2f}".rstrip("0").rstrip(".").replace(".", ",") + " %"
        if self.unite == "centimes":
            return f"{valeur / 100:.2f}".replace(".", ",") + " €"
        return f"{valeur:.1f}".replace(".", ",").removesuffix(",0") + " jours"


@cache
def connus() -> tuple[Chiffre, ...]:
    """All of them, in the order of the life of a FPS."""
    brut = lire_yaml(files("fps_simulateur.population").joinpath("chiffres.yaml").read_text("utf-8"))
    return TypeAdapter(tuple[Chiffre, ...]).validate_python(brut)


def comparer(simules: Mapping[str, float | None]) -> list[dict[str, Any]]:
    """Each figure, what a population gives of it, the difference; None when the run is too short to tell."""
    found = []
    for chiffre in connus():
        simule = simules[chiffre.nom]
        ecart = None if simule is None else round(chiffre.ecart(simule), 4)
        reel = chiffre.ecrire(chiffre.de) if chiffre.de == chiffre.a else f"{chiffre.ecrire(chiffre.de)} à {chiffre.ecrire(chiffre.a)}"
        dits = {"reel": reel, "simule": None if simule is None else chiffre.ecrire(simule), "ecart": ecart}
        found.append({"nom": chiffre.nom, "dit": chiffre.dit, **dits, "source": chiffre.source, "url": chiffre.url})
    return found
