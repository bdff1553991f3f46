"""The sessions of the portal: a first password by a one-time code, a session opened, closed, another password."""

from datetime import datetime
from typing import Annotated

from fastapi import Body, Request
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from ccsp.actes.agents import espace, verifier_code
from ccsp.api.acteurs import Siret, agent, agents
from ccsp.api.agents import TAG, Formulaire, Login
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust import sessions
from fps.kit.trust.acces import connexions, jeton, publique
from fps.kit.trust.personnes import ComptePersonnel, EtatCompte
from fps.kit.web.body import JsonRoute, Router

Secret = Annotated[SecretStr, Field(min_length=1, max_length=200)]


class Activation(Formulaire):
    """Le code à usage unique, et le mot de passe que l'agent choisit."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"login": "alix", "code": "ABCD-EFGH", "mot_de_passe": "une phrase assez longue"}}
    )

    login: Login
    code: Secret
    mot_de_passe: Secret


class Connexion(Formulaire):
    """Ce qui ouvre une session."""

    model_config = ConfigDict(json_schema_extra={"example": {"login": "alix", "mot_de_passe": "une phrase assez longue"}})

    login: Login
    mot_de_passe: Secret


class ChangementMotDePasse(Formulaire):
    """Un nouveau mot de passe : toutes les sessions sont closes."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"ancien": "une phrase assez longue", "nouveau": "une autre phrase, assez longue aussi"}}
    )

    ancien: Secret
    nouveau: Secret


class SessionOuverte(BaseModel):
    """Une session ouverte : son jeton n'est dit que cette fois."""

    model_config = ConfigDict(from_attributes=True)

    jeton: str
    login: str
    nom: str
    role: str
    expire_le: datetime = Field(description="En temps réel")


def routes(service: Service) -> Router:
    """The routes under /portail/{siret}: the ways in, open to all, and what an agent does of its own account."""
    router = Router(prefix="/portail/{siret}", route_class=JsonRoute, tags=[TAG])
    ouvert, personnel = [connexions(), publique()], [agents(service)]

    @router.post("/activation", status_code=204, summary="Choisir son mot de passe avec le code à usage unique", dependencies=ouvert)
    async def activer(request: Request, siret: Siret, demande: Annotated[Activation, Body()]) -> None:
        async def verifier(work: Work, compte: ComptePersonnel) -> None:
            await verifier_code(compte, work)

        code, nouveau = demande.code.get_secret_value(), demande.mot_de_passe.get_secret_value()
        await sessions.changer_mot_de_passe(
            service, bac_of(request), espace(siret), demande.login, code, nouveau, etat=EtatCompte.A_ACTIVER, verifier=verifier
        )

    @router.post("/sessions", status_code=201, summary="Ouvrir une session du portail", dependencies=ouvert)
    async def ouvrir(request: Request, siret: Siret, demande: Annotated[Connexion, Body()]) -> SessionOuverte:
        secret = demande.mot_de_passe.get_secret_value()
        ouverte = await sessions.ouvrir_session(service, bac_of(request), espace(siret), demande.login, secret)
        return SessionOuverte.model_validate(ouverte)

    @router.post("/mot-de-passe", status_code=204, summary="Changer son mot de passe", dependencies=personnel)
    async def changer(request: Request, siret: Siret, demande: Annotated[ChangementMotDePasse, Body()]) -> None:
        ancien, nouveau = demande.ancien.get_secret_value(), demande.nouveau.get_secret_value()
        await sessions.changer_mot_de_passe(service, bac_of(request), espace(siret), agent(request).login, ancien, nouveau)

    @router.delete("/sessions", status_code=204, summary="Fermer sa session", dependencies=personnel)
    async def quitter(request: Request, siret: Siret) -> None:
        await sessions.fermer_session(service, bac_of(request), jeton(request) or "", agent(request))

    return router
