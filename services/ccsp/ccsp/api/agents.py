"""The accounts of the portal: agents registered at the request of the collectivité, a new code, an account closed."""

import secrets
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Body, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from ccsp.actes import agents as actes
from ccsp.api.acteurs import Siret, agents_ou_greffe, responsable
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust import personnes
from fps.kit.trust.acces import auteur
from fps.kit.trust.personnes import LOGIN, EtatCompte
from fps.kit.web.body import JsonRoute, Router
from fps.messages.formats import Court

TAG = "Portail : comptes"
Login = Annotated[str, Field(pattern=LOGIN, description="Identifiant de connexion")]
LoginChemin = Annotated[str, Path(pattern=LOGIN, description="Identifiant de connexion")]


class Formulaire(BaseModel):
    """What is read strictly."""

    model_config = ConfigDict(extra="forbid")


class Agent(Formulaire):
    """Un agent à inscrire, nommément."""

    login: Login
    nom: Court = Field(description="Nom de l'agent")
    role: Literal["agent", "responsable"] = "agent"


class Inscription(Formulaire):
    """Les agents qu'une collectivité demande d'inscrire."""

    model_config = ConfigDict(json_schema_extra={"example": {"agents": [{"login": "alix", "nom": "Alix Exemple", "role": "responsable"}]}})

    agents: Annotated[list[Agent], Field(min_length=1, max_length=20)]


class AgentInscrit(BaseModel):
    """Un agent inscrit, et son code à usage unique, qui n'est dit que cette fois."""

    login: str
    nom: str
    role: str
    code: str = Field(description="À usage unique, pour choisir son mot de passe")


class AgentVu(BaseModel):
    """Un compte du portail."""

    model_config = ConfigDict(from_attributes=True)

    login: str
    nom: str
    role: str
    etat: EtatCompte
    cree_le: datetime
    echecs: int = Field(description="Mots de passe faux de suite")
    verrouille_jusqu_a: datetime | None


def routes(service: Service) -> Router:
    """The routes under /portail/{siret} by which the responsable of a collectivité, or the pilot at its request, keeps its agents."""
    porte = agents_ou_greffe(service)
    router = Router(prefix="/portail/{siret}", route_class=JsonRoute, dependencies=[porte], tags=[TAG])

    @router.post("/inscriptions", status_code=201, summary="Inscrire des agents au portail")
    async def inscrire(request: Request, siret: Siret, demande: Annotated[Inscription, Body()]) -> list[AgentInscrit]:
        await responsable(service, request)
        async with service.reading(bac_of(request)) as lecture:
            lecture.work.ville(siret)
        codes = [secrets.token_urlsafe(15) for _ in demande.agents]
        inscrits = [
            actes.Inscrit(a.login, a.nom, a.role, await personnes.deriver(code)) for a, code in zip(demande.agents, codes, strict=True)
        ]
        trouves = await service.ask(bac_of(request), lambda work: actes.inscrire(siret, inscrits, auteur(request), work))
        return [AgentInscrit(login=c.login, nom=c.nom, role=c.role, code=code) for c, code in zip(trouves, codes, strict=True)]

    @router.get("/comptes", summary="Lister les agents inscrits")
    async def lister(request: Request, siret: Siret) -> list[AgentVu]:
        await responsable(service, request)
        async with service.reading(bac_of(request)) as lecture:
            lecture.work.ville(siret)
            trouves = await personnes.de_l_espace(lecture.tx, lecture.work.bac.nom, actes.espace(siret))
        return [AgentVu.model_validate(compte) for compte in trouves]

    @router.post("/comptes/{login}/code", status_code=201, summary="Donner un nouveau code à un agent")
    async def recoder(request: Request, siret: Siret, login: LoginChemin) -> AgentInscrit:
        await responsable(service, request)
        code = secrets.token_urlsafe(15)
        empreinte, bac = await personnes.deriver(code), bac_of(request)
        compte = await service.ask(bac, lambda work: actes.nouveau_code(siret, login, empreinte, auteur(request), work))
        return AgentInscrit(login=compte.login, nom=compte.nom, role=compte.role, code=code)

    @router.post("/comptes/{login}/fermeture", summary="Fermer le compte d'un agent")
    async def fermer(request: Request, siret: Siret, login: LoginChemin) -> AgentVu:
        await responsable(service, request)

        async def run(work: Work) -> AgentVu:
            return AgentVu.model_validate(await actes.fermer(siret, login, auteur(request), work))

        return await service.ask(bac_of(request), run)

    return router
