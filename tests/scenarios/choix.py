"""Which lives are played where: all in memory, and each once more in another way; all of them in every way with FPS_TEST_LONG=1."""

import os

from fps_simulateur.langue.choix import familles
from fps_simulateur.langue.modele import Vie, catalogue

LONG = os.environ.get("FPS_TEST_LONG") == "1"
VRAI, MELANGE, LENT = range(3)  # on real servers, with shuffled and doubled letters, on a slow network
# The few lives that alone carry some message: they are played on real servers too.
RARES = (
    "annulation-d-un-e-avis-lu-tard",
    "bourg-impaye-abandonne",
    "bourg-rectifie",
    "cheque-impaye-avant-remboursement",
    "decharge-apres-rapo",
    "decharge-totale-du-titre",
    "rapo-pieces-demandees",
    "regularise-a-temps",
    "rembourse-par-mandat",
)
# What is refused leaves nothing behind, on whatever network: these lives of many refusals are played in memory.
REFUSEES = frozenset(choisie.vie.vie for famille, vies in familles().items() if famille.startswith("refus-") for choisie in vies)


def choisies(maniere: int) -> tuple[Vie, ...]:
    """The lives played in that way."""
    toutes = catalogue()
    if LONG:
        return toutes
    rares = {v.vie for v in toutes if maniere == VRAI and v.vie in RARES}
    return tuple(v for rang, v in enumerate(toutes) if (rang % 3 == maniere and v.vie not in REFUSEES) or v.vie in rares)
