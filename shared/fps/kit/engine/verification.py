"""The journals read again, value by value: what was changed, removed, added or moved is told with its place; an unreadable value too."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, bindparam, select, union

from fps.errors import Introuvable
from fps.kit.data import tables
from fps.kit.data.database import Transaction, ValeurIllisible
from fps.kit.data.packed import RawStamp
from fps.kit.data.sql import Instant, Row
from fps.kit.engine import chain

AUDIT = 5_000  # lines of audit read at once


class JournalInconnu(Introuvable):
    """Aucun acte ne porte ce numéro dans ce service"""

    code = "journal-inconnu"
    que_faire = "Vérifiez le numéro et le bac ; « fps journal verifier » sans numéro vérifie tous les dossiers du bac."


class Constat(BaseModel):
    """Quelque chose qui n'est plus comme il a été écrit."""

    journal: Literal["dossier", "audit", "ancres"]
    sujet: str = Field(description="Numéro du dossier, ou autre sujet d'un acte ; vide pour l'audit et les ancres")
    rang: int = Field(description="Rang de la ligne dans son journal ; numéro de l'ancre")
    phrase: str = Field(description="Ce qui est constaté, en français")


class Verification(BaseModel):
    """Ce que la lecture d'un journal a trouvé : intact, ou le premier rang à partir duquel il n'est plus ce qui a été écrit."""

    lignes: int
    intacte: bool
    premiere_rupture: int | None
    constats: tuple[Constat, ...]


def verification(lignes: int, constats: Sequence[Constat]) -> Verification:
    """The findings about one journal."""
    return Verification(
        lignes=lignes,
        intacte=not constats,
        premiere_rupture=min((c.rang for c in constats if c.journal != "ancres"), default=None),
        constats=tuple(constats),
    )


def raw(table: Table) -> Table:
    """The same table read without giving instants their type: an unreadable one is a finding, not a failure."""
    columns = (Column(c.name, RawStamp if isinstance(c.type, Instant) else c.type, primary_key=c.primary_key) for c in table.columns)
    return Table(table.name, MetaData(), *columns)


JOURNAL, LINES_OF_AUDIT = raw(tables.journal), raw(tables.audit)
_J, _A = JOURNAL.c, LINES_OF_AUDIT.c
_NOM = bindparam("nom", type_=Text)
_BETWEEN: Any = (
    select(_J.subject, _J.rang, _J.time, _J.wall_time, _J.acte, _J.article, _J.data, _J.hash, _J.sceau)
    .where(_J.bac == _NOM, _J.subject >= bindparam("de", type_=Text), _J.subject <= bindparam("a", type_=Text))
    .order_by(_J.subject, _J.rang)
)
_AUDIT: Any = (
    select(LINES_OF_AUDIT)
    .where(_A.bac == _NOM, _A.rang > bindparam("apres", type_=BigInteger))
    .order_by(_A.rang)
    .limit(bindparam("limite", type_=Integer))
)


def _subjects(table: Table) -> Any:
    found = select(table.c.subject).where(table.c.bac == _NOM, table.c.subject > bindparam("apres", type_=Text)).distinct()
    return select(found.order_by(table.c.subject).limit(bindparam("limite", type_=Integer)).subquery().c.subject)


_ALL = union(_subjects(tables.journal), _subjects(tables.chains)).subquery()  # a dossier whose lines, or whose head, are gone is one
_SUBJECTS: Any = select(_ALL.c.subject).order_by(_ALL.c.subject).limit(bindparam("limite", type_=Integer))


async def dossier(tx: Transaction, bac: str, subject: str) -> tuple[int, list[Constat]]:
    """How many acts a dossier has here, and what is wrong with them. Nothing at all is not an error: the caller knows what it asked."""
    return await _dossiers(tx, bac, [subject])


async def page(tx: Transaction, bac: str, apres: str, limite: int) -> tuple[int, list[Constat], str | None]:
    """The same for the dossiers that follow a subject, `limite` at most; then the last one read, None at the end."""
    subjects = [row[0] for row in await tx.select(_SUBJECTS, nom=bac, apres=apres, limite=limite)]
    lines, found = await _dossiers(tx, bac, subjects) if subjects else (0, [])
    return lines, found, subjects[-1] if len(subjects) == limite else None


async def _dossiers(tx: Transaction, bac: str, subjects: Sequence[str]) -> tuple[int, list[Constat]]:
    try:
        rows = await tx.select(_BETWEEN, nom=bac, de=subjects[0], a=subjects[-1])
        heads = {row[1]: row[2:] for row in await tx.load(tables.chains, [(bac, one) for one in subjects])}
    except ValeurIllisible as error:
        if len(subjects) == 1:
            return 0, [Constat(journal="dossier", sujet=subjects[0], rang=0, phrase=f"une valeur est illisible ({error})")]
        middle = len(subjects) // 2
        first, second = [await _dossiers(tx, bac, half) for half in (subjects[:middle], subjects[middle:])]
        return first[0] + second[0], first[1] + second[1]
    chains = {subject: list(lines) for subject, lines in groupby(rows, key=lambda row: row[0])}
    found = [broken(subject, chains.get(subject, []), heads.get(subject)) for subject in subjects]
    return len(rows), [one for one in found if one is not None]


def broken(subject: str, lines: Sequence[Row], head: Row | None) -> Constat | None:
    """The first thing wrong in one whole chain, its head (rank, hash, seal) included; `lines` as `chain.act_is_good` wants them."""
    previous, rang = ("", ""), 0
    for line in lines:
        try:
            good = line[1] > rang and chain.act_is_good(previous, line)
        except (TypeError, ValueError, AttributeError, OverflowError) as error:
            return _in(subject, line[1], rang, f"une valeur est illisible ({error})")
        if not good:
            return _in(subject, line[1], rang, "cet acte n'est pas celui qui a été écrit après le précédent")
        previous, rang = (line[7], line[8] or ""), line[1]
    if head is None:
        return _in(subject, rang, rang, "la tête de ce journal a été retirée") if lines else None
    if (head[0], head[1], head[2] or "") == (rang, *previous):
        return None
    if isinstance(head[0], int) and head[0] > rang:
        return _in(subject, rang + 1, rang, "des actes ont été retirés de la fin")
    return _in(subject, rang, rang, "la tête n'est pas le dernier acte")


def _in(subject: str, rang: Any, before: int, phrase: str) -> Constat:
    return Constat(journal="dossier", sujet=subject, rang=rang if isinstance(rang, int) else before, phrase=phrase)


async def audit(tx: Transaction, bac: str, origine: str = "") -> Verification:
    """Whether the audit journal of a bac is whole; else the first rank that was changed, removed, added or moved.

    `origine`: the name under which its lines of the first version were written, when it was another.
    """
    previous, rang, wrong = "", 0, ""
    try:
        while not wrong and (found := await tx.select(_AUDIT, nom=bac, apres=rang, limite=AUDIT)):
            for row in found:
                if wrong := _audit_line(row, previous, origine or bac, rang):
                    break
                rang, previous = row[1], row[-1]
        heads = await tx.load(tables.audit_tetes, [(bac,)])
    except ValeurIllisible as error:
        wrong, heads = f"une valeur est illisible ({error})", []
    if wrong:
        return verification(rang, [Constat(journal="audit", sujet="", rang=rang + 1, phrase=wrong)])
    head = (heads[0][1], heads[0][2]) if heads else (0, "")
    if head == (rang, previous):
        return verification(rang, [])
    gone = isinstance(head[0], int) and head[0] > rang
    at = rang + 1 if gone else rang if head[0] == rang or not isinstance(head[0], int) else head[0] + 1
    phrase = "des lignes ont été retirées de la fin" if gone else "la tête n'est pas la dernière ligne"
    return verification(rang, [Constat(journal="audit", sujet="", rang=at, phrase=phrase)])


def _audit_line(row: Row, previous: str, bac: str, rang: int) -> str:
    """What is wrong with a line that should follow; nothing when it does."""
    try:
        good = row[1] == rang + 1 and row[-1] == chain.audit_expected(row[-1], previous, bac, row[1:-1])
        good = good and row[-1].startswith(chain.V2) >= previous.startswith(chain.V2)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        return f"une valeur est illisible ({error})"
    return "" if good else "cette ligne n'est pas celle qui a été écrite après la précédente"
