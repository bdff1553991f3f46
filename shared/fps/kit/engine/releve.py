"""The statement of a bac: what every service says of its dossiers, letters, accounts and days; each service adds its own part."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import BigInteger, Integer, Table, Text, bindparam, cast, func, select, union

from fps.kit.data import tables
from fps.kit.data.sql import Row
from fps.kit.engine import buried, ledger
from fps.kit.engine.work import Work
from fps.kit.wire.envelope import trusted
from fps.releves import Acte, Dossier, Echeance, Echeances, Ecriture, EcritureTenue, Lettre, Lettres, Morte, PageDossiers

T = TypeVar("T")
_NOM, _APRES, _LIMITE = bindparam("nom", type_=Text), bindparam("apres", type_=Text), bindparam("limite", type_=Integer)
_D, _M = tables.deadlines.c, tables.dead_letters.c


def _sujets(table: Any) -> Any:
    found = select(table.c.subject).where(table.c.bac == _NOM, table.c.subject > _APRES).distinct()
    return select(found.order_by(table.c.subject).limit(_LIMITE).subquery().c.subject)


# Every subject of an act has a chain; a day may wait for one that has none yet.
_TOUS = union(_sujets(tables.chains), _sujets(tables.deadlines)).subquery()
SUJETS: Any = select(_TOUS.c.subject).order_by(_TOUS.c.subject).limit(_LIMITE)
ECHEANCES: Any = select(func.count(), func.min(_D.due)).where(_D.bac == _NOM)
MORTES: Any = select(tables.dead_letters).where(_M.bac == _NOM, _M.subject >= bindparam("de"), _M.subject <= bindparam("a"))


@dataclass(frozen=True)
class Releveur:
    """What a service adds to the statement of a bac: its part of the whole, and of each of these subjects that it holds a case file of."""

    ensemble: Callable[[Work], Awaitable[BaseModel]]
    dossiers: Callable[[Work, Sequence[str]], Awaitable[Mapping[str, BaseModel]]]


async def dossiers(work: Work, releveur: Releveur | None, apres: str, limite: int) -> PageDossiers[Any]:
    """The dossiers that follow a subject, everything that happened to each; `limite` of them at most."""
    bac = work.bac.nom
    sujets = [row[0] for row in await work.tx.select(SUJETS, nom=bac, apres=apres, limite=limite)]
    if not sujets:
        return PageDossiers(service=work.batch.party, bac=bac, dossiers=(), suivant=None)
    parties = {} if releveur is None else await releveur.dossiers(work, sujets)
    journal, livre, courriers, jours = [
        await _par_sujet(work, table, sujets) for table in (tables.journal, tables.ecritures, tables.courriers, tables.deadlines)
    ]
    recues = await _recues(work, journal)
    mortes: dict[str, list[Morte]] = {}
    for row in await work.tx.select(MORTES, nom=bac, de=sujets[0], a=sujets[-1]):
        morte = dict(zip(tables.dead_letters.columns.keys(), row, strict=True))
        mortes.setdefault(morte["subject"], []).append(Morte.model_validate(morte))
    found: list[Dossier[Any]] = [
        Dossier(
            sujet=sujet,
            partie=parties.get(sujet),
            actes=tuple(_acte(line) for line in sorted(journal.get(sujet, ()), key=lambda line: line["rang"])),
            ecritures=_ecritures(livre.get(sujet, ())),
            soldes=_soldes(livre.get(sujet, ())),
            lettres=(*recues.get(sujet, ()), *(_lettre(x, "courrier") for x in courriers.get(sujet, ()))),
            echeances=tuple(Echeance(nature=x["kind"], le=x["due"]) for x in jours.get(sujet, ())),
            mortes=tuple(mortes.get(sujet, ())),
        )
        for sujet in sujets
    ]
    suivant = sujets[-1] if len(sujets) == limite else None
    return PageDossiers(service=work.batch.party, bac=bac, dossiers=tuple(found), suivant=suivant)


async def _par_sujet(work: Work, table: Any, sujets: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in await work.tx.load(table, [(work.bac.nom, sujet) for sujet in sujets], ("bac", "subject")):
        line = dict(zip(table.columns.keys(), row, strict=True))
        found.setdefault(line["subject"], []).append(line)
    return found


async def _recues(work: Work, journal: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[Lettre]]:
    """The letters that came, found by the acts that received or refused them."""
    venues = [line for lines in journal.values() for line in lines if line["acte"] in ("reception", "refus")]
    ids = dict.fromkeys(str(trusted(line["data"])["id"]) for line in venues)
    found: dict[str, list[Lettre]] = {}
    for row in await work.tx.load(tables.inbox, [(work.bac.nom, one) for one in ids]):
        line = dict(zip(tables.inbox.columns.keys(), row, strict=True))
        found.setdefault(line["subject"], []).append(_lettre(line, "recue" if line["outcome"] == "recu" else "refusee"))
    return found


def _lettre(line: Mapping[str, Any], sort: Any) -> Lettre:
    return Lettre(id=line["id"], type=line["type"], sort=sort, corps=trusted(line["body"]))


def _acte(line: Mapping[str, Any]) -> Acte:
    data = trusted(line["data"])
    ecriture = Ecriture.model_validate(data) if line["acte"] == "ecriture" else None
    sue = {"lettre": data.get("id"), "code": data.get("code") if line["acte"] == "refus" else None}
    return Acte(rang=line["rang"], date=line["time"], acte=line["acte"], article=line["article"], ecriture=ecriture, **sue)


def _ecritures(livre: Sequence[Mapping[str, Any]]) -> tuple[EcritureTenue, ...]:
    par_acte: dict[tuple[int, str], list[tuple[str, int, int]]] = {}
    for x in sorted(livre, key=lambda x: (x["rang"], x["ligne"])):
        par_acte.setdefault((x["rang"], x["libelle"]), []).append((x["compte"], x["debit"], x["credit"]))
    return tuple(EcritureTenue(rang=rang, libelle=libelle, lignes=tuple(lignes)) for (rang, libelle), lignes in par_acte.items())


def _soldes(livre: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for x in livre:
        found[x["compte"]] = found.get(x["compte"], 0) + x["debit"] - x["credit"]
    return dict(sorted(found.items()))


async def ensemble(work: Work, en_attente: int) -> dict[str, Any]:
    """What every service says of a whole bac: its letters, its accounts, its days; `en_attente`: letters that have not left."""
    nom = work.bac.nom
    comptes = {row[1]: row[2] for row in await work.tx.load(tables.counts, [(nom,)], ("bac",)) if row[1] in Lettres.model_fields}
    [(nombre, prochaine)] = await work.tx.select(ECHEANCES, nom=nom)
    [(enterrees,)] = await work.tx.select(buried.COUNT, nom=nom)
    return {
        "service": work.batch.party,
        "bac": nom,
        "instant": work.now,
        "lettres": Lettres(**comptes, en_attente=en_attente),
        "soldes": await ledger.soldes(work.tx, nom),
        "echeances": Echeances(en_attente=nombre, prochaine=None if prochaine is None else str(prochaine)[:10], enterrees=enterrees),
    }


# ------------------------------------------------------------------------------------------------ what the part of a service reads


async def lire(work: Work, cls: type[T], cles: Sequence[Row], par: tuple[str, ...] | None = None) -> list[T]:
    """The case files of these keys, without their bac; `par`: the fields of the key, when they are only its first ones."""
    record = work.batch.records[cls]
    rows = await work.tx.load(record.table, [(work.bac.nom, *cle) for cle in cles], () if par is None else ("bac", *par))
    return [record.item(row) for row in rows]


@cache
def _totaux(table: Table, sommes: tuple[str, ...]) -> Any:
    # cast: PostgreSQL sums bigints into numeric
    colonnes = [cast(func.coalesce(func.sum(table.c[nom]), 0), BigInteger) for nom in sommes]
    query = select(table.c.etat, func.count(), *colonnes).where(table.c.bac == bindparam("nom", type_=Text))
    return query.group_by(table.c.etat).order_by(table.c.etat)


async def totaux(work: Work, cls: type[Any], *sommes: str) -> tuple[dict[str, int], dict[str, int]]:
    """How many case files of a class are in each state, and the sums of these fields over all of them, in centimes."""
    rows = sorted(await work.tx.select(_totaux(work.batch.records[cls].table, sommes), nom=work.bac.nom))
    return {row[0]: row[1] for row in rows}, {nom: sum(row[2 + i] for row in rows) for i, nom in enumerate(sommes)}
