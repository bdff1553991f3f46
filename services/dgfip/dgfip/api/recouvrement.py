"""Remise gracieuse of the majoration, suspension of the recovery, cheques that bounce: asked by a person, the comptable or a bank."""

from collections.abc import Awaitable, Callable
from datetime import date

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from dgfip.actes import paiement, recouvrement
from dgfip.actes import remise as remises
from dgfip.api.prises import Numero, PriseVue
from dgfip.domain.prise_en_charge import PriseEnCharge
from dgfip.domain.remise import EtatRemise
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.messages.formats import Centimes, CentimesDus, Court, Ligne


class Demande(BaseModel):
    """Ce que le redevable demande."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"montant": 4000, "motif": "Ressources insuffisantes."}})

    montant: CentimesDus
    motif: Ligne


class DecisionRemise(BaseModel):
    """Ce que le comptable décide ; 0 refuse."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"montant_accorde": 2000}})

    montant_accorde: Centimes


class Rejet(BaseModel):
    """Le chèque que la banque renvoie."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reference": "CHQ-1"}})

    reference: Court = Field(description="Référence imprimée sur le justificatif de paiement")


class Motif(BaseModel):
    """Pourquoi le recouvrement s'arrête, ou reprend."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"motif": "Vérification de l'adresse."}})

    motif: Ligne = Field(description="Annulation à l'examen, ou issue de l'examen")


class RemiseVue(BaseModel):
    """La dernière demande au sujet d'un FPS majoré ; montants en centimes."""

    model_config = ConfigDict(from_attributes=True)

    numero_fps: str
    etat: EtatRemise
    demandee_le: date
    motif: str
    montant_demande: int
    decidee_le: date | None
    montant_accorde: int


def routes(service: Service) -> Router:
    """The acts around the recovery."""
    router = Router(dependencies=[administration(service)])

    async def faire(request: Request, acte: Callable[[Work], Awaitable[PriseEnCharge]]) -> PriseVue:
        async def run(work: Work) -> PriseVue:
            return PriseVue.voir(await acte(work), work.today)

        return await service.ask(bac_of(request), run)

    @router.post(
        "/prises-en-charge/{numero}/remise",
        tags=["Recouvrement"],
        status_code=201,
        summary="Demander une remise gracieuse de la majoration",
    )
    async def demander(request: Request, numero: Numero, demande: Demande) -> RemiseVue:
        async def run(work: Work) -> RemiseVue:
            return RemiseVue.model_validate(await remises.demander(numero, demande.motif, demande.montant, work))

        return await service.ask(bac_of(request), run)

    @router.post("/prises-en-charge/{numero}/remise/decision", tags=["Recouvrement"], summary="Décider d'une demande de remise")
    async def decider(request: Request, numero: Numero, decision: DecisionRemise) -> RemiseVue:
        async def run(work: Work) -> RemiseVue:
            return RemiseVue.model_validate(await remises.decider(numero, decision.montant_accorde, work))

        return await service.ask(bac_of(request), run)

    @router.post(
        "/prises-en-charge/{numero}/suspension",
        tags=["Recouvrement"],
        summary="Suspendre le recouvrement pendant l'examen d'une annulation",
    )
    async def suspendre(request: Request, numero: Numero, motif: Motif) -> PriseVue:
        return await faire(request, lambda work: recouvrement.suspendre(numero, motif.motif, work))

    @router.post("/prises-en-charge/{numero}/reprise", tags=["Recouvrement"], summary="Reprendre le recouvrement")
    async def reprendre(request: Request, numero: Numero, motif: Motif) -> PriseVue:
        return await faire(request, lambda work: recouvrement.reprendre(numero, motif.motif, work))

    @router.post("/prises-en-charge/{numero}/cheque-impaye", tags=["Paiement"], summary="La banque rejette un chèque encaissé")
    async def rejeter(request: Request, numero: Numero, rejet: Rejet) -> PriseVue:
        return await faire(request, lambda work: paiement.rejeter_cheque(numero, rejet.reference, work))

    return router
