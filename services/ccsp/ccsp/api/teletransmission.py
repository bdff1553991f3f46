"""The télétransmission of a collectivité: its steps, its certificates, and the test session that its system goes through."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from ccsp.actes import teletransmission as actes
from ccsp.api.acteurs import CONTENTIEUX, Siret, agents_ou_greffe, responsable
from ccsp.domain.teletransmission import Convention, Epreuve, EtatHomologation, Homologation, Teletransmission
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.ground.faults import Malformed
from fps.kit.trust import depot_certificats
from fps.kit.trust.acces import administration, certificat, porteur
from fps.kit.trust.depot_certificats import Manque, auteur
from fps.kit.web.body import JsonRoute, expect_type, read_body
from fps.kit.wire.envelope import BODY_LIMIT, digest, parse, read_message
from fps.messages.formats import Court, Jour
from fps.messages.message import MessageClass
from fps.messages.recours_collectivite import AccuseDepotMemoire, MemoireDefense, PieceDefense

TAG = "Télétransmission"
Rang = Annotated[int, Path(ge=1, le=1_000_000, description="Rang de la séance d'essai")]


class Formulaire(BaseModel):
    """What is read strictly."""

    model_config = ConfigDict(extra="forbid")


class Systeme(Formulaire):
    """The system of télétransmission in use."""

    systeme: Court
    version: Court


class DemandeHomologation(Systeme):
    """The system to test, and the deposited certificate that it will show."""

    empreinte: Annotated[str, Field(pattern=r"^([0-9a-f]{64}|service:collectivite)$")] = Field(description="SHA-256 du certificat")


class Signature(Formulaire):
    """The signature of the convention by the collectivité."""

    signataire: Court
    effet_le: Jour | None = Field(None, description="Vide : aujourd'hui")


class Suivi(BaseModel):
    """Where a collectivité stands; `manques` is empty when it may file by the interface."""

    siret: str
    cahier_accepte_le: date | None
    systeme: str
    version: str
    versions_homologuees: tuple[str, ...]
    derniere_seance: int | None
    conventions: tuple[Convention, ...]
    manques: list[Manque]


class Seance(BaseModel):
    """A test session: exactly what to file, and the report, one line a check."""

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
    """The accusé of a test filing, and the report so far."""

    accuse: AccuseDepotMemoire
    seance: Seance
    deja_recu: bool
    horodatage: datetime


async def voir(work: Work, siret: str) -> Suivi:
    """The state of a collectivité."""
    suivi, seance = await actes.suivi_de(work, siret)
    montre = suivi or Teletransmission(siret)
    return Suivi(
        siret=siret,
        cahier_accepte_le=montre.cahier_accepte_le,
        systeme=montre.systeme,
        version=montre.version,
        versions_homologuees=montre.versions_homologuees,
        derniere_seance=None if seance is None else seance.rang,
        conventions=montre.conventions,
        manques=[Manque.dire(manque) for manque in await actes.manques_de(work, siret)],
    )


def routes(service: Service) -> APIRouter:
    """The routes under /teletransmission/{siret}, and the deposit of certificates."""
    toutes = APIRouter()
    porte = agents_ou_greffe(service)
    toutes.include_router(demarches(service, porte))
    toutes.include_router(denonciation(service))
    toutes.include_router(essais(service))
    toutes.include_router(depot_certificats.routes(service, CONTENTIEUX, actes.exiger_cahier, actes.manques_de))
    toutes.include_router(depot_certificats.gestion(service, "/teletransmission/{siret}", porte, responsable, actes.exiger_signee))
    return toutes


def demarches(service: Service, porte: Any) -> APIRouter:
    """What the collectivité does, by its responsable."""
    router = APIRouter(prefix="/teletransmission/{siret}", route_class=JsonRoute, dependencies=[porte], tags=[TAG])

    async def faire(request: Request, siret: str, agir: Any) -> Suivi:
        await responsable(service, request)

        async def run(work: Work) -> Suivi:
            await agir(work)
            return await voir(work, siret)

        return await service.ask(bac_of(request), run)

    @router.get("", summary="Suivre les étapes de la télétransmission")
    async def suivre(request: Request, siret: Siret) -> Suivi:
        async with service.reading(bac_of(request)) as lecture:
            return await voir(lecture.work, siret)

    @router.post("/cahier-des-charges", summary="Accepter le cahier des charges")
    async def accepter(request: Request, siret: Siret) -> Suivi:
        return await faire(request, siret, lambda work: actes.accepter_cahier(work, siret, auteur(request)))

    @router.put("/systeme", summary="Déclarer le système en service")
    async def declarer(request: Request, siret: Siret, d: Annotated[Systeme, Body()]) -> Suivi:
        return await faire(request, siret, lambda work: actes.declarer(work, siret, d.systeme, d.version, auteur(request)))

    @router.post("/conventions", status_code=201, summary="Signer la convention")
    async def signer(request: Request, siret: Siret, d: Annotated[Signature, Body()]) -> Suivi:
        return await faire(request, siret, lambda work: actes.signer(work, siret, d.signataire, d.effet_le, auteur(request)))

    @router.post("/homologations", status_code=201, summary="Ouvrir une séance d'essai d'homologation")
    async def homologuer(request: Request, siret: Siret, d: Annotated[DemandeHomologation, Body()]) -> Seance:
        await responsable(service, request)

        async def run(work: Work) -> Seance:
            seance = await actes.demander_homologation(work, siret, d.systeme, d.version, d.empreinte, auteur(request))
            return Seance.model_validate(seance)

        return await service.ask(bac_of(request), run)

    @router.get("/homologations/{rang}", summary="Lire le rapport d'une séance d'essai")
    async def rapport(request: Request, siret: Siret, rang: Rang) -> Seance:
        async with service.reading(bac_of(request)) as lecture:
            return Seance.model_validate(await actes.seance_de(lecture.work, siret, rang))

    return router


def denonciation(service: Service) -> APIRouter:
    """What the court does of a convention."""
    router = APIRouter(prefix="/teletransmission/{siret}", route_class=JsonRoute, dependencies=[administration(service)], tags=[TAG])

    @router.post("/conventions/denonciation", summary="Dénoncer la convention")
    async def denoncer(request: Request, siret: Siret) -> Suivi:
        async def run(work: Work) -> Suivi:
            await actes.denoncer(work, siret, auteur(request))
            return await voir(work, siret)

        return await service.ask(bac_of(request), run)

    return router


def essais(service: Service) -> APIRouter:
    """Where the system under test files, as it will at the true addresses."""
    router = APIRouter(prefix="/teletransmission/{siret}/essais", route_class=JsonRoute, dependencies=[certificat(service)], tags=[TAG])

    async def deposer(request: Request, siret: str, cls: MessageClass) -> Response:
        cle, bac, qui = request.headers.get("idempotency-key"), bac_of(request), porteur(request).cle
        if cle is not None and not 0 < len(cle) <= 200:
            raise Malformed("cle-idempotence-invalide", "Idempotency-Key : de 1 à 200 caractères imprimables.")
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
            accuse, seance, deja = await actes.essayer(work, siret, qui, lu, cle, empreinte)
            return ResultatEssai(accuse=accuse, seance=Seance.model_validate(seance), deja_recu=deja, horodatage=work.now)

        resultat = await service.ask(bac, run)
        headers = {"Idempotency-Replayed": "true"} if resultat.deja_recu else {}
        return JSONResponse(resultat.model_dump(mode="json"), headers=headers)

    @router.post("/memoire", summary="Déposer le mémoire d'essai", response_model=ResultatEssai, openapi_extra=_corps(MemoireDefense))
    async def memoire(request: Request, siret: Siret) -> Response:
        return await deposer(request, siret, MemoireDefense)

    @router.post("/piece", summary="Déposer la pièce d'essai", response_model=ResultatEssai, openapi_extra=_corps(PieceDefense))
    async def piece(request: Request, siret: Siret) -> Response:
        return await deposer(request, siret, PieceDefense)

    return router


def _corps(cls: MessageClass) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{cls.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


async def _noter(service: Service, bac: str, siret: str, qui: str, nom: str, error: Malformed) -> None:
    """The report keeps a filing that its schema refuses."""
    detail = "; ".join(f"{e.get('champ')} : {e.get('phrase')}" for e in error.erreurs or ()) or error.detail

    async def run(work: Work) -> Homologation:
        _, seance = await actes.seance_ouverte(work, siret, qui)
        actes.noter_malformee(seance, nom, detail[:1_000], work)
        return seance

    await service.ask(bac, run)
