"""What a person may ask ANTAI: the dossiers, the titles, and what is due on a notice (telepayment)."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel

from antai.actes.paiements import identifier_avis
from antai.api import certificats, controle, conventions, espace, explication, front, guichet, infocentre, pilote, titres
from antai.api.vues import DossierVu
from antai.domain.avis import CANAUX
from antai.domain.dossier import Dossier, Etat
from antai.domain.paiement import montant_minore
from antai.domain.refus import DossierInconnu
from antai.store import page_dossiers
from fps.communes import commune
from fps.droit import droit
from fps.kit import psce_routes
from fps.kit.bac_path import bac_of
from fps.kit.body import JsonRoute
from fps.kit.portes import administration, publique
from fps.kit.service import Service
from fps.kit.work import Work
from fps.numero import telepaiement

Numero = Annotated[str, Path(pattern=r"^[0-9]{26}$", description="Numéro de l'avis de paiement, 26 chiffres")]
Limite = Annotated[int, Query(ge=1, le=500, description="Nombre d'éléments de la page")]


class PageDossiers(BaseModel):
    """A page of dossiers; `suivant` is what to give as `apres` for the next one."""

    elements: list[DossierVu]
    suivant: str | None


class SommeDue(BaseModel):
    """What the payment site shows once the number, the key and the plate agree; amounts in centimes."""

    numero_fps: str
    numero_telepaiement: str
    collectivite: str
    immatriculation: str
    montant: int
    montant_minore: int | None
    minoration_jusqu_au: date | None
    canaux_minoration: list[str]
    date_limite_paiement: date | None
    canaux: list[str]


def routes(service: Service) -> APIRouter:
    """The routes of ANTAI, beside its letters."""
    router = APIRouter(route_class=JsonRoute, dependencies=[administration(service)])
    ouvert = APIRouter(route_class=JsonRoute, dependencies=[publique()])

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

    @ouvert.get("/payer/{numero_telepaiement}", tags=["Paiement"], summary="Demander la somme due d'un avis")
    async def somme_due(
        request: Request,
        numero_telepaiement: Annotated[str, Path(pattern=r"^[0-9]{28}$", description="Numéro de l'avis (26) et clé (2)")],
        immatriculation: Annotated[str, Query(min_length=1, max_length=15, description="Immatriculation imprimée sur l'avis")],
    ) -> SommeDue:
        async def lire(work: Work) -> SommeDue:
            dossier = await identifier_avis(numero_telepaiement, immatriculation, work)
            dossier.exiger_payable(work.today)
            return _somme(dossier, work.today)

        # Through the writer's door: a failure is counted.
        return await service.ask(bac_of(request), lire)

    for autres in (titres, guichet, explication):
        router.include_router(autres.routes(service))
    toutes = APIRouter()
    toutes.include_router(router)
    toutes.include_router(ouvert)
    for propres in (espace, controle, conventions, certificats, front, infocentre, pilote):  # each says its own doors
        toutes.include_router(propres.routes(service))
    toutes.include_router(psce_routes.routes(service))
    return toutes


def _somme(dossier: Dossier, le: date) -> SommeDue:
    minore = montant_minore(dossier, le)
    return SommeDue(
        numero_fps=dossier.numero,
        numero_telepaiement=telepaiement(dossier.numero),
        collectivite=commune(dossier.siret).nom,
        immatriculation=dossier.immatriculation,
        montant=dossier.montant,
        montant_minore=minore,
        minoration_jusqu_au=dossier.minoration_jusqu_au if minore is not None else None,
        canaux_minoration=list(droit(dossier.date_envoi).minoration_canaux) if minore is not None and dossier.date_envoi else [],
        date_limite_paiement=dossier.date_limite_paiement,
        canaux=list(CANAUX),
    )
