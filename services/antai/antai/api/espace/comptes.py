"""The accounts of the agents of an espace: listed, opened, closed, their passwords changed."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Body, Path, Request
from pydantic import BaseModel, ConfigDict

from antai.actes.espace import comptes as actes
from antai.actes.espace.espace import ouvert
from antai.api.espace.auditer import agent, faire
from antai.api.espace.vues import TAG, Formulaire, MotDePasse, NouvelAgent
from antai.api.vues import Siret
from antai.domain.espace.refus import RoleInsuffisant
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust import personnes, sessions
from fps.kit.trust.acces import auteur, titulaire
from fps.kit.trust.personnes import ComptePersonnel, EtatCompte
from fps.kit.web.body import Router

LoginChemin = Annotated[str, Path(pattern=personnes.LOGIN, description="Identifiant de connexion")]


class AgentNomme(NouvelAgent):
    """Un compte que le responsable ouvre."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"login": "camille", "nom": "Camille Exemple", "mot_de_passe": "une phrase assez longue", "role": "agent"}
        }
    )

    role: Literal["responsable", "agent"] = "agent"


class AgentVu(BaseModel):
    """Un compte de l'espace numérique."""

    login: str
    nom: str
    role: str
    etat: EtatCompte
    cree_le: datetime

    @classmethod
    def voir(cls, compte: ComptePersonnel) -> "AgentVu":
        """This account."""
        return cls(login=compte.login, nom=compte.nom, role=compte.role, etat=compte.etat, cree_le=compte.cree_le)


class ChangementMotDePasse(Formulaire):
    """Un nouveau mot de passe ; les sessions ouvertes avant sont closes."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"ancien": "une phrase assez longue", "nouveau": "une autre phrase, assez longue aussi"}}
    )

    ancien: MotDePasse
    nouveau: MotDePasse


def routes(service: Service) -> Router:
    """The routes of the accounts, for the agents."""
    router = Router(dependencies=[agent(service)], tags=[TAG])

    @router.get("/espaces/{siret}/agents", summary="Lister les comptes d'agents")
    async def lister(request: Request, siret: Siret) -> list[AgentVu]:
        async with service.reading(bac_of(request)) as lecture:
            await ouvert(siret, lecture.work)
            trouves = await personnes.de_l_espace(lecture.tx, lecture.work.bac.nom, actes.espace_comptes(siret))
        return [AgentVu.voir(compte) for compte in trouves]

    @router.post("/espaces/{siret}/agents", status_code=201, summary="Ouvrir un compte d'agent")
    async def nommer(request: Request, siret: Siret, donne: Annotated[AgentNomme, Body()]) -> AgentVu:
        empreinte = await personnes.hacher(donne.login, donne.mot_de_passe.get_secret_value())

        async def run(work: Work) -> AgentVu:
            par = titulaire(request)
            return AgentVu.voir(await actes.ouvrir(par, siret, donne.login, donne.nom, empreinte, donne.role, work))

        return await faire(service, request, "compte", siret, run, auteur(request), login=donne.login, role=donne.role)

    @router.delete("/espaces/{siret}/agents/{login}", summary="Fermer un compte d'agent")
    async def fermer(request: Request, siret: Siret, login: LoginChemin) -> AgentVu:
        async def run(work: Work) -> AgentVu:
            return AgentVu.voir(await actes.fermer(titulaire(request), siret, login, work))

        return await faire(service, request, "fin-compte", siret, run, auteur(request), login=login)

    @router.put("/espaces/{siret}/mot-de-passe", summary="Changer son mot de passe")
    async def changer(request: Request, siret: Siret, donne: Annotated[ChangementMotDePasse, Body()]) -> AgentVu:
        compte = titulaire(request)
        if compte is None:
            raise RoleInsuffisant("Le jeton de pilotage n'a pas de mot de passe.")
        ancien, nouveau = donne.ancien.get_secret_value(), donne.nouveau.get_secret_value()
        change = await sessions.changer_mot_de_passe(service, bac_of(request), actes.espace_comptes(siret), compte.login, ancien, nouveau)
        return AgentVu.voir(change)

    return router
