"""What a person may ask ANTAI: one module a noun, each with its routes."""

from fastapi import APIRouter

from antai.api import avis, dossiers, espace, explication, factures, infocentre, paiement, payer, reglements, titres, va_pilote
from fps.kit.engine.service import Service
from fps.kit.trust import guichet_psce


def routes(service: Service) -> APIRouter:
    """The routes of ANTAI, beside its letters; each noun says its door."""
    toutes = APIRouter()
    for noun in (dossiers, titres, factures, avis, paiement, explication, espace, infocentre, va_pilote, reglements, payer, guichet_psce):
        toutes.include_router(noun.routes(service))
    return toutes
