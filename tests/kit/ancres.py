"""Two bacs whose journals are signed, what the verifications find in them, and what the owner of a database can do to them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import update

from fps.kit.data import tables
from fps.kit.data.sql import Upsert
from fps.kit.engine import chain, verification
from fps.kit.engine.service import Service
from fps.kit.trust import ancres
from fps.kit.trust.ancres import Ancreur, Notaire
from fps.kit.trust.pki import ephemere
from tests.kit.toy import START, emission_letter, numero, toy

J, C, N, A = tables.journal, tables.chains, tables.ancres, tables.audit
UN = numero(1)
Constats = set[tuple[str, str, int]]


@asynccontextmanager
async def ecrit(url: str) -> AsyncIterator[tuple[Service, Ancreur]]:
    """Two bacs of two dossiers of four acts, some lines of audit; everything signed."""
    async with toy(url, "essai", "autre") as service:
        ancreur = Ancreur(service, Notaire(ephemere(), service.party))
        for bac in ("essai", "autre"):
            await service.receive([emission_letter(1, bac=bac), emission_letter(2, bac=bac)])
            await service.note(bac, "porte", "compte", "GET /essai")
            await service.note(bac, "porte", "compte", "GET /autre")
        assert await ancreur.ancrer() == 2 and await ancreur.ancrer() == 0
        yield service, ancreur


async def constats(service: Service, ancreur: Ancreur, bac: str = "essai") -> Constats:
    """What the three verifications find in a bac."""
    async with service.database.read() as tx:
        _, dossiers, _ = await verification.page(tx, bac, "", 100)
        _, signes, _, _ = await ancres.examiner(tx, ancreur.notaire, bac)
        audit = await verification.audit(tx, bac)
    return {(c.journal, c.sujet, c.rang) for c in [*dossiers, *signes, *audit.constats]}


async def change(service: Service, *statements: Any) -> None:
    async with service.database.write() as tx:
        for statement in statements:
            assert await tx.execute(statement)


def acte(n: int, rang: int, bac: str = "essai") -> Any:
    return (J.c.bac == bac) & (J.c.subject == numero(n)) & (J.c.rang == rang)


async def rechain(service: Service, n: int, ancien: str, nouveau: str) -> None:
    """What the owner of a database can do: change an act and make every hash, every seal and the head again."""
    async with service.database.write() as tx:
        rows = sorted(await tx.load(J, [("essai", numero(n))], ("bac", "subject")), key=lambda row: row[3])
        link, seal = "", ""
        for row in rows:
            _, _, subject, rang, time, acte_, article, data, _, wall, _ = row
            data = data.replace(ancien, nouveau)
            told = chain.instant(time).astimezone(START.tzinfo)
            link = chain.act_hash(link, subject, rang, told, acte_, article, data)
            seal = chain.act_seal(seal, link, wall.isoformat())
            await tx.execute(update(J).where(J.c.position == row[0]).values(data=data, hash=link, sceau=seal))
        await tx.apply([Upsert(C, ("bac", "subject", "rang", "hash", "sceau"), [("essai", numero(n), rows[-1][3], link, seal)])])
