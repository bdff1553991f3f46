"""The homologation of a system: a test session opened, what is filed in it as at the true addresses, its report."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Body, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from ccsp.actes import homologation
from ccsp.api.acteurs import Siret, agents_ou_greffe, responsable
from ccsp.api.teletransmission import TAG, Systeme
from ccsp.domain.teletransmission import Epreuve, EtatHomologation
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.ground.faults import Malformed
from fps.kit.trust.acces import auteur, certificat, porteur
from fps.kit.web.body import JsonRoute, OwnKeyRoute, Router, expect_type, read_body
from fps.kit.web.keys import REJOUEE, check_key
from fps.kit.wire.envelope import BODY_LIMIT, digest, parse, read_message
from fps.messages.message import MessageClass
from fps.messages.recours_collectivite import AccuseDepotMemoire, MemoireDefense, PieceDefense

Rang = Annotated[int, Path(ge=1, le=1_000_000, description="Rang de la séance d'essai")]


class DemandeHomologation(Systeme):
    """Le système à éprouver, et le certificat déposé qu'il présentera."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"systeme": "Exemple Recours", "version": "2.1", "empreinte": "service:collectivite"}}
    )

    empreinte: Annotated[str, Field(pattern=r"^([0-9a-f]{64}|service:collectivite)$")] = Field(description="SHA-256 du certificat")


class Seance(BaseModel):
    """Une séance d'essai : ce qu'il faut déposer exactement, et le rapport, une ligne par épreuve."""

    model_config = ConfigDict(from_attributes=True)

    siret: str
    rang: int
    systeme: str
    version: str
    empreinte: str = Field(description="SHA-256 du certificat à présenter")
    etat: EtatHomologation
    expire_le: date
    numero_requete: str = Field(description="À reprendre dans chaque dépôt")
    numero_fps: str = Field(description="À reprendre dans chaque dépôt")
    piece: dict[str, str] = Field(description="À envoyer telle quelle, puis une fois changée d'un octet sans changer l'empreinte")
    epreuves: tuple[Epreuve, ...]


class ResultatEssai(BaseModel):
    """L'accusé d'un dépôt d'essai, et le rapport à ce point."""

    accuse: AccuseDepotMemoire
    seance: Seance
    deja_recu: bool
    horodatage: datetime


def routes(service: Service) -> Router:
    """The routes under /teletransmission/{siret}: the sessions, for the responsable; the filings, for the system under test."""
    toutes = Router()
    prefixe, porte = "/teletransmission/{siret}", agents_ou_greffe(service)
    router = Router(prefix=prefixe, route_class=JsonRoute, dependencies=[porte], tags=[TAG])
    essais = Router(prefix=f"{prefixe}/essais", route_class=OwnKeyRoute, dependencies=[certificat(service)], tags=[TAG])

    @router.post("/homologations", status_code=201, summary="Ouvrir une séance d'essai d'homologation")
    async def homologuer(request: Request, siret: Siret, d: Annotated[DemandeHomologation, Body()]) -> Seance:
        await responsable(service, request)

        async def run(work: Work) -> Seance:
            seance = await homologation.demander(siret, d.systeme, d.version, d.empreinte, auteur(request), work)
            return Seance.model_validate(seance)

        return await service.ask(bac_of(request), run)

    @router.get("/homologations/{rang}", summary="Lire le rapport d'une séance d'essai")
    async def rapport(request: Request, siret: Siret, rang: Rang) -> Seance:
        async with service.reading(bac_of(request)) as lecture:
            return Seance.model_validate(await homologation.seance_de(siret, rang, lecture.work))

    async def deposer(request: Request, siret: str, cls: MessageClass) -> Response:
        cle, bac, qui = request.headers.get("idempotency-key"), bac_of(request), porteur(request).cle
        if cle is not None:
            check_key(cle)
        expect_type(request, "application/json")
        donnees = parse(await read_body(request, BODY_LIMIT))
        try:
            message, texte = read_message(cls, donnees)
        except Malformed as error:
            await _noter(service, bac, siret, qui, cls.nom, error)
            raise
        if not isinstance(message, MemoireDefense | PieceDefense):
            raise TypeError(cls.__name__)
        lu, empreinte = message, digest(f"{cls.type}\n{texte}")

        async def run(work: Work) -> ResultatEssai:
            accuse, seance, deja = await homologation.essayer(siret, qui, lu, cle, empreinte, work)
            return ResultatEssai(accuse=accuse, seance=Seance.model_validate(seance), deja_recu=deja, horodatage=work.now)

        resultat = await service.ask(bac, run)
        return JSONResponse(resultat.model_dump(mode="json"), headers=REJOUEE if resultat.deja_recu else {})

    @essais.post("/memoire", summary="Déposer le mémoire d'essai", response_model=ResultatEssai, openapi_extra=_corps(MemoireDefense))
    async def memoire(request: Request, siret: Siret) -> Response:
        return await deposer(request, siret, MemoireDefense)

    @essais.post("/piece", summary="Déposer la pièce d'essai", response_model=ResultatEssai, openapi_extra=_corps(PieceDefense))
    async def piece(request: Request, siret: Siret) -> Response:
        return await deposer(request, siret, PieceDefense)

    toutes.take(router)
    toutes.take(essais)
    return toutes


def _corps(cls: MessageClass) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{cls.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


async def _noter(service: Service, bac: str, siret: str, qui: str, nom: str, error: Malformed) -> None:
    """The report keeps a filing that its schema refuses."""
    detail = "; ".join(f"{e.get('champ')} : {e.get('phrase')}" for e in error.erreurs or ()) or error.detail
    await service.ask(bac, lambda work: homologation.noter_malformee(siret, qui, nom, detail[:1_000], work))
