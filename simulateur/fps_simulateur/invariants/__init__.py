"""The invariants of the ecosystem, checked over the four statements together, dossier after dossier; each rupture names its act."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from fps.parties import Party
from fps.releves import Changement, Entree, Releve
from fps_simulateur.invariants.argent import argent
from fps_simulateur.invariants.certificats import Certificats
from fps_simulateur.invariants.courriers import anonymat, courriers_uniques, jamais_avant, numeros
from fps_simulateur.invariants.dossiers import limite_gardee, plus_rien, rabais_borne, rapo_avant_titre, titre_exact
from fps_simulateur.invariants.enonces import INVARIANTS, Invariant
from fps_simulateur.invariants.memoire import Memoire
from fps_simulateur.invariants.registres import ENTREES, Registres, Rupture, ensemble_de
from fps_simulateur.invariants.reversements import reversements

__all__ = ["CONTROLES", "INVARIANTS", "Invariant", "Rupture", "Verification", "verifier"]

# On the dossiers; the eighth is on what was let in (`Verification.lot`), and the fifth has a total too (`Verification.fin`).
CONTROLES: Final[Mapping[int, Callable[[Registres], Iterable[Rupture]]]] = {
    1: limite_gardee,
    2: titre_exact,
    3: rabais_borne,
    4: rapo_avant_titre,
    5: argent,
    6: anonymat,
    7: numeros,
    8: lambda r: (),
    9: courriers_uniques,
    10: plus_rien,
    11: jamais_avant,
}
GARDEES: Final = 1_000  # ruptures that are remembered, the first in time; all are counted


class Verification:
    """A bac that is verified as its statements are read: nothing of a dossier is kept once it has been looked at."""

    def __init__(self, releves: Mapping[Party, Mapping[str, Any]]):
        self.ensembles: dict[Party, Releve[Any]] = {party: ensemble_de(party, dit) for party, dit in releves.items()}
        self.memoire = Memoire()
        self.nombre = 0
        self._ruptures: list[Rupture] = []
        self._certificats: dict[Party, Certificats] = {}

    @property
    def ruptures(self) -> list[Rupture]:
        """The ruptures found so far, the first in time first."""
        return sorted(self._ruptures)[:GARDEES]

    def _noter(self, found: Iterable[Rupture]) -> None:
        for rupture in found:
            self.nombre += 1
            self._ruptures.append(rupture)
            if len(self._ruptures) > 2 * GARDEES:
                self._ruptures = self.ruptures

    def dossiers(self, tranche: Mapping[Party, Sequence[Mapping[str, Any]]]) -> None:
        """Look at some dossiers: each is whole here, as all the services that have it state it."""
        registres = Registres(tranche, self.memoire)
        for controle in CONTROLES.values():
            self._noter(controle(registres))

    def changements(self, party: Party, changements: Iterable[Mapping[str, Any]]) -> None:
        """How the certificates of a service changed, all of it: what was let in is looked at next."""
        lus = [Changement.model_validate(x) for x in changements]
        self._certificats[party] = Certificats(party, self.ensembles[party], lus)

    def lot(self, party: Party, lignes: Sequence[Mapping[str, Any]]) -> None:
        """Look at what one transaction let in."""
        lues: tuple[Changement | Entree, ...] = ENTREES.validate_python(lignes)
        self._noter(self._certificats[party].lot(lues))

    def fin(self) -> None:
        """Look at the totals, when all was read."""
        for certificats in self._certificats.values():
            self._noter(certificats.fin())
        self._noter(reversements(self.memoire, self.ensembles[Party.DGFIP].partie))


def verifier(releve: Mapping[str, Any]) -> list[Rupture]:
    """Every rupture, the first in time first; `releve` is what the pilot reads of a small bac at once (`Pilot.relever`)."""
    dits = {Party(nom): dit for nom, dit in releve["services"].items()}
    verification = Verification({party: dit["releve"] for party, dit in dits.items()})
    verification.dossiers({party: dit["dossiers"] for party, dit in dits.items()})
    for party, dit in dits.items():
        verification.changements(party, (x for x in dit["entrees"] if x["quoi"] == "certificat"))
        for _, lot in groupby(dit["entrees"], key=lambda x: x["lot"]):
            verification.lot(party, list(lot))
    verification.fin()
    return verification.ruptures
