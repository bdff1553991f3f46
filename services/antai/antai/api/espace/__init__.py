"""The espace numérique: asked for by all, used by its agents, by who holds a certificate, and by who plays ANTAI's part."""

from antai.api.espace import certificats, comptes, controle, conventions, demande, depot, documents, espace, front, sessions
from fps.kit.engine.service import Service
from fps.kit.web.body import Router


def routes(service: Service) -> Router:
    """The routes of the espace numérique; each module says its own doors."""
    toutes = Router()
    for module in (demande, sessions, espace, comptes, controle, conventions, documents, depot, certificats, front):
        toutes.take(module.routes(service))
    return toutes
