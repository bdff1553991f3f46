"""What a person may ask the collectivité, beside its letters: one module a noun."""

from collectivite.api import (
    agents,
    annulations,
    calcul,
    communes,
    connexions,
    controles,
    etablissement,
    explication,
    forfaits,
    homologation,
    paiements,
    payer,
    rapos,
    recours,
    remboursements,
    stationnements,
    suivi,
)
from fps.kit.engine.service import Service
from fps.kit.web.body import Router

NOUNS = (
    etablissement,
    forfaits,
    explication,
    annulations,
    paiements,
    remboursements,
    rapos,
    recours,
    homologation,
    connexions,
    stationnements,
    controles,
    agents,
    suivi,
    payer,
    communes,
    calcul,
)


def routes(service: Service) -> Router:
    """The routes of the collectivité: those of its agents, those of anybody; each noun says its door."""
    router = Router()
    for noun in NOUNS:
        router.take(noun.routes(service))
    return router
