"""The public form by which a collectivité asks for its espace numérique, and what becomes of the request."""

from typing import Annotated

from fastapi import Body, Request
from pydantic import ConfigDict, Field

from antai.actes.espace import demande as actes
from antai.actes.espace.espace import demandee
from antai.api.espace.auditer import faire, lire
from antai.api.espace.vues import TAG, EtatDemande, Formulaire, NouvelAgent
from antai.api.vues import Siret
from antai.domain.espace.espace import Demande, TypeCollectivite
from fps.kit.engine.service import Reading, Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust import personnes
from fps.kit.trust.acces import publique
from fps.kit.web.body import Router
from fps.kit.web.quotas import ESPACES, compter
from fps.messages.formats import Ligne
from fps.messages.formats import Siret as SiretTexte
from fps.messages.parties_prenantes import Adresse, Contact
from fps.villes.commune import Habitants


class DemandeEspace(Formulaire):
    """Le formulaire public ; « agent » est la personne que la collectivité mandate, premier compte de l'espace."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "siret": "21590350100017",
                "nom": "Ville de Lille",
                "type": "commune",
                "adresse": {"voie": "1 place de la République", "code_postal": "59000", "commune": "Lille", "pays": "FR"},
                "contact": {
                    "nom": "Direction du stationnement",
                    "adresse": {"voie": "1 place de la République", "code_postal": "59000", "commune": "Lille", "pays": "FR"},
                },
                "agent": {"login": "alix", "nom": "Alix Exemple", "mot_de_passe": "une phrase assez longue"},
            }
        }
    )

    siret: SiretTexte
    nom: Ligne | None = Field(None, description="Nom de la collectivité ; à défaut, celui du contact")
    type: TypeCollectivite
    population: Habitants | None = Field(None, description="À défaut, 10 000 habitants")
    adresse: Adresse
    contact: Contact
    agent: NouvelAgent


def routes(service: Service) -> Router:
    """The public routes of the form."""
    router = Router(dependencies=[publique()], tags=[TAG])

    @router.post("/espaces", status_code=201, summary="Demander l'espace numérique d'une collectivité")
    async def demander(request: Request, demande: Annotated[DemandeEspace, Body()]) -> EtatDemande:
        siret, premier = demande.siret, demande.agent

        async def verifier(lecture: Reading) -> None:
            await actes.verifier(siret, demande.type, lecture.work)

        await lire(service, request, "espace", siret, verifier, None)  # before a password is worked on
        compter(request, ESPACES)
        empreinte = await personnes.hacher(premier.login, premier.mot_de_passe.get_secret_value())

        async def run(work: Work) -> EtatDemande:
            dits = demande.nom, demande.population
            donnee = Demande(siret, demande.type, demande.adresse, demande.contact, premier.login, *dits)
            return EtatDemande.voir(await actes.demander(donnee, premier.nom, empreinte, work), work)

        return await faire(service, request, "espace", siret, run, None)

    @router.get("/espaces/{siret}/etat", summary="Suivre la demande d'espace numérique")
    async def suivre(request: Request, siret: Siret) -> EtatDemande:
        async with service.reading(bac_of(request)) as lecture:
            return EtatDemande.voir(await demandee(siret, lecture.work), lecture.work)

    return router
