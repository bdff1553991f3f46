"""The deposit of a certificate by who holds it: it is that of the connection, and its perimeter is only proposed."""

from typing import Annotated

from fastapi import Body, Request
from pydantic import ConfigDict, Field

from antai.actes.espace import certificats as actes
from antai.api.espace.auditer import faire
from antai.api.espace.vues import Formulaire
from fps.confiance.habilitation import Permission
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.trust.acces import certificat, porteur
from fps.kit.trust.front import CertificatVu
from fps.kit.trust.identity import Trust
from fps.kit.web.body import Router
from fps.messages.formats import Court, Instant, Ligne
from fps.messages.formats import Siret as SiretTexte

TAG = "Certificats"
Zones = Annotated[list[Court], Field(max_length=100, description="Zones tarifaires ; aucune veut dire toutes")]
Permissions = Annotated[list[Permission], Field(min_length=1, max_length=10, description="Ce que le prestataire peut faire")]
EffetLe = Annotated[Instant | None, Field(description="À partir de cet instant seulement, à l'horloge du bac")]


class Depot(Formulaire):
    """Un dépôt : le certificat est celui de la connexion, le périmètre n'est que proposé."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"siret": "21590350100017", "prestataire": "Exemple Stationnement", "zones": [], "droits": ["emission"]}
        }
    )

    siret: SiretTexte
    prestataire: Ligne = Field(description="Nom du prestataire, ou de la collectivité elle-même")
    zones: Zones = Field(default_factory=list)
    droits: Permissions = Field(default_factory=lambda: [Permission.EMISSION])
    effet_le: EffetLe = None


def routes(service: Service) -> Router:
    """The route of the deposit."""
    router = Router(dependencies=[certificat(service)], tags=[TAG])

    @router.post("/certificats", status_code=201, summary="Déposer le certificat présenté dans la connexion")
    async def deposer(request: Request, donne: Annotated[Depot, Body()]) -> CertificatVu:
        qui = porteur(request)

        async def run(work: Work) -> CertificatVu:
            pose = await actes.deposer(qui, donne.siret, donne.prestataire, donne.zones, donne.droits, donne.effet_le, work)
            return CertificatVu.voir(pose, service.extension(Trust), work.now)

        return await faire(service, request, "certificat-depose", donne.siret, run, qui, actes.cles(qui.cle, donne.siret))

    return router
