"""The Infocentre: statistics by collectivité, zone and month of reception, added up by the database (hypothesis H59)."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy import BigInteger, Text, and_, case, cast, func, literal_column, select

from antai.api.auditer import lire as lire_bac
from antai.api.perimetre import perimetre, perimetres, qui_suit, suivi
from antai.domain.avis import Nature
from antai.domain.etats import ANNULES, TITRES, Etat
from antai.domain.paiement import Sort
from antai.store import avis_emis, dossiers, paiements
from fps.kit.data.database import Transaction
from fps.kit.engine.service import Reading, Service
from fps.kit.trust.acces import ADMINISTRATION
from fps.kit.web.body import JsonRoute

MOYENS = ("internet", "serveur-vocal", "cheque", "guichet", "buraliste")
D, P, A = dossiers.c, paiements.c, avis_emis.c
# Literal bounds: PostgreSQL must see the same expression in the list and in the group.
MOIS: Any = func.substr(cast(D.recu_le, Text), literal_column("1"), literal_column("7"))


class Statistique(BaseModel):
    """One collectivité, one zone, one month of reception; amounts in centimes, rates in per cent with one decimal."""

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


def _compte(condition: Any) -> Any:
    return cast(func.sum(case((condition, 1), else_=0)), BigInteger)


def _somme(valeur: Any, condition: Any) -> Any:
    return cast(func.sum(case((condition, valeur), else_=0)), BigInteger)


def _etats(*etats: Etat) -> Any:
    return D.etat.in_([e.value for e in etats])


EMIS = _etats(*TITRES)
SUR_DOSSIERS: dict[str, Any] = {
    "fps": cast(func.count(), BigInteger),
    "montant_fps": cast(func.sum(D.montant_initial), BigInteger),
    "abandons": _compte(_etats(Etat.ABANDONNE)),
    "avis": _compte(D.date_envoi.is_not(None)),
    "e_avis": _compte(D.electronique & D.date_envoi.is_not(None)),
    "rectificatifs": _compte(D.numero_avis.is_not(None)),
    "plis_non_distribues": _compte(D.pli_revenu_le.is_not(None)),
    "payes": _compte(_etats(Etat.PAYE)),
    "payes_minores": _compte(_etats(Etat.PAYE_MINORE)),
    "montant_paye": _somme(D.montant_paye, _etats(Etat.PAYE, Etat.PAYE_MINORE, Etat.ANNULE_A_REMBOURSER)),
    "rapo_partiels": _compte(D.rapo_rectifie & ~_etats(*ANNULES)),
    "rapo_totaux": _compte(_etats(*ANNULES) & (D.origine_annulation == "rapo")),
    "annules": _compte(_etats(*ANNULES)),
    "titres": _compte(EMIS),
    "montant_titres": _somme(D.montant, EMIS),
    "majorations": _somme(D.majoration, EMIS),
    "titres_payes": _compte(_etats(Etat.TITRE_PAYE)),
    "titres_annules": _compte(_etats(Etat.TITRE_ANNULE)),
    "titres_annules_en_partie": _compte(_etats(Etat.TITRE_EMIS, Etat.TITRE_PAYE) & (D.titre_fps_annule + D.titre_majoration_annulee > 0)),
}
ENCAISSE = P.sort == Sort.ENCAISSE.value
SUR_PAIEMENTS: dict[str, Any] = {
    **{f"canal:{moyen}": _compte(ENCAISSE & (P.moyen == moyen)) for moyen in MOYENS},
    **{
        f"delai:{libelle}": _compte(ENCAISSE & (P.delai_jours > plus_que) & (P.delai_jours <= jusqu_a))
        for libelle, plus_que, jusqu_a in (("9 jours", -1, 9), ("30 jours", 9, 30), ("90 jours", 30, 90), ("au-delà", 90, 1_000_000))
    },
    "rejets": _compte(P.sort == Sort.REJETE.value),
}


def _filtre(bac: str, siret: str | None, zones: Sequence[str], du: date | None, au: date | None) -> Any:
    conditions = [D.bac == bac]
    if siret is not None:
        conditions.append(D.siret == siret)
    if zones:
        conditions.append(D.zone.in_(list(zones)))
    if du is not None:
        conditions.append(D.recu_le >= du)
    if au is not None:
        conditions.append(D.recu_le <= au)
    return and_(*conditions)


async def statistiques(
    tx: Transaction, bac: str, siret: str | None = None, zones: Sequence[str] = (), du: date | None = None, au: date | None = None
) -> list[Statistique]:
    """The statistics of the dossiers received between two days, two statements whatever their number."""
    groupe, ordre = (D.siret, D.zone, MOIS), (D.siret, D.zone, MOIS)
    filtre = _filtre(bac, siret, zones, du, au)
    lignes: Any = select(*groupe, *SUR_DOSSIERS.values()).where(filtre).group_by(*groupe).order_by(*ordre)
    jointure = dossiers.join(paiements, and_(P.bac == D.bac, P.numero == D.numero))
    payes: Any = select(*groupe, *SUR_PAIEMENTS.values()).select_from(jointure).where(filtre).group_by(*groupe)
    encaisse = {row[:3]: dict(zip(SUR_PAIEMENTS, row[3:], strict=True)) for row in await tx.select(payes)}
    rien = dict.fromkeys(SUR_PAIEMENTS, 0)
    return [
        _statistique(row[:3], dict(zip(SUR_DOSSIERS, row[3:], strict=True)), encaisse.get(row[:3], rien)) for row in await tx.select(lignes)
    ]


def _statistique(cle: Sequence[str], vus: dict[str, int], payes: dict[str, int]) -> Statistique:
    amiables = vus["payes"] + vus["payes_minores"]
    return Statistique(
        siret=cle[0],
        zone=cle[1],
        mois=cle[2],
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


async def avis_par_jour(tx: Transaction, bac: str, siret: str, du: date, au: date) -> list[tuple[str, date, int]]:
    """How many notices of each kind left each day: what the invoice of a month counts."""
    query: Any = (
        select(A.nature, A.date_envoi, cast(func.count(), BigInteger))
        .where(A.bac == bac, A.siret == siret, A.date_envoi >= du, A.date_envoi <= au)
        .group_by(A.nature, A.date_envoi)
        .order_by(A.date_envoi, A.nature)
    )
    return [(Nature(nature).value, jour, nombre) for nature, jour, nombre in await tx.select(query)]


def en_csv(lignes: Sequence[Statistique]) -> str:
    """The same statistics as a French spreadsheet reads them: semicolons, one line a group, one column a figure."""
    sortie = io.StringIO()
    plats = [_plat(ligne.model_dump()) for ligne in lignes]
    champs = list(plats[0]) if plats else [nom for nom in Statistique.model_fields if nom not in ("paiements", "paiements_delai")]
    writer = csv.DictWriter(sortie, champs, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(plats)
    return sortie.getvalue()


def _plat(valeurs: dict[str, Any]) -> dict[str, Any]:
    plat: dict[str, Any] = {}
    for nom, valeur in valeurs.items():
        if isinstance(valeur, dict):
            plat |= {f"{nom} {sous}": n for sous, n in valeur.items()}
        else:
            plat[nom] = str(valeur).replace(".", ",") if isinstance(valeur, float) else valeur
    return plat


def routes(service: Service) -> APIRouter:
    """The route of the Infocentre."""
    router = APIRouter(route_class=JsonRoute, dependencies=[suivi(service)])

    @router.get(
        "/infocentre/statistiques",
        tags=["Infocentre"],
        summary="Compter les FPS, les paiements, les recours et les titres",
        response_model=list[Statistique],
    )
    async def lire(
        request: Request,
        siret: Annotated[str | None, Query(pattern=r"^[0-9]{14}$", description="Une collectivité, sinon toutes")] = None,
        zone: Annotated[list[str] | None, Query(description="Zones du périmètre, sinon toutes")] = None,
        du: Annotated[date | None, Query(description="Reçus à partir de ce jour")] = None,
        au: Annotated[date | None, Query(description="Reçus jusqu'à ce jour")] = None,
        format: Annotated[Literal["json", "csv"], Query()] = "json",
    ) -> Any:
        qui, zones = qui_suit(request), zone or []

        async def run(lecture: Reading) -> list[Statistique]:
            tx, bac = lecture.tx, lecture.work.bac.nom
            if qui is None:
                return await statistiques(tx, bac, siret, zones, du, au)
            tous = await perimetres(qui, lecture) if siret is None else [await perimetre(qui, siret, (), lecture.work)]
            permis = [p.restreindre(zones) for p in sorted(tous, key=lambda p: p.siret)]
            return [ligne for p in permis for ligne in await statistiques(tx, bac, p.siret, p.zones, du, au)]

        lignes = await lire_bac(service, request, "infocentre", siret or "", run, qui or ADMINISTRATION, note=qui is not None)
        if format == "csv":
            return Response(en_csv(lignes), media_type="text/csv; charset=utf-8")
        return lignes

    return router
