"""The ten invariants of the ecosystem, checked over the four services' exports together; the first act that breaks one is named."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from fps_simulateur.invariants.argent import argent
from fps_simulateur.invariants.courriers import anonymat, courriers_uniques, numeros
from fps_simulateur.invariants.dossiers import FINAUX, limite_gardee, plus_rien, rabais_borne, rapo_avant_titre, titre_exact
from fps_simulateur.invariants.registres import INVARIANTS, SANS_OBJET, Registres, Rupture

__all__ = ["CONTROLES", "FINAUX", "INVARIANTS", "SANS_OBJET", "Rupture", "verifier"]

# In the order of their numbers; the eighth waits for the certificates.
CONTROLES: Final[tuple[Callable[[Registres], Iterable[Rupture]], ...]] = (
    limite_gardee,
    titre_exact,
    rabais_borne,
    rapo_avant_titre,
    argent,
    anonymat,
    numeros,
    courriers_uniques,
    plus_rien,
)


def verifier(export: Mapping[str, Any]) -> list[Rupture]:
    """Every rupture, the first in time first; `export` is what the pilot exports of a bac."""
    registres = Registres(export)
    return sorted(r for check in CONTROLES for r in check(registres))
