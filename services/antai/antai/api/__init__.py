"""What a person may ask ANTAI: one module a noun, each with its routes."""

from fastapi import APIRouter

from antai.api import avis, dossiers, espace, explication, factures, infocentre, paiement, payer, titres, va_pilote
from fps.kit.engine.service import Service
from fps.kit.trust import guichet_psce
from fps.kit.trust.acces import administration


def routes(service: Service) -> APIRouter:
    """The routes of ANTAI, beside its letters: the administration's, then those that say their own doors."""
    toutes = APIRouter()
    for module in (dossiers, titres, factures, avis, paiement, explication):
        toutes.include_router(module.routes(service), dependencies=[administration(service)])
    for propre in (espace, infocentre, va_pilote, payer, guichet_psce):
        toutes.include_router(propre.routes(service))
    return toutes
