"""The controls: what is found of a vehicle, and the FPS that an agent makes of it."""

from typing import Annotated, Literal, Self

from fastapi import Path, Query, Request
from pydantic import ConfigDict, Field

from collectivite.actes import controle as actes
from collectivite.api.forfaits import ForfaitVu
from collectivite.api.formes import Demande, NumeroAgent, Vue
from collectivite.domain.stationnement import Controle, Verdict
from collectivite.store import page_controles
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.messages.formats import CodePostal, Court, Instant, InstantVu, Ligne, Pays, Plaque, Siret
from fps.messages.parties_prenantes import Vehicule
from fps.messages.plaques import lectures


class DemandeControle(Demande):
    """Un véhicule vu quelque part, par un agent ou par une voiture LAPI."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"siret": "21590350100017", "zone": "rouge", "immatriculation": "AB-123-CD", "source": "lapi"}}
    )

    siret: Siret
    zone: Court | None = Field(default=None, description="Code de la zone ; à défaut, celle de la voie ou du code postal")
    voie: Ligne | None = Field(default=None, description="Voie, avec ou sans numéro, où le véhicule est vu")
    code_postal: CodePostal | None = None
    immatriculation: Plaque
    source: Literal["agent", "lapi"] = "agent"
    pays: Pays | None = Field(default=None, description="Pays de la plaque, quand il se lit ; à défaut, tout pays convient")
    instant: Instant | None = None


class DemandeConstat(Demande):
    """L'acte de l'agent assermenté après un contrôle."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "agent": "72",
                "voie": "12 rue de l'Exemple",
                "vehicule": {"immatriculation": "AB-123-CD", "pays": "FR", "marque": "Renault", "categorie": "voiture"},
            }
        }
    )

    agent: NumeroAgent
    voie: Ligne
    vehicule: Vehicule


class ControleVu(Vue):
    """Ce qu'un contrôle a trouvé ; « a-constater » attend un agent."""

    numero: str
    siret: str
    zone: str
    immatriculation: str
    source: str
    instant: InstantVu
    verdict: Verdict
    raison: str
    numero_fps: str | None
    lectures: tuple[str, ...] = Field(description="Autres plaques que celle-ci a pu être (O ou 0, I ou 1, B NO ou BN O), à vérifier")

    @classmethod
    def voir(cls, controle: Controle, pays: str | None = None) -> Self:
        """The control, with the readings that it may have missed."""
        return cls.model_validate({**vars(controle), "lectures": lectures(controle.immatriculation, pays)})


class PageControles(Vue):
    """Les contrôles d'une collectivité, du plus récent au plus ancien."""

    elements: list[ControleVu]
    suivant: str | None = Field(description="À redonner dans « avant » ; nul à la dernière page")


def routes(service: Service) -> Router:
    """/controles."""
    router = Router(dependencies=[administration(service)])

    @router.post("/controles", tags=["Contrôle"], summary="Précontrôler un véhicule (agent ou LAPI)", status_code=201)
    async def controler(request: Request, d: DemandeControle) -> ControleVu:
        vue = actes.PlaqueVue(d.immatriculation, d.pays, d.zone, d.voie, d.code_postal)
        fait = await service.ask(bac_of(request), lambda w: actes.precontroler(d.siret, vue, d.source, d.instant, w))
        return ControleVu.voir(fait, d.pays)

    @router.get("/controles", tags=["Contrôle"], summary="Lister les contrôles d'une collectivité, du plus récent au plus ancien")
    async def lister(
        request: Request,
        siret: Annotated[str, Query(pattern=r"^[0-9]{14}$")],
        avant: Annotated[str, Query(max_length=60, description="Dernier numéro de la page précédente")] = "",
        limite: Annotated[int, Query(ge=1, le=500)] = 50,
    ) -> PageControles:
        async with service.reading(bac_of(request)) as lecture:
            trouves = await page_controles(lecture.tx, lecture.work.bac.nom, siret, avant, limite)
        suivant = trouves[-1].numero if len(trouves) == limite else None
        return PageControles(elements=[ControleVu.voir(c) for c in trouves], suivant=suivant)

    @router.get("/controles/{numero}", tags=["Contrôle"], summary="Consulter un contrôle")
    async def relire(request: Request, numero: Annotated[str, Path(max_length=60)]) -> ControleVu:
        async with service.reading(bac_of(request)) as lecture:
            return ControleVu.voir(await actes.connu(numero, lecture.work))

    @router.post("/controles/{numero}/constat", tags=["Contrôle"], summary="Constater et établir le FPS, par un agent", status_code=201)
    async def constater(request: Request, numero: Annotated[str, Path(max_length=60)], d: DemandeConstat) -> ForfaitVu:
        return ForfaitVu.voir(await service.ask(bac_of(request), lambda w: actes.constater(numero, d.vehicule, d.voie, d.agent, w)))

    return router
