"""The conventions of an espace: prepared, renewed, given up, terminated by its agents."""

from typing import Annotated, Any

from fastapi import Body, Path, Request
from pydantic import ConfigDict, Field

from antai.actes.espace import convention as actes
from antai.actes.espace.espace import ouvert
from antai.api.espace.auditer import agent, faire, lire
from antai.api.espace.vues import ConventionVue, Formulaire
from antai.api.vues import Siret
from antai.domain.espace.convention import Signataire
from fps.droit.calculs import Cycle
from fps.kit.engine.service import Reading, Service
from fps.kit.engine.work import Work
from fps.kit.trust.acces import auteur
from fps.kit.web.body import Router
from fps.messages.formats import Jour, Ligne

TAG = "Conventions"
Rang = Annotated[int, Path(ge=1, le=9_999, description="Rang de la convention dans l'espace")]


class SignataireDonne(Formulaire):
    """Qui signe pour la collectivité."""

    nom: Ligne
    qualite: Ligne = Field(description="Qualité du signataire : maire, président…")


class NouvelleConvention(Formulaire):
    """Une convention à préparer ; à défaut, du cycle choisi dans les réglages, à partir d'aujourd'hui ou de la fin de la précédente."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"signataire": {"nom": "Camille Exemple", "qualite": "Maire"}, "cycle": "complet"}}
    )

    signataire: SignataireDonne
    cycle: Cycle | None = None
    effet_le: Jour | None = Field(None, description="Premier jour de la convention")


class Resiliation(Formulaire):
    """Une fin avant le terme."""

    model_config = ConfigDict(json_schema_extra={"example": {"le": "2026-12-31", "motif": "Changement de prestataire."}})

    le: Jour = Field(description="Premier jour sans convention")
    motif: Ligne


def routes(service: Service) -> Router:
    """The routes of the conventions."""
    router = Router(dependencies=[agent(service)], tags=[TAG])

    @router.get("/espaces/{siret}/conventions", summary="Lister les conventions")
    async def lister(request: Request, siret: Siret) -> list[ConventionVue]:
        async def run(lecture: Reading) -> list[ConventionVue]:
            espace = await ouvert(siret, lecture.work)
            return [ConventionVue.voir(c, lecture.work.today) for c in espace.conventions]

        return await lire(service, request, "conventions", siret, run, auteur(request))

    @router.post("/espaces/{siret}/conventions", status_code=201, summary="Préparer une convention, ou son renouvellement")
    async def preparer(request: Request, siret: Siret, donnee: Annotated[NouvelleConvention, Body()]) -> ConventionVue:
        async def run(work: Work) -> ConventionVue:
            qui = Signataire(donnee.signataire.nom, donnee.signataire.qualite)
            return ConventionVue.voir(await actes.preparer(siret, donnee.cycle, qui, donnee.effet_le, work), work.today)

        return await faire(service, request, "convention", siret, run, auteur(request))

    @router.delete("/espaces/{siret}/conventions/{rang}", status_code=204, summary="Abandonner une convention non signée par l'ANTAI")
    async def abandonner(request: Request, siret: Siret, rang: Rang) -> None:
        async def run(work: Work) -> None:
            await actes.abandonner(siret, rang, work)

        await faire(service, request, "convention-abandonnee", siret, run, auteur(request), rang=rang)

    @router.post("/espaces/{siret}/conventions/{rang}/resiliation", summary="Résilier une convention avant son terme")
    async def resilier(request: Request, siret: Siret, rang: Rang, donnee: Annotated[Resiliation, Body()]) -> ConventionVue:
        async def run(work: Work) -> ConventionVue:
            return ConventionVue.voir(await actes.resilier(siret, rang, donnee.le, donnee.motif, work), work.today)

        details: dict[str, Any] = {"rang": rang, "le": donnee.le.isoformat()}
        return await faire(service, request, "convention-resiliee", siret, run, auteur(request), **details)

    return router
