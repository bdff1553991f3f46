"""What a person may ask the DGFiP, beside its letters: one module a noun."""

from fastapi import APIRouter

from dgfip.api import certificats, explication, payer, prises, recouvrement, reversements
from fps.kit.engine.service import Service
from fps.kit.trust.acces import administration
from fps.kit.web.body import JsonRoute


def routes(service: Service) -> APIRouter:
    """The routes of the DGFiP: those of its agents, its register of certificates, its payment site."""
    toutes = APIRouter()
    agents = APIRouter(route_class=JsonRoute, dependencies=[administration(service)])
    for noun in (prises, explication, recouvrement, reversements):
        noun.routes(agents, service)
    toutes.include_router(agents)
    toutes.include_router(certificats.routes(service))
    toutes.include_router(payer.routes(service))
    return toutes
