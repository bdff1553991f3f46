"""The bac in which a life begins: ordinary, or blank with its one town."""

from datetime import datetime

from fps.parties import Party
from fps.villes.annuaire import DEPUIS
from fps.villes.catalogue import par_nom
from fps_simulateur.langue.modele import Vie
from fps_simulateur.langue.villes import FichierVille
from fps_simulateur.pilote.enrolement import EnrolementImpossible, naitre_vierge
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur


async def naitre(pilot: Pilot, vie: Vie, bac: str, instant: datetime, graine: str) -> None:
    """Make the bac of a life. Raises PiloteErreur."""
    if not vie.vierge:
        await pilot.creer(bac, instant, graine=graine)
        return
    if isinstance(vie.ville, FichierVille):
        ville = vie.ville.donnee()
    else:
        ville = {"depuis": DEPUIS.isoformat(), "commune": par_nom()[vie.ville].model_dump(mode="json", by_alias=True)}
    try:
        await naitre_vierge(pilot, bac, instant, graine, ville)
    except EnrolementImpossible as error:
        raise PiloteErreur(Party.ANTAI, error.problem or {"code": "enrolement", "title": error.phrase}) from error
