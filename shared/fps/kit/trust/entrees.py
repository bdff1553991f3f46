"""What was let in and how the certificates changed: kept in the audit journal, read back for the statement of a bac."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from fps.confiance.habilitation import INTERNE, Habilitation, sirets_de
from fps.kit.data.database import Transaction
from fps.kit.data.sql import Row
from fps.kit.engine import audit
from fps.kit.engine.work import Batch
from fps.kit.ground.clock import PARIS
from fps.kit.trust.habilitations import checked
from fps.releves import Changement, Entree

LETTRE, ACTE, RETRAIT, CERTIFICAT = "lettre", "acte", "retrait", "etat-certificat"


def let_in(batch: Batch, items: Sequence[Any], results: Sequence[Any]) -> Iterable[audit.Note]:
    """One line for all that a batch let in from one caller, of one kind, in one bac, for the same collectivités."""
    found: Counter[tuple[str, str, str, str, tuple[str, ...]]] = Counter()
    for item, result in zip(items, results, strict=True):
        if isinstance(result, BaseException):
            continue
        if item.letter is not None and item.qui is not INTERNE:
            sirets = sirets_de(item.message, batch.bac(item.bac).villes) if checked(item.qui, item.message) else ()
            found[item.bac, LETTRE, audit.nommer(item.qui), item.letter.type, sirets] += 1
        elif item.porte is not None:
            found[item.bac, ACTE, *item.porte, ()] += 1
    for (bac, acte, qui, objet, sirets), n in found.items():
        details: dict[str, Any] = {"nombre": n, "sirets": list(sirets)} if sirets else {"nombre": n}
        yield audit.note(bac, acte, qui, objet, instant=batch.bac(bac).horloge.now(batch.wall), **details)


def changes(batch: Batch) -> Iterable[audit.Note]:
    """One line for each certificate that a batch deposited or changed: how it stands from now on."""
    for (cls, bac, (cle, *_)), h in batch.touched.items():
        if cls is Habilitation:
            details: dict[str, Any] = {"etat": h.etat.value, "effet_le": _texte(h.effet_le), "remplacee_le": _texte(h.remplacee_le)}
            yield audit.note(bac, CERTIFICAT, cle, h.siret, instant=batch.bac(bac).horloge.now(batch.wall), **details)


def _texte(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


async def lire(tx: Transaction, bac: str, apres: int, limite: int) -> tuple[list[Changement | Entree], int | None]:
    """What `limite` lines of the audit journal say of the certificates, after a rank; and the rank to read on from, None at the end."""
    rows = await audit.lines(tx, bac, apres, limite)
    found = [x for row in rows if (x := _dire(row)) is not None]
    return found, rows[-1][1] if len(rows) == limite else None


def _dire(row: Row) -> Changement | Entree | None:
    _, rang, lot, instant, acte, resultat, _, qui, objet, details, _ = row
    donnees = json.loads(details)
    if resultat != "accepte":
        return None
    if acte == CERTIFICAT:
        return Changement(rang=rang, lot=lot, certificat=qui, siret=objet, **donnees)
    venue: dict[str, Any] = {"rang": rang, "lot": lot, "certificat": qui}
    if acte == LETTRE and "sirets" in donnees:
        le = instant.astimezone(PARIS)
        return Entree(quoi="lettre", date=le, sirets=donnees["sirets"], type=objet, nombre=donnees["nombre"], **venue)
    if acte == RETRAIT:
        return Entree(quoi="retrait", date=None, sirets=(objet,), nombre=donnees["lettres"], **venue)
    return None
