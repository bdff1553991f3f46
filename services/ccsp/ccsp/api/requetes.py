"""The petitions: listed, consulted, judged; the decision opened by a party, the documents printed."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ccsp.actes import decision as decisions
from ccsp.actes.requete import connue
from ccsp.domain import lettres
from ccsp.domain.decision import DISPOSITIFS
from ccsp.domain.refus import NotificationImpossible
from ccsp.domain.requete import Decision, EtatRequete, Requete
from ccsp.store import page_requetes
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.print.impression import render_async
from fps.kit.trust.acces import administration
from fps.kit.web.body import JsonRoute, Router
from fps.kit.web.media import DOCUMENT
from fps.kit.web.sites import montree
from fps.messages.formats import Centimes, Texte
from fps.messages.message import Message
from fps.messages.recours_usager import Nature, Partie, Sens

Numero = Annotated[str, Path(max_length=20, description="Numéro de la requête, 8 chiffres")]


class RequeteVue(BaseModel):
    """Une requête ; montants en centimes."""

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
    """Une page de requêtes ; « suivant » est à donner dans « apres » pour la page suivante."""

    elements: list[RequeteVue]
    suivant: str | None


class Juge(BaseModel):
    """Ce que le juge décide ; montants en centimes. Une décharge totale porte sur tout : ses montants peuvent rester vides."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"nature": "jugement", "sens": "rejet", "motifs": "La requête n'est pas fondée."}}
    )

    nature: Nature
    sens: Sens
    motifs: Texte
    dispositif: Texte | None = Field(None, description="Vide : la formule ordinaire de ce sens")
    fps_decharge: Centimes = 0
    majoration_dechargee: Centimes = 0
    amende_abus: Centimes = 0
    frais: Centimes = Field(0, description="Frais de l'instance alloués à une partie (art. L. 2333-87-8)")
    frais_a_la_charge_de: Partie | None = Field(None, description="Qui les doit à l'autre ; jamais la partie qui gagne")
    fps_du: Centimes | None = Field(None, description="FPS réclamé, lu dans le dossier ; vide : ce que dit la requête")
    majoration_due: Centimes | None = Field(None, description="Majoration réclamée, lue dans le dossier ; vide : ce que dit la requête")

    def decision(self, le: date) -> Decision:
        """What he decides, dated that day."""
        return Decision(**self.model_dump() | {"dispositif": self.dispositif or DISPOSITIFS[self.sens], "date_decision": le})


class Rectification(BaseModel):
    """Une erreur matérielle du texte de la décision : ce qui la remplace ; ce qui est jugé, et ses sommes, ne changent pas."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"motifs": "La cession est du 3 mars, et non du 3 mai."}})

    motifs: Texte | None = None
    dispositif: Texte | None = None


class Consultation(BaseModel):
    """Qui ouvre la décision, sur le portail ou par télétransmission."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"partie": "requerant"}})

    partie: Literal["requerant", "collectivite"]


def routes(service: Service) -> Router:
    """The routes of /requetes, until the decision is notified."""
    router = Router(tags=["Requêtes"], route_class=JsonRoute, dependencies=[administration(service)])

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
        async def run(work: Work) -> RequeteVue:
            return RequeteVue.model_validate(await decisions.juger(numero, juge.decision(work.today), work))

        return await service.ask(bac_of(request), run)

    @router.post("/requetes/{numero}/rectification", summary="Rectifier une erreur matérielle d'une décision")
    async def rectifier(request: Request, numero: Numero, texte: Rectification) -> RequeteVue:
        async def run(work: Work) -> RequeteVue:
            return RequeteVue.model_validate(await decisions.rectifier(numero, texte.motifs, texte.dispositif, work))

        return await service.ask(bac_of(request), run)

    @router.post("/requetes/{numero}/consultation", summary="Ouvrir une décision mise à disposition")
    async def ouvrir(request: Request, numero: Numero, qui: Consultation) -> RequeteVue:
        async def run(work: Work) -> RequeteVue:
            return RequeteVue.model_validate(await decisions.ouvrir(numero, qui.partie, work))

        return await service.ask(bac_of(request), run)

    @router.get(
        "/requetes/{numero}/documents/{document}",
        summary="Imprimer un document de la procédure",
        response_class=Response,
        responses=DOCUMENT,
    )
    async def imprimer(request: Request, numero: Numero, document: Literal["accuse-depot", "communication", "decision"]) -> Response:
        async with service.reading(bac_of(request)) as lecture:
            requete = await connue(numero, lecture.work)
            message, le = _document(requete, document, lecture.work)
        message = montree(message, service.settings, bac_of(request))
        pdf = await render_async(message, service.definition.documents, le=le)
        nom = f'inline; filename="{document}-{requete.numero}.pdf"'
        return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": nom})

    return router


def _document(requete: Requete, document: str, work: Work) -> tuple[Message, date]:
    """The letter as it was on its day; raises NotificationImpossible when it does not exist yet."""
    if document == "accuse-depot":
        depot, pieces = requete.date_depot, len(requete.depot.pieces)
        return lettres.accuse_depot(requete, pieces, requete.canal, requete.deposee_a, depot), depot
    if document == "communication" and requete.communiquee_a is not None and (le := requete.communiquee_le) is not None:
        return lettres.communication(requete, requete.communiquee_a, le), le
    if document == "decision" and requete.decision is not None and requete.jugee_a is not None:
        le = requete.decision.date_decision
        return lettres.decisions(requete, work.villes.chercher(requete.siret, le), requete.jugee_a, le)[0], le
    raise NotificationImpossible(f"Requête {requete.numero}, état « {requete.etat} ».", "document")
