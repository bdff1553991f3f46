"""The towns of a bac, as the pilot gives them, reads them and takes them back."""

from datetime import date
from typing import Annotated, Any

from fastapi import Body, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from fps.droit.numero import siret_valide
from fps.kit.engine import inscriptions
from fps.kit.engine.service import Service
from fps.kit.ground.faults import Malformed
from fps.kit.trust.acces import ADMINISTRATION
from fps.kit.web.body import Router
from fps.villes.annuaire import DEPUIS, Annuaire, Version
from fps.villes.communes import Commune
from fps.villes.lecture import DepuisLaReforme


def _avec_sa_cle(ville: Commune) -> Commune:
    if not siret_valide(ville.siret):
        raise ValueError(f"le SIRET {ville.siret} n'a pas la bonne clé (Luhn, ou celle de La Poste) : vérifiez ses 14 chiffres")
    return ville


class VilleDonnee(BaseModel):
    """La configuration d'une collectivité, à partir d'un jour."""

    model_config = ConfigDict(extra="forbid")

    depuis: DepuisLaReforme | None = Field(None, description="Premier jour de cette configuration ; à défaut, le 1er janvier 2018")
    commune: Annotated[Commune, AfterValidator(_avec_sa_cle)]

    def version(self) -> Version:
        """The same as the bac keeps it."""
        return Version(self.depuis or DEPUIS, self.commune)


class VilleVue(BaseModel):
    """Une collectivité du bac, telle qu'elle est configurée à sa date."""

    siret: str
    nom: str
    type: str
    cycle: str
    zones: list[str]
    depuis: list[date] = Field(description="Premier jour de chacune de ses configurations")


class VillesDonnees(BaseModel):
    """Des collectivités à donner au bac : toutes ou aucune."""

    model_config = ConfigDict(extra="forbid")

    villes: Annotated[list[VilleDonnee], Field(min_length=1, max_length=1_000)]


class VillesRemises(BaseModel):
    """Les configurations d'une seule collectivité, telles qu'elle les avait."""

    model_config = ConfigDict(extra="forbid")

    villes: Annotated[list[VilleDonnee], Field(max_length=1_000)]


SiretChemin = Annotated[str, Path(pattern=r"^[0-9]{14}$", description="SIRET de la collectivité")]


def annuaire(villes: list[VilleDonnee] | None) -> Annuaire | None:
    """The directory that these make, None when none is said."""
    return None if villes is None else Annuaire.de(ville.version() for ville in villes)


def routes(router: Router, service: Service) -> None:
    """The routes under /pilotage/bacs/{nom}/villes."""

    async def vues(nom: str) -> list[VilleVue]:
        async with service.reading(nom) as lecture:
            connues, today = lecture.work.villes, lecture.work.today
        trouvees = []
        for ville in connues.au(today):
            jours = [version.depuis for version in connues.villes[ville.siret]]
            zones = [zone.code for zone in ville.zones]
            trouvees.append(VilleVue(siret=ville.siret, nom=ville.nom, type=ville.type, cycle=ville.cycle, zones=zones, depuis=jours))
        return trouvees

    @router.get("/bacs/{nom}/villes", summary="Lister les collectivités d'un bac")
    async def lister(nom: str) -> list[VilleVue]:
        return await vues(nom)

    @router.get("/bacs/{nom}/villes/{siret}", summary="Lire les configurations d'une collectivité")
    async def montrer(nom: str, siret: SiretChemin) -> list[VilleDonnee]:
        async with service.reading(nom) as lecture:
            versions = inscriptions.donnees(siret, lecture.work)
        return [VilleDonnee(depuis=version.depuis, commune=version.commune) for version in versions]

    @router.post("/bacs/{nom}/villes", status_code=201, summary="Donner des collectivités à un bac, ou une nouvelle configuration")
    async def inscrire(
        nom: str,
        donnees: Annotated[VillesDonnees, Body()],
        essai: Annotated[bool, Query(description="Tout vérifier, ne rien garder")] = False,
    ) -> list[VilleVue]:
        """Une collectivité déjà connue reçoit une configuration de plus, après la précédente ; ses dossiers gardent la leur."""
        await inscriptions.inscrire(service, nom, [ville.version() for ville in donnees.villes], essai=essai)
        if not essai:
            sirets: dict[str, Any] = {"sirets": [ville.commune.siret for ville in donnees.villes]}
            await service.note(nom, "ville", ADMINISTRATION, "inscription", **sirets)
        return await vues(nom)

    @router.put("/bacs/{nom}/villes/{siret}", summary="Remettre les configurations qu'une collectivité avait")
    async def retablir(nom: str, siret: SiretChemin, donnees: Annotated[VillesRemises, Body()]) -> list[VilleVue]:
        """Ce que fait qui a donné une collectivité à quatre services et l'a vue refusée par un seul ; aucune : elle n'en avait pas."""
        versions = [ville.version() for ville in donnees.villes]
        if autre := next((v.commune.siret for v in versions if v.commune.siret != siret), None):
            raise Malformed("demande-invalide", f"Le SIRET {autre} n'est pas celui de l'adresse, {siret}.")
        await inscriptions.retablir(service, nom, siret, versions)
        await service.note(nom, "ville", ADMINISTRATION, "retablissement", siret=siret)
        return await vues(nom)

    @router.delete("/bacs/{nom}/villes/{siret}", status_code=204, summary="Retirer d'un bac une collectivité sans dossier")
    async def retirer(nom: str, siret: SiretChemin) -> None:
        await inscriptions.radier(service, nom, siret)
        await service.note(nom, "ville", ADMINISTRATION, "retrait", siret=siret)
