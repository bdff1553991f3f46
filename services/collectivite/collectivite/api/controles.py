"""The register by plate, the controls, the sworn agents."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from collectivite.actes import controle as actes
from collectivite.api.forfaits import ForfaitVu
from collectivite.api.rapos import NumeroAgent
from collectivite.domain.agents import AgentAssermente
from collectivite.domain.stationnement import DroitDeStationnement, FpsEnVigueur, NatureDroit, PaiementImmediat, Stationnement, Verdict
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.web.body import JsonRoute
from fps.messages.formats import CentimesDus, Court, Jour, Ligne, Plaque, Siret
from fps.messages.parties_prenantes import Vehicule

CheminSiret = Annotated[str, Path(pattern=r"^[0-9]{14}$")]


class Demande(BaseModel):
    """Strict reading of a demand."""

    model_config = ConfigDict(extra="forbid")


class DemandePaiementImmediat(Demande):
    """A spontaneous payment, as the parking meter or the application tells it."""

    siret: Siret
    immatriculation: Plaque
    reference: Court
    zone: Court
    debut: AwareDatetime
    fin: AwareDatetime
    montant: CentimesDus
    visible: bool = Field(default=True, description="Justificatif apposé ou transmis par voie électronique")


class DemandeDroit(Demande):
    """A right given to a plate; without zones, in all of them."""

    siret: Siret
    immatriculation: Plaque
    nature: NatureDroit
    zones: tuple[Court, ...] = ()
    depuis: Jour
    jusqu_au: Jour


class DemandeControle(Demande):
    """A vehicle seen somewhere, by an agent or by a LAPI vehicle."""

    siret: Siret
    zone: Court
    immatriculation: Plaque
    source: Literal["agent", "lapi"] = "agent"
    instant: AwareDatetime | None = None


class DemandeConstat(Demande):
    """The act of the sworn agent after a control."""

    agent: NumeroAgent
    voie: Ligne
    vehicule: Vehicule


class DemandeAgent(Demande):
    """Since when an agent is sworn, and until when."""

    assermente_le: Jour
    retire_le: Jour | None = None


class Vue(BaseModel):
    """Read from the case files."""

    model_config = ConfigDict(from_attributes=True)


class StationnementVu(Vue):
    """The register of a plate."""

    siret: str
    immatriculation: str
    paiements: tuple[PaiementImmediat, ...]
    droits: tuple[DroitDeStationnement, ...]
    forfaits: tuple[FpsEnVigueur, ...]


class ControleVu(Vue):
    """What a control found; « a-constater » waits for an agent."""

    numero: str
    siret: str
    zone: str
    immatriculation: str
    source: str
    instant: datetime
    verdict: Verdict
    raison: str
    numero_fps: str | None


class AgentVu(Vue):
    """A sworn agent of the register."""

    siret: str
    numero: int
    assermente_le: date
    retire_le: date | None


def routes(service: Service) -> APIRouter:
    """/stationnements, /controles, /agents."""
    router = APIRouter(route_class=JsonRoute)

    @router.post("/stationnements/paiements", tags=["Contrôle"], summary="Enregistrer un paiement immédiat", status_code=201)
    async def payer(request: Request, d: DemandePaiementImmediat) -> StationnementVu:
        paiement = PaiementImmediat.model_validate(d.model_dump(exclude={"siret", "immatriculation"}))
        fait = await service.ask(bac_of(request), lambda w: actes.payer(d.siret, d.immatriculation, paiement, w))
        return StationnementVu.model_validate(fait)

    @router.post("/stationnements/droits", tags=["Contrôle"], summary="Enregistrer un droit (résident, CMI-S…)", status_code=201)
    async def accorder(request: Request, d: DemandeDroit) -> StationnementVu:
        droit = DroitDeStationnement.model_validate(d.model_dump(exclude={"siret", "immatriculation"}))
        fait = await service.ask(bac_of(request), lambda w: actes.accorder(d.siret, d.immatriculation, droit, w))
        return StationnementVu.model_validate(fait)

    @router.get("/stationnements", tags=["Contrôle"], summary="Consulter le registre d'une plaque")
    async def consulter(
        request: Request, siret: Annotated[str, Query(pattern=r"^[0-9]{14}$")], immatriculation: Annotated[str, Query(max_length=15)]
    ) -> StationnementVu:
        async with service.reading(bac_of(request)) as lecture:
            trouve = await lecture.work.find(Stationnement, siret, immatriculation)
        return StationnementVu.model_validate(trouve or Stationnement(siret, immatriculation))

    @router.post("/controles", tags=["Contrôle"], summary="Précontrôler un véhicule (agent ou LAPI)", status_code=201)
    async def controler(request: Request, d: DemandeControle) -> ControleVu:
        fait = await service.ask(bac_of(request), lambda w: actes.precontroler(d.siret, d.zone, d.immatriculation, d.source, d.instant, w))
        return ControleVu.model_validate(fait)

    @router.get("/controles/{numero}", tags=["Contrôle"], summary="Consulter un contrôle")
    async def relire(request: Request, numero: Annotated[str, Path(max_length=60)]) -> ControleVu:
        async with service.reading(bac_of(request)) as lecture:
            return ControleVu.model_validate(await actes.connu(numero, lecture.work))

    @router.post("/controles/{numero}/constat", tags=["Contrôle"], summary="Constater et établir le FPS, par un agent", status_code=201)
    async def constater(request: Request, numero: Annotated[str, Path(max_length=60)], d: DemandeConstat) -> ForfaitVu:
        return ForfaitVu.voir(await service.ask(bac_of(request), lambda w: actes.constater(numero, d.vehicule, d.voie, d.agent, w)))

    @router.put("/agents/{siret}/{numero}", tags=["Agents"], summary="Enregistrer l'assermentation d'un agent, ou son retrait")
    async def assermenter(request: Request, siret: CheminSiret, numero: Annotated[int, Path(ge=0, le=999)], d: DemandeAgent) -> AgentVu:
        agent = AgentAssermente(siret, numero, d.assermente_le, d.retire_le)
        return AgentVu.model_validate(await service.ask(bac_of(request), lambda w: actes.assermenter(agent, w)))

    @router.get("/agents/{siret}/{numero}", tags=["Agents"], summary="Consulter un agent du registre")
    async def agent(request: Request, siret: CheminSiret, numero: Annotated[int, Path(ge=0, le=999)]) -> AgentVu:
        async with service.reading(bac_of(request)) as lecture:
            return AgentVu.model_validate(await actes.agent_connu(siret, numero, lecture.work))

    return router
