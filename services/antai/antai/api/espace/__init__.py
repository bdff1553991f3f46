"""The espace numérique: asked for by all, used by its agents, by who holds a certificate, and by who plays ANTAI's part."""

from fastapi import APIRouter

from antai.api.espace import certificats, comptes, controle, conventions, demande, depot, documents, espace, front, sessions
from fps.kit.engine.service import Service


def routes(service: Service) -> APIRouter:
    """The routes of the espace numérique; each module says its own doors."""
    toutes = APIRouter()
    for module in (demande, sessions, espace, comptes, controle, conventions, documents, depot, certificats, front):
        toutes.include_router(module.routes(service))
    return toutes
