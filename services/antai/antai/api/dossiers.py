"""The dossiers, listed and shown."""

from typing import Annotated, Literal

from fastapi import Query, Request
from pydantic import BaseModel, Field

from antai.api.vues import DossierVu, Numero
from antai.domain.dossier import Dossier, Etat
from antai.domain.refus import DossierInconnu
from antai.store.dossiers import dossiers_de, feuillet_dossiers
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web import listes
from fps.kit.web.body import Router


class PageDossiers(BaseModel):
    """Une page de dossiers, dans l'ordre demandé."""

    elements: list[DossierVu]
    suivant: str | None = Field(description=listes.SUIVANT)
    precedent: str | None = Field(default=None, description=listes.PRECEDENT)


Tri = Literal["numero", "-numero", "recu", "-recu", "montant", "-montant", "etat", "-etat"]


def routes(service: Service) -> Router:
    """The routes of the dossiers."""
    router = Router(dependencies=[administration(service)])

    @router.get("/dossiers", tags=["Dossiers"], summary="Lister les dossiers, tous ou ceux qu'une recherche trouve")
    async def lister(
        request: Request,
        etat: Etat | None = None,
        siret: listes.Siret = None,
        numero: listes.Numero = None,
        plaque: listes.Plaque = None,
        du: listes.Du = None,
        au: listes.Au = None,
        tri: Annotated[
            Tri, Query(description="L'ordre ; avec « - », le dernier d'abord. « recu » : le jour où l'ANTAI l'a reçu")
        ] = "numero",
        apres: listes.Apres = "",
        avant: listes.Avant = "",
        limite: listes.Limite = 50,
        numeros: listes.Numeros = None,
    ) -> PageDossiers:
        filtres = {"etat": etat, "siret": siret, "numero": numero, "plaque": plaque, "du": du, "au": au}
        seuls = listes.seuls(numeros, {**filtres, "apres": apres, "avant": avant})
        demandee = listes.recherche(tri, {"etat": etat}, siret, numero, plaque, du, au, apres, avant, limite)
        async with service.reading(bac_of(request)) as lecture:
            bac, le = lecture.work.bac.nom, lecture.work.today
            if seuls:
                return PageDossiers(
                    elements=[DossierVu.voir(d, le) for d in await dossiers_de(lecture.tx, bac, numeros or ())], suivant=None
                )
            trouves, feuillet = await feuillet_dossiers(lecture.tx, bac, demandee)
        vus = [DossierVu.voir(dossier, le) for dossier in trouves]
        return PageDossiers(elements=vus, suivant=feuillet.suivant, precedent=feuillet.precedent)

    @router.get("/dossiers/{numero}", tags=["Dossiers"], summary="Consulter un dossier")
    async def consulter(request: Request, numero: Numero) -> DossierVu:
        async with service.reading(bac_of(request)) as lecture:
            dossier = await lecture.work.find(Dossier, numero)
            if dossier is None:
                raise DossierInconnu(f"Numéro {numero}", "numero")
            return DossierVu.voir(dossier, lecture.work.today)

    return router
