"""What the redevable, the bank and the post bring to ANTAI: a reading, a cheque that bounces, a letter that comes back."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from antai.actes import paiements
from antai.actes.dossiers import connu
from antai.domain.avis import avis_electronique
from antai.domain.dossier import Constat, Dossier
from antai.domain.etats import Etat
from antai.domain.refus import AvisNonElectronique
from fps.droit.calendar import ajouter_jours
from fps.kit.data import tables
from fps.kit.engine.service import Reading, Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.print.impression import render_async
from fps.kit.web.body import JsonRoute
from fps.kit.web.sites import montree
from fps.messages.avis import EAvisPaiement

NOTIFICATION = "CGCT, art. L. 2333-87, II"
Numero = Annotated[str, Path(pattern=r"^[0-9]{26}$", description="Numéro de l'avis de paiement, 26 chiffres")]


class Rejet(BaseModel):
    """The cheque that the bank sends back."""

    model_config = ConfigDict(extra="forbid")

    reference: str = Field(min_length=1, max_length=40, description="Référence imprimée sur le justificatif de paiement")


class Lecture(BaseModel):
    """What the reading of an electronic notice starts."""

    numero_fps: str
    date_notification: date
    date_limite_paiement: date
    minoration_jusqu_au: date | None


class Fait(BaseModel):
    """What became of the dossier; amounts in centimes."""

    numero_fps: str
    etat: Etat
    montant: int


def routes(service: Service) -> APIRouter:
    """The routes of the redevable, of the bank and of the post."""
    router = APIRouter(route_class=JsonRoute)

    @router.post("/dossiers/{numero}/lecture", tags=["Avis de paiement"], summary="Lire l'e-avis : la lecture vaut notification")
    async def lire(request: Request, numero: Numero) -> Lecture:
        async def run(work: Work) -> Lecture:
            return await lire_avis(numero, work)

        return await service.ask(bac_of(request), run, _cles(numero))

    @router.get("/dossiers/{numero}/e-avis", tags=["Avis de paiement"], summary="Consulter l'e-avis et ses limites", response_model=None)
    async def e_avis(request: Request, numero: Numero, format: Annotated[Literal["json", "pdf"], Query()] = "json") -> Response:
        async with service.reading(bac_of(request)) as lecture:
            message = montree(await _e_avis(numero, lecture), service.settings, lecture.work.bac.nom)
            le = lecture.work.today
        if format == "json":
            return Response(message.model_dump_json(), media_type="application/json")
        return Response(await render_async(message, service.definition.documents, le=le), media_type="application/pdf")

    @router.post("/dossiers/{numero}/cheque-impaye", tags=["Paiement"], summary="La banque rejette un chèque encaissé")
    async def rejeter(request: Request, numero: Numero, rejet: Annotated[Rejet, Body()]) -> Fait:
        async def run(work: Work) -> Fait:
            await paiements.rejeter_cheque(numero, rejet.reference, work)
            return await _fait(numero, work)

        return await service.ask(bac_of(request), run, _cles(numero))

    @router.post("/dossiers/{numero}/restitution", tags=["Paiement"], summary="Rendre ce qui a été payé deux fois")
    async def restituer(request: Request, numero: Numero) -> Fait:
        async def run(work: Work) -> Fait:
            montant = await paiements.restituer(numero, work)
            return (await _fait(numero, work)).model_copy(update={"montant": montant})

        return await service.ask(bac_of(request), run, _cles(numero))

    @router.post("/dossiers/{numero}/pli-non-distribue", tags=["Avis de paiement"], summary="La poste rend le pli à l'ANTAI")
    async def pli(request: Request, numero: Numero) -> Fait:
        async def run(work: Work) -> Fait:
            (await connu(numero, work)).constater_retour(work.today)
            work.unschedule(numero, "pli-non-distribue")
            work.record(numero, "pli-non-distribue", NOTIFICATION)
            return await _fait(numero, work)

        return await service.ask(bac_of(request), run, _cles(numero))

    return router


def _cles(numero: str) -> list[tuple[type, tuple[str]]]:
    return [(Dossier, (numero,))]


async def lire_avis(numero: str, work: Work) -> Lecture:
    """Read an electronic notice: the first reading notifies it, another changes nothing (CGCT, art. L. 2333-87, II).

    Raises DossierInconnu, AvisNonElectronique.
    """
    dossier = await connu(numero, work)
    if not dossier.electronique or dossier.date_envoi is None:
        raise AvisNonElectronique(f"FPS {numero}, état « {dossier.etat} ».")
    if dossier.lu_le is None and dossier.etat is Etat.APA_ENVOYE:
        limite = dossier.lire_avis(work.now)
        work.unschedule(numero, "eavis-non-lu")
        work.record(numero, "lecture", NOTIFICATION, payer_avant_le=limite.isoformat())
        work.schedule(numero, "limite-paiement", ajouter_jours(limite, 1))
    if dossier.date_notification is None or dossier.date_limite_paiement is None:
        raise AvisNonElectronique(f"FPS {numero}, état « {dossier.etat} » : l'avis n'est plus à lire.")
    return Lecture(
        numero_fps=numero,
        date_notification=dossier.date_notification,
        date_limite_paiement=dossier.date_limite_paiement,
        minoration_jusqu_au=dossier.minoration_jusqu_au,
    )


async def _e_avis(numero: str, lecture: Reading) -> EAvisPaiement:
    work = lecture.work
    dossier, constat = await connu(numero, work), await work.find(Constat, numero)
    if not dossier.electronique or dossier.date_envoi is None or constat is None or constat.redevable is None:
        raise AvisNonElectronique(f"FPS {numero}, état « {dossier.etat} ».")
    lettres = await lecture.tx.load(tables.courriers, [(work.bac.nom, numero)], ("bac", "subject"))
    mis_le = next(row[4] for row in lettres if row[2] == EAvisPaiement.type)  # the instant that the first letter printed
    return avis_electronique(dossier, constat, constat.redevable, mis_le)


async def _fait(numero: str, work: Work) -> Fait:
    dossier = await connu(numero, work)
    return Fait(numero_fps=numero, etat=dossier.etat, montant=dossier.montant)
