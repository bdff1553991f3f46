"""The connection of the reference system to each party: asked of their API front now, in a request that shows its certificate."""

import json
from typing import Any, Final, Literal

from fastapi import Request
from pydantic import BaseModel, Field

from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.kit.wire.carrier import Carrier
from fps.messages.formats import Siret
from fps.parties import Party

PRESTATAIRE: Final = "Système de référence (simulé)"
Etat = Literal["connecte", "non-connecte"]


class EtapeManquante(BaseModel):
    """Une étape qui retient encore les messages, telle que le service la dit."""

    code: str
    phrase: str


class Connexion(BaseModel):
    """Ce que l'API front d'un service dit de la collectivité ; « manques » est vide quand ses messages passent."""

    siret: str
    service: Party
    etat: Etat = Field(description="« connecte » quand rien ne manque")
    manques: list[EtapeManquante]


def routes(service: Service) -> Router:
    """GET and POST /connexions/{siret}/{service}."""
    router = Router(dependencies=[administration(service)])

    @router.get(
        "/connexions/{siret}/{service}", tags=["API front"], summary="Contrôler sa connexion à l'ANTAI, à la DGFiP, à la juridiction"
    )
    async def controler(request: Request, siret: Siret, service: Literal["antai", "dgfip", "ccsp"]) -> Connexion:
        return await demandee(request, siret, Party(service))

    @router.post("/connexions/{siret}/{service}", tags=["API front"], summary="Déposer son certificat, puis contrôler sa connexion")
    async def deposer(request: Request, siret: Siret, service: Literal["antai", "dgfip", "ccsp"]) -> Connexion:
        await montrer_son_certificat(request.app.state.carrier, bac_of(request), siret, Party(service))
        return await demandee(request, siret, Party(service))

    return router


async def demandee(request: Request, siret: str, party: Party) -> Connexion:
    """What the API front of a party says now."""
    carrier: Carrier = request.app.state.carrier
    statut, dit = await carrier.ask(party, bac_of(request), f"/front?siret={siret}")
    manques = manquantes(siret, statut, dit)
    return Connexion(siret=siret, service=party, etat="non-connecte" if manques else "connecte", manques=manques)


async def montrer_son_certificat(carrier: Carrier, bac: str, siret: str, party: Party) -> None:
    """Deposit the certificate of its letters, in a request that shows it; what is refused, the API front says."""
    corps = json.dumps({"siret": siret, "prestataire": PRESTATAIRE}, ensure_ascii=False)
    await carrier.file(party, bac, "/certificats", corps, f"depot-{siret}")


def manquantes(siret: str, statut: int, dit: dict[str, Any]) -> list[EtapeManquante]:
    """What keeps the messages of this collectivité, by the answer of the API front; its refusal, when it refuses."""
    if statut >= 300:
        return [EtapeManquante(code=str(dit.get("code")), phrase=str(dit.get("title")))]
    return [EtapeManquante(code=m["code"], phrase=m["phrase"]) for m in dit["manques"] if m["siret"] in (None, siret)]
