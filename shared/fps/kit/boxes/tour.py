"""The doors of the time told: a product asks for instants, the pilot tells the hour of a bac and sees who has not answered."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field

from fps.kit.boxes import temps
from fps.kit.boxes.retrait import Boite, SiretDemande, tenir
from fps.kit.boxes.reveil import Reveil
from fps.kit.engine import bacs
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.clock import PARIS
from fps.kit.trust.acces import administration, certificat
from fps.kit.web.body import Router
from fps.messages.formats import Instant, Ligne


class ReveilDemande(BaseModel):
    """Un instant du bac où l'horloge doit s'arrêter, le temps que vous agissiez."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"siret": "21590350100017", "instant": "2026-07-29T08:00:00+02:00", "motif": "relance du RAPO"}},
    )

    siret: str = Field(pattern=r"^[0-9]{14}$")
    instant: Instant
    motif: Ligne | None = Field(None, description="ce que la lettre de temps vous redira")


class ReveilVu(BaseModel):
    """Un instant demandé, que l'horloge du bac n'a pas encore atteint."""

    siret: str
    instant: datetime
    motif: str
    pose_par: str


class ProduitMuet(BaseModel):
    """Une lettre de temps que personne n'a encore acquittée."""

    siret: str
    position: int = Field(description="numéro de la lettre dans sa boîte")
    instant: datetime = Field(description="l'instant du bac qu'elle dit")
    mode: str
    essais: int
    cause: str = Field(description="ce qu'il est advenu du dernier essai")


class Prevenus(BaseModel):
    """Combien de lettres de temps attendent une réponse."""

    lettres: int


def _vu(reveil: Reveil) -> ReveilVu:
    return ReveilVu(siret=reveil.siret, instant=reveil.instant.astimezone(PARIS), motif=reveil.motif, pose_par=reveil.pose_par)


def routes(service: Service) -> Router:
    """The routes of who holds a certificate that the collectivité has activated."""
    router = Router(dependencies=[certificat(service)], tags=["Temps"])

    @router.post("/reveils", status_code=201, summary="Demander que l'horloge du bac s'arrête à un instant")
    async def demander(request: Request, reveil: ReveilDemande) -> ReveilVu:
        async def act(boite: Boite) -> ReveilVu:
            async def run(work: Work) -> Reveil:
                await boite.ouvrir(work)
                return await temps.demander(work, reveil.siret, reveil.instant, reveil.motif or "", boite.qui)

            return _vu(await service.ask(boite.bac, run))

        return await tenir(service, request, reveil.siret, act)

    @router.get("/reveils", summary="Lister les instants demandés qui ne sont pas passés")
    async def lister(request: Request, siret: SiretDemande) -> list[ReveilVu]:
        async def act(boite: Boite) -> list[ReveilVu]:
            async with service.reading(boite.bac) as reading:
                await boite.ouvrir(reading.work)
                return [_vu(one) for one in await temps.reveils(reading.work, siret)]

        return await tenir(service, request, siret, act)

    @router.delete("/reveils", status_code=204, summary="Renoncer à un instant demandé")
    async def renoncer(
        request: Request, siret: SiretDemande, instant: Annotated[Instant, Query(description="celui qui fut demandé")]
    ) -> None:
        async def act(boite: Boite) -> None:
            async def run(work: Work) -> None:
                await boite.ouvrir(work)
                await temps.renoncer(work, siret, instant)

            await service.ask(boite.bac, run)

        await tenir(service, request, siret, act)

    return router


def pilotage(service: Service) -> Router:
    """Those of the pilot."""
    router = Router(prefix="/pilotage/bacs/{nom}", dependencies=[administration(service)], tags=["pilotage"])

    @router.post("/temps", summary="Dire l'heure du bac aux produits qui la demandent")
    async def prevenir(nom: str) -> Prevenus:
        """Une lettre par collectivité qui la demande, ou dont un réveil est venu ; ce qui n'a pas de réponse est redit."""
        return Prevenus(lettres=await temps.prevenir(service, nom))

    @router.get("/temps", summary="Lister les lettres de temps que personne n'a acquittées")
    async def muets(nom: str) -> list[ProduitMuet]:
        async with service.database.read() as tx:
            await bacs.find(tx, nom)
            found: list[dict[str, Any]] = await temps.muets(tx, nom)
        return [ProduitMuet.model_validate(one) for one in found]

    return router
