"""The tables of the collectivité, the case file to load with a dossier, and the reads of its screens."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, MetaData, Table, Text, cast, func, select

from collectivite.domain.agents import AgentAssermente
from collectivite.domain.avis import AvisRectificatif
from collectivite.domain.etablissement import SerieAgent
from collectivite.domain.forfait import Forfait
from collectivite.domain.paiement import Paiement
from collectivite.domain.rapo import Rapo
from collectivite.domain.recours import Recours
from collectivite.domain.remboursement import Remboursement, Serie
from collectivite.domain.stationnement import Controle, Stationnement
from fps.kit.data.database import Transaction
from fps.kit.data.records import Record
from fps.kit.data.sql import Instant
from fps.kit.engine.work import Key
from fps.regles.verrou import Verrou

metadata = MetaData()


def cle(nom: str, genre: Any = Text) -> "Column[Any]":
    """A column of the key."""
    return Column(nom, genre, primary_key=True)


def colonne(nom: str, genre: Any = Text, *, vide: bool = False) -> "Column[Any]":
    """A column, required unless it may be empty."""
    return Column(nom, genre, nullable=vide)


forfaits = Table(
    "forfaits",
    metadata,
    cle("bac"),
    cle("numero"),
    colonne("siret"),
    colonne("cycle"),
    colonne("agent"),
    colonne("vehicule"),
    colonne("lieu"),
    colonne("date_heure_constat", Instant),
    colonne("fin_effets", Instant),
    colonne("montant", BigInteger),
    colonne("montant_deduit", BigInteger),
    colonne("mode_notification"),
    colonne("minoration_montant", BigInteger, vide=True),
    colonne("minoration_jours", BigInteger, vide=True),
    colonne("etat"),
    colonne("motif", vide=True),
    colonne("accuse_le", Instant, vide=True),
    colonne("date_envoi", Date, vide=True),
    colonne("date_notification", Date, vide=True),
    colonne("date_limite_paiement", Date, vide=True),
    colonne("montant_rectifie", BigInteger, vide=True),
    colonne("montant_paye", BigInteger),
    colonne("paye_le", Date, vide=True),
    colonne("numero_titre", vide=True),
    colonne("part_titre", BigInteger),
    colonne("titre_rejets", BigInteger),
    colonne("creance", BigInteger),
    colonne("dette", BigInteger),
    colonne("rembourse", BigInteger),
    colonne("actes"),
    colonne("suite"),
    colonne("titre_connu", Boolean),
    colonne("titre_fps_annule", BigInteger),
    colonne("titre_majoration_annulee", BigInteger),
)

series_agents = Table(
    "series_agents", metadata, cle("bac"), cle("siret"), cle("jour", Date), cle("agent", BigInteger), colonne("dernier", BigInteger)
)
series = Table("series", metadata, cle("bac"), cle("siret"), cle("genre"), cle("annee", BigInteger), colonne("dernier", BigInteger))

agents = Table(
    "agents",
    metadata,
    cle("bac"),
    cle("siret"),
    cle("numero", BigInteger),
    colonne("assermente_le", Date),
    colonne("retire_le", Date, vide=True),
)

stationnements = Table(
    "stationnements",
    metadata,
    cle("bac"),
    cle("siret"),
    cle("immatriculation"),
    colonne("paiements"),
    colonne("droits"),
    colonne("forfaits"),
)

controles = Table(
    "controles",
    metadata,
    cle("bac"),
    cle("numero"),
    colonne("siret"),
    colonne("zone"),
    colonne("immatriculation"),
    colonne("source"),
    colonne("instant", Instant),
    colonne("verdict"),
    colonne("raison"),
    colonne("numero_fps", vide=True),
)

paiements = Table(
    "paiements",
    metadata,
    cle("bac"),
    cle("numero"),
    cle("reference"),
    colonne("moyen"),
    colonne("montant", BigInteger),
    colonne("le", Date),
    colonne("minore", Boolean),
    colonne("etat"),
)

avis_rectificatifs = Table(
    "avis_rectificatifs",
    metadata,
    cle("bac"),
    cle("numero_avis"),
    colonne("numero"),
    colonne("agent"),
    colonne("montant", BigInteger),
    colonne("date_edition", Date),
    colonne("apres_rapo", Boolean),
    Index("avis_rectificatifs_par_fps", "bac", "numero"),
)

rapos = Table(
    "rapos",
    metadata,
    cle("bac"),
    cle("numero"),
    colonne("numero_rapo"),
    colonne("siret"),
    colonne("canal"),
    colonne("demandeur"),
    colonne("expose", vide=True),
    colonne("pieces"),
    colonne("date_avis_reception", Date),
    colonne("date_limite", Date, vide=True),
    colonne("date_limite_decision", Date),
    colonne("irrecevabilites"),
    colonne("a_verifier"),
    colonne("etat"),
    colonne("decide_le", Date, vide=True),
    colonne("decide_par", vide=True),
    colonne("motif", vide=True),
    colonne("montant_rectifie", BigInteger, vide=True),
    colonne("numero_avis", vide=True),
    Index("rapos_par_date", "bac", "siret", "date_avis_reception"),
)

recours = Table(
    "recours",
    metadata,
    cle("bac"),
    cle("numero"),
    colonne("numero_fps"),
    colonne("siret"),
    colonne("objet"),
    colonne("etat"),
    colonne("requerant", vide=True),
    colonne("moyens", vide=True),
    colonne("communique_le", Date, vide=True),
    colonne("date_limite_defense", Date, vide=True),
    colonne("pieces", BigInteger),
    colonne("depots"),
    colonne("sens", vide=True),
    colonne("fps_decharge", BigInteger),
    colonne("majoration_dechargee", BigInteger),
    colonne("date_decision", Date, vide=True),
    colonne("notifie_le", Date, vide=True),
    colonne("date_limite_execution", Date, vide=True),
    colonne("execute_le", Date, vide=True),
    Index("recours_par_fps", "bac", "numero_fps"),
)

remboursements = Table(
    "remboursements",
    metadata,
    cle("bac"),
    cle("numero"),
    cle("numero_piece"),
    colonne("siret"),
    colonne("genre"),
    colonne("exercice", BigInteger),
    colonne("exercice_paiement", BigInteger),
    colonne("date_piece", Date),
    colonne("cause"),
    colonne("beneficiaire"),
    colonne("iban"),
    colonne("montant", BigInteger),
    colonne("montant_encaisse", BigInteger),
    colonne("motif"),
    colonne("etat"),
)

verrous = Table("verrous", metadata, cle("bac"), cle("numero"), colonne("echecs", BigInteger), colonne("jusqu_a", Instant, vide=True))

FORFAITS = Record(forfaits, Forfait)
AVIS = Record(avis_rectificatifs, AvisRectificatif)
PAIEMENTS = Record(paiements, Paiement)
RECOURS = Record(recours, Recours)
REMBOURSEMENTS = Record(remboursements, Remboursement)
RECORDS = (
    FORFAITS,
    Record(series_agents, SerieAgent),
    Record(series, Serie),
    Record(agents, AgentAssermente),
    Record(stationnements, Stationnement),
    Record(controles, Controle),
    PAIEMENTS,
    AVIS,
    Record(rapos, Rapo),
    RECOURS,
    REMBOURSEMENTS,
    Record(verrous, Verrou),
)


def cles_sujet(sujet: str, le: date) -> Iterable[Key]:
    """The case file of a letter about a FPS."""
    return ((Forfait, (sujet,)),)


async def page_forfaits(tx: Transaction, bac: str, filtres: Mapping[str, str | None], apres: str, limite: int) -> list[Forfait]:
    """The FPS that follow a number, in the order of their numbers; `filtres` gives the value of some columns."""
    query = select(forfaits).where(forfaits.c.bac == bac, forfaits.c.numero > apres)
    for nom, valeur in filtres.items():
        if valeur is not None:
            query = query.where(forfaits.c[nom] == valeur)
    return [FORFAITS.item(row) for row in await tx.select(query.order_by(forfaits.c.numero).limit(limite))]


async def rectificatifs_de(tx: Transaction, bac: str, numero: str) -> list[AvisRectificatif]:
    """The rectificatifs of a FPS that ANTAI has accepted, or that the town issued itself, in the order of their dates."""
    a = avis_rectificatifs.c
    query = select(avis_rectificatifs).where(a.bac == bac, a.numero == numero)
    return [AVIS.item(row) for row in await tx.select(query.order_by(a.date_edition, a.numero_avis))]


async def dernier_avis(tx: Transaction, bac: str, numero: str) -> str:
    """The number of the notice to pay: the latest rectificatif, else the first notice."""
    a = avis_rectificatifs.c
    query = select(a.numero_avis).where(a.bac == bac, a.numero == numero).order_by(a.date_edition.desc(), a.numero_avis.desc()).limit(1)
    rows = await tx.select(query)
    return str(rows[0][0]) if rows else numero


async def paiements_de(tx: Transaction, bac: str, numero: str) -> list[Paiement]:
    """The payments of a FPS, in the order of their dates."""
    query = select(paiements).where(paiements.c.bac == bac, paiements.c.numero == numero)
    return [PAIEMENTS.item(row) for row in await tx.select(query.order_by(paiements.c.le, paiements.c.reference))]


async def recours_de(tx: Transaction, bac: str, numero: str) -> list[Recours]:
    """The petitions against a FPS, in the order of their numbers."""
    query = select(recours).where(recours.c.bac == bac, recours.c.numero_fps == numero)
    return [RECOURS.item(row) for row in await tx.select(query.order_by(recours.c.numero))]


async def remboursements_de(tx: Transaction, bac: str, numero: str) -> list[Remboursement]:
    """The accounting documents of a FPS, in the order of their numbers."""
    query = select(remboursements).where(remboursements.c.bac == bac, remboursements.c.numero == numero)
    return [REMBOURSEMENTS.item(row) for row in await tx.select(query.order_by(remboursements.c.numero_piece))]


async def compter_rapos(tx: Transaction, bac: str, siret: str, du: date, au: date) -> list[tuple[str, str, int]]:
    """RAPO received between two days, by state and channel."""
    r = rapos.c
    query: Any = (
        select(r.etat, r.canal, func.count())
        .where(r.bac == bac, r.siret == siret, r.date_avis_reception.between(du, au))
        .group_by(r.etat, r.canal)
        .order_by(r.etat, r.canal)
    )
    return [(etat, canal, int(n)) for etat, canal, n in await tx.select(query)]


async def compter_irrecevabilites(tx: Transaction, bac: str, siret: str, du: date, au: date) -> list[tuple[str, int]]:
    """The sets of criteria not met by the RAPO received between two days."""
    r = rapos.c
    query: Any = (
        select(r.irrecevabilites, func.count())
        .where(r.bac == bac, r.siret == siret, r.date_avis_reception.between(du, au))
        .group_by(r.irrecevabilites)
    )
    return [(codes, int(n)) for codes, n in await tx.select(query)]


async def compter_forfaits(tx: Transaction, bac: str, siret: str, debut: Any, fin: Any) -> tuple[int, int]:
    """How many FPS were established between two instants, and for how much, in centimes."""
    f = forfaits.c
    total = cast(func.coalesce(func.sum(f.montant), 0), BigInteger)
    query: Any = select(func.count(), total).where(
        f.bac == bac, f.siret == siret, f.date_heure_constat >= debut, f.date_heure_constat < fin
    )
    nombre, somme = (await tx.select(query))[0]
    return int(nombre), int(somme)


async def compter_recours(tx: Transaction, bac: str, siret: str, du: date, au: date) -> list[tuple[str, int]]:
    """Decisions of the court notified between two days, by outcome."""
    r = recours.c
    where = (r.bac == bac, r.siret == siret, r.date_decision.between(du, au))
    query: Any = select(r.sens, func.count()).where(*where).group_by(r.sens).order_by(r.sens)
    return [(sens, int(n)) for sens, n in await tx.select(query)]
