"""The tables of the collectivité, the case file to load with a dossier, and the reads of its screens."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, MetaData, and_, cast, func, select

from collectivite.domain.agents import AgentAssermente
from collectivite.domain.avis import AvisRectificatif
from collectivite.domain.etablissement import SerieAgent
from collectivite.domain.forfait import Forfait
from collectivite.domain.paiement import Paiement
from collectivite.domain.rapo import Rapo
from collectivite.domain.rapport import JugementCompte, RapoCompte, manques
from collectivite.domain.recours import Recours
from collectivite.domain.remboursement import Remboursement, SerieAnnuelle
from collectivite.domain.stationnement import Controle, Stationnement
from fps.kit.data.database import Transaction
from fps.kit.data.listes import Feuillet, Rangement, Recherche, completer_plaques, feuilleter
from fps.kit.data.records import Record
from fps.kit.data.sql import Delete, Upsert
from fps.kit.engine.work import Key
from fps.messages.plaques import PlaqueIllisible, cle_plaque
from fps.regles.verrou import Verrou

metadata = MetaData()


# Every list is read in one of these: what it filters by is behind what it is sorted by (ADR 0041).
FORFAITS = Record(
    Forfait,
    metadata,
    "forfaits",
    key=("numero",),
    indexes={
        "forfaits_par_etat": ("etat", "numero"),
        "forfaits_par_suite": ("suite", "numero", "etat"),
        "forfaits_par_constat": ("date_heure_constat", "numero", "etat"),
        "forfaits_par_montant": ("montant", "numero", "etat"),
        "forfaits_par_plaque": ("plaque", "numero", "etat", "date_heure_constat", "montant"),
    },
)
RANGEMENT = Rangement(
    FORFAITS.table,
    {"constat": datetime, "montant": int, "etat": str},
    colonnes={"constat": "date_heure_constat"},
    exacts=("etat", "suite"),
    constat="constat",
)
SERIES_AGENTS = Record(SerieAgent, metadata, "series_agents", key=("siret", "jour", "agent"))
SERIES = Record(SerieAnnuelle, metadata, "series", key=("siret", "genre", "annee"))
AGENTS = Record(AgentAssermente, metadata, "agents", key=("siret", "numero"))
STATIONNEMENTS = Record(Stationnement, metadata, "stationnements", key=("siret", "immatriculation"))
CONTROLES = Record(Controle, metadata, "controles", key=("numero",))
PAIEMENTS = Record(Paiement, metadata, "paiements", key=("numero", "reference"))
AVIS = Record(
    AvisRectificatif, metadata, "avis_rectificatifs", key=("numero_avis",), indexes={"avis_rectificatifs_par_fps": ("numero",)}, commun=True
)
RAPOS = Record(Rapo, metadata, "rapos", key=("numero",), indexes={"rapos_par_date": ("siret", "date_avis_reception")})
RECOURS = Record(Recours, metadata, "recours", key=("numero",), indexes={"recours_par_fps": ("numero_fps", "numero")}, commun=True)
REMBOURSEMENTS = Record(Remboursement, metadata, "remboursements", key=("numero", "numero_piece"))
VERROUS = Record(Verrou, metadata, "verrous", key=("numero",))

RECORDS = (
    FORFAITS,
    SERIES_AGENTS,
    SERIES,
    AGENTS,
    STATIONNEMENTS,
    CONTROLES,
    PAIEMENTS,
    AVIS,
    RAPOS,
    RECOURS,
    REMBOURSEMENTS,
    VERROUS,
)


def cles_sujet(sujet: str, le: date) -> Iterable[Key]:
    """The case file of a letter about a FPS."""
    return ((Forfait, (sujet,)),)


async def reecrire_registres(tx: Transaction, bac: str) -> None:
    """What an export of an earlier version lacks: registers under the one form of their plate (0008), the plates of the FPS (0021)."""
    t = STATIONNEMENTS.table
    ecrites: dict[tuple[str, str], list[str]] = {}
    async for rows in tx.stream(select(t.c.siret, t.c.immatriculation).where(t.c.bac == bac), 1_000):
        for siret, ecrite in rows:
            if (plaque := _plaque(ecrite)) != ecrite:
                ecrites.setdefault((siret, plaque), []).append(ecrite)
    for (siret, plaque), formes in ecrites.items():
        reuni = Stationnement(siret, plaque)
        for row in await tx.load(t, [(bac, siret, forme) for forme in (plaque, *formes)]):
            reuni.reunir(STATIONNEMENTS.item(row))
        cle = tuple(c.name for c in t.primary_key.columns)
        anciennes = Delete(t, cle, [(bac, siret, forme) for forme in formes])
        await tx.apply([anciennes, Upsert(t, STATIONNEMENTS.columns, [STATIONNEMENTS.row(bac, reuni)])])
    await completer_plaques(tx, bac, FORFAITS, lambda forfait: forfait.vehicule.immatriculation)


def _plaque(ecrite: str) -> str:
    try:
        return cle_plaque(ecrite)
    except PlaqueIllisible:
        return ecrite


async def feuillet_forfaits(tx: Transaction, bac: str, recherche: Recherche) -> tuple[list[Forfait], Feuillet]:
    """A page of the FPS that a search finds, and where its neighbours stand. Raises Malformed."""
    trouve = await feuilleter(tx, bac, RANGEMENT, recherche)
    return [FORFAITS.item(row) for row in trouve.lignes], trouve


async def forfaits_de(tx: Transaction, bac: str, numeros: Sequence[str]) -> list[Forfait]:
    """Those of these FPS that are known, in the order of their numbers."""
    rows = await tx.load(FORFAITS.table, [(bac, numero) for numero in sorted({*numeros})])
    return sorted((FORFAITS.item(row) for row in rows), key=lambda f: f.numero)


async def page_controles(tx: Transaction, bac: str, siret: str, avant: str, limite: int) -> list[Controle]:
    """The controls of a town, the latest first, those before a number when there is one."""
    c = CONTROLES.table.c
    query = select(CONTROLES.table).where(c.bac == bac, c.siret == siret)
    if avant:
        query = query.where(c.numero < avant)
    return [CONTROLES.item(row) for row in await tx.select(query.order_by(c.numero.desc()).limit(limite))]


async def rectificatifs_de(tx: Transaction, bac: str, numero: str) -> list[AvisRectificatif]:
    """The rectificatifs of a FPS that ANTAI has accepted, or that the town issued itself, in the order of their dates."""
    a = AVIS.table.c
    query = select(AVIS.table).where(a.bac == bac, a.numero == numero)
    return [AVIS.item(row) for row in await tx.select(query.order_by(a.date_edition, a.numero_avis))]


async def dernier_avis(tx: Transaction, bac: str, numero: str) -> str:
    """The number of the notice to pay: the latest rectificatif, else the first notice."""
    a = AVIS.table.c
    query = select(a.numero_avis).where(a.bac == bac, a.numero == numero).order_by(a.date_edition.desc(), a.numero_avis.desc()).limit(1)
    rows = await tx.select(query)
    return str(rows[0][0]) if rows else numero


async def paiements_de(tx: Transaction, bac: str, numero: str) -> list[Paiement]:
    """The payments of a FPS, in the order of their dates."""
    query = select(PAIEMENTS.table).where(PAIEMENTS.table.c.bac == bac, PAIEMENTS.table.c.numero == numero)
    return [PAIEMENTS.item(row) for row in await tx.select(query.order_by(PAIEMENTS.table.c.le, PAIEMENTS.table.c.reference))]


async def recours_de(tx: Transaction, bac: str, numero: str) -> list[Recours]:
    """The petitions against a FPS, in the order of their numbers."""
    query = select(RECOURS.table).where(RECOURS.table.c.bac == bac, RECOURS.table.c.numero_fps == numero)
    return [RECOURS.item(row) for row in await tx.select(query.order_by(RECOURS.table.c.numero))]


async def remboursements_de(tx: Transaction, bac: str, numero: str) -> list[Remboursement]:
    """The accounting documents of a FPS, in the order of their numbers."""
    query = select(REMBOURSEMENTS.table).where(REMBOURSEMENTS.table.c.bac == bac, REMBOURSEMENTS.table.c.numero == numero)
    return [REMBOURSEMENTS.item(row) for row in await tx.select(query.order_by(REMBOURSEMENTS.table.c.numero_piece))]


async def rapos_du(tx: Transaction, bac: str, siret: str, du: date, au: date) -> list[RapoCompte]:
    """The RAPO received between two days, as the annual report counts them."""
    r = RAPOS.table.c
    query: Any = select(r.etat, r.canal, r.demandeur, r.date_avis_reception, r.decide_le, r.irrecevabilites, r.a_verifier).where(
        r.bac == bac, r.siret == siret, r.date_avis_reception.between(du, au)
    )
    found = []
    for etat, canal, demandeur, recu_le, decide_le, irrecevables, a_verifier in await tx.select(query):
        adresse = json.loads(demandeur)["adresse"]
        code, pays = adresse["code_postal"], adresse["pays"]
        found.append(RapoCompte(etat, canal, code, pays, recu_le, decide_le, manques(irrecevables, a_verifier)))
    return found


async def compter_forfaits(tx: Transaction, bac: str, siret: str, debut: Any, fin: Any) -> tuple[int, int]:
    """How many FPS were established between two instants, and for how much, in centimes."""
    f = FORFAITS.table.c
    total = cast(func.coalesce(func.sum(f.montant), 0), BigInteger)
    query: Any = select(func.count(), total).where(
        f.bac == bac, f.siret == siret, f.date_heure_constat >= debut, f.date_heure_constat < fin
    )
    nombre, somme = (await tx.select(query))[0]
    return int(nombre), int(somme)


async def jugements_du(tx: Transaction, bac: str, siret: str, du: date, au: date) -> list[JugementCompte]:
    """The decisions of the court between two days, with the address of the author of the RAPO that came before."""
    r, rapo = RECOURS.table.c, RAPOS.table.c
    ensemble = RECOURS.table.outerjoin(RAPOS.table, and_(rapo.bac == r.bac, rapo.numero == r.numero_fps))
    where = (r.bac == bac, r.siret == siret, r.date_decision.between(du, au))
    found = []
    for sens, demandeur in await tx.select(select(r.sens, rapo.demandeur).select_from(ensemble).where(*where)):
        adresse = {} if demandeur is None else json.loads(demandeur)["adresse"]
        found.append(JugementCompte(sens, adresse.get("code_postal"), adresse.get("pays")))
    return found
