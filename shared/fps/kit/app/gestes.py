"""The pilot's routes of what was asked of a bac: read it, receive a letter again elsewhere; and until when a bac is kept."""

from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.responses import Response

from fps.kit.engine import gestes
from fps.kit.engine.service import Service
from fps.kit.ground.clock import FIN
from fps.kit.post.door import reponse
from fps.kit.trust.acces import ADMINISTRATION, administration
from fps.kit.web.body import LotRoute, Router

PAGE = 100  # one may hold a letter of a megabyte
ACTES: Final = "actes"  # where a route says which acts it may bring, which no name of its code leads to


class GesteVu(BaseModel):
    """Ce que quelqu'un a demandé à ce bac, de l'extérieur."""

    position: int = Field(description="Sa place parmi les gestes de ce service : à redonner dans « apres »")
    date: datetime = Field(description="À l'horloge du bac")
    wall_time: datetime = Field(description="En temps réel : l'ordre entre les services")
    methode: str
    chemin: str = Field(description="L'adresse, sans le bac ; « {bac} » y tient la place de son nom")
    corps: Any = Field(description="Ce qui a été envoyé ; absent quand cela peut contenir un secret, ou n'est pas du JSON")
    lettre: str | None = Field(description="L'identifiant de la lettre, quand c'en est une")
    type: str | None = Field(description="Son type")
    rejouable: bool = Field(description="Vrai quand il peut être refait : rien n'en a été tu")


class PageGestes(BaseModel):
    """Une page des gestes."""

    gestes: list[GesteVu]
    suite: bool = Field(description="Vrai quand la page est pleine : il y a peut-être une suite")


class LettreReprise(BaseModel):
    """Une lettre déjà reçue dans un bac, à recevoir dans un autre."""

    model_config = ConfigDict(extra="forbid")

    lettre: str = Field(max_length=200, description="Son identifiant, tel que la page des gestes le donne")
    type: str = Field(max_length=100)
    corps: dict[str, Any]


class Retention(BaseModel):
    """Jusqu'à quel jour réel un bac est gardé."""

    model_config = ConfigDict(extra="forbid")

    jusqu_au: Annotated[date | None, Field(le=FIN.date(), description="Absent : pour toujours")]


class BacRetenu(BaseModel):
    """Un bac, et le jour réel jusqu'auquel il est gardé ; ensuite il attend qu'on demande à nettoyer."""

    bac: str
    jusqu_au: date


def routes(service: Service) -> Router:
    """What was asked of a bac, and its retention."""
    toutes, doors = Router(), [administration(service)]
    router = Router(prefix="/pilotage", dependencies=doors, tags=["pilotage"])
    grandes = Router(prefix="/pilotage", dependencies=doors, tags=["pilotage"], route_class=LotRoute)

    @router.get("/bacs/{nom}/gestes", summary="Lire ce qui a été demandé à un bac, de l'extérieur, dans l'ordre")
    async def lire(
        nom: str, apres: Annotated[int, Query(ge=0, lt=1 << 53)] = 0, limite: Annotated[int, Query(ge=1, le=1_000)] = PAGE
    ) -> PageGestes:
        async with service.database.read() as tx:
            found = await gestes.lire(tx, nom, apres, limite)
        return PageGestes(gestes=[GesteVu.model_validate(one, from_attributes=True) for one in found], suite=len(found) == limite)

    @grandes.post(
        "/bacs/{nom}/gestes",
        response_model=dict[str, JsonValue],
        summary="Recevoir une lettre qu'un autre bac a reçue, de qui que ce fût",
        description="La réponse est celle que cette lettre a au guichet de son message.",
    )
    async def recevoir(nom: str, lettre: LettreReprise) -> Response:
        return reponse(lettre.lettre, await gestes.recevoir(service, nom, lettre.lettre, lettre.type, lettre.corps))

    recevoir.__dict__[ACTES] = (Service._letter, *service.definition.handlers.values())

    @router.get("/retentions", summary="Lire jusqu'à quel jour réel chaque bac est gardé")
    async def retenus() -> list[BacRetenu]:
        async with service.database.read() as tx:
            return [BacRetenu(bac=bac, jusqu_au=le) for bac, le in (await gestes.retenus(tx)).items()]

    @router.put("/bacs/{nom}/retention", status_code=204, summary="Dire jusqu'à quel jour réel garder un bac")
    async def garder(nom: Annotated[str, Path()], retention: Retention) -> None:
        """Rien n'est jamais supprimé sans être demandé : le jour passé, « fps bac nettoyer » le propose."""
        await gestes.garder(service, nom, retention.jusqu_au)
        await service.note(
            nom, "bac", ADMINISTRATION, "rétention", jusqu_au=None if retention.jusqu_au is None else str(retention.jusqu_au)
        )

    toutes.take(router)
    toutes.take(grandes)
    return toutes
