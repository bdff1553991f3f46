"""What the bank brings to ANTAI after a payment: a cheque that bounces, a sum given back."""

from typing import Annotated

from fastapi import Body, Request
from pydantic import BaseModel, ConfigDict, Field

from antai.actes import paiement as actes
from antai.actes.dossier import cles
from antai.api.vues import DossierChange, Numero
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router


class Rejet(BaseModel):
    """Le chèque que la banque renvoie."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reference": "CHQ-1"}})

    reference: str = Field(min_length=1, max_length=40, description="Référence imprimée sur le justificatif de paiement")


def routes(service: Service) -> Router:
    """The routes of the bank."""
    router = Router(dependencies=[administration(service)])

    @router.post("/dossiers/{numero}/cheque-impaye", tags=["Paiement"], summary="La banque rejette un chèque encaissé")
    async def rejeter(request: Request, numero: Numero, rejet: Annotated[Rejet, Body()]) -> DossierChange:
        async def run(work: Work) -> DossierChange:
            return DossierChange.voir(await actes.rejeter_cheque(numero, rejet.reference, work))

        return await service.ask(bac_of(request), run, [*cles(numero)])

    @router.post("/dossiers/{numero}/restitution", tags=["Paiement"], summary="Rendre ce qui a été payé deux fois")
    async def restituer(request: Request, numero: Numero) -> DossierChange:
        async def run(work: Work) -> DossierChange:
            dossier, montant = await actes.restituer(numero, work)
            return DossierChange.voir(dossier).model_copy(update={"montant": montant})

        return await service.ask(bac_of(request), run, [*cles(numero)])

    return router
