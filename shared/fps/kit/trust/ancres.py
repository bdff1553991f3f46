"""Anchors: the heads of the journals of a bac at an instant, signed by the service with the key of its certificate, one after the other.

An anchor is a JWS (RFC 7515, ES256) that carries its certificate: who holds the authorities of the PKI verifies it without this program.
It covers the anchor before it. Kept elsewhere (`fps audit ancres`), anchors convict even who may rewrite the whole database.
"""

import asyncio
import base64
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from sqlalchemy import BigInteger, Integer, Text, and_, bindparam, func, select, union

from fps.kit.data import tables
from fps.kit.data.database import Transaction, ValeurIllisible
from fps.kit.data.sql import SHORT, Insert, Row
from fps.kit.engine.service import Service
from fps.kit.engine.verification import JOURNAL, LINES_OF_AUDIT, Constat
from fps.kit.ground.clock import wall_now
from fps.kit.ground.faults import Unavailable
from fps.kit.trust.pki import SERVICE_URI, Pki
from fps.kit.wire.envelope import canonical, digest
from fps.parties import Party

log = logging.getLogger(__name__)
PERIOD = 5.0  # seconds between two looks at what was written
LINES = 5_000  # acts whose heads one transaction signs
TYPE: Final = "fps-ancre"
DOSSIER, AUDIT = "dossier", "audit"


class Registre(jws.JWSRegistry):
    """What joserfc lets in: a header that carries a certificate, a payload of thousands of heads: they are in our own database."""

    max_header_length = 8_000
    max_payload_length = 4_000_000
    max_signature_length = 200


REGISTRE: Final = Registre(algorithms=["ES256"])
COLUMNS = tuple(tables.ancres.columns.keys())
_J, _N = tables.journal.c, tables.ancres.c
_BACS = union(select(tables.bacs.c.bac), select(tables.audit_tetes.c.bac)).subquery()
_DERNIERE = select(func.max(_N.numero)).where(_N.bac == _BACS.c.bac).correlate(_BACS).scalar_subquery()
_SIGNED: Any = select(_N.bac, _N.numero, _N.audit).select_from(
    _BACS.join(tables.ancres, and_(_N.bac == _BACS.c.bac, _N.numero == _DERNIERE))
)
_REACHED: Any = select(func.max(_N.position))
_NEW: Any = (
    select(_J.bac, _J.subject, _J.rang, func.coalesce(_J.sceau, _J.hash), _J.position)
    .where(_J.position > bindparam("after", type_=BigInteger))
    .order_by(_J.position)
    .limit(LINES)
)
_ANY: Any = select(_J.position).where(_J.position > bindparam("after", type_=BigInteger)).limit(1).execution_options(**SHORT)
_TOPS: Any = select(tables.audit_tetes)
_ANCHORS: Any = (
    select(tables.ancres)
    .where(_N.bac == bindparam("nom", type_=Text), _N.numero > bindparam("apres", type_=BigInteger))
    .order_by(_N.numero)
    .limit(bindparam("limite", type_=Integer))
)
_LATE: Any = select(func.count()).where(_J.bac == bindparam("nom", type_=Text), _J.position > bindparam("after", type_=BigInteger))


@dataclass(frozen=True)
class Notaire:
    """Who signs and recognises the anchors of one service."""

    pki: Pki
    party: Party

    @cached_property
    def _cle(self) -> tuple[ECKey, str]:
        qui = self.pki.autorite(self.party.value)
        return ECKey.import_key(qui.cle), base64.b64encode(qui.certificat.public_bytes(Encoding.DER)).decode()

    def signer(self, contenu: dict[str, Any]) -> str:
        """An anchor in its compact form."""
        cle, certificat = self._cle
        return jws.serialize_compact({"alg": "ES256", "typ": TYPE, "x5c": [certificat]}, canonical(contenu), cle, registry=REGISTRE)

    def lire(self, texte: str, *, ailleurs: bool = False) -> dict[str, Any]:
        """What an anchor says; raises ValueError when this service has not signed it.

        `ailleurs`: the same service of another simulator may have, whose authority nobody knows here.
        """
        try:
            entete = json.loads(base64.urlsafe_b64decode(texte.partition(".")[0] + "=="))
            certificat = x509.load_der_x509_certificate(base64.b64decode(entete["x5c"][0]))
            if not ailleurs:
                certificat.verify_directly_issued_by(self.pki.intermediaires[1])
            noms = certificat.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            if f"{SERVICE_URI}{self.party}" not in noms.get_values_for_type(x509.UniformResourceIdentifier):
                raise ValueError("another service")
            lu = jws.deserialize_compact(texte, ECKey.import_key(certificat.public_key()), registry=REGISTRE)  # type: ignore[arg-type]
            contenu: dict[str, Any] = json.loads(lu.payload)
        except (JoseError, InvalidSignature, x509.ExtensionNotFound, ValueError, TypeError, KeyError, IndexError) as error:
            raise ValueError(f"pas signée par ce service ({type(error).__name__})") from error
        return contenu


@dataclass
class _Ancre:
    """What one anchor will carry."""

    position: int = 0
    tetes: dict[str, list[Any]] = field(default_factory=dict)


class Ancreur:
    """One per service: signs the heads that have moved, a few seconds after they moved."""

    service: Service
    notaire: Notaire

    def __init__(self, service: Service, notaire: Notaire, period: float = PERIOD):
        self.service, self.notaire, self.period = service, notaire, period
        self._task: asyncio.Task[None] | None = None

    @property
    def durable(self) -> bool:
        """Whether what is signed can be recognised later: the key of a PKI of this process alone is lost with it."""
        return self.service.settings.pki_dir is not None or self.service.database.url == "sqlite+aiosqlite://"

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name=f"ancres-{self.service.party}")

    async def stop(self) -> None:
        """Sign what was written last, then stop; a memory database leaves nothing to keep."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            if self.service.database.url != "sqlite+aiosqlite://":
                with contextlib.suppress(Unavailable):
                    await self.ancrer()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self.period)
            try:
                await self.ancrer()
            except Unavailable as error:
                log.warning("ancres en attente", extra={"cause": repr(error)})
            except Exception:
                log.exception("ancres")

    async def ancrer(self) -> int:
        """Sign every head that has moved since it was signed; gives how many anchors were made. Raises Unavailable."""
        made = 0
        while await self._late():
            async with self.service.database.write() as tx:
                rows, full = await self._anchors(tx)
                await tx.apply([Insert(tables.ancres, COLUMNS, rows)])
            made += len(rows)
            if not full:
                break
        return made

    async def _late(self) -> bool:
        async with self.service.database.read() as tx:
            signed = {bac: audit for bac, _, audit in await tx.select(_SIGNED)}
            if any(rang > signed.get(bac, 0) for bac, rang, _ in await tx.select(_TOPS)):
                return True
            return bool(await tx.select(_ANY, after=await _reached(tx)))

    async def _anchors(self, tx: Transaction) -> tuple[list[Row], bool]:
        lines = await tx.select(_NEW, after=await _reached(tx))
        signed = {bac: (numero, audit) for bac, numero, audit in await tx.select(_SIGNED)}
        found: dict[str, _Ancre] = {}
        for bac, subject, rang, hash_, position in lines:
            ancre = found.setdefault(bac, _Ancre())
            ancre.position = position
            ancre.tetes[subject] = [DOSSIER, subject, rang, hash_]
        tops = {bac: (rang, hash_) for bac, rang, hash_ in await tx.select(_TOPS) if rang > signed.get(bac, (0, 0))[1]}
        bacs = list(dict.fromkeys([*found, *tops]))
        before = {
            (row[0], row[1]): row[4] for row in await tx.load(tables.ancres, [(bac, signed[bac][0]) for bac in bacs if bac in signed])
        }
        rows: list[Row] = []
        for bac in bacs:
            numero, audit = signed.get(bac, (0, 0))
            ancre = found.get(bac, _Ancre())
            tetes = [*ancre.tetes.values()]
            if bac in tops:
                audit = tops[bac][0]
                tetes.append([AUDIT, "", *tops[bac]])
            contenu = {
                "service": self.service.party.value,
                "bac": bac,
                "numero": numero + 1,
                "precedente": digest(before[bac, numero]) if numero else "",
                "le": wall_now().isoformat(),
                "position": ancre.position,
                "audit": audit,
                "tetes": tetes,
            }
            rows.append((bac, numero + 1, ancre.position, audit, self.notaire.signer(contenu)))
        return rows, len(lines) == LINES


async def lire(tx: Transaction, bac: str, apres: int, limite: int) -> list[Row]:
    """The anchors of a bac after a number, in order: bac, number, position, rank of audit, JWS."""
    return await tx.select(_ANCHORS, nom=bac, apres=apres or -(1 << 62), limite=limite)


async def en_attente(tx: Transaction, bac: str) -> int:
    """How many acts of a bac are not signed yet."""
    return int((await tx.select(_LATE, nom=bac, after=await _reached(tx)))[0][0])


async def _reached(tx: Transaction) -> int:
    """Up to which act everything is signed. A bac that is deleted takes its anchors with it, and its positions may serve again.

    It is read each time: an anchor names an act that is there, so what is written next comes after every anchor that is left.
    """
    return int((await tx.select(_REACHED))[0][0] or 0)


async def examiner(
    tx: Transaction, notaire: Notaire, bac: str, apres: int = 0, limite: int = 200, sujet: str | None = None
) -> tuple[int, list[Constat], int | None, bool]:
    """The anchors of a bac after a number, and the lines that they name: how many, what is wrong, the last one read, `sujet` named.

    With a `sujet`, only the lines of that dossier are looked at.
    """
    try:
        rows = await lire(tx, bac, apres, limite)
        before = await lire(tx, bac, apres - 1, 1) if apres else []
    except ValeurIllisible as error:
        return 0, [_ancre(apres + 1, f"une valeur est illisible dans les ancres qui suivent ({error})")], None, False
    texte, numero = (_texte(before[0]) if before else ""), apres
    found: list[Constat] = []
    tetes: list[tuple[int, Sequence[Any]]] = []
    for row in rows:
        numero += 1
        faute, contenu = _faute(notaire, row, bac, numero, texte)
        if faute:
            found.append(_ancre(numero, faute))
        numero, texte = row[1] if isinstance(row[1], int) else numero, _texte(row)
        tetes += [(numero, tete) for tete in contenu.get("tetes", ()) if sujet is None or tete[:2] == [DOSSIER, sujet]]
    found += [constat async for constat in _lignes(tx, bac, tetes)]
    return len(rows), found, numero if len(rows) == limite else None, bool(tetes)


class TemoinDesAncres:
    """The anchors that came with an export, read in order against its lines, which were just stored under another name maybe.

    Each is signed by this service, of this simulator or of another (its certificate says so, and its own authority alone could prove it),
    and covers the one before it.
    """

    def __init__(self, notaire: Notaire):
        self.notaire, self._numero, self._texte, self._bac = notaire, 0, "", ""
        self.couvertes = 0  # journals whose head is one that was signed

    async def __call__(self, tx: Transaction, nom: str, rows: Sequence[Row]) -> AsyncIterator[Constat]:
        tetes: list[tuple[int, Sequence[Any]]] = []
        for numero, audit, texte in rows:
            self._numero += 1
            try:
                contenu = self.notaire.lire(texte, ailleurs=True)
                self._bac = self._bac or contenu["bac"]
                dit = (contenu["service"], contenu["bac"], contenu["numero"], contenu["audit"], contenu["precedente"])
                tetes += [(numero, (quoi, str(sujet), int(rang), str(h))) for quoi, sujet, rang, h in contenu["tetes"]]
            except (ValueError, KeyError, TypeError) as error:
                yield _ancre(self._numero, f"elle n'est pas signée par ce service ({error})"[:200])
                return
            precedente = digest(self._texte) if self._texte else ""
            if dit != (self.notaire.party.value, self._bac, self._numero, audit, precedente) or numero != self._numero:
                yield _ancre(self._numero, "l'ancre qui la précède a été retirée ou remplacée, ou elle n'est pas de ce bac")
                return
            self._texte = texte
        async for constat in _lignes(tx, nom, tetes):
            yield constat
        signees = {(quoi, sujet, rang) for _, (quoi, sujet, rang, _) in tetes}
        heads = await tx.load(tables.chains, [(nom, sujet) for quoi, sujet, _ in signees if quoi == DOSSIER])
        tops = await tx.load(tables.audit_tetes, [(nom,)])
        here = {(DOSSIER, row[1], row[2]) for row in heads} | {(AUDIT, "", row[1]) for row in tops}
        self.couvertes += len(here & signees)


def _ancre(numero: int, phrase: str) -> Constat:
    return Constat(journal="ancres", sujet="", rang=numero, phrase=phrase)


def _texte(row: Row) -> str:
    return row[4] if isinstance(row[4], str) else ""


def _faute(notaire: Notaire, row: Row, bac: str, numero: int, precedente: str) -> tuple[str, dict[str, Any]]:
    """What is wrong with an anchor, and what it says when this service signed it."""
    try:
        contenu = notaire.lire(row[4])
    except ValueError as error:
        return str(error), {}
    dit = (contenu.get("service"), contenu.get("bac"), contenu.get("numero"), contenu.get("position"), contenu.get("audit"))
    if dit != (notaire.party.value, *row[:4]) or row[0] != bac:
        return "elle ne dit pas le bac, le numéro ou les rangs sous lesquels elle est rangée", contenu if contenu.get("bac") == bac else {}
    if row[1] != numero or contenu.get("precedente") != (digest(precedente) if precedente else ""):
        return "l'ancre qui la précède a été retirée ou remplacée", contenu
    return "", contenu


async def _lignes(tx: Transaction, bac: str, tetes: Sequence[tuple[int, Sequence[Any]]]) -> Any:
    """The lines that anchors name and that are not, or no longer, what was signed."""
    actes = {(sujet, rang): (hash_, n) for n, (quoi, sujet, rang, hash_) in tetes if quoi == DOSSIER}
    audit = {rang: (hash_, n) for n, (quoi, _, rang, hash_) in tetes if quoi == AUDIT}
    try:
        kept = await tx.load(JOURNAL, [(bac, *key) for key in actes], ("bac", "subject", "rang"))
        lines = await tx.load(LINES_OF_AUDIT, [(bac, rang) for rang in audit])
    except ValeurIllisible as error:
        yield _ancre(
            min(n for n, _ in tetes), f"une valeur est illisible dans les lignes que cette ancre, ou une suivante, a signées ({error})"
        )
        return
    there = {(row[2], row[3]): row[10] or row[8] for row in kept}
    for (sujet, rang), (hash_, n) in actes.items():
        if phrase := _ecart(there.get((sujet, rang)), hash_, n):
            yield Constat(journal=DOSSIER, sujet=sujet, rang=rang, phrase=phrase)
    noted = {row[1]: row[10] for row in lines}
    for rang, (hash_, n) in audit.items():
        if phrase := _ecart(noted.get(rang), hash_, n):
            yield Constat(journal=AUDIT, sujet="", rang=rang, phrase=phrase)


def _ecart(hash_: str | None, signe: str, numero: int) -> str:
    if hash_ is None:
        return f"cette ligne, que l'ancre {numero} a signée, a été retirée"
    return "" if hash_ == signe else f"cette ligne n'est pas celle que l'ancre {numero} a signée"


async def nommes(tx: Transaction, notaire: Notaire, bac: str, sujet: str) -> tuple[list[Constat], bool]:
    """What all the anchors of a bac say against one dossier, and whether any names it."""
    found: list[Constat] = []
    nomme, apres = False, 0
    while True:
        _, constats, suivant, dit = await examiner(tx, notaire, bac, apres, sujet=sujet)
        found, nomme = found + constats, nomme or dit
        if suivant is None:
            return found, nomme
        apres = suivant


def textes(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Anchors as they are shown and kept elsewhere."""
    return ({"numero": row[1], "jws": row[4]} for row in rows)
