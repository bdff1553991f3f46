"""The collective titles and their documents: titre exécutoire, titre d'annulation."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from antai.actes.dossier import connu, origine_de, redevable_de
from antai.api.documents import imprimer_pdf
from antai.domain.dossier import Constat, Dossier, Impaye
from antai.domain.refus import AnnulationInconnue, TitreInconnu
from antai.domain.titre import LigneTitre, TitreCollectif, emission
from antai.domain.titre_annulation import LigneAnnulation, TitreAnnulation, annulation
from antai.store.titres import annulation_par_numero, page_annulations, page_lignes, titre_par_numero
from fps.droit import droit
from fps.kit.engine.service import Reading, Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.kit.web.media import DOCUMENT

TOUT = 100_000
NumeroTitre = Annotated[str, Path(pattern=r"^[0-9]{10}$", description="Numéro du titre, 10 chiffres")]
Limite = Annotated[int, Query(ge=1, le=500, description="Nombre d'éléments de la page")]
Rang = Annotated[int, Query(ge=0, le=99_999_999, description="Dernier rang de la page précédente")]


class LigneVue(BaseModel):
    """Une ligne d'une annexe, en centimes."""

    model_config = ConfigDict(from_attributes=True)

    rang: int
    numero_fps: str
    montant_impaye: int
    majoration: int


class TitreVu(BaseModel):
    """Un titre exécutoire collectif et une page de son annexe, en centimes."""

    numero: str
    siret: str
    date_emission: date
    ordonnateur: str
    lignes: int
    total_impaye: int
    total_majoration: int
    total_du: int
    annexe: list[LigneVue]
    suivant: int | None


class LigneAnnulationVue(BaseModel):
    """Une ligne de l'annexe d'un titre d'annulation, en centimes."""

    model_config = ConfigDict(from_attributes=True)

    rang: int
    numero_fps: str
    etendue: str
    motif: str
    montant_fps_annule: int
    majoration_annulee: int
    reste_du: int


class TitreAnnulationVu(BaseModel):
    """Un titre d'annulation collectif et une page de son annexe, en centimes."""

    numero: str
    siret: str
    date_emission: date
    ordonnateur: str
    lignes: int
    total_fps: int
    total_majoration: int
    annexe: list[LigneAnnulationVue]
    suivant: int | None


def routes(service: Service) -> Router:
    """The routes of the titles."""
    router = Router(dependencies=[administration(service)])

    @router.get("/titres/{numero}", tags=["Titres exécutoires"], summary="Consulter un titre collectif et son annexe")
    async def titre(request: Request, numero: NumeroTitre, apres: Rang = 0, limite: Limite = 50) -> TitreVu:
        async with service.reading(bac_of(request)) as lecture:
            trouve = await _titre(lecture, numero)
            annexe = await page_lignes(lecture.tx, lecture.work.bac.nom, numero, apres, limite)
        total_du = trouve.total_impaye + trouve.total_majoration
        return TitreVu.model_validate({**_page(trouve, annexe, limite), "total_du": total_du})

    @router.get(
        "/titres/{numero}/pdf",
        tags=["Titres exécutoires"],
        summary="Imprimer un titre collectif",
        response_class=Response,
        responses=DOCUMENT,
    )
    async def imprimer(request: Request, numero: NumeroTitre) -> Response:
        async with service.reading(bac_of(request)) as lecture:
            trouve = await _titre(lecture, numero)
            lignes = await _emissions(lecture, numero)
        return await imprimer_pdf("titre_executoire.typ", {"lignes": lignes}, trouve.date_emission)

    @router.get("/titres-annulation/{numero}", tags=["Titres exécutoires"], summary="Consulter un titre d'annulation et son annexe")
    async def titre_annulation(request: Request, numero: NumeroTitre, apres: Rang = 0, limite: Limite = 50) -> TitreAnnulationVu:
        async with service.reading(bac_of(request)) as lecture:
            trouve = await _annulation(lecture, numero)
            annexe = await page_annulations(lecture.tx, lecture.work.bac.nom, numero, apres, limite)
        return TitreAnnulationVu.model_validate(_page(trouve, annexe, limite))

    @router.get(
        "/titres-annulation/{numero}/pdf",
        tags=["Titres exécutoires"],
        summary="Imprimer un titre d'annulation",
        response_class=Response,
        responses=DOCUMENT,
    )
    async def imprimer_annulation(request: Request, numero: NumeroTitre) -> Response:
        async with service.reading(bac_of(request)) as lecture:
            trouve = await _annulation(lecture, numero)
            lignes = []
            for ligne in await page_annulations(lecture.tx, lecture.work.bac.nom, numero, 0, TOUT):
                dossier, redevable = await connu(ligne.numero_fps, lecture.work), await redevable_de(ligne.numero_fps, lecture.work)
                ville = lecture.work.ville(dossier.siret, trouve.date_emission)
                lignes.append(annulation(trouve, ligne, dossier, ville, redevable).model_dump())
        return await imprimer_pdf("titre_annulation.typ", {"lignes": lignes}, trouve.date_emission)

    return router


async def _titre(lecture: Reading, numero: str) -> TitreCollectif:
    trouve = await titre_par_numero(lecture.tx, lecture.work.bac.nom, numero)
    if trouve is None:
        raise TitreInconnu(f"Titre {numero}", "numero")
    return trouve


async def _annulation(lecture: Reading, numero: str) -> TitreAnnulation:
    trouve = await annulation_par_numero(lecture.tx, lecture.work.bac.nom, numero)
    if trouve is None:
        raise AnnulationInconnue(f"Titre d'annulation {numero}", "numero")
    return trouve


def _page(titre: TitreCollectif | TitreAnnulation, annexe: Sequence[LigneTitre | LigneAnnulation], limite: int) -> dict[str, Any]:
    """A title and one page of its annexe; `suivant` is the rank to ask the next one after."""
    suivant = annexe[-1].rang if len(annexe) == limite else None
    return {**vars(titre), "ordonnateur": droit(titre.date_emission).ordonnateur, "annexe": annexe, "suivant": suivant}


async def _emissions(lecture: Reading, numero: str) -> list[dict[str, Any]]:
    """The lines of a title as they were sent; three reads whatever their number."""
    bac = lecture.work.bac.nom
    annexe = await page_lignes(lecture.tx, bac, numero, 0, TOUT)
    cles = [(cls, (ligne.numero_fps,)) for ligne in annexe for cls in (Dossier, Constat, Impaye)]
    await lecture.batch.open([], ((bac, cle) for cle in cles))
    found = []
    for ligne in annexe:
        origine, redevable = await origine_de(ligne.numero_fps, lecture.work), await redevable_de(ligne.numero_fps, lecture.work)
        dossier = await connu(ligne.numero_fps, lecture.work)
        ville = lecture.work.ville(dossier.siret, dossier.date_titre)
        found.append(emission(dossier, ville, origine, redevable).model_dump())
    return found
