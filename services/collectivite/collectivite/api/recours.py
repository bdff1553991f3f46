"""The appeals before the court on the side of the town: consulted, defended, executed."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict, Field

from collectivite.actes.dossier import recours_connu
from collectivite.actes.recours import defendre, executer, regler_frais
from collectivite.api.formes import Vue
from collectivite.domain.recours import EtatRecours, Recours
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.messages.formats import Court, Texte
from fps.messages.parties_prenantes import Demandeur, Piece
from fps.messages.recours_usager import Partie

NumeroRequete = Annotated[str, Path(pattern=r"^[0-9]{8}$", description="Numéro de la requête, 8 chiffres")]


class RecoursVu(Vue):
    """Une requête, telle que le défendeur la suit ; montants en centimes."""

    numero: str
    numero_fps: str
    siret: str
    objet: str
    etat: EtatRecours
    requerant: Demandeur | None
    moyens: str | None
    communique_le: date | None
    date_limite_defense: date | None
    pieces: int
    depots: tuple[str, ...] = Field(description="Numéros des dépôts accusés par la juridiction")
    sens: str | None
    fps_decharge: int
    majoration_dechargee: int
    date_decision: date | None
    notifie_le: date | None
    date_limite_execution: date | None
    execute_le: date | None
    frais: int = Field(description="Frais de l'instance, en centimes")
    frais_a_la_charge_de: Partie | None
    frais_regles_le: date | None = Field(description="Jour où la collectivité les a versés, ou reçus")


class DemandeMemoire(BaseModel):
    """Le mémoire en défense et ses pièces."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"conteste_erreur": True, "conclusions": "Rejeter la requête.", "moyens": "L'avis est régulier."}},
    )

    canal: Literal["teletransmission", "courrier", "telecopie"] = Field(
        "teletransmission", description="Le portail de la juridiction s'utilise par ses agents inscrits, sur le portail"
    )
    conteste_erreur: bool
    conclusions: Texte
    moyens: Texte
    signataire: Court = "Le maire, par délégation"
    pieces: Annotated[tuple[Piece, ...], Field(max_length=20)] = ()


def routes(service: Service) -> Router:
    """GET /recours/{numero}, POST /recours/{numero}/memoire, /execution and /frais."""
    router = Router(dependencies=[administration(service)])

    @router.get("/recours/{numero}", tags=["Contentieux"], summary="Consulter une requête")
    async def consulter(request: Request, numero: NumeroRequete) -> RecoursVu:
        async with service.reading(bac_of(request)) as lecture:
            return RecoursVu.model_validate(await recours_connu(numero, lecture.work))

    @router.post("/recours/{numero}/memoire", tags=["Contentieux"], summary="Déposer un mémoire en défense et ses pièces")
    async def deposer(request: Request, numero: NumeroRequete, d: DemandeMemoire) -> RecoursVu:
        async def run(work: Work) -> Recours:
            return await defendre(
                numero,
                d.canal,
                conteste=d.conteste_erreur,
                conclusions=d.conclusions,
                moyens=d.moyens,
                signataire=d.signataire,
                pieces=d.pieces,
                work=work,
            )

        return RecoursVu.model_validate(await service.ask(bac_of(request), run))

    @router.post("/recours/{numero}/frais", tags=["Contentieux"], summary="Régler les frais de l'instance que la décision accorde")
    async def payer_frais(request: Request, numero: NumeroRequete) -> RecoursVu:
        return RecoursVu.model_validate(await service.ask(bac_of(request), lambda work: regler_frais(numero, work)))

    @router.post("/recours/{numero}/execution", tags=["Contentieux"], summary="Exécuter une décision de la juridiction")
    async def appliquer(request: Request, numero: NumeroRequete) -> RecoursVu:
        return RecoursVu.model_validate(await service.ask(bac_of(request), lambda work: executer(numero, work)))

    return router
