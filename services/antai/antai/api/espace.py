"""The espace numérique: the public form, the sessions of its agents, their accounts and their settings."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Request
from pydantic import BaseModel, Field, SecretStr

from antai.actes import espaces
from antai.actes.espaces import AGENT, RESPONSABLE, espace_comptes
from antai.api.auditer import Siret, agent, faire, lire, qui_agit
from antai.api.vues_espace import EspaceVu, EtatDemande, Formulaire
from antai.domain.espace import Espace, MinorationDeclaree, Reglages, TypeCollectivite, verifier_demande
from antai.domain.refus_espace import DernierResponsable, RoleInsuffisant
from antai.store import comptes_de
from fps.droit.calculs import Cycle
from fps.kit.boxes import boites, destinations
from fps.kit.boxes.boites import Destination
from fps.kit.boxes.retrait import Choix
from fps.kit.engine.service import Reading, Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust import personnes, sessions
from fps.kit.trust.acces import jeton, publique, titulaire
from fps.kit.trust.personnes import Compte, EtatCompte
from fps.kit.web.body import JsonRoute
from fps.messages.formats import Ligne
from fps.messages.formats import Siret as SiretTexte
from fps.messages.parties_prenantes import Adresse, Contact, ContactRapo

TAG = "Espace numérique"
Login = Annotated[str, Field(pattern=personnes.LOGIN, description="Identifiant de connexion")]
LoginChemin = Annotated[str, Path(pattern=personnes.LOGIN, description="Identifiant de connexion")]
MotDePasse = Annotated[SecretStr, Field(max_length=200, description="De 12 à 128 caractères")]


class NouvelAgent(Formulaire):
    """An account to create."""

    login: Login
    nom: Ligne
    mot_de_passe: MotDePasse


class Demande(Formulaire):
    """The public form; `agent` is who the collectivité mandates, the first account of the espace."""

    siret: SiretTexte
    type: TypeCollectivite
    adresse: Adresse
    contact: Contact
    agent: NouvelAgent


class Connexion(Formulaire):
    """What opens a session."""

    login: Login
    mot_de_passe: MotDePasse


class SessionOuverte(BaseModel):
    """An open session: its token is told once."""

    jeton: str
    login: str
    nom: str
    role: str
    expire_le: datetime = Field(description="En temps réel")


class ChangementMotDePasse(Formulaire):
    """A new password; the sessions opened before are over."""

    ancien: MotDePasse
    nouveau: MotDePasse


class Minoration(Formulaire):
    """The reduced amount that the collectivité declares."""

    pourcent: Annotated[int, Field(ge=1, le=99, description="Réduction, en pour cent du FPS")]
    delai_jours: Annotated[int, Field(ge=1, le=90, description="Délai en jours, de la date d'envoi de l'avis")]


class ReglagesDonnes(Formulaire):
    """The settings, all of them: what is absent is no longer declared."""

    cycle: Cycle | None = Field(None, description="Cycle de la prochaine convention")
    minoration: Minoration | None = Field(None, description="Déclarée, elle s'impose à chaque message FPS")
    contact_rapo: ContactRapo | None = Field(None, description="Vaut pour le message FPS qui n'en porte pas")


class DestinationLettres(BaseModel):
    """Where the letters of ANTAI go: to the reference system, to an address, or to the box from which they are taken."""

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


class AgentNomme(NouvelAgent):
    """An account that the responsable opens."""

    role: Literal["responsable", "agent"] = "agent"


class AgentVu(BaseModel):
    """An account of the espace."""

    login: str
    nom: str
    role: str
    etat: EtatCompte
    cree_le: datetime

    @classmethod
    def voir(cls, compte: Compte) -> "AgentVu":
        """This account."""
        return cls(login=compte.login, nom=compte.nom, role=compte.role, etat=compte.etat, cree_le=compte.cree_le)


def routes(service: Service) -> APIRouter:
    """The routes of the espace: open to all for the form and the sessions, then to its agents."""
    toutes = APIRouter()
    for router in (public(service), interne(service), agents(service)):
        toutes.include_router(router)
    return toutes


def public(service: Service) -> APIRouter:
    """The form, its outcome, and the way in."""
    router = APIRouter(route_class=JsonRoute, dependencies=[publique()], tags=[TAG])

    @router.post("/espaces", status_code=201, summary="Demander l'espace numérique d'une collectivité")
    async def demander(request: Request, demande: Annotated[Demande, Body()]) -> EtatDemande:
        siret, premier = demande.siret, demande.agent
        formulaire: dict[str, Any] = {"type": demande.type, "adresse": demande.adresse, "contact": demande.contact}

        async def verifier(lecture: Reading) -> None:
            verifier_demande(await lecture.work.find(Espace, siret), siret, demande.type)

        await lire(service, request, "espace", siret, verifier, None)  # before a password is worked on
        empreinte = await personnes.hacher(premier.login, premier.mot_de_passe.get_secret_value())

        async def run(work: Work) -> EtatDemande:
            return EtatDemande.voir(await espaces.demander(siret, premier.login, premier.nom, empreinte, work, **formulaire))

        return await faire(service, request, "espace", siret, run, None)

    @router.get("/espaces/{siret}/etat", summary="Suivre la demande d'espace numérique")
    async def suivre(request: Request, siret: Siret) -> EtatDemande:
        async with service.reading(bac_of(request)) as lecture:
            return EtatDemande.voir(await espaces.demande(siret, lecture.work))

    @router.post("/espaces/{siret}/sessions", status_code=201, summary="Ouvrir une session d'agent")
    async def ouvrir(request: Request, siret: Siret, connexion: Annotated[Connexion, Body()]) -> SessionOuverte:
        await lire(service, request, "session", siret, lambda lecture: espaces.ouvert(siret, lecture.work), None)
        mot_de_passe = connexion.mot_de_passe.get_secret_value()
        ouverte = await sessions.ouvrir_session(service, bac_of(request), espace_comptes(siret), connexion.login, mot_de_passe)
        return SessionOuverte(**{nom: getattr(ouverte, nom) for nom in SessionOuverte.model_fields})

    return router


def interne(service: Service) -> APIRouter:
    """What its agents do of the espace itself."""
    router = APIRouter(route_class=JsonRoute, dependencies=[agent(service)], tags=[TAG])

    @router.get("/espaces/{siret}", summary="Consulter l'espace numérique")
    async def consulter(request: Request, siret: Siret) -> EspaceVu:
        async with service.reading(bac_of(request)) as lecture:
            return EspaceVu.complet(await espaces.ouvert(siret, lecture.work), lecture.work.today)

    @router.put("/espaces/{siret}/reglages", summary="Choisir le cycle, la minoration et le contact des recours")
    async def regler(request: Request, siret: Siret, donnes: Annotated[ReglagesDonnes, Body()]) -> EspaceVu:
        declaree = None if donnes.minoration is None else MinorationDeclaree(**donnes.minoration.model_dump())

        async def run(work: Work) -> EspaceVu:
            espace = await espaces.ouvert(siret, work)
            espace.reglages = Reglages(donnes.cycle, declaree, donnes.contact_rapo)
            return EspaceVu.complet(espace, work.today)

        details: dict[str, Any] = {
            "cycle": donnes.cycle,
            "minoration": declaree is not None,
            "contact_rapo": donnes.contact_rapo is not None,
        }
        return await faire(service, request, "reglages", siret, run, qui_agit(request), **details)

    @router.get("/espaces/{siret}/destination", summary="Savoir où partent les lettres de l'ANTAI")
    async def destination(request: Request, siret: Siret) -> DestinationLettres:
        async with service.reading(bac_of(request)) as lecture:
            await espaces.ouvert(siret, lecture.work)
            return DestinationLettres.voir(siret, await lecture.work.find(Destination, siret))

    @router.put("/espaces/{siret}/destination", summary="Choisir où partent les lettres de l'ANTAI")
    async def destiner(request: Request, siret: Siret, choix: Annotated[Choix, Body()]) -> DestinationLettres:
        async def condition(work: Work) -> None:
            await espaces.ouvert(siret, work)

        bac, qui = bac_of(request), qui_agit(request)
        await lire(service, request, "destination", siret, lambda lecture: condition(lecture.work), qui)
        posee = await destinations.choisir(service, bac, siret, choix.mode, choix.adresse, qui, condition)
        return DestinationLettres.voir(siret, posee)

    @router.delete("/espaces/{siret}/sessions", status_code=204, summary="Fermer sa session")
    async def fermer(request: Request, siret: Siret) -> None:
        compte, donne = titulaire(request), jeton(request)
        if compte is not None and donne is not None:
            await sessions.fermer_session(service, bac_of(request), donne, compte)

    return router


def agents(service: Service) -> APIRouter:
    """The accounts of the agents."""
    router = APIRouter(route_class=JsonRoute, dependencies=[agent(service)], tags=[TAG])

    @router.get("/espaces/{siret}/agents", summary="Lister les comptes d'agents")
    async def lister(request: Request, siret: Siret) -> list[AgentVu]:
        async with service.reading(bac_of(request)) as lecture:
            await espaces.ouvert(siret, lecture.work)
            return [AgentVu.voir(c) for c in await comptes_de(lecture.tx, lecture.work.bac.nom, espace_comptes(siret))]

    @router.post("/espaces/{siret}/agents", status_code=201, summary="Ouvrir un compte d'agent")
    async def nommer(request: Request, siret: Siret, donne: Annotated[AgentNomme, Body()]) -> AgentVu:
        empreinte = await personnes.hacher(donne.login, donne.mot_de_passe.get_secret_value())

        async def run(work: Work) -> AgentVu:
            _exiger_responsable(request)
            await espaces.ouvert(siret, work)
            return AgentVu.voir(await personnes.creer(work, espace_comptes(siret), donne.login, donne.nom, empreinte, donne.role))

        return await faire(service, request, "compte", siret, run, qui_agit(request), login=donne.login, role=donne.role)

    @router.delete("/espaces/{siret}/agents/{login}", summary="Fermer un compte d'agent")
    async def fermer(request: Request, siret: Siret, login: LoginChemin) -> AgentVu:
        async def run(work: Work) -> AgentVu:
            _exiger_responsable(request)
            await espaces.ouvert(siret, work)
            # The accounts are found by their key, so that two closings at once see each other.
            connus = [c.login for c in await comptes_de(work.tx, work.bac.nom, espace_comptes(siret))]
            autres = [await personnes.connu(work, espace_comptes(siret), autre) for autre in connus if autre != login]
            compte = await personnes.connu(work, espace_comptes(siret), login)
            if compte.role == RESPONSABLE and not any(c.role == RESPONSABLE and c.etat is EtatCompte.ACTIF for c in autres):
                raise DernierResponsable(f"« {login} »", "login")
            return AgentVu.voir(await personnes.fermer(work, espace_comptes(siret), login))

        return await faire(service, request, "fin-compte", siret, run, qui_agit(request), login=login)

    @router.put("/espaces/{siret}/mot-de-passe", summary="Changer son mot de passe")
    async def changer(request: Request, siret: Siret, donne: Annotated[ChangementMotDePasse, Body()]) -> AgentVu:
        compte = titulaire(request)
        if compte is None:
            raise RoleInsuffisant("Le jeton de pilotage n'a pas de mot de passe.")
        ancien, nouveau = donne.ancien.get_secret_value(), donne.nouveau.get_secret_value()
        change = await sessions.changer_mot_de_passe(service, bac_of(request), espace_comptes(siret), compte.login, ancien, nouveau)
        return AgentVu.voir(change)

    return router


def _exiger_responsable(request: Request) -> None:
    compte = titulaire(request)
    if compte is not None and compte.role == AGENT:
        raise RoleInsuffisant(f"Rôle « {compte.role} ».")
