"""What a person may ask ANTAI: the dossiers here, the rest in one module a noun."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel

from antai.api import certificats, controle, conventions, espace, explication, front, guichet, infocentre, payer, pilote, titres
from antai.api.vues import DossierVu
from antai.domain.dossier import Dossier, Etat
from antai.domain.refus import DossierInconnu
from antai.store import page_dossiers
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust import guichet_psce
from fps.kit.trust.acces import administration
from fps.kit.web.body import JsonRoute

Numero = Annotated[str, Path(pattern=r"^[0-9]{26}$", description="Numéro de l'avis de paiement, 26 chiffres")]
Limite = Annotated[int, Query(ge=1, le=500, description="Nombre d'éléments de la page")]


class PageDossiers(BaseModel):
    """A page of dossiers; `suivant` is what to give as `apres` for the next one."""

    elements: list[DossierVu]
    suivant: str | None


def routes(service: Service) -> APIRouter:
    """The routes of ANTAI, beside its letters."""
    router = APIRouter(route_class=JsonRoute, dependencies=[administration(service)])

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

    for autres in (titres, guichet, explication):
        router.include_router(autres.routes(service))
    toutes = APIRouter()
    toutes.include_router(router)
    for propres in (espace, controle, conventions, certificats, front, infocentre, pilote, payer):  # each says its own doors
        toutes.include_router(propres.routes(service))
    toutes.include_router(guichet_psce.routes(service))
    return toutes
