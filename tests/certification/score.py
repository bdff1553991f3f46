"""The score of the wrong products, as `make check` says it: python -m tests.certification.score.

All of them are played by `make test` (with FPS_TEST_LONG=1) against the table that is counted here; of each family, one is here too.
"""

import asyncio
import sys
from collections.abc import Mapping

import pytest

from fps_certification.exigences.lecture import exigences
from fps_simulateur.pilote.world import open_world
from tests.certification.mutants import Mutant
from tests.certification.mutants_des_courriers import ATTRAPES_DES_COURRIERS
from tests.certification.mutants_exploration import ATTRAPES_DE_L_EXPLORATION
from tests.certification.sans_mutant import SANS_MUTANT
from tests.certification.tous_les_mutants import FAMILLES, PRIS, essayer, rates

TABLE: Mapping[str, str] = {**PRIS, **ATTRAPES_DES_COURRIERS, **ATTRAPES_DE_L_EXPLORATION}


def tuees() -> set[str]:
    """The requirements that at least one wrong product fails."""
    return {un for pris in TABLE.values() for un in pris.split()}


def echantillon() -> list[Mutant]:
    """One wrong product of each family: the one that plays the fewest checks."""
    return [min(famille, key=lambda m: len(m.epreuves)) for famille in FAMILLES]


async def jouer() -> dict[str, str]:
    """What each of these fails now."""
    found = {}
    async with open_world(token="score-des-mutants") as monde:
        for mutant in echantillon():
            with pytest.MonkeyPatch.context() as patch:
                found[mutant.nom] = " ".join(sorted(rates(await essayer(monde, mutant, patch))))
    return found


def dire(joues: Mapping[str, str]) -> int:
    """Print the score; gives 1 when it is not of one hundred per cent."""
    manques = [nom for nom, pris in TABLE.items() if not pris]
    manques += [nom for nom, pris in joues.items() if set(pris.split()) != set(TABLE[nom].split())]
    bons, eprouvees = len(TABLE) - len(set(manques)), sum(e.non_teste is None for e in exigences())
    print(  # noqa: T201
        f"Certification : {bons} produits faux pris sur {len(TABLE)} ({100 * bons // len(TABLE)} %), d'après le tableau que « make test » "
        f"rejoue, en entier avec FPS_TEST_LONG=1 ; {len(joues)} viennent d'être rejoués. {len(tuees())} exigences sur {eprouvees} "
        f"ont le leur, {len(SANS_MUTANT)} disent pourquoi elles n'en ont pas."
    )
    for nom in manques:
        print(f"  manqué : {nom}, attendu {TABLE[nom] or 'rien'}, pris {joues.get(nom) or 'par rien'}")  # noqa: T201
    return 1 if manques else 0


if __name__ == "__main__":
    sys.exit(dire(asyncio.run(jouer())))
