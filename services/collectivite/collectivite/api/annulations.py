"""What the town takes back of a FPS: modified, cancelled, its title given up; and what it tells ANTAI again."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict, Field

from collectivite.actes import annulation
from collectivite.actes.transmission import renvoi
from collectivite.api.forfaits import ForfaitVu
from collectivite.api.formes import Motif, Numero, NumeroAgent, Vue
from collectivite.domain.avis import AvisRectificatif
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.messages.formats import Centimes, CentimesDus, Jour


class DemandeAnnulation(BaseModel):
    """Pourquoi un FPS est retiré."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"motif": "Erreur de saisie de l'immatriculation."}})

    origine: Literal["erreur-agent", "autre"] = "erreur-agent"
    motif: Motif


class DemandeAnnulationTitre(BaseModel):
    """Pourquoi un FPS majoré est abandonné."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"motif": "Véhicule en règle, erreur reconnue."}})

    motif: Motif


class DemandeModification(BaseModel):
    """Un montant plus bas, après une demande sans RAPO."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"agent": "90", "montant": 1500, "date_demande": "2026-06-20", "motif": "Ticket retrouvé."}},
    )

    agent: NumeroAgent
    montant: CentimesDus = Field(description="Nouveau montant, en centimes")
    date_demande: Jour = Field(description="Date de la demande qui provoque la modification")
    motif: Motif


class DemandeRenvoi(BaseModel):
    """Les parts d'un titre annulé, ramenées à ce que l'ANTAI dit qu'il porte encore ; l'acte tel quel quand aucune n'est donnée."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"majoration_annulee": 4000}})

    fps_annule: Centimes | None = Field(default=None, description="Part du FPS annulée, en centimes")
    majoration_annulee: Centimes | None = Field(default=None, description="Part de la majoration annulée, en centimes")


class RectificatifVu(Vue):
    """Un avis rectificatif ; montant en centimes."""

    numero_avis: str
    numero: str
    agent: str
    montant: int
    date_edition: date


def routes(service: Service) -> Router:
    """/fps/{numero}/annulation, annulation-titre, modification, actes/{rang}/renvoi."""
    router = Router(dependencies=[administration(service)])

    @router.post("/fps/{numero}/annulation", tags=["FPS"], summary="Annuler un FPS avant tout titre exécutoire (quand l'ANTAI l'accepte)")
    async def annuler(request: Request, numero: Numero, d: DemandeAnnulation) -> ForfaitVu:
        return ForfaitVu.voir(await service.ask(bac_of(request), lambda w: annulation.annuler(numero, d.origine, d.motif, w)))

    @router.post("/fps/{numero}/annulation-titre", tags=["FPS"], summary="Abandonner un FPS majoré (flux 8, quand l'ANTAI l'accepte)")
    async def annuler_titre(request: Request, numero: Numero, d: DemandeAnnulationTitre) -> ForfaitVu:
        return ForfaitVu.voir(await service.ask(bac_of(request), lambda w: annulation.annuler_titre(numero, d.motif, w)))

    @router.post("/fps/{numero}/modification", tags=["FPS"], summary="Baisser le montant d'un FPS impayé", status_code=201)
    async def modifier(request: Request, numero: Numero, d: DemandeModification) -> RectificatifVu:
        async def run(work: Work) -> AvisRectificatif:
            return await annulation.modifier(numero, d.montant, d.agent, d.date_demande, d.motif, work)

        return RectificatifVu.model_validate(await service.ask(bac_of(request), run))

    @router.post("/fps/{numero}/actes/{rang}/renvoi", tags=["FPS"], summary="Renvoyer un acte que l'ANTAI a refusé")
    async def renvoyer(request: Request, numero: Numero, rang: Annotated[int, Path(ge=1, le=9_999)], d: DemandeRenvoi) -> ForfaitVu:
        sommes = d.model_dump(exclude_none=True)
        return ForfaitVu.voir(await service.ask(bac_of(request), lambda w: renvoi.renvoyer(numero, rang, sommes, w)))

    return router
