"""The Infocentre: statistics by collectivité, zone and month of reception, added up by the database (hypothesis H59)."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from antai.api.espace.auditer import lire as lire_bac
from antai.api.espace.perimetre import perimetre, perimetres, qui_suit, suivi
from antai.store.statistiques import Groupe, compter
from fps.kit.engine.service import Reading, Service
from fps.kit.trust.acces import ADMINISTRATION
from fps.kit.web.body import Router, negotiated
from fps.kit.web.media import fichier
from fps.kit.web.tableur import en_csv


class Statistique(BaseModel):
    """Une collectivité, une zone, un mois de réception ; montants en centimes, taux en pour cent à une décimale."""

    siret: str
    zone: str
    mois: str
    fps: int = Field(description="FPS reçus")
    montant_fps: int
    abandons: int
    avis: int = Field(description="Avis initiaux envoyés, e-avis compris")
    e_avis: int
    rectificatifs: int = Field(description="FPS dont un avis rectificatif est parti")
    plis_non_distribues: int
    payes: int = Field(description="FPS payés au montant entier")
    payes_minores: int
    montant_paye: int
    paiements: dict[str, int] = Field(description="Paiements encaissés, par canal")
    paiements_delai: dict[str, int] = Field(description="Paiements encaissés, par délai depuis l'envoi de l'avis")
    rejets: int = Field(description="Chèques revenus impayés")
    rapo_partiels: int = Field(description="RAPO acceptés en partie ; un RAPO rejeté ou sans réponse est inconnu de l'ANTAI")
    rapo_totaux: int = Field(description="RAPO acceptés en entier ; un RAPO rejeté ou sans réponse est inconnu de l'ANTAI")
    annules: int = Field(description="FPS annulés avant titre, quelle qu'en soit l'origine")
    titres: int
    montant_titres: int
    majorations: int
    titres_payes: int
    titres_annules: int
    titres_annules_en_partie: int
    taux_paiement: float = Field(description="FPS payés avant titre, sur les avis envoyés")
    taux_minore: float = Field(description="FPS payés au montant minoré, sur les FPS payés avant titre")
    taux_titre: float = Field(description="Titres émis, sur les FPS reçus")
    taux_annulation: float = Field(description="FPS et titres annulés, sur les FPS reçus")


def _statistique(groupe: Groupe) -> Statistique:
    vus, payes = groupe.dossiers, groupe.paiements
    amiables = vus["payes"] + vus["payes_minores"]
    return Statistique(
        siret=groupe.siret,
        zone=groupe.zone,
        mois=groupe.mois,
        **vus,
        paiements={nom.partition(":")[2]: n for nom, n in payes.items() if nom.startswith("canal:")},
        paiements_delai={nom.partition(":")[2]: n for nom, n in payes.items() if nom.startswith("delai:")},
        rejets=payes["rejets"],
        taux_paiement=_taux(amiables, vus["avis"]),
        taux_minore=_taux(vus["payes_minores"], amiables),
        taux_titre=_taux(vus["titres"], vus["fps"]),
        taux_annulation=_taux(vus["annules"] + vus["titres_annules"], vus["fps"]),
    )


def _taux(part: int, tout: int) -> float:
    return round(100 * part / tout, 1) if tout else 0.0


def routes(service: Service) -> Router:
    """The route of the Infocentre."""
    router = Router(dependencies=[suivi(service)])

    @router.get(
        "/infocentre/statistiques",
        tags=["Infocentre"],
        summary="Compter les FPS, les paiements, les recours et les titres",
        response_model=list[Statistique],
        responses=fichier("Les statistiques, en JSON ou en CSV", "text/csv"),
    )
    async def lire(
        request: Request,
        siret: Annotated[str | None, Query(pattern=r"^[0-9]{14}$", description="Une collectivité, sinon toutes")] = None,
        zone: Annotated[list[str] | None, Query(description="Zones du périmètre, sinon toutes")] = None,
        du: Annotated[date | None, Query(description="Reçus à partir de ce jour")] = None,
        au: Annotated[date | None, Query(description="Reçus jusqu'à ce jour")] = None,
        format: Annotated[Literal["json", "csv"] | None, Query(description="sinon, ce que demande Accept ; JSON à défaut")] = None,
    ) -> Any:
        qui, zones = qui_suit(request), zone or []
        forme = negotiated(request, format, {"json": "application/json", "csv": "text/csv"})

        async def run(lecture: Reading) -> list[Groupe]:
            tx, bac = lecture.tx, lecture.work.bac.nom
            if qui is None:
                return await compter(tx, bac, siret, zones, du, au)
            tous = await perimetres(qui, lecture) if siret is None else [await perimetre(qui, siret, (), lecture.work)]
            permis = [p.restreindre(zones) for p in sorted(tous, key=lambda p: p.siret)]
            return [groupe for p in permis for groupe in await compter(tx, bac, p.siret, p.zones, du, au)]

        groupes = await lire_bac(service, request, "infocentre", siret or "", run, qui or ADMINISTRATION, note=qui is not None)
        lignes = [_statistique(groupe) for groupe in groupes]
        if forme == "csv":
            vide = [nom for nom in Statistique.model_fields if nom not in ("paiements", "paiements_delai")]
            return Response(en_csv(lignes, vide), media_type="text/csv; charset=utf-8")
        return lignes

    return router
