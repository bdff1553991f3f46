"""A notice, for who received it and for the post: read on the screen, printed again, brought back."""

from datetime import date
from typing import Annotated, Final, Literal

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from antai.actes import avis as actes
from antai.actes.dossier import cles, connu
from antai.api.vues import DossierChange, Numero
from antai.domain.avis import avis_electronique
from antai.domain.dossier import Constat, Dossier
from antai.domain.refus import AvisNonElectronique
from antai.store.dossiers import courrier_du
from fps.kit.engine.service import Reading, Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.print.impression import render_async
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router, negotiated
from fps.kit.web.media import PDF, Responses, fichier
from fps.kit.web.sites import montree
from fps.messages.avis import EAvisPaiement


class Lecture(BaseModel):
    """Ce que fait courir la lecture d'un avis électronique."""

    numero_fps: str
    date_notification: date
    date_limite_paiement: date
    minoration_jusqu_au: date | None

    @classmethod
    def voir(cls, dossier: Dossier) -> "Lecture":
        """What this reading started; raises ValidationError before it."""
        return cls.model_validate({**vars(dossier), "numero_fps": dossier.numero})


EAVIS: Final[Responses] = {200: {"model": EAvisPaiement, **fichier("L'e-avis, en JSON ou en PDF", PDF)[200]}}


def routes(service: Service) -> Router:
    """The routes of the redevable and of the post."""
    router = Router(dependencies=[administration(service)])

    @router.post("/dossiers/{numero}/lecture", tags=["Avis de paiement"], summary="Lire l'e-avis : la lecture vaut notification")
    async def lire(request: Request, numero: Numero) -> Lecture:
        async def run(work: Work) -> Lecture:
            return Lecture.voir(await actes.lire(numero, work))

        return await service.ask(bac_of(request), run, [*cles(numero)])

    @router.get(
        "/dossiers/{numero}/e-avis",
        tags=["Avis de paiement"],
        summary="Consulter l'e-avis et ses limites",
        response_class=Response,
        responses=EAVIS,
    )
    async def e_avis(request: Request, numero: Numero, format: Annotated[Literal["json", "pdf"] | None, Query()] = None) -> Response:
        forme = negotiated(request, format, {"json": "application/json", "pdf": "application/pdf"})
        async with service.reading(bac_of(request)) as lecture:
            message = montree(await _e_avis(numero, lecture), service.settings, lecture.work.bac.nom)
            le = lecture.work.today
        if forme == "json":
            return Response(message.model_dump_json(), media_type="application/json")
        return Response(await render_async(message, service.definition.documents, le=le), media_type="application/pdf")

    @router.post("/dossiers/{numero}/pli-non-distribue", tags=["Avis de paiement"], summary="La poste rend le pli à l'ANTAI")
    async def pli(request: Request, numero: Numero) -> DossierChange:
        async def run(work: Work) -> DossierChange:
            await actes.constater_retour(numero, work)
            return DossierChange.voir(await connu(numero, work))

        return await service.ask(bac_of(request), run, [*cles(numero)])

    return router


async def _e_avis(numero: str, lecture: Reading) -> EAvisPaiement:
    work = lecture.work
    dossier, constat = await connu(numero, work), await work.find(Constat, numero)
    if not dossier.electronique or dossier.date_envoi is None or constat is None or constat.redevable is None:
        raise AvisNonElectronique(f"FPS {numero}, état « {dossier.etat} ».")
    mis_le = await courrier_du(lecture.tx, work.bac.nom, numero, EAvisPaiement)  # the instant that the first letter printed
    return avis_electronique(dossier, work.ville(dossier.siret, dossier.date_envoi), constat, constat.redevable, mis_le)
