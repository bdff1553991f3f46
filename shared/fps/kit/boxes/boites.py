"""The boxes of the editors: each letter numbered, waiting, pushed or pulled, acknowledged, refused or suffering; none is ever lost."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import BigInteger, Integer, Text, and_, bindparam, exists, func, or_, select

from fps.confiance.habilitation import Habilitation, Permission, zone_de
from fps.errors import Introuvable
from fps.flows import MESSAGES, by_type
from fps.kit.data import tables
from fps.kit.data.records import Record
from fps.kit.data.sql import Delete, Insert, Instant, Row
from fps.kit.engine.work import OUTBOX, Work
from fps.kit.wire.envelope import Letter
from fps.messages.message import Message, MessageClass
from fps.messages.rapo import DepotRapo, DepotRapoPostal
from fps.messages.temps import Temps
from fps.parties import Channel, Party
from fps.releves import ARRETEES

# What a collectivité receives at its own address, and the permissions that open it (hypothesis H101): what the court writes names the
# applicant; a payment concerns whoever follows the FPS.
D_UN_SERVICE: Final[Mapping[MessageClass, frozenset[Permission]]] = {
    cls: frozenset({Permission.CONTENTIEUX}) if cls.sender is Party.CCSP else frozenset(Permission)
    for cls in MESSAGES
    if cls.receiver is Party.COLLECTIVITE and cls.channel is Channel.REST
}
EXPEDITEURS: Final = frozenset(cls.sender for cls in D_UN_SERVICE)
# What comes in a box beside: the hour of the bac, and what the simulated driver posts to a product that stands for the town.
_BESIDE: Final[Mapping[MessageClass, frozenset[Permission]]] = {
    Temps: frozenset(Permission),
    **dict.fromkeys((DepotRapo, DepotRapoPostal), frozenset({Permission.RAPO})),
}
LECTEURS: Final[Mapping[MessageClass, frozenset[Permission]]] = {**D_UN_SERVICE, **_BESIDE}


class LettreInconnue(Introuvable):
    """Aucune lettre de cette boîte ne porte cet identifiant"""

    code = "lettre-inconnue"
    que_faire = (
        "Reprenez l'identifiant que GET /messages a donné, pour ce SIRET et à ce service. Une lettre que le retrait de l'adresse a rendue "
        "au système de référence n'est plus dans la boîte."
    )


class EtatLettre(StrEnum):
    """La vie d'une lettre dans une boîte."""

    ATTENTE = "attente"
    ACQUITTEE = "acquittee"
    REFUSEE = "refusee"
    EN_SOUFFRANCE = "en-souffrance"
    RENDUE = "rendue"


OUVERTES: Final = (EtatLettre.ATTENTE, EtatLettre.EN_SOUFFRANCE)


@dataclass
class LettreEnBoite:
    """A letter in the box of a collectivité; `time` and `prochain` (its next try) are in the bac's time.

    `echecs` counts the failures in a row, which choose the next delay; `essais` all the tries.
    """

    siret: str
    numero: int
    id: str
    type: str
    subject: str
    rang: int
    time: datetime
    body: str
    traceparent: str
    etat: EtatLettre
    essais: int
    echecs: int
    prochain: datetime | None
    close_le: datetime | None
    adresse: str | None = None  # its own, when it does not go where the others of the box go

    @property
    def d_un_service(self) -> bool:
        """Whether a service wrote it to the collectivité, so that the reference system could receive it."""
        return by_type(self.type) in D_UN_SERVICE

    @property
    def message(self) -> Message:
        """What the letter says."""
        return by_type(self.type).model_validate_json(self.body)

    def clore(self, etat: EtatLettre, le: datetime) -> None:
        """Nothing more is to be done with it."""
        self.etat, self.prochain, self.close_le = etat, None, le

    def relancer(self, le: datetime | None) -> None:
        """Try it again from the first delay on; None: it waits for somebody to come."""
        self.etat, self.echecs, self.prochain = EtatLettre.ATTENTE, 0, le

    def lisible_par(self, habilitation: Habilitation) -> bool:
        """Whether this habilitation opens the letter: its permissions, and its zones when the letter names one."""
        zone = zone_de(self.message)
        permissions = LECTEURS[by_type(self.type)]
        return bool(permissions & set(habilitation.droits)) and (zone is None or not habilitation.zones or zone in habilitation.zones)


class Acheminement(StrEnum):
    """Qui reçoit les lettres d'une collectivité, et comment."""

    REFERENCE = "reference"
    ADRESSE = "adresse"
    RETRAIT = "retrait"


@dataclass
class Destination:
    """The choice made for one collectivité in one bac. `dernier` is the number of the last letter put in its box.

    `temps`: a letter of time comes each time that the clock of the bac moves.
    """

    siret: str
    mode: Acheminement
    adresse: str | None
    dernier: int
    posee_le: datetime  # of the bac
    posee_par: str
    temps: bool | None = None


DESTINATIONS: Final = Record.of(tables.destinations, Destination)


RECORD: Final = Record.of(tables.boites, LettreEnBoite)
_B, _OLDER = tables.boites, tables.boites.alias("older")
_NOM, _SIRET, _LE = bindparam("nom", type_=Text), bindparam("siret", type_=Text), bindparam("le", type_=Instant)
# A dossier's letters are taken in order: one that is not done with keeps the next ones waiting.
_RETENUE = exists().where(
    and_(
        _OLDER.c.bac == _B.c.bac,
        _OLDER.c.siret == _B.c.siret,
        _OLDER.c.subject == _B.c.subject,
        _OLDER.c.numero < _B.c.numero,
        or_(*(_OLDER.c.etat == e.value for e in OUVERTES)),
    )
)
_DUE = and_(_B.c.bac == _NOM, _B.c.etat == EtatLettre.ATTENTE.value, _B.c.prochain <= _LE, ~_RETENUE)
DUES: Any = select(_B).where(_DUE).order_by(_B.c.siret, _B.c.numero).limit(bindparam("limite", type_=Integer))
NOMBRE_DUES: Any = select(func.count()).select_from(_B).where(_DUE)
_A_PORTER = exists().where(_B.c.bac == tables.bacs.c.bac, _B.c.etat == EtatLettre.ATTENTE.value, _B.c.prochain.is_not(None))
BACS: Any = select(tables.bacs.c.bac).where(_A_PORTER)
_PAGE: Any = (
    select(_B)
    .where(_B.c.bac == _NOM, _B.c.siret == _SIRET, _B.c.numero > bindparam("apres", type_=BigInteger))
    .order_by(_B.c.numero)
    .limit(bindparam("limite", type_=Integer))
)
PAGE: Any = _PAGE.where(_B.c.etat != EtatLettre.RENDUE.value)
PAGE_OUVERTES: Any = _PAGE.where(or_(*(_B.c.etat == e.value for e in OUVERTES)))
HISTORIQUE: Any = _PAGE


def siret_de(letter: Letter) -> str | None:
    """The collectivité that a letter is for, or None when it is for somebody else."""
    if by_type(letter.type) not in D_UN_SERVICE:
        return None
    siret: str = json.loads(letter.body)["siret"]
    return siret


async def ouvertes(work: Work, siret: str) -> list[LettreEnBoite]:
    """The letters of a box that are not done with, in order."""
    rows = await work.tx.load(tables.boites, [(work.bac.nom, siret, e.value) for e in OUVERTES], ("bac", "siret", "etat"))
    return await _chargees(work, sorted((siret, row[2]) for row in rows))


async def _chargees(work: Work, cles: Sequence[tuple[str, int]]) -> list[LettreEnBoite]:
    await work.batch.open([], [(work.bac.nom, (LettreEnBoite, cle)) for cle in cles])
    trouvees = [await work.find(LettreEnBoite, *cle) for cle in cles]
    return [lettre for lettre in trouvees if lettre is not None]


async def rendre(work: Work, siret: str) -> int:
    """Give the open letters of a box back to the outbox, for the reference system; gives how many.

    What waits in the outbox for the same dossiers is written again behind them: a dossier keeps its order.
    """
    toutes = await ouvertes(work, siret)
    lettres = [x for x in toutes if x.d_un_service]
    for x in toutes:
        if isinstance(x.message, Temps):
            x.clore(EtatLettre.RENDUE, work.now)  # nobody is to be told the time any longer
    sujets = dict.fromkeys((work.bac.nom, lettre.subject) for lettre in lettres)
    suivantes = sorted(await work.tx.load(tables.outbox, list(sujets), ("bac", "subject")))
    rows: list[Row] = []
    for x in lettres:
        rows.append((work.bac.nom, x.id, x.type, x.subject, x.rang, x.time, x.body, x.traceparent, 0, work.batch.wall, None))
        x.clore(EtatLettre.RENDUE, work.now)
    work.batch.ops.append(Delete(tables.outbox, ("position",), [row[:1] for row in suivantes]))
    work.batch.ops.append(Insert(tables.outbox, OUTBOX, [*rows, *((*row[1:-1], None) for row in suivantes)]))
    work.batch.count(work.bac.nom, "deposees", -len(lettres))
    work.batch.count(work.bac.nom, ARRETEES[Party.COLLECTIVITE], -len(lettres))
    work.batch.sent += len(lettres)
    return len(lettres)


async def relancer(work: Work, siret: str, le: datetime | None) -> int:
    """Try the open letters of a box again at this instant of the bac, or leave them to be pulled (None); gives how many."""
    lettres = await ouvertes(work, siret)
    for lettre in lettres:
        lettre.relancer(le if lettre.adresse is None else work.now)
    return len(lettres)


async def mettre(work: Work, destination: Destination, id: str, message: Message, adresse: str | None = None) -> LettreEnBoite | None:
    """Put in a box what no service wrote to the collectivité; None when it is there already. `adresse`: its own."""
    if await work.tx.load(tables.boites, [(work.bac.nom, id)], ("bac", "id")):
        return None
    destination.dernier += 1
    le = work.now if adresse is not None or destination.mode is Acheminement.ADRESSE else None
    what = (id, message.type, message.sujet, 0, work.now, message.model_dump_json(), "")
    lettre = LettreEnBoite(destination.siret, destination.dernier, *what, EtatLettre.ATTENTE, 0, 0, le, None, adresse)
    work.add(lettre)
    return lettre


async def accuser(work: Work, siret: str, identifiants: Iterable[str], habilitation: Habilitation) -> int:
    """Acknowledge letters; gives how many were not yet. All or none: raises LettreInconnue."""
    voulus = list(dict.fromkeys(identifiants))
    rows = await work.tx.load(tables.boites, [(work.bac.nom, i) for i in voulus], ("bac", "id"))
    # Given back, then boxed again, a letter has two lines: the last one counts.
    derniers = {row[3]: (siret, row[2]) for row in sorted(rows, key=lambda r: int(r[2])) if row[1] == siret}
    lettres = {x.id: x for x in await _chargees(work, list(derniers.values())) if x.lisible_par(habilitation)}
    nouvelles = 0
    for identifiant in voulus:
        lettre = lettres.get(identifiant)
        if lettre is None or lettre.etat is EtatLettre.RENDUE:
            raise LettreInconnue(identifiant[:80])
        if lettre.etat is not EtatLettre.ACQUITTEE:
            lettre.clore(EtatLettre.ACQUITTEE, work.now)
            nouvelles += 1
    return nouvelles
