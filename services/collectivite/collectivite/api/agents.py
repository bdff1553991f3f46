"""The sworn agents of a town."""

from datetime import date
from typing import Annotated

from fastapi import Path, Request
from pydantic import ConfigDict

from collectivite.actes import agents as actes
from collectivite.api.formes import Demande, Vue
from collectivite.domain.agents import AgentAssermente
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.messages.formats import Jour

CheminSiret = Annotated[str, Path(pattern=r"^[0-9]{14}$")]


class DemandeAgent(Demande):
    """Depuis quand un agent est assermenté, et jusqu'à quand."""

    model_config = ConfigDict(json_schema_extra={"example": {"assermente_le": "2026-01-05"}})

    assermente_le: Jour
    retire_le: Jour | None = None


class AgentVu(Vue):
    """Un agent assermenté du registre."""

    siret: str
    numero: int
    assermente_le: date
    retire_le: date | None


def routes(service: Service) -> Router:
    """/agents."""
    router = Router(dependencies=[administration(service)])

    @router.put("/agents/{siret}/{numero}", tags=["Agents"], summary="Enregistrer l'assermentation d'un agent, ou son retrait")
    async def assermenter(request: Request, siret: CheminSiret, numero: Annotated[int, Path(ge=0, le=999)], d: DemandeAgent) -> AgentVu:
        agent = AgentAssermente(siret, numero, d.assermente_le, d.retire_le)
        return AgentVu.model_validate(await service.ask(bac_of(request), lambda w: actes.assermenter(agent, w)))

    @router.get("/agents/{siret}/{numero}", tags=["Agents"], summary="Consulter un agent du registre")
    async def agent(request: Request, siret: CheminSiret, numero: Annotated[int, Path(ge=0, le=999)]) -> AgentVu:
        async with service.reading(bac_of(request)) as lecture:
            return AgentVu.model_validate(await actes.agent_connu(siret, numero, lecture.work))

    return router
