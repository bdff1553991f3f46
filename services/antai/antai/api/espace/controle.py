"""ANTAI's own decisions, for tests: how a bac decides, and the espaces and conventions decided by hand (administration)."""

from typing import Annotated, Any

from fastapi import Body, Request
from pydantic import BaseModel, ConfigDict, Field

from antai.actes.espace import controle, convention, demande
from antai.api.espace.auditer import faire
from antai.api.espace.conventions import Rang
from antai.api.espace.vues import ConventionVue, EtatDemande, Formulaire
from antai.api.vues import Siret
from antai.domain.espace.controle import Mode, Objet
from antai.store.espaces import page_espaces
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import ADMINISTRATION, administration
from fps.kit.web.body import Router
from fps.messages.formats import Ligne

TAG = "Contrôle de l'ANTAI"


class Reglage(Formulaire):
    """Comment l'ANTAI décide : d'elle-même après quelques jours du bac, à la main, ou toujours non."""

    model_config = ConfigDict(json_schema_extra={"example": {"mode": "automatique", "jours": 0}})

    mode: Mode
    jours: int = Field(0, ge=0, le=365, description="Délai, en jours du bac")


class ReglageVu(BaseModel):
    """Comment l'ANTAI décide d'une sorte d'objet dans ce bac."""

    objet: Objet
    mode: Mode
    jours: int


class Motif(Formulaire):
    """Pourquoi l'ANTAI dit non."""

    model_config = ConfigDict(json_schema_extra={"example": {"motif": "La demande est incomplète."}})

    motif: Ligne


def routes(service: Service) -> Router:
    """The routes by which a test plays ANTAI's part."""
    router = Router(dependencies=[administration(service)], tags=[TAG])

    @router.get("/controles", summary="Lire comment l'ANTAI décide dans ce bac")
    async def lire(request: Request) -> list[ReglageVu]:
        async with service.reading(bac_of(request)) as lecture:
            regles = [await controle.controle(objet, lecture.work) for objet in Objet]
        return [ReglageVu(objet=r.objet, mode=r.mode, jours=r.jours) for r in regles]

    @router.put("/controles/{objet}", summary="Choisir comment l'ANTAI décide : seule, à la main, ou toujours non")
    async def regler(request: Request, objet: Objet, reglage: Annotated[Reglage, Body()]) -> ReglageVu:
        async def run(work: Work) -> ReglageVu:
            regle = await controle.regler(objet, reglage.mode, reglage.jours, work)
            return ReglageVu(objet=regle.objet, mode=regle.mode, jours=regle.jours)

        details: dict[str, Any] = {"mode": reglage.mode.value, "jours": reglage.jours}
        return await faire(service, request, "controle", objet.value, run, ADMINISTRATION, **details)

    @router.get("/espaces", summary="Lister les espaces numériques")
    async def lister(request: Request) -> list[EtatDemande]:
        async with service.reading(bac_of(request)) as lecture:
            return [EtatDemande.voir(espace, lecture.work) for espace in await page_espaces(lecture.tx, lecture.work.bac.nom)]

    @router.post("/espaces/{siret}/ouverture", summary="Ouvrir un espace numérique demandé")
    async def ouvrir(request: Request, siret: Siret) -> EtatDemande:
        async def run(work: Work) -> EtatDemande:
            return EtatDemande.voir(await demande.ouvrir(siret, work), work)

        return await faire(service, request, "espace-ouvert", siret, run, ADMINISTRATION)

    @router.post("/espaces/{siret}/refus", summary="Refuser un espace numérique demandé")
    async def refuser(request: Request, siret: Siret, donne: Annotated[Motif, Body()]) -> EtatDemande:
        async def run(work: Work) -> EtatDemande:
            return EtatDemande.voir(await demande.refuser(siret, donne.motif, work), work)

        return await faire(service, request, "espace-refuse", siret, run, ADMINISTRATION)

    @router.post("/espaces/{siret}/conventions/{rang}/signature", summary="Signer une convention déposée")
    async def signer(request: Request, siret: Siret, rang: Rang) -> ConventionVue:
        async def run(work: Work) -> ConventionVue:
            return ConventionVue.voir(await convention.signer(siret, rang, work), work.today)

        return await faire(service, request, "convention-signee", siret, run, ADMINISTRATION, rang=rang)

    @router.post("/espaces/{siret}/conventions/{rang}/retour", summary="Rendre une convention déposée, avec un motif")
    async def rendre(request: Request, siret: Siret, rang: Rang, donne: Annotated[Motif, Body()]) -> ConventionVue:
        async def run(work: Work) -> ConventionVue:
            return ConventionVue.voir(await convention.rendre(siret, rang, donne.motif, work), work.today)

        return await faire(service, request, "convention-rendue", siret, run, ADMINISTRATION, rang=rang)

    return router
