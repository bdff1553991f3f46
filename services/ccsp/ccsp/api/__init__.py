"""What a person may ask the court, beside its letters: one module a noun."""

from fastapi import APIRouter

from ccsp.api import execution, explication, requetes
from fps.kit.body import JsonRoute
from fps.kit.portes import administration
from fps.kit.service import Service


def routes(service: Service) -> APIRouter:
    """The routes of the court."""
    router = APIRouter(tags=["Requêtes"], route_class=JsonRoute, dependencies=[administration(service)])
    for noun in (requetes, execution, explication):
        noun.routes(router, service)
    return router
