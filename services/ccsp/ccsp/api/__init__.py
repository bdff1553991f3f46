"""What a person may ask the court, beside its letters: one module a noun."""

from fastapi import APIRouter

from ccsp.api import agents, depots, execution, explication, portail, requetes, teletransmission
from fps.kit.engine.service import Service
from fps.kit.trust.acces import administration
from fps.kit.web.body import JsonRoute


def routes(service: Service) -> APIRouter:
    """The routes of the court: those of the registry, then those of the two doors of a collectivité."""
    toutes = APIRouter()
    greffe = APIRouter(tags=["Requêtes"], route_class=JsonRoute, dependencies=[administration(service)])
    for noun in (requetes, execution, explication):
        noun.routes(greffe, service)
    toutes.include_router(greffe)
    for door in (agents, portail, depots, teletransmission):
        toutes.include_router(door.routes(service))
    return toutes
