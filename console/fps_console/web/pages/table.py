"""The table of the families of pages: what a browser finds at the console is what is named here."""

from typing import Final

from fps_console.web.cadre import Famille
from fps_console.web.pages import (
    actes,
    apprendre,
    audit,
    bacs,
    boites,
    certification,
    configuration,
    courriers,
    dossiers,
    flux,
    frise,
    guichets,
    mondes,
    mortes,
    observation,
    repertoire,
    seance,
    simulateur,
    temps,
    usager,
    villes,
)

FAMILLES: Final[tuple[Famille, ...]] = (
    bacs.FAMILLE,
    certification.FAMILLE,
    repertoire.FAMILLE,
    dossiers.FAMILLE,
    courriers.FAMILLE,
    boites.FAMILLE,
    mortes.FAMILLE,
    audit.FAMILLE,
    frise.FAMILLE,
    actes.FAMILLE,
    usager.FAMILLE,
    configuration.FAMILLE,  # before the page of a town, whose address is shorter
    villes.FAMILLE,
    guichets.FAMILLE,
    flux.FAMILLE,
    mondes.FAMILLE,
    seance.FAMILLE,
    simulateur.FAMILLE,
    observation.FAMILLE,
    temps.FAMILLE,
    apprendre.FAMILLE,
)
