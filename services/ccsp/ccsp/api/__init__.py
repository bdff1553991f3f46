"""What a person may ask the court, beside its letters: one module a noun."""

from ccsp.api import agents, certificats, depots, execution, explication, homologation, portail, requetes, sessions, teletransmission
from fps.kit.engine.service import Service
from fps.kit.web.body import Router


def routes(service: Service) -> Router:
    """The routes of the court: those of the registry, then those of the two doors of a collectivité."""
    toutes = Router()
    for noun in (requetes, execution, explication, sessions, agents, portail, depots, teletransmission, homologation, certificats):
        toutes.take(noun.routes(service))
    return toutes
