"""The register of the certificates that may bring accounting documents (flow 9): deposited by their holder, activated by the comptable."""

from typing import Final

from fastapi import Request

from fps.confiance.habilitation import Permission
from fps.confiance.refus import AccesRefuse
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.trust import depot_certificats
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router

COMPTABILITE: Final = frozenset({Permission.COMPTABILITE})


async def sans_condition(siret: str, work: Work) -> None:
    """An active certificate is all that the DGFiP asks."""


async def sans_manque(siret: str, work: Work) -> list[AccesRefuse]:
    """No step of the collectivité itself is asked here."""
    return []


async def comptable(service: Service, request: Request) -> None:
    """The door of administration is that of the comptable (hypothesis H95)."""


def routes(service: Service) -> Router:
    """POST /certificats and GET /front for who holds a certificate; the list, activation and deactivation for the comptable."""
    toutes = Router()
    toutes.take(depot_certificats.routes(service, COMPTABILITE, sans_condition, sans_manque))
    toutes.take(depot_certificats.gestion(service, "/collectivites/{siret}", administration(service), comptable, sans_condition))
    return toutes
