"""The petitions on the portal: an agent sees those of its own collectivité, opens what is available, files, and keeps the accusés."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Body, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from ccsp.actes import portail
from ccsp.actes.requete import communiquee
from ccsp.api.acteurs import Numero, Siret, agent, agents
from ccsp.api.acteurs import lire as relire
from ccsp.api.depots import AccuseHorodate, horodate
from ccsp.domain import lettres
from ccsp.domain.consultation import PremiereConsultation
from ccsp.domain.requete import EtatRequete, Requete
from ccsp.store import page_communiquees
from fps.droit.calendar import PARIS, instant_paris
from fps.kit.engine.service import Reading, Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.web.body import JsonRoute, Router
from fps.messages.formats import Court, Texte
from fps.messages.parties_prenantes import Piece
from fps.messages.recours_collectivite import CommunicationRequete, DecisionCollectivite, PieceDefense

TAG = "Portail : requêtes"


class RequeteCommuniquee(BaseModel):
    """Une requête, telle que les agents du défendeur la voient : ce qui n'a pas été ouvert est annoncé, non montré."""

    numero: str
    numero_fps: str
    objet: str
    etat: EtatRequete
    communiquee_le: date | None
    limite_defense: date | None
    defense_le: date | None
    communication_ouverte_le: datetime | None = Field(description="Première consultation")
    decision_disponible_le: date | None
    decision_ouverte_le: datetime | None = Field(description="Première consultation")
    notifiee_le: date | None = Field(description="Notification de la décision à la collectivité")
    communication: CommunicationRequete | None
    decision: DecisionCollectivite | None


class Page(BaseModel):
    """Une page de requêtes ; « suivant » est à donner dans « apres » pour la page suivante."""

    elements: list[RequeteCommuniquee]
    suivant: str | None


class Ouverture(BaseModel):
    """Ce qu'il faut ouvrir."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"document": "communication"}})

    document: Literal["communication", "decision"]


class Memoire(BaseModel):
    """Un mémoire en défense."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"conteste_erreur": True, "conclusions": "Rejeter la requête.", "moyens": "L'avis est régulier."}},
    )

    conteste_erreur: bool = Field(description="Vrai quand la collectivité conteste l'erreur de fait invoquée")
    conclusions: Texte
    moyens: Texte
    signataire: Court = "Le maire, par délégation"


class DepotPiece(BaseModel):
    """Une pièce, avec son contenu ; son rang est le suivant, sauf s'il est donné."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"piece": PieceDefense.example["piece"]}})

    rang: Annotated[int, Field(ge=1, le=99)] | None = None
    piece: Piece


async def voir(requete: Requete, work: Work, *, contenu: bool) -> RequeteCommuniquee:
    """What is shown of a petition; its contents once they were opened, a decision once it was notified too."""
    communication = await work.find(PremiereConsultation, requete.numero, "communication")
    decision = await work.find(PremiereConsultation, requete.numero, "decision")
    jugee = requete.decision is not None
    montree = jugee and (decision is not None or requete.etat is not EtatRequete.JUGEE)
    le = requete.communiquee_le
    return RequeteCommuniquee(
        numero=requete.numero,
        numero_fps=requete.numero_fps,
        objet=requete.objet,
        etat=requete.etat,
        communiquee_le=le,
        limite_defense=requete.limite_defense,
        defense_le=requete.defense_le,
        communication_ouverte_le=None if communication is None else communication.instant.astimezone(PARIS),
        decision_disponible_le=None if requete.decision is None else requete.decision.date_decision,
        decision_ouverte_le=None if decision is None else decision.instant.astimezone(PARIS),
        notifiee_le=requete.notifiee_collectivite_le if montree else None,
        communication=lettres.communication(requete, instant_paris(le), le) if contenu and le and communication else None,
        decision=lettres.decision_ouverte(requete) if contenu and montree else None,
    )


def routes(service: Service) -> Router:
    """The routes under /portail/{siret}/requetes, until the filings."""
    router = Router(prefix="/portail/{siret}/requetes", route_class=JsonRoute, dependencies=[agents(service)], tags=[TAG])

    @router.get("", summary="Lister les requêtes communiquées à sa collectivité")
    async def lister(
        request: Request,
        siret: Siret,
        apres: Annotated[str, Query(max_length=8)] = "",
        limite: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page:
        async with service.reading(bac_of(request)) as lecture:
            trouvees = await page_communiquees(lecture.tx, lecture.work.bac.nom, siret, apres, limite)
            elements = [await voir(requete, lecture.work, contenu=False) for requete in trouvees]
        return Page(elements=elements, suivant=elements[-1].numero if len(elements) == limite else None)

    @router.get("/{numero}", summary="Lire une requête communiquée")
    async def lire(request: Request, siret: Siret, numero: Numero) -> RequeteCommuniquee:
        async def run(lecture: Reading) -> RequeteCommuniquee:
            return await voir(await communiquee(numero, siret, lecture.work), lecture.work, contenu=True)

        return await relire(service, request, run, agent(request).qui)

    @router.post("/{numero}/consultation", summary="Ouvrir la communication ou la décision")
    async def ouvrir(request: Request, siret: Siret, numero: Numero, quoi: Annotated[Ouverture, Body()]) -> RequeteCommuniquee:
        async def run(work: Work) -> RequeteCommuniquee:
            requete = await portail.ouvrir(numero, siret, quoi.document, agent(request), work)
            return await voir(requete, work, contenu=True)

        return await service.ask(bac_of(request), run)

    @router.post("/{numero}/memoires", status_code=201, summary="Déposer un mémoire en défense")
    async def deposer_memoire(request: Request, siret: Siret, numero: Numero, m: Annotated[Memoire, Body()]) -> AccuseHorodate:
        async def run(work: Work) -> AccuseHorodate:
            return horodate(await portail.deposer_memoire(numero, siret, agent(request), m.model_dump(), work), work.batch.wall)

        return await service.ask(bac_of(request), run)

    @router.post("/{numero}/pieces", status_code=201, summary="Déposer une pièce")
    async def deposer_piece(request: Request, siret: Siret, numero: Numero, d: Annotated[DepotPiece, Body()]) -> AccuseHorodate:
        async def run(work: Work) -> AccuseHorodate:
            return horodate(await portail.deposer_piece(numero, siret, agent(request), d.rang, d.piece, work), work.batch.wall)

        return await service.ask(bac_of(request), run)

    return router
