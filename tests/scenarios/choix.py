"""Which lives are played where: all in memory, one of each family again in each other way; all, everywhere, with FPS_TEST_LONG=1."""

import os

from fps_simulateur.langue.choix import familles
from fps_simulateur.langue.modele import Vie, catalogue

LONG = os.environ.get("FPS_TEST_LONG") == "1"
VRAI, MELANGE, LENT = range(3)  # on real servers, with shuffled and doubled letters, on a slow network
# With one life of each family, these carry every message: they are played in each way.
RARES = (
    "bourg-rectifie",
    "cheque-a-temps-apres-la-requete",
    "cheque-a-temps-bourg-titre-paye",
    "cheque-impaye-avant-remboursement",
    "decharge-totale-du-titre",
    "double-paiement-rendu",
    "minore-lille-dernier-jour",
    "rapo-pieces-demandees",
    "requete-sans-la-decision-recue",
)


def choisies(maniere: int) -> tuple[Vie, ...]:
    """The lives played in that way: of each family another one than in the other ways, while it has as many.

    What is refused leaves nothing behind, on whatever network: the families of refusals are played in memory.
    """
    toutes = catalogue()
    if LONG:
        return toutes
    prises = {vies[maniere % len(vies)].vie.vie for famille, vies in familles().items() if not famille.startswith("refus-")}
    return tuple(v for v in toutes if v.vie in prises or v.vie in RARES)
