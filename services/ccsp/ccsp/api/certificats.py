"""The register of the certificates that may file for a collectivité: deposited by their holder, activated by its responsable."""

from ccsp.actes.acces import exiger_cahier, exiger_signee, manques_de
from ccsp.api.acteurs import CONTENTIEUX, agents_ou_greffe, responsable
from fps.kit.engine.service import Service
from fps.kit.trust import depot_certificats
from fps.kit.web.body import Router


def routes(service: Service) -> Router:
    """POST /certificats and GET /front for who holds a certificate; the list, activation and deactivation for the responsable."""
    toutes = Router()
    porte = agents_ou_greffe(service)
    toutes.take(depot_certificats.routes(service, CONTENTIEUX, exiger_cahier, manques_de))
    toutes.take(depot_certificats.gestion(service, "/teletransmission/{siret}", porte, responsable, exiger_signee))
    return toutes
