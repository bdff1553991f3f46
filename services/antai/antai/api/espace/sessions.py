"""The sessions of the agents of an espace: opened with a password, closed."""

from datetime import datetime
from typing import Annotated

from fastapi import Body, Request
from pydantic import BaseModel, ConfigDict, Field

from antai.actes.espace.comptes import espace_comptes
from antai.actes.espace.espace import ouvert
from antai.api.espace.auditer import agent, lire
from antai.api.espace.vues import TAG, Formulaire, Login, MotDePasse
from antai.api.vues import Siret
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust import sessions
from fps.kit.trust.acces import connexions, jeton, publique, titulaire
from fps.kit.web.body import Router


class Connexion(Formulaire):
    """Ce qui ouvre une session."""

    model_config = ConfigDict(json_schema_extra={"example": {"login": "alix", "mot_de_passe": "une phrase assez longue"}})

    login: Login
    mot_de_passe: MotDePasse


class SessionOuverte(BaseModel):
    """Une session ouverte : son jeton n'est dit que cette fois."""

    jeton: str
    login: str
    nom: str
    role: str
    expire_le: datetime = Field(description="En temps réel")


def routes(service: Service) -> Router:
    """The way in, open to all, and the way out."""
    router = Router(tags=[TAG])

    @router.post(
        "/espaces/{siret}/sessions", status_code=201, summary="Ouvrir une session d'agent", dependencies=[connexions(), publique()]
    )
    async def ouvrir(request: Request, siret: Siret, connexion: Annotated[Connexion, Body()]) -> SessionOuverte:
        await lire(service, request, "session", siret, lambda lecture: ouvert(siret, lecture.work), None)
        mot_de_passe = connexion.mot_de_passe.get_secret_value()
        ouverte = await sessions.ouvrir_session(service, bac_of(request), espace_comptes(siret), connexion.login, mot_de_passe)
        return SessionOuverte(**{nom: getattr(ouverte, nom) for nom in SessionOuverte.model_fields})

    @router.delete("/espaces/{siret}/sessions", status_code=204, summary="Fermer sa session", dependencies=[agent(service)])
    async def fermer(request: Request, siret: Siret) -> None:
        compte, donne = titulaire(request), jeton(request)
        if compte is not None and donne is not None:
            await sessions.fermer_session(service, bac_of(request), donne, compte)

    return router
