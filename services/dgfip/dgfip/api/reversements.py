"""The money that leaves the DGFiP: refunds of a FPS, monthly reversals to a collectivité and their statement."""

from datetime import date
from importlib.resources import files
from typing import Annotated, Any

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from dgfip.api.prises import Numero
from dgfip.domain.refus import RemboursementInconnu, ReversementInconnu
from dgfip.domain.reversement import Reversement
from dgfip.store import pieces_du_fps, reversements_de
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.print.impression import render
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.kit.web.media import DOCUMENT
from fps.villes.communes import Commune

RELEVE = files("dgfip") / "documents" / "releve_reversement.typ"
Siret = Annotated[str, Path(pattern=r"^[0-9]{14}$", description="SIRET de la collectivité")]
Mois = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="Mois, AAAA-MM")]


class RemboursementVue(BaseModel):
    """Un remboursement ordonné par une collectivité (flux 9) et son paiement (flux 10) ; montants en centimes."""

    model_config = ConfigDict(from_attributes=True)

    siret: str
    numero_piece: str
    nature: str = Field(description="titre-annulation l'année du paiement, mandat ensuite")
    montant: int
    due: date | None = Field(description="Jour du remboursement, vide quand il est fait")
    rembourse_le: date | None
    compense_sur: str | None = Field(description="FPS majoré sur lequel la somme a été imputée, au lieu d'être virée")
    rejetee_le: date | None = Field(description="Jour où il est arrêté : le paiement qu'il rendait a été rejeté par la banque")


class ReversementVue(BaseModel):
    """Le compte d'un mois ; montants en centimes."""

    model_config = ConfigDict(from_attributes=True)

    siret: str
    mois: str
    due: date
    paiements: int
    encaisse: int = Field(description="Part de la collectivité dans les titres payés")
    paiements_amiables: int
    encaisse_amiable: int = Field(description="FPS payés à l'ANTAI avant tout titre")
    annulations: int
    precompte: int
    report: int = Field(description="Précompte des mois précédents que l'encaissé n'avait pas couvert")
    verse: int
    verse_le: date | None


def contenu(compte: Reversement, ville: Commune) -> dict[str, Any]:
    """What the printed statement says."""
    return {**vars(compte), "collectivite": ville.nom, "adresse": ville.adresse.model_dump()}


def routes(service: Service) -> Router:
    """Refunds and reversals."""
    router = Router(dependencies=[administration(service)])

    @router.get("/remboursements/{numero}", tags=["Remboursements"], summary="Consulter les remboursements d'un FPS")
    async def remboursements(request: Request, numero: Numero) -> list[RemboursementVue]:
        async with service.reading(bac_of(request)) as lecture:
            pieces = await pieces_du_fps(lecture.tx, lecture.work.bac.nom, numero)
        if not pieces:
            raise RemboursementInconnu(f"FPS {numero}", "numero")
        return [RemboursementVue.model_validate(piece) for piece in pieces]

    @router.get("/reversements/{siret}", tags=["Reversements"], summary="Lister les reversements à une collectivité")
    async def reversements(request: Request, siret: Siret) -> list[ReversementVue]:
        async with service.reading(bac_of(request)) as lecture:
            lecture.work.ville(siret)
            return [ReversementVue.model_validate(c) for c in await reversements_de(lecture.tx, lecture.work.bac.nom, siret)]

    async def compte_de(request: Request, siret: str, mois: str) -> tuple[Reversement, Commune]:
        async with service.reading(bac_of(request)) as lecture:
            compte = await lecture.work.find(Reversement, siret, mois)
            if compte is None:
                raise ReversementInconnu(f"SIRET {siret}, mois {mois}", "mois")
            return compte, lecture.work.ville(siret, compte.verse_le or compte.due)

    @router.get("/reversements/{siret}/{mois}", tags=["Reversements"], summary="Consulter le reversement d'un mois")
    async def reversement(request: Request, siret: Siret, mois: Mois) -> ReversementVue:
        return ReversementVue.model_validate((await compte_de(request, siret, mois))[0])

    @router.get(
        "/reversements/{siret}/{mois}/releve",
        tags=["Reversements"],
        summary="Imprimer le relevé d'un mois",
        response_class=Response,
        responses=DOCUMENT,
    )
    async def releve(request: Request, siret: Siret, mois: Mois) -> Response:
        compte, ville = await compte_de(request, siret, mois)
        pdf = await run_in_threadpool(render, RELEVE, contenu(compte, ville), le=compte.verse_le or compte.due)
        nom = f'inline; filename="releve-{siret}-{mois}.pdf"'
        return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": nom})

    return router
