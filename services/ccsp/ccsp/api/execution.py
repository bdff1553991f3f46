"""What follows a decision: cassation, execution, penalty by the day."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from pydantic import BaseModel, ConfigDict

from ccsp.actes import execution as executions
from ccsp.api.requetes import Numero, RequeteVue
from ccsp.domain.requete import Requete
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import JsonRoute, Router
from fps.messages.formats import CentimesDus


class Astreinte(BaseModel):
    """Ce que le juge de l'exécution ordonne par jour, en centimes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"montant_jour": 5000}})

    montant_jour: CentimesDus


def routes(service: Service) -> Router:
    """The routes of /requetes once the judge has decided."""
    router = Router(tags=["Requêtes"], route_class=JsonRoute, dependencies=[administration(service)])

    async def faire(request: Request, acte: Callable[[Work], Awaitable[Requete]]) -> RequeteVue:
        async def run(work: Work) -> RequeteVue:
            return RequeteVue.model_validate(await acte(work))

        return await service.ask(bac_of(request), run)

    @router.post("/requetes/{numero}/pourvoi", summary="Noter un pourvoi en cassation")
    async def pourvoi(request: Request, numero: Numero) -> RequeteVue:
        return await faire(request, lambda work: executions.noter_pourvoi(numero, work))

    @router.post("/requetes/{numero}/execution", summary="Demander l'exécution d'une décision")
    async def execution(request: Request, numero: Numero) -> RequeteVue:
        return await faire(request, lambda work: executions.demander(numero, work))

    @router.post("/requetes/{numero}/astreinte", summary="Prononcer une astreinte")
    async def astreinte(request: Request, numero: Numero, somme: Astreinte) -> RequeteVue:
        return await faire(request, lambda work: executions.astreindre(numero, somme.montant_jour, work))

    @router.post("/requetes/{numero}/classement", summary="Classer une demande d'exécution satisfaite")
    async def classement(request: Request, numero: Numero) -> RequeteVue:
        return await faire(request, lambda work: executions.classer(numero, work))

    return router
