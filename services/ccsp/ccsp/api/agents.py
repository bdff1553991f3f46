"""The accounts of the portal: registration asked by the collectivité, first password by a one-time code, sessions."""

import secrets
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Path, Request
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from ccsp.actes import portail
from ccsp.api.acteurs import Siret, agent, agents, agents_ou_greffe, responsable
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust import personnes, sessions
from fps.kit.trust.acces import jeton, publique
from fps.kit.trust.depot_certificats import auteur
from fps.kit.trust.personnes import LOGIN, Compte, EtatCompte
from fps.kit.web.body import JsonRoute
from fps.messages.formats import Court
from fps.villes.communes import commune

TAG = "Portail : comptes"
Login = Annotated[str, Field(pattern=LOGIN, description="Identifiant de connexion")]
LoginChemin = Annotated[str, Path(pattern=LOGIN, description="Identifiant de connexion")]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=200)]


class Formulaire(BaseModel):
    """What is read strictly."""

    model_config = ConfigDict(extra="forbid")


class Agent(Formulaire):
    """An agent to register, by name."""

    login: Login
    nom: Court = Field(description="Nom de l'agent")
    role: Literal["agent", "responsable"] = "agent"


class Inscription(Formulaire):
    """The agents that a collectivité asks to register."""

    agents: Annotated[list[Agent], Field(min_length=1, max_length=20)]


class AgentInscrit(BaseModel):
    """A registered agent, and the one-time code that is told this once."""

    login: str
    nom: str
    role: str
    code: str = Field(description="À usage unique, pour choisir son mot de passe")


class AgentVu(BaseModel):
    """An account of the portal."""

    model_config = ConfigDict(from_attributes=True)

    login: str
    nom: str
    role: str
    etat: EtatCompte
    cree_le: datetime
    echecs: int = Field(description="Mots de passe faux de suite")
    verrouille_jusqu_a: datetime | None


class Activation(Formulaire):
    """The one-time code, and the password that the agent chooses."""

    login: Login
    code: Secret
    mot_de_passe: Secret


class Connexion(Formulaire):
    """What opens a session."""

    login: Login
    mot_de_passe: Secret


class Changement(Formulaire):
    """A new password: every session is over."""

    ancien: Secret
    nouveau: Secret


class SessionOuverte(BaseModel):
    """An open session: its token is told this once."""

    model_config = ConfigDict(from_attributes=True)

    jeton: str
    login: str
    nom: str
    role: str
    expire_le: datetime = Field(description="En temps réel")


def routes(service: Service) -> APIRouter:
    """The routes under /portail/{siret} that are about the accounts."""
    toutes = APIRouter()
    for router in (publiques(service), gestion(service), personnelles(service)):
        toutes.include_router(router)
    return toutes


def publiques(service: Service) -> APIRouter:
    """The ways in."""
    router = APIRouter(prefix="/portail/{siret}", route_class=JsonRoute, dependencies=[publique()], tags=[TAG])

    @router.post("/activation", status_code=204, summary="Choisir son mot de passe avec le code à usage unique")
    async def activer(request: Request, siret: Siret, demande: Annotated[Activation, Body()]) -> None:
        async def verifier(work: Work, compte: Compte) -> None:
            portail.verifier_code(work, compte)

        code, nouveau = demande.code.get_secret_value(), demande.mot_de_passe.get_secret_value()
        await sessions.changer_mot_de_passe(
            service, bac_of(request), portail.espace(siret), demande.login, code, nouveau, etat=EtatCompte.A_ACTIVER, verifier=verifier
        )

    @router.post("/sessions", status_code=201, summary="Ouvrir une session du portail")
    async def ouvrir(request: Request, siret: Siret, demande: Annotated[Connexion, Body()]) -> SessionOuverte:
        secret = demande.mot_de_passe.get_secret_value()
        ouverte = await sessions.ouvrir_session(service, bac_of(request), portail.espace(siret), demande.login, secret)
        return SessionOuverte.model_validate(ouverte)

    return router


def gestion(service: Service) -> APIRouter:
    """What the responsable of a collectivité does, or the pilot at its request."""
    porte = agents_ou_greffe(service)
    router = APIRouter(prefix="/portail/{siret}", route_class=JsonRoute, dependencies=[porte], tags=[TAG])

    @router.post("/inscriptions", status_code=201, summary="Inscrire des agents au portail")
    async def inscrire(request: Request, siret: Siret, demande: Annotated[Inscription, Body()]) -> list[AgentInscrit]:
        await responsable(service, request)
        commune(siret)
        codes = [secrets.token_urlsafe(15) for _ in demande.agents]
        inscrits = [
            portail.Inscrit(a.login, a.nom, a.role, await personnes.deriver(code)) for a, code in zip(demande.agents, codes, strict=True)
        ]
        trouves = await service.ask(bac_of(request), lambda work: portail.inscrire(work, siret, inscrits, auteur(request)))
        return [AgentInscrit(login=c.login, nom=c.nom, role=c.role, code=code) for c, code in zip(trouves, codes, strict=True)]

    @router.get("/comptes", summary="Lister les agents inscrits")
    async def lister(request: Request, siret: Siret) -> list[AgentVu]:
        await responsable(service, request)
        commune(siret)
        async with service.reading(bac_of(request)) as lecture:
            trouves = await personnes.de_l_espace(lecture.tx, lecture.work.bac.nom, portail.espace(siret))
        return [AgentVu.model_validate(compte) for compte in trouves]

    @router.post("/comptes/{login}/code", status_code=201, summary="Donner un nouveau code à un agent")
    async def recoder(request: Request, siret: Siret, login: LoginChemin) -> AgentInscrit:
        await responsable(service, request)
        code = secrets.token_urlsafe(15)
        empreinte, bac = await personnes.deriver(code), bac_of(request)
        compte = await service.ask(bac, lambda work: portail.nouveau_code(work, siret, login, empreinte, auteur(request)))
        return AgentInscrit(login=compte.login, nom=compte.nom, role=compte.role, code=code)

    @router.post("/comptes/{login}/fermeture", summary="Fermer le compte d'un agent")
    async def fermer(request: Request, siret: Siret, login: LoginChemin) -> AgentVu:
        await responsable(service, request)

        async def run(work: Work) -> AgentVu:
            compte = await personnes.fermer(work, portail.espace(siret), login)
            work.audit("fermeture-compte", auteur(request), compte.qui)
            return AgentVu.model_validate(compte)

        return await service.ask(bac_of(request), run)

    return router


def personnelles(service: Service) -> APIRouter:
    """What an agent does of its own account."""
    router = APIRouter(prefix="/portail/{siret}", route_class=JsonRoute, dependencies=[agents(service)], tags=[TAG])

    @router.post("/mot-de-passe", status_code=204, summary="Changer son mot de passe")
    async def changer(request: Request, siret: Siret, demande: Annotated[Changement, Body()]) -> None:
        ancien, nouveau = demande.ancien.get_secret_value(), demande.nouveau.get_secret_value()
        await sessions.changer_mot_de_passe(service, bac_of(request), portail.espace(siret), agent(request).login, ancien, nouveau)

    @router.delete("/sessions", status_code=204, summary="Fermer sa session")
    async def quitter(request: Request, siret: Siret) -> None:
        await sessions.fermer_session(service, bac_of(request), jeton(request) or "", agent(request))

    return router
