"""What a person may ask the collectivité, beside its letters: one module a noun."""

from fastapi import APIRouter

from collectivite.api import communes, controles, dossiers, etablissement, explication, forfaits, payer, rapos, recours, suivi
from fps.kit.engine.service import Service
from fps.kit.trust.acces import administration, publique
from fps.kit.web.body import JsonRoute


def routes(service: Service) -> APIRouter:
    """The routes of the collectivité."""
    interne = APIRouter(route_class=JsonRoute, dependencies=[administration(service)])
    for noun in (etablissement, forfaits, explication, dossiers, rapos, recours, controles):
        noun.routes(interne, service)
    ouvert = APIRouter(route_class=JsonRoute, dependencies=[publique()])
    for noun in (suivi, payer, communes):
        noun.routes(ouvert, service)
    router = APIRouter()
    router.include_router(interne)
    router.include_router(ouvert)
    return router
