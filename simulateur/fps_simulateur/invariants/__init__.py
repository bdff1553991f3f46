"""The invariants of the ecosystem, checked over the four statements together; the first act that breaks one is named."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from fps_simulateur.invariants.argent import argent
from fps_simulateur.invariants.certificats import certificats
from fps_simulateur.invariants.courriers import anonymat, courriers_uniques, jamais_avant, numeros
from fps_simulateur.invariants.dossiers import limite_gardee, plus_rien, rabais_borne, rapo_avant_titre, titre_exact
from fps_simulateur.invariants.enonces import INVARIANTS, Invariant
from fps_simulateur.invariants.registres import Registres, Rupture

__all__ = ["CONTROLES", "INVARIANTS", "Invariant", "Rupture", "verifier"]

CONTROLES: Final[Mapping[int, Callable[[Registres], Iterable[Rupture]]]] = {
    1: limite_gardee,
    2: titre_exact,
    3: rabais_borne,
    4: rapo_avant_titre,
    5: argent,
    6: anonymat,
    7: numeros,
    8: certificats,
    9: courriers_uniques,
    10: plus_rien,
    11: jamais_avant,
}


def verifier(releve: Mapping[str, Any]) -> list[Rupture]:
    """Every rupture, the first in time first; `releve` is what the pilot reads of a bac (`Pilot.relever`)."""
    registres = Registres(releve)
    return sorted(r for invariant in INVARIANTS for r in CONTROLES[invariant.numero](registres))
