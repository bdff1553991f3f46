"""What a person may ask ANTAI: one module a noun, each with its routes."""

from antai.api import avis, dossiers, espace, explication, factures, impressions, infocentre, paiement, payer, reglements, titres, va_pilote
from fps.kit.engine.service import Service
from fps.kit.trust import guichet_psce
from fps.kit.web.body import Router


def routes(service: Service) -> Router:
    """The routes of ANTAI, beside its letters; each noun says its door."""
    toutes = Router()
    for noun in (
        dossiers,
        titres,
        factures,
        avis,
        impressions,
        paiement,
        explication,
        espace,
        infocentre,
        va_pilote,
        reglements,
        payer,
        guichet_psce,
    ):
        toutes.take(noun.routes(service))
    return toutes
