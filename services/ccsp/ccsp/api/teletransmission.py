"""The télétransmission of a collectivité: its cahier des charges, its system, its convention, and the steps that are missing."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated

from fastapi import Body, Request
from pydantic import BaseModel, ConfigDict, Field

from ccsp.actes import acces
from ccsp.actes import teletransmission as actes
from ccsp.api.acteurs import Siret, agents_ou_greffe, responsable
from ccsp.api.agents import Formulaire
from ccsp.domain.teletransmission import Convention, Teletransmission
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration, auteur
from fps.kit.trust.front import Manque
from fps.kit.web.body import JsonRoute, Router
from fps.messages.formats import Court, Jour

TAG = "Télétransmission"


class Systeme(Formulaire):
    """Le système de télétransmission employé."""

    model_config = ConfigDict(json_schema_extra={"example": {"systeme": "Exemple Recours", "version": "2.1"}})

    systeme: Court
    version: Court


class Signature(Formulaire):
    """La signature de la convention par la collectivité."""

    model_config = ConfigDict(json_schema_extra={"example": {"signataire": "Le maire, par délégation"}})

    signataire: Court
    effet_le: Jour | None = Field(None, description="Vide : aujourd'hui")


class Suivi(BaseModel):
    """Où en est une collectivité ; « manques » est vide quand elle peut déposer par l'interface."""

    siret: str
    cahier_accepte_le: date | None
    systeme: str
    version: str
    versions_homologuees: tuple[str, ...]
    derniere_seance: int | None
    conventions: tuple[Convention, ...]
    manques: list[Manque]


async def voir(siret: str, work: Work) -> Suivi:
    """The state of a collectivité."""
    suivi, seance = await acces.suivi_de(siret, work)
    montre = suivi or Teletransmission(siret)
    return Suivi(
        siret=siret,
        cahier_accepte_le=montre.cahier_accepte_le,
        systeme=montre.systeme,
        version=montre.version,
        versions_homologuees=montre.versions_homologuees,
        derniere_seance=None if seance is None else seance.rang,
        conventions=montre.conventions,
        manques=[Manque.voir(siret, manque) for manque in await acces.manques_de(siret, work)],
    )


def routes(service: Service) -> Router:
    """The routes under /teletransmission/{siret}: what the collectivité does, by its responsable; what the court does of a convention."""
    toutes = Router()
    prefixe, porte = "/teletransmission/{siret}", agents_ou_greffe(service)
    router = Router(prefix=prefixe, route_class=JsonRoute, dependencies=[porte], tags=[TAG])
    greffe = Router(prefix=prefixe, route_class=JsonRoute, dependencies=[administration(service)], tags=[TAG])

    async def faire(request: Request, siret: str, acte: Callable[[Work], Awaitable[Teletransmission]]) -> Suivi:
        await responsable(service, request)

        async def run(work: Work) -> Suivi:
            await acte(work)
            return await voir(siret, work)

        return await service.ask(bac_of(request), run)

    @router.get("", summary="Suivre les étapes de la télétransmission")
    async def suivre(request: Request, siret: Siret) -> Suivi:
        async with service.reading(bac_of(request)) as lecture:
            return await voir(siret, lecture.work)

    @router.post("/cahier-des-charges", summary="Accepter le cahier des charges")
    async def accepter(request: Request, siret: Siret) -> Suivi:
        return await faire(request, siret, lambda work: actes.accepter_cahier(siret, auteur(request), work))

    @router.put("/systeme", summary="Déclarer le système en service")
    async def declarer(request: Request, siret: Siret, d: Annotated[Systeme, Body()]) -> Suivi:
        return await faire(request, siret, lambda work: actes.declarer(siret, d.systeme, d.version, auteur(request), work))

    @router.post("/conventions", status_code=201, summary="Signer la convention")
    async def signer(request: Request, siret: Siret, d: Annotated[Signature, Body()]) -> Suivi:
        return await faire(request, siret, lambda work: actes.signer(siret, d.signataire, d.effet_le, auteur(request), work))

    @greffe.post("/conventions/denonciation", summary="Dénoncer la convention")
    async def denoncer(request: Request, siret: Siret) -> Suivi:
        async def run(work: Work) -> Suivi:
            await actes.denoncer(siret, auteur(request), work)
            return await voir(siret, work)

        return await service.ask(bac_of(request), run)

    toutes.take(router)
    toutes.take(greffe)
    return toutes
