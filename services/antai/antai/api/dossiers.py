"""The dossiers, listed and shown."""

from typing import Annotated

from fastapi import Query, Request
from pydantic import BaseModel

from antai.api.vues import DossierVu, Numero
from antai.domain.dossier import Dossier, Etat
from antai.domain.refus import DossierInconnu
from antai.store.dossiers import page_dossiers
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router

Limite = Annotated[int, Query(ge=1, le=500, description="Nombre d'éléments de la page")]


class PageDossiers(BaseModel):
    """Une page de dossiers ; « suivant » est à donner dans « apres » pour la page suivante."""

    elements: list[DossierVu]
    suivant: str | None


def routes(service: Service) -> Router:
    """The routes of the dossiers."""
    router = Router(dependencies=[administration(service)])

    @router.get("/dossiers", tags=["Dossiers"], summary="Lister les dossiers")
    async def lister(
        request: Request,
        etat: Etat | None = None,
        siret: Annotated[str | None, Query(pattern=r"^[0-9]{14}$")] = None,
        apres: Annotated[str, Query(max_length=26, description="Dernier numéro de la page précédente")] = "",
        limite: Limite = 50,
    ) -> PageDossiers:
        async with service.reading(bac_of(request)) as lecture:
            trouves = await page_dossiers(lecture.tx, lecture.work.bac.nom, etat, siret, apres, limite)
            vus = [DossierVu.voir(dossier, lecture.work.today) for dossier in trouves]
        return PageDossiers(elements=vus, suivant=vus[-1].numero if len(vus) == limite else None)

    @router.get("/dossiers/{numero}", tags=["Dossiers"], summary="Consulter un dossier")
    async def consulter(request: Request, numero: Numero) -> DossierVu:
        async with service.reading(bac_of(request)) as lecture:
            dossier = await lecture.work.find(Dossier, numero)
            if dossier is None:
                raise DossierInconnu(f"Numéro {numero}", "numero")
            return DossierVu.voir(dossier, lecture.work.today)

    return router
