"""What a person may ask the DGFiP, beside its letters: one module a noun."""

from fastapi import APIRouter

from dgfip.api import certificats, explication, payer, prises, recouvrement, reversements
from fps.kit.engine.service import Service


def routes(service: Service) -> APIRouter:
    """The routes of the DGFiP: those of its agents, its register of certificates, its payment site."""
    toutes = APIRouter()
    for noun in (prises, explication, recouvrement, reversements, certificats, payer):
        toutes.include_router(noun.routes(service))
    return toutes
