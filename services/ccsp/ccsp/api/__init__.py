"""What a person may ask the court, beside its letters: one module a noun."""

from fastapi import APIRouter

from ccsp.api import agents, certificats, depots, execution, explication, homologation, portail, requetes, sessions, teletransmission
from fps.kit.engine.service import Service


def routes(service: Service) -> APIRouter:
    """The routes of the court: those of the registry, then those of the two doors of a collectivité."""
    toutes = APIRouter()
    for noun in (requetes, execution, explication, sessions, agents, portail, depots, teletransmission, homologation, certificats):
        toutes.include_router(noun.routes(service))
    return toutes
