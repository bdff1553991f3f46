"""The figures of the Infocentre and of the invoice, added up by the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Text, and_, case, cast, func, literal_column, select

from antai.domain.avis import Nature
from antai.domain.etats import ANNULES, TITRES, Etat
from antai.domain.paiement import Sort
from antai.store.tables import avis_emis, dossiers, paiements
from fps.kit.data.database import Transaction
from fps.messages.moyens import MOYENS

D, P, A = dossiers.c, paiements.c, avis_emis.c
# Literal bounds: PostgreSQL must see the same expression in the list and in the group.
MOIS: Any = func.substr(cast(D.recu_le, Text), literal_column("1"), literal_column("7"))


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


@dataclass(frozen=True, slots=True)
class Groupe:
    """One collectivité, one zone, one month of reception, and its figures by name; amounts in centimes."""

    siret: str
    zone: str
    mois: str
    dossiers: dict[str, int]
    paiements: dict[str, int]


async def compter(
    tx: Transaction, bac: str, siret: str | None = None, zones: Sequence[str] = (), du: date | None = None, au: date | None = None
) -> list[Groupe]:
    """The counts of the dossiers received between two days, two statements whatever their number."""
    groupe, ordre = (D.siret, D.zone, MOIS), (D.siret, D.zone, MOIS)
    filtre = _filtre(bac, siret, zones, du, au)
    lignes: Any = select(*groupe, *SUR_DOSSIERS.values()).where(filtre).group_by(*groupe).order_by(*ordre)
    jointure = dossiers.join(paiements, and_(P.bac == D.bac, P.numero == D.numero))
    payes: Any = select(*groupe, *SUR_PAIEMENTS.values()).select_from(jointure).where(filtre).group_by(*groupe)
    encaisse = {row[:3]: dict(zip(SUR_PAIEMENTS, row[3:], strict=True)) for row in await tx.select(payes)}
    rien = dict.fromkeys(SUR_PAIEMENTS, 0)
    return [
        Groupe(row[0], row[1], row[2], dict(zip(SUR_DOSSIERS, row[3:], strict=True)), encaisse.get(row[:3], rien))
        for row in await tx.select(lignes)
    ]


async def avis_par_jour(tx: Transaction, bac: str, siret: str, du: date, au: date) -> list[tuple[str, date, int]]:
    """How many notices of each kind left each day: what the invoice of a month counts."""
    query: Any = (
        select(A.nature, A.date_envoi, cast(func.count(), BigInteger))
        .where(A.bac == bac, A.siret == siret, A.date_envoi >= du, A.date_envoi <= au)
        .group_by(A.nature, A.date_envoi)
        .order_by(A.date_envoi, A.nature)
    )
    return [(Nature(nature).value, jour, nombre) for nature, jour, nombre in await tx.select(query)]
