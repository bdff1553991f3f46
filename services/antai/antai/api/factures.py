"""The invoice of a month, read and printed."""

from typing import Annotated

from fastapi import Path, Request
from fastapi.responses import Response

from antai.api.documents import imprimer_pdf
from antai.api.vues import Siret
from antai.domain.facturation import Facture, bornes, facture
from antai.store.statistiques import avis_par_jour
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.kit.web.media import DOCUMENT

Mois = Annotated[str, Path(pattern=r"^[0-9]{4}-[0-9]{2}$", description="Mois des envois, AAAA-MM")]


def routes(service: Service) -> Router:
    """The routes of the invoices."""
    router = Router(dependencies=[administration(service)])

    async def etablir(request: Request, siret: str, mois: str) -> Facture:
        async with service.reading(bac_of(request)) as lecture:
            ville = lecture.work.ville(siret)
            du, au = bornes(mois, lecture.work.today)
            comptes = await avis_par_jour(lecture.tx, lecture.work.bac.nom, siret, du, au)
            return facture(ville, mois, comptes, lecture.work.today)

    @router.get("/factures/{siret}/{mois}", tags=["Facturation"], summary="La facture des avis d'un mois")
    async def lire(request: Request, siret: Siret, mois: Mois) -> Facture:
        return await etablir(request, siret, mois)

    @router.get(
        "/factures/{siret}/{mois}/pdf",
        tags=["Facturation"],
        summary="Imprimer la facture d'un mois",
        response_class=Response,
        responses=DOCUMENT,
    )
    async def imprimer(request: Request, siret: Siret, mois: Mois) -> Response:
        etablie = await etablir(request, siret, mois)
        return await imprimer_pdf("facture.typ", etablie.model_dump(), etablie.date_facture)

    return router
