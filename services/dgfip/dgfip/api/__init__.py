"""What a person may ask the DGFiP, beside its letters: one module a noun."""

from dgfip.api import certificats, explication, payer, prises, recouvrement, reversements
from fps.kit.engine.service import Service
from fps.kit.web.body import Router


def routes(service: Service) -> Router:
    """The routes of the DGFiP: those of its agents, its register of certificates, its payment site."""
    toutes = Router()
    for noun in (prises, explication, recouvrement, reversements, certificats, payer):
        toutes.take(noun.routes(service))
    return toutes
