"""The espace numérique, for its agents: shown, its settings, where the letters of ANTAI go."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Body, Request
from pydantic import BaseModel, ConfigDict, Field

from antai.actes.espace import espace as actes
from antai.api.espace.auditer import agent, faire, lire
from antai.api.espace.vues import TAG, EspaceVu, Formulaire
from antai.api.vues import Siret
from antai.domain.espace.espace import Reglages
from fps.droit.calculs import Cycle
from fps.kit.boxes import boites, destinations
from fps.kit.boxes.boites import Destination
from fps.kit.boxes.vues import Choix
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import auteur
from fps.kit.web.body import Router
from fps.messages.parties_prenantes import ContactRapo
from fps.villes.reductions import Reduction


class ReglagesDonnes(Formulaire):
    """Tous les réglages : ce qui est absent n'est plus déclaré."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"cycle": "complet", "minoration": {"pourcent": 30, "delai_jours": 9}, "contact_rapo": None}}
    )

    cycle: Cycle | None = Field(None, description="Cycle de la prochaine convention")
    minoration: Reduction | None = Field(None, description="Déclarée, elle s'impose à chaque message FPS")
    contact_rapo: ContactRapo | None = Field(None, description="Vaut pour le message FPS qui n'en porte pas")


class DestinationLettres(BaseModel):
    """Où vont les lettres de l'ANTAI : au système de référence, à une adresse, ou dans la boîte où on les prend."""

    siret: str
    mode: boites.Acheminement
    adresse: str | None
    depuis: datetime | None

    @classmethod
    def voir(cls, siret: str, choisie: Destination | None) -> "DestinationLettres":
        """This choice, or the one that a bac begins with."""
        if choisie is None:
            return cls(siret=siret, mode=boites.Acheminement.REFERENCE, adresse=None, depuis=None)
        return cls(siret=siret, mode=choisie.mode, adresse=choisie.adresse, depuis=choisie.posee_le)


def routes(service: Service) -> Router:
    """The routes of the espace itself, for its agents."""
    router = Router(dependencies=[agent(service)], tags=[TAG])

    @router.get("/espaces/{siret}", summary="Consulter l'espace numérique")
    async def consulter(request: Request, siret: Siret) -> EspaceVu:
        async with service.reading(bac_of(request)) as lecture:
            return EspaceVu.complet(await actes.ouvert(siret, lecture.work), lecture.work)

    @router.put("/espaces/{siret}/reglages", summary="Choisir le cycle, la minoration et le contact des recours")
    async def regler(request: Request, siret: Siret, donnes: Annotated[ReglagesDonnes, Body()]) -> EspaceVu:
        async def run(work: Work) -> EspaceVu:
            return EspaceVu.complet(await actes.regler(siret, Reglages(donnes.cycle, donnes.minoration, donnes.contact_rapo), work), work)

        details: dict[str, Any] = {
            "cycle": donnes.cycle,
            "minoration": donnes.minoration is not None,
            "contact_rapo": donnes.contact_rapo is not None,
        }
        return await faire(service, request, "reglages", siret, run, auteur(request), **details)

    @router.get("/espaces/{siret}/destination", summary="Savoir où partent les lettres de l'ANTAI")
    async def destination(request: Request, siret: Siret) -> DestinationLettres:
        async with service.reading(bac_of(request)) as lecture:
            await actes.ouvert(siret, lecture.work)
            return DestinationLettres.voir(siret, await lecture.work.find(Destination, siret))

    @router.put("/espaces/{siret}/destination", summary="Choisir où partent les lettres de l'ANTAI")
    async def destiner(request: Request, siret: Siret, choix: Annotated[Choix, Body()]) -> DestinationLettres:
        async def condition(work: Work) -> None:
            await actes.ouvert(siret, work)

        bac, qui = bac_of(request), auteur(request)
        await lire(service, request, "destination", siret, lambda lecture: condition(lecture.work), qui)
        posee = await destinations.choisir(service, bac, siret, choix.mode, choix.adresse, qui, condition)
        return DestinationLettres.voir(siret, posee)

    return router
