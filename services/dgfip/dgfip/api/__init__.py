"""What a person may ask the DGFiP, beside its letters: one module a noun."""

from fastapi import APIRouter

from dgfip.api import explication, prises, recouvrement, reversements
from fps.kit.body import JsonRoute
from fps.kit.portes import administration
from fps.kit.service import Service


def routes(service: Service) -> APIRouter:
    """The routes of the DGFiP."""
    router = APIRouter(route_class=JsonRoute, dependencies=[administration(service)])
    for noun in (prises, explication, recouvrement, reversements):
        noun.routes(router, service)
    return router
