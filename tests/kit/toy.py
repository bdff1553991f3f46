"""A small service on the real kit: DGFiP's letters, one case file per dossier, and words that make it fail on purpose."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import MetaData

from fps.droit.money import EcritureEquilibree
from fps.errors import Conflit, Introuvable
from fps.flows import received_by
from fps.kit.boxes.sonnette import Boites
from fps.kit.data import tables
from fps.kit.data.opening import open_database
from fps.kit.data.records import Record
from fps.kit.engine import bacs
from fps.kit.engine.definition import Definition
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.clock import PARIS, Marche, wall_now
from fps.kit.ground.settings import Settings
from fps.kit.trust.identity import Trust
from fps.kit.trust.pki import ephemere
from fps.kit.wire.envelope import Letter, read_message
from fps.messages.information_paiement import TitrePaye
from fps.messages.message import Message, MessageClass
from fps.messages.titre import AnnulationTitre, EmissionTitre
from fps.parties import Party
from fps.regles.echeances import Nature

metadata = MetaData()
START = datetime(2026, 10, 5, 20, 0, tzinfo=PARIS)


@dataclass
class Compte:
    numero_fps: str
    total: int
    lettres: tuple[str, ...] = ()


COMPTES = Record(Compte, metadata, "comptes", key=("numero_fps",))


class Trop(Conflit):
    """Le total dépasse ce que ce service d'essai accepte"""

    code = "trop"


async def emission(message: EmissionTitre, work: Work) -> Message | None:
    compte = await work.find_or_add(Compte(message.numero_fps, 0))
    compte.total += message.total_du
    compte.lettres = (*compte.lettres, message.ordonnateur)
    work.schedule(message.numero_fps, "rappel", work.today + timedelta(days=3))
    work.record(message.numero_fps, "prise-en-charge", message.law, total=compte.total)
    work.book(
        message.numero_fps,
        EcritureEquilibree.simple(work.today, "essai", debit="redevable", credit="etat", montant=message.total_du),
        "essai",
    )
    work.send(TitrePaye.exemplaire().model_copy(update={"numero_fps": message.numero_fps}))
    if message.ordonnateur == "panne":
        raise RuntimeError("a fault of the service itself")
    if message.ordonnateur == "trop":
        raise Trop(str(compte.total))
    return None


async def annulation(message: AnnulationTitre, work: Work) -> Message | None:
    compte = await work.find(Compte, message.numero_fps)
    if compte is None:
        raise Introuvable(message.numero_fps)
    compte.total = 0
    work.unschedule(message.numero_fps)
    return None


async def rappel(subject: str, work: Work) -> None:
    compte = await work.find(Compte, subject)
    if compte is None or "panne-echeance" in compte.lettres:
        raise RuntimeError("a deadline that fails")
    compte.total += 1
    work.record(subject, "rappel", "essai", total=compte.total)


async def inconnu(message: Message, work: Work) -> Message | None:
    raise Conflit(f"this service does not know « {message.nom} »")


class Echeance(Nature):
    RAPPEL = "rappel", "Un rappel part", "CGCT, art. R. 2333-120-16"


HANDLERS: dict[MessageClass, Any] = dict.fromkeys(received_by(Party.DGFIP), inconnu) | {
    EmissionTitre: emission,
    AnnulationTitre: annulation,
}
DEFINITION = Definition(
    party=Party.DGFIP,
    titre="service d'essai",
    metadata=metadata,
    records=[COMPTES],
    handlers=HANDLERS,
    deadlines={Echeance.RAPPEL: rappel},
    emits=frozenset({TitrePaye}),
    subject_keys=lambda subject, today: [(Compte, (subject,))],
)


def numero(n: int) -> str:
    return f"{n:026d}"


def emission_letter(n: int, ordonnateur: str = "signataire", bac: str = "essai", id: str = "") -> tuple[Letter, Message]:
    """An EmissionTitre for dossier n, with the word that decides what happens to it."""
    return letter(EmissionTitre, n, bac, id, ordonnateur=ordonnateur)


def letter(cls: MessageClass, n: int, bac: str = "essai", id: str = "", **fields: Any) -> tuple[Letter, Message]:
    message, text = read_message(cls, cls.example | {"numero_fps": numero(n)} | fields)
    mark = id or f"{cls.nom}-{n}-{fields.get('ordonnateur', '')}"
    return Letter(mark, bac, cls.type, f"/services/{cls.sender}", message.sujet, 0, START, wall_now(), text), message


@asynccontextmanager
async def toy(url: str, *names: str, definition: Definition = DEFINITION) -> AsyncIterator[Service]:
    """The service on a database, with its bacs."""
    service = Service(definition, Settings(database_url=url), open_database(url), [Trust(ephemere()), Boites()])
    await service.start()
    await service.database.create(tables.metadata, metadata)
    for nom in names or ("essai",):
        await bacs.create(service, nom, "graine", Marche.FIGE, START)
    try:
        yield service
    finally:
        await service.stop()


async def total(service: Service, n: int, bac: str = "essai") -> int | None:
    async with service.database.read() as tx:
        rows = await tx.load(COMPTES.table, [(bac, numero(n))])
    return rows[0][2] if rows else None


async def state(service: Service, bac: str = "essai") -> dict[str, Any]:
    async with service.database.read() as tx:
        return await bacs.state(service, tx, bac)


async def advance(service: Service, day: date, bac: str = "essai") -> int:
    await bacs.set_clock(service, bac, datetime(day.year, day.month, day.day, 20, tzinfo=PARIS))
    return await service.live(bac)
