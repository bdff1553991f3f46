"""What a person may ask the court: its petitions, the judge's decision, consultation, cassation, execution, the printed documents."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ccsp.actes.greffe import NOTIFICATION, connue, prevoir_notification
from ccsp.domain import decision as regles
from ccsp.domain import lettres
from ccsp.domain.refus import ExecutionImpossible, ExecutionPrematuree, NotificationImpossible, PourvoiImpossible
from ccsp.domain.requete import Decision, EtatRequete, Requete
from ccsp.store import page_requetes
from fps.calculs import date_limite_pourvoi, date_phase_juridictionnelle
from fps.calendar import instant_paris
from fps.kit.bac_path import bac_of
from fps.kit.body import JsonRoute
from fps.kit.letters import render_async
from fps.kit.service import Service
from fps.kit.work import Work
from fps.messages.formats import Centimes, CentimesDus, Texte
from fps.messages.message import Message
from fps.messages.recours_usager import Nature, Sens

EXECUTION = "CGCT, art. R. 2333-120-74"
Numero = Annotated[str, Path(max_length=20, description="Numéro de la requête, 8 chiffres")]


class RequeteVue(BaseModel):
    """One petition; amounts in centimes."""

    model_config = ConfigDict(from_attributes=True)

    numero: str
    numero_fps: str
    siret: str
    objet: str
    canal: str
    date_depot: date
    etat: EtatRequete
    pieces: tuple[str, ...]
    motifs: tuple[str, ...] = Field(description="Codes de ce qui rend la requête irrecevable en l'état")
    confirmer_avant_le: date | None
    limite_regularisation: date | None
    communiquee_le: date | None
    limite_defense: date | None
    defense_le: date | None
    erreur_contestee_le: date | None
    decision: Decision | None
    notifiee_requerant_le: date | None
    notifiee_collectivite_le: date | None
    limite_execution: date | None
    pourvoi_le: date | None
    execution_demandee_le: date | None
    astreinte_jour: int


class PageRequetes(BaseModel):
    """A page of petitions; `suivant` is what to give as `apres` for the next one."""

    elements: list[RequeteVue]
    suivant: str | None


class Juge(BaseModel):
    """What the judge decides; amounts in centimes."""

    model_config = ConfigDict(extra="forbid")

    nature: Nature
    sens: Sens
    motifs: Texte
    dispositif: Texte | None = Field(None, description="Vide : la formule ordinaire de ce sens")
    fps_decharge: Centimes = 0
    majoration_dechargee: Centimes = 0
    amende_abus: Centimes = 0


class Consultation(BaseModel):
    """Who opens the decision on the portal or by télétransmission."""

    model_config = ConfigDict(extra="forbid")

    partie: Literal["requerant", "collectivite"]


class Astreinte(BaseModel):
    """What the judge of the execution orders a day, in centimes."""

    model_config = ConfigDict(extra="forbid")

    montant_jour: CentimesDus


def routes(service: Service) -> APIRouter:
    """The routes of the court, beside its letters."""
    router = APIRouter(tags=["Requêtes"], route_class=JsonRoute)

    @router.get("/requetes", summary="Lister les requêtes")
    async def lister(
        request: Request,
        etat: EtatRequete | None = None,
        numero_fps: Annotated[str | None, Query(pattern=r"^[0-9]{26}$")] = None,
        apres: Annotated[str, Query(max_length=8)] = "",
        limite: Annotated[int, Query(ge=1, le=500)] = 50,
    ) -> PageRequetes:
        async with service.reading(bac_of(request)) as lecture:
            trouvees = await page_requetes(lecture.tx, lecture.work.bac.nom, etat, numero_fps, apres, limite)
        suivant = trouvees[-1].numero if len(trouvees) == limite else None
        return PageRequetes(elements=[RequeteVue.model_validate(r) for r in trouvees], suivant=suivant)

    @router.get("/requetes/{numero}", summary="Consulter une requête")
    async def consulter(request: Request, numero: Numero) -> RequeteVue:
        async with service.reading(bac_of(request)) as lecture:
            return RequeteVue.model_validate(await connue(numero, lecture.work))

    @router.post("/requetes/{numero}/decision", summary="Juger une requête")
    async def juger(request: Request, numero: Numero, juge: Juge) -> RequeteVue:
        async def agir(work: Work) -> RequeteVue:
            requete = await connue(numero, work)
            corps = juge.model_dump() | {"dispositif": juge.dispositif or regles.DISPOSITIFS[juge.sens], "date_decision": work.today}
            regles.rendre(requete, Decision(**corps), work.today)
            sommes = {"fps": juge.fps_decharge, "majoration": juge.majoration_dechargee, "amende": juge.amende_abus}
            work.record(requete.numero_fps, juge.nature, "CGCT, art. R. 2333-120-56", numero_requete=numero, sens=juge.sens, **sommes)
            for lettre in lettres.decisions(requete, work.now, work.today):
                if lettre is not None:
                    work.send(lettre)
            prevoir_notification(requete, work)
            return RequeteVue.model_validate(requete)

        return await service.ask(bac_of(request), agir)

    @router.post("/requetes/{numero}/consultation", summary="Ouvrir une décision mise à disposition")
    async def ouvrir(request: Request, numero: Numero, qui: Consultation) -> RequeteVue:
        async def agir(work: Work) -> RequeteVue:
            requete = await connue(numero, work)
            regles.consulter(requete, qui.partie, work.today)
            work.record(requete.numero_fps, "consultation", NOTIFICATION, numero_requete=numero, partie=qui.partie)
            prevoir_notification(requete, work)
            return RequeteVue.model_validate(requete)

        return await service.ask(bac_of(request), agir)

    @router.get(
        "/requetes/{numero}/documents/{document}",
        summary="Imprimer un document de la procédure",
        response_class=Response,
        responses={200: {"content": {"application/pdf": {}}}},
    )
    async def imprimer(request: Request, numero: Numero, document: Literal["accuse-depot", "communication", "decision"]) -> Response:
        async with service.reading(bac_of(request)) as lecture:
            requete = await connue(numero, lecture.work)
        message, le = _document(requete, document)
        pdf = await render_async(message, service.definition.documents, le=le)
        nom = f'inline; filename="{document}-{requete.numero}.pdf"'
        return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": nom})

    execution_routes(router, service)
    return router


def _document(requete: Requete, document: str) -> tuple[Message, date]:
    """The letter as it was on its day; raises NotificationImpossible when it does not exist yet."""
    if document == "accuse-depot":
        depot, pieces = requete.date_depot, len(requete.depot.pieces)
        return lettres.accuse_depot(requete, pieces, requete.canal, instant_paris(depot), depot), depot
    if document == "communication" and requete.communiquee_le is not None:
        return lettres.communication(requete, instant_paris(requete.communiquee_le), requete.communiquee_le), requete.communiquee_le
    if document == "decision" and requete.decision is not None:
        le = requete.decision.date_decision
        return lettres.decisions(requete, instant_paris(le), le)[0], le
    raise NotificationImpossible(f"Requête {requete.numero}, état « {requete.etat} ».", "document")


def execution_routes(router: APIRouter, service: Service) -> None:
    """What follows a decision: cassation, execution."""

    async def faire(request: Request, numero: str, acte: str, article: str, agir: Any, **donnees: Any) -> RequeteVue:
        async def run(work: Work) -> RequeteVue:
            requete = await connue(numero, work)
            agir(requete, work)
            work.record(requete.numero_fps, acte, article, numero_requete=numero, **donnees)
            return RequeteVue.model_validate(requete)

        return await service.ask(bac_of(request), run)

    @router.post("/requetes/{numero}/pourvoi", summary="Noter un pourvoi en cassation")
    async def pourvoi(request: Request, numero: Numero) -> RequeteVue:
        def agir(requete: Requete, work: Work) -> None:
            dates = [d for d in (requete.notifiee_requerant_le, requete.notifiee_collectivite_le) if d is not None]
            if requete.decision is None or requete.pourvoi_le is not None or work.today > date_limite_pourvoi(max(dates)):
                raise PourvoiImpossible(f"Requête {requete.numero}, état « {requete.etat} ».")
            requete.pourvoi_le = work.today

        return await faire(request, numero, "pourvoi", "CJA, art. R. 821-1", agir)

    @router.post("/requetes/{numero}/execution", summary="Demander l'exécution d'une décision")
    async def execution(request: Request, numero: Numero) -> RequeteVue:
        def agir(requete: Requete, work: Work) -> None:
            if requete.limite_execution is None or requete.etat is not EtatRequete.NOTIFIEE:
                raise ExecutionImpossible(f"Requête {requete.numero}, état « {requete.etat} ».")
            if work.today <= requete.limite_execution:
                raise ExecutionPrematuree(f"Jusqu'au {requete.limite_execution:%d/%m/%Y}.")
            requete.passer("demander_execution")
            requete.execution_demandee_le = work.today
            work.schedule(requete.numero, "execution", date_phase_juridictionnelle(work.today) + timedelta(days=1))

        return await faire(request, numero, "demande-execution", EXECUTION, agir)

    @router.post("/requetes/{numero}/astreinte", summary="Prononcer une astreinte")
    async def astreinte(request: Request, numero: Numero, somme: Astreinte) -> RequeteVue:
        def agir(requete: Requete, work: Work) -> None:
            if requete.etat is not EtatRequete.EXECUTION_JURIDICTIONNELLE:
                raise ExecutionImpossible(f"Requête {requete.numero}, état « {requete.etat} ».")
            requete.astreinte_jour = somme.montant_jour

        return await faire(request, numero, "astreinte", EXECUTION, agir, montant_jour=somme.montant_jour)

    @router.post("/requetes/{numero}/classement", summary="Classer une demande d'exécution satisfaite")
    async def classement(request: Request, numero: Numero) -> RequeteVue:
        def agir(requete: Requete, work: Work) -> None:
            if requete.etat not in (EtatRequete.EXECUTION_DEMANDEE, EtatRequete.EXECUTION_JURIDICTIONNELLE):
                raise ExecutionImpossible(f"Requête {requete.numero}, état « {requete.etat} ».")
            requete.passer("classer")
            work.unschedule(requete.numero)

        return await faire(request, numero, "classement", EXECUTION, agir)
