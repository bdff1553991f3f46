"""The simulated towns and their tariffs of the day."""

from datetime import date
from typing import Annotated

from fastapi import Path, Query, Request
from pydantic import BaseModel, Field

from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import publique
from fps.kit.web.body import Router
from fps.messages.formats import CodePostal, Ligne
from fps.messages.parties_prenantes import Categorie
from fps.villes.communes import Commune, Zone


class ZoneVue(BaseModel):
    """Une zone tarifaire et ses montants de FPS du jour, en centimes par catégorie de véhicule."""

    code: str
    nom: str
    duree_maximale: int
    codes_postaux: list[str]
    voies: list[str]
    fps: dict[Categorie, int]
    tarifs: dict[int, int] = Field(description="Prix du stationnement, en centimes par nombre de minutes")
    tarifs_par_categorie: dict[Categorie, dict[int, int]] = Field(description="Les mêmes, des catégories qui ont leur propre grille")
    minutes_gratuites: int = Field(
        description="Durée d'un ticket de 0 €, en minutes ; 0 quand rien n'est gratuit, ou que la commune ne le dit pas"
    )
    heures: list[str] = Field(description="Heures payantes du jour, à l'heure de la commune (« 09:00-12:00 ») ; vide un jour gratuit")

    @classmethod
    def voir(cls, ville: Commune, zone: Zone, le: date) -> "ZoneVue":
        """The zone and its tariffs that day."""
        return cls(
            code=zone.code,
            nom=zone.nom,
            duree_maximale=zone.duree(le),
            codes_postaux=list(zone.codes_postaux),
            voies=list(zone.voies),
            fps=zone.montants(le),
            tarifs=zone.grille(le),
            tarifs_par_categorie={categorie: grille for categorie in zone.tarifs_par_categorie if (grille := zone.grille(le, categorie))},
            minutes_gratuites=zone.minutes_gratuites(le) or 0,
            heures=ville.heures(zone.code).ouvertes(le),
        )


class AbonnementVu(BaseModel):
    """Un abonnement du jour ; sans zone, il vaut dans toutes."""

    nature: str
    nom: str
    periode: str
    zones: list[str]
    prix: int


class CommuneVue(BaseModel):
    """Une commune simulée."""

    siret: str
    nom: str
    cycle: str
    mode_notification: str
    population: int
    zones: list[ZoneVue]
    abonnements: list[AbonnementVu]

    @classmethod
    def voir(cls, ville: Commune, le: date) -> "CommuneVue":
        """The town and its tariffs that day."""
        abonnements = [
            AbonnementVu(nature=a.nature, nom=a.nom, periode=a.periode, zones=list(a.zones), prix=prix)
            for a in ville.abonnements
            if (prix := a.prix_au(le)) is not None
        ]
        return cls(
            siret=ville.siret,
            nom=ville.nom,
            cycle=ville.cycle,
            mode_notification=ville.mode_notification,
            population=ville.population,
            zones=[ZoneVue.voir(ville, zone, le) for zone in ville.zones],
            abonnements=abonnements,
        )


def routes(service: Service) -> Router:
    """GET /communes, and the zone of a place."""
    router = Router(dependencies=[publique()])

    @router.get("/communes", tags=["Communes"], summary="Lister les collectivités simulées et leurs tarifs du jour")
    async def communes(request: Request) -> list[CommuneVue]:
        async with service.reading(bac_of(request)) as lecture:
            return [CommuneVue.voir(ville, lecture.work.today) for ville in lecture.work.villes.au(lecture.work.today)]

    @router.get(
        "/communes/{siret}/zone", tags=["Communes"], summary="Trouver la zone d'une voie ou d'un code postal, et ses tarifs du jour"
    )
    async def zone(
        request: Request,
        siret: Annotated[str, Path(pattern=r"^[0-9]{14}$")],
        voie: Annotated[Ligne | None, Query(description="Voie, avec ou sans numéro")] = None,
        code_postal: Annotated[CodePostal | None, Query()] = None,
    ) -> ZoneVue:
        async with service.reading(bac_of(request)) as lecture:
            ville, le = lecture.work.ville(siret), lecture.work.today
            return ZoneVue.voir(ville, ville.situer(voie, code_postal), le)

    return router
