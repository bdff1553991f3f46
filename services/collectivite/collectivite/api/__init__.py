"""What a person may ask the collectivité, beside its letters: one module a noun."""

from fastapi import APIRouter

from collectivite.api import communes, controles, dossiers, etablissement, forfaits, rapos, recours, suivi
from fps.kit.body import JsonRoute
from fps.kit.service import Service


def routes(service: Service) -> APIRouter:
    """The routes of the collectivité."""
    router = APIRouter(route_class=JsonRoute)
    for noun in (etablissement, forfaits, dossiers, rapos, recours, controles, suivi, communes):
        noun.routes(router, service)
    return router
