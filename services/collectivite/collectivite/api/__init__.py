"""What a person may ask the collectivité, beside its letters: one module a noun."""

from fastapi import APIRouter

from collectivite.api import (
    agents,
    annulations,
    communes,
    controles,
    etablissement,
    explication,
    forfaits,
    paiements,
    payer,
    rapos,
    recours,
    remboursements,
    stationnements,
    suivi,
)
from fps.kit.engine.service import Service
from fps.kit.trust.acces import administration, publique

AGENTS = (etablissement, forfaits, explication, annulations, paiements, remboursements, rapos, recours, stationnements, controles, agents)
USAGERS = (suivi, payer, communes)


def routes(service: Service) -> APIRouter:
    """The routes of the collectivité: those of its agents, those of anybody."""
    router = APIRouter()
    for noun in AGENTS:
        router.include_router(noun.routes(service), dependencies=[administration(service)])
    for noun in USAGERS:
        router.include_router(noun.routes(service), dependencies=[publique()])
    return router
