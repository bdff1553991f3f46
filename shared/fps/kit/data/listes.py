"""A list of case files, read page by page in an order that an index gives: found in that index alone, then loaded by their numbers."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, TypeVar

from sqlalchemy import Column, Integer, Table, Text, and_, bindparam, false, func, literal_column, select, tuple_

from fps.kit.data.database import Transaction
from fps.kit.data.records import Record
from fps.kit.data.sql import Row, Upsert
from fps.kit.ground.faults import Malformed
from fps.messages.plaques import PlaqueIllisible, plaque_nue

CHIFFRES: Final = 26  # of a number: SIRET (14), year (2), authority (1), day (3), device (3), order (3)
CURSEUR: Final = re.compile(r"(?:([^~]{1,40})~)?([0-9]{26})")
ANNEES: Final = (date(2000, 1, 1), date(2099, 12, 31))  # those that the two digits of a number tell
LOT: Final = 500
Lire = Callable[[str], Any]
T = TypeVar("T")


def _instant(texte: str) -> datetime:
    found = datetime.fromisoformat(texte)
    if found.tzinfo is None or not 1900 <= found.year <= 2199:
        raise ValueError(texte)
    return found


def _entier(texte: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,15}", texte):
        raise ValueError(texte)
    return int(texte)


def _jour(texte: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", texte):
        raise ValueError(texte)
    return date.fromisoformat(texte)


def _mot(texte: str) -> str:
    if not re.fullmatch(r"[a-z-]{1,40}", texte):
        raise ValueError(texte)
    return texte


LECTEURS: Final[Mapping[type, Lire]] = {datetime: _instant, int: _entier, date: _jour, str: _mot}


def _ecrit(valeur: Any) -> str:
    return valeur.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(valeur, datetime) else str(valeur)


@dataclass(frozen=True)
class Rangement:
    """How the case files of a table may be listed.

    Each order but that of the numbers has an index that begins with its column, then the number, then `etat`; so has the plate, with the
    columns of every order behind; `exacts` are the columns with an index that begins with them, then the number, in the order of which
    they are read.
    """

    table: Table
    ordres: Mapping[str, type]  # beside « numero »: the name of each order, that of its column, with the type of its values
    colonnes: Mapping[str, str] = field(default_factory=dict)  # those of the orders whose column has another name
    exacts: tuple[str, ...] = ("etat",)
    constat: str = ""  # the order by the instant of the finding
    recu: str = ""  # the order by the day of reception, which never comes before that of the finding


@dataclass(frozen=True)
class Recherche:
    """What is asked of a list: filters, order (a `-` before its name: the last first), and where the page stands."""

    tri: str = "numero"
    egaux: Mapping[str, str] = field(default_factory=dict)
    siret: str | None = None
    numero: str | None = None  # whole, or its beginning
    plaque: str | None = None  # bare (`plaque_nue`), whole or its beginning
    du: date | None = None  # the civil day of the finding in its town, which the number bears
    au: date | None = None
    apres: str = ""
    avant: str = ""
    limite: int = 50


@dataclass(frozen=True, slots=True)
class Feuillet:
    """A page of rows, and the places where its neighbours stand: None when there is none."""

    lignes: Sequence[Row]
    precedent: str | None
    suivant: str | None


@dataclass(frozen=True, slots=True)
class _Forme:
    """What makes one statement differ from another."""

    colonne: str  # of the order, « numero » included
    descend: bool
    egaux: tuple[str, ...]
    prefixe: int  # characters of the number that are asked
    plaque: int  # the same of the plate
    plafond: bool  # whether an upper bound of the plates is known
    du: bool
    au: bool
    borne: bool
    limite: int


async def completer_plaques(tx: Transaction, bac: str, record: Record[T], ecrite: Callable[[T], str]) -> None:
    """Write the bare plates that the case files of an export made by an earlier version do not have."""
    table = record.table
    sans: Any = select(table).where(table.c.bac == bac, table.c.plaque.is_(None)).limit(LOT)
    while items := [record.item(row) for row in await tx.select(sans)]:
        for item in items:
            try:
                item.plaque = plaque_nue(ecrite(item))  # type: ignore[attr-defined]
            except PlaqueIllisible:  # an export says what it wants: no list finds it by its plate
                item.plaque = ""  # type: ignore[attr-defined]
        await tx.apply([Upsert(table, record.columns, [record.row(bac, item) for item in items])])


async def feuilleter(tx: Transaction, bac: str, rangement: Rangement, r: Recherche) -> Feuillet:
    """A page of a list: two statements, whatever is asked. Raises Malformed for a place of another order."""
    nom, descend = r.tri.removeprefix("-"), r.tri.startswith("-")
    depart, recule = (r.avant, True) if r.avant else (r.apres, False)
    valeur, numero = _lu(nom, rangement, depart, "avant" if recule else "apres") if depart else (None, "")
    prefixe = _commun(r.siret, r.numero)
    hors = (r.du is not None and r.du > ANNEES[1]) or (r.au is not None and r.au < ANNEES[0])
    if prefixe is None or hors:
        return Feuillet((), None, None)
    plafond = _plafond(r.plaque) if r.plaque else None
    colonne = rangement.colonnes.get(nom, nom)
    forme = _Forme(
        colonne,
        descend is not recule,
        tuple(sorted(r.egaux)),
        len(prefixe),
        len(r.plaque or ""),
        plafond is not None,
        r.du is not None,
        r.au is not None,
        bool(depart),
        r.limite + 1,
    )
    values: dict[str, Any] = {"nom": bac, **{f"egal_{k}": v for k, v in r.egaux.items()}}
    values |= {"prefixe": prefixe, "bas": prefixe.ljust(CHIFFRES, "0"), "haut": prefixe.ljust(CHIFFRES, "9")}
    values |= {"plaque": r.plaque, "plafond": plafond, "valeur": valeur, "depart": numero}
    values |= {"du": _quantieme(r.du), "au": _quantieme(r.au), **_bornes(r.du, r.au)}
    trouves = await tx.select(_requete(rangement.table, _indices(rangement), forme), **values)
    encore = len(trouves) > r.limite
    lus = trouves[: r.limite][:: -1 if recule else 1]
    rows = {row[1]: row for row in await tx.load(rangement.table, [(bac, ligne[0]) for ligne in lus])}
    premier, dernier = (_curseur(nom, lus[0]), _curseur(nom, lus[-1])) if lus else (None, None)
    return Feuillet(
        [rows[ligne[0]] for ligne in lus if ligne[0] in rows],
        premier if (encore if recule else bool(depart)) else None,
        dernier if (bool(depart) if recule else encore) else None,
    )


def _curseur(nom: str, ligne: Row) -> str:
    return str(ligne[0]) if nom == "numero" else f"{_ecrit(ligne[1])}~{ligne[0]}"


def _lu(nom: str, rangement: Rangement, texte: str, champ: str) -> tuple[Any, str]:
    trouve = CURSEUR.fullmatch(texte)
    try:
        if trouve is None or (trouve[1] is None) is not (nom == "numero"):
            raise ValueError(texte)
        return (None if nom == "numero" else LECTEURS[rangement.ordres[nom]](trouve[1])), trouve[2]
    except (ValueError, OverflowError):
        phrase = f"Ce n'est pas une place dans l'ordre « {nom} » : reprenez « suivant » ou « precedent » d'une page de la même liste."
        faute = {"code": "valeur-invalide", "champ": champ, "phrase": phrase, "article": ""}
        raise Malformed("demande-invalide", "La demande ne respecte pas son schéma : corrigez chaque erreur listée.", [faute]) from None


def _commun(siret: str | None, numero: str | None) -> str | None:
    """The beginning that the numbers of a town and those that begin so have in common; None when no number has both."""
    un, autre = siret or "", numero or ""
    if not (un.startswith(autre) or autre.startswith(un)):
        return None
    return max(un, autre, key=len)


def _plafond(plaque: str) -> str | None:
    """A text that follows every plate of capitals and digits with this beginning, however a database orders texts; None: none is known."""
    nue = plaque.rstrip("Z")
    if not nue or not re.fullmatch("[A-Z0-9]+", plaque):
        return None
    return nue[:-1] + ("A" if nue[-1] == "9" else chr(ord(nue[-1]) + 1))


def _quantieme(jour: date | None) -> str | None:
    """A day as a number bears it: its year, its rank in it."""
    if jour is None:
        return None
    borne = min(max(jour, ANNEES[0]), ANNEES[1])
    return f"{borne.year % 100:02d}{borne.timetuple().tm_yday:03d}"


def _bornes(du: date | None, au: date | None) -> dict[str, Any]:
    """The instants, and the day of reception, between which that of an order may be: a day more, wherever the town is."""
    debut, fin = ((ANNEES[0] if du is None else du) - timedelta(2)), ((ANNEES[1] if au is None else au) + timedelta(3))
    instants = {
        "des": datetime(debut.year, debut.month, debut.day, tzinfo=UTC),
        "jusque": datetime(fin.year, fin.month, fin.day, tzinfo=UTC),
    }
    return {**instants, "recu_des": debut}


@dataclass(frozen=True, slots=True)
class _Indices:
    """What of a `Rangement` a statement depends on."""

    exacts: tuple[str, ...]
    constat: str
    recu: str


def _indices(r: Rangement) -> _Indices:
    return _Indices(r.exacts, r.colonnes.get(r.constat, r.constat), r.colonnes.get(r.recu, r.recu))


def _voile(colonne: Column[Any]) -> Any:
    """A column in the order of which no engine reads an index."""
    return func.coalesce(colonne, colonne, type_=colonne.type)


@lru_cache(maxsize=1024)
def _requete(table: Table, indices: _Indices, f: _Forme) -> Any:
    """The numbers of a page, each with the value of its order: all that it names is in the one index where it is read.

    What bounds the reading is a comparison of rows, and the rest is one condition that tells an engine nothing: PostgreSQL would take
    two bounds, or some filters, for a promise that little is found, and would rather sort what it finds.
    """
    c, entier, par_plaque = table.c, f.prefixe == CHIFFRES, f.plaque > 0
    seul = f.colonne == "numero" or f.colonne in f.egaux  # one value: the order is that of the numbers
    exact = f.colonne in ("numero", "etat") and not par_plaque and not entier  # an index in that order begins with what is equal
    ordre, numero = (
        (_voile(c[f.colonne]), _voile(c.numero)) if par_plaque or entier else (c[f.colonne], c.numero)
    )  # few: found, then sorted
    tenus: list[Any] = [c.bac == bindparam("nom", type_=Text)]
    tries: list[Any] = []
    premier = next((nom for nom in indices.exacts[::-1] if nom in f.egaux), None) if exact else None
    for nom in f.egaux:
        (tenus if nom == premier else tries).append(c[nom] == bindparam(f"egal_{nom}", type_=Text))
    if entier:
        tenus.append(c.numero == bindparam("prefixe", type_=Text))
    elif f.prefixe and exact and seul:
        tenus += [c.numero >= bindparam("bas", type_=Text), c.numero <= bindparam("haut", type_=Text)]
    elif f.prefixe:
        tries.append(_debut(c.numero, f.prefixe) == bindparam("prefixe", type_=Text))
    if par_plaque:
        if not entier:
            tenus.append(_place(c.plaque, c.numero, ">=", "plaque"))
            tenus += [_place(c.plaque, c.numero, "<", "plafond")] if f.plafond else []
        tries.append(_debut(c.plaque, f.plaque) == bindparam("plaque", type_=Text))
    jour = _partie(c.numero, 15, 2).concat(_partie(c.numero, 18, 3))
    tries += [jour >= bindparam("du", type_=Text)] if f.du else []
    tries += [jour <= bindparam("au", type_=Text)] if f.au else []
    if f.colonne in (indices.constat, indices.recu) and not (par_plaque or entier):
        du, au = ("des", "jusque") if f.colonne == indices.constat else ("recu_des", "")
        tenus += [_place(ordre, numero, ">=", du)] if f.du and not (f.borne and not f.descend) else []
        tenus += [_place(ordre, numero, "<", au)] if f.au and au and not (f.borne and f.descend) else []
    sens = "<" if f.descend else ">"
    if f.borne and seul:
        tenus.append(numero.op(sens)(bindparam("depart", type_=Text)))
    elif f.borne:
        tenus.append(_place(ordre, numero, sens, "valeur", bindparam("depart", type_=Text)))
    if tries:
        tenus.append(func.coalesce(and_(*tries), false()))
    selon = (numero,) if seul else (ordre, numero)
    rang = [une.desc() for une in selon] if f.descend else list(selon)
    limite: Any = literal_column(str(f.limite), Integer)
    return select(c.numero, c[f.colonne]).where(*tenus).order_by(*rang).limit(limite)


def _place(ordre: Any, numero: Any, sens: str, valeur: str, depart: Any = None) -> Any:
    """Whether a row stands on that side of a place."""
    place = tuple_(bindparam(valeur, type_=ordre.type), literal_column("''", Text) if depart is None else depart)
    return tuple_(ordre, numero).op(sens)(place)


def _debut(colonne: Any, longueur: int) -> Any:
    return _partie(colonne, 1, longueur)


def _partie(colonne: Any, depuis: int, longueur: int) -> Any:
    return func.substr(colonne, literal_column(str(depuis)), literal_column(str(longueur)), type_=Text)
