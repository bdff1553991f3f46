"""The journals and their signed heads: whatever is cut, emptied, swapped, rewritten or made unreadable is found, and said where."""

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import delete, update

from fps.kit.app.migrate import upgrade
from fps.kit.boxes.sonnette import Boites
from fps.kit.data import tables
from fps.kit.data.opening import open_database
from fps.kit.engine import bacs, chain, journal, verification
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.settings import Settings
from fps.kit.trust import ancres
from fps.kit.trust.ancres import Ancreur, Notaire
from fps.kit.trust.identity import Trust
from fps.kit.trust.pki import Pki, ephemere
from fps.parties import Party
from fps_simulateur.pilote.world import DEFINITIONS
from tests.kit.ancres import UN, A, C, Constats, J, N, acte, change, constats, ecrit, rechain
from tests.kit.toy import START, emission_letter


@pytest.fixture
async def monde_ecrit(database_url: str) -> AsyncIterator[tuple[Service, Ancreur]]:
    async with ecrit(database_url) as found:
        yield found


async def test_what_is_cut_emptied_swapped_or_rewritten_is_found_with_its_place(database_url: str) -> None:
    tete = (C.c.bac == "essai") & (C.c.subject == UN)
    dernier = ("dossier", UN, 4)
    cas: dict[str, tuple[list[Any], Constats]] = {
        "the last line": ([delete(J).where(acte(1, 4))], {dernier}),
        "every line": ([delete(J).where((J.c.bac == "essai") & (J.c.subject == UN))], {("dossier", UN, 1), dernier}),
        "every line and the head": ([delete(J).where((J.c.bac == "essai") & (J.c.subject == UN)), delete(C).where(tete)], {dernier}),
        "the head": ([delete(C).where(tete)], {dernier}),
        "a middle line": ([delete(J).where(acte(1, 2))], {("dossier", UN, 3)}),
        "the machine's time": ([update(J).where(acte(1, 2)).values(wall_time=START)], {("dossier", UN, 2)}),
        "the seals": (
            [update(J).where((J.c.bac == "essai") & (J.c.subject == UN)).values(sceau=None), update(C).where(tete).values(sceau=None)],
            {dernier},
        ),
        "two lines": (
            [update(J).where(acte(1, a)).values(rang=b) for a, b in ((2, 99), (3, 2), (99, 3))],
            {("dossier", UN, 2)},
        ),
        "the dossiers of two bacs": (
            [
                update(t).where((t.c.bac == a) & (t.c.subject == UN)).values(bac=b)
                for t in (J, C)
                for a, b in (("autre", "échange"), ("essai", "autre"), ("échange", "essai"))
            ],
            {dernier},
        ),
        "an anchor": ([delete(N).where((N.c.bac == "essai") & (N.c.numero == 1))], {("ancres", "", 1)}),
        "the anchors of two bacs": (
            [update(N).where(N.c.bac == a).values(bac=b) for a, b in (("autre", "échange"), ("essai", "autre"), ("échange", "essai"))],
            {("ancres", "", 1)},
        ),
        "the reach of an anchor": (
            [update(N).where((N.c.bac == "essai") & (N.c.numero == 1)).values(position=1 << 40)],
            {("ancres", "", 1)},
        ),
    }
    for nom, (statements, attendu) in cas.items():
        async with ecrit(database_url) as (service, ancreur):
            await service.note("essai", "porte", "compte", "GET /encore")
            assert await ancreur.ancrer() == 1
            assert await constats(service, ancreur) == set(), nom
            await change(service, *statements)
            assert await constats(service, ancreur) == attendu, nom
            if database_url != "sqlite+aiosqlite://":
                return  # the other engines: once, the reading is the same


async def test_a_chain_made_again_with_its_head_is_found_by_its_anchor(monde_ecrit: tuple[Service, Ancreur]) -> None:
    service, ancreur = monde_ecrit
    await rechain(service, 1, "8000", "8000")
    assert await constats(service, ancreur) == set()  # made again as it was: the tool of this test is right
    await rechain(service, 1, "8000", "1")
    assert await constats(service, ancreur) == {("dossier", UN, 4)}
    async with service.database.read() as tx:
        assert (await verification.dossier(tx, "essai", UN))[1] == []  # the chain alone says nothing
        [constat] = (await ancres.nommes(tx, ancreur.notaire, "essai", UN))[0]
    assert "l'ancre 1" in constat.phrase


async def test_the_audit_made_again_with_its_head_is_found_by_its_anchor(monde_ecrit: tuple[Service, Ancreur]) -> None:
    service, ancreur = monde_ecrit
    async with service.database.write() as tx:
        link = ""
        for row in sorted(await tx.load(A, [("essai",)], ("bac",)), key=lambda row: row[1]):
            rest = (*row[1:7], "un-autre", *row[8:10])
            link = chain.audit_hash(link, rest)
            await tx.execute(update(A).where((A.c.bac == "essai") & (A.c.rang == row[1])).values(qui="un-autre", hash=link))
        await tx.execute(update(tables.audit_tetes).where(tables.audit_tetes.c.bac == "essai").values(hash=link))
        assert (await verification.audit(tx, "essai")).intacte
    assert await constats(service, ancreur) == {("audit", "", 2)}


GARBAGE = ("'n''importe quoi'", "CAST(x'ff' AS TEXT)", "x'00ff'", "1e300", "-1")
PLACES = (
    ("journal", f"subject = '{UN}' AND rang = 2", UN, ("position", "bac", "subject")),
    ("chains", f"subject = '{UN}'", UN, ("bac", "subject")),
    ("audit", "rang = 2", "", ("bac",)),
    ("audit_tetes", "rang = 2", "", ("bac",)),
    ("ancres", "numero = 1", "", ("bac",)),
)


async def test_an_unreadable_value_is_a_finding_in_every_column() -> None:
    async with ecrit("sqlite+aiosqlite://") as (service, ancreur):
        connection: Any = service.database._writer  # type: ignore[attr-defined]
        for table, place, sujet, names in PLACES:
            for column in {*tables.metadata.tables[table].columns.keys()} - {*names}:
                for garbage in GARBAGE:
                    connection.execute("BEGIN")
                    connection.execute(f"UPDATE {table} SET {column} = {garbage} WHERE bac = 'essai' AND {place}")
                    found = await constats(service, ancreur)
                    connection.execute("ROLLBACK")
                    assert found and {s for _, s, _ in found} <= {sujet, ""}, (table, column, garbage)
        assert await constats(service, ancreur) == set()


async def test_a_copy_is_whole_and_is_signed_under_its_own_name(monde_ecrit: tuple[Service, Ancreur]) -> None:
    service, ancreur = monde_ecrit
    await bacs.copy(service, "essai", "copie")
    assert await constats(service, ancreur, "copie") == set()
    assert await ancreur.ancrer() == 1
    assert await constats(service, ancreur, "copie") == set()
    async with service.database.read() as tx:
        [row] = await ancres.lire(tx, "copie", 0, 10)
    dit = ancreur.notaire.lire(row[4])
    assert (dit["bac"], len(dit["tetes"])) == ("copie", 3)


async def test_only_this_service_signs_its_anchors(monde_ecrit: tuple[Service, Ancreur], tmp_path: Path) -> None:
    service, ancreur = monde_ecrit
    ailleurs = Pki(tmp_path / "pki")
    ailleurs.preparer()
    async with service.database.read() as tx:
        [row] = await ancres.lire(tx, "essai", 0, 10)
    # The same service of another PKI, another service of this one.
    for autre in (Notaire(ailleurs, service.party), Notaire(ancreur.notaire.pki, Party.ANTAI)):
        faux = autre.signer(ancreur.notaire.lire(row[4]))
        with pytest.raises(ValueError, match="signée"):
            ancreur.notaire.lire(faux)
        await change(service, update(N).where(N.c.bac == "essai").values(jws=faux))
        assert await constats(service, ancreur) == {("ancres", "", 1)}


async def test_what_is_written_after_the_last_anchor_is_said_not_to_be_signed_yet(monde_ecrit: tuple[Service, Ancreur]) -> None:
    service, ancreur = monde_ecrit
    async with service.database.read() as tx:
        assert await ancres.en_attente(tx, "essai") == 0
    await service.receive([emission_letter(3)])
    async with service.database.read() as tx:
        assert await ancres.en_attente(tx, "essai") == 4
    assert await ancreur.ancrer() == 1
    await change(service, delete(N).where(N.c.bac == "essai"), delete(N).where(N.c.bac == "autre"))
    async with service.database.read() as tx:
        assert await ancres.en_attente(tx, "essai") == 12


async def test_what_is_written_after_a_bac_is_deleted_is_signed_too(monde_ecrit: tuple[Service, Ancreur]) -> None:
    """SQLite gives the positions of the lines that went away to the lines that come: they were signed of others only."""
    service, ancreur = monde_ecrit
    await bacs.remove(service, "autre")
    await service.receive([emission_letter(3)])
    assert await ancreur.ancrer() == 1
    async with service.database.read() as tx:
        assert await ancres.en_attente(tx, "essai") == 0
    assert await constats(service, ancreur) == set()


async def test_the_lines_of_the_previous_revision_are_verified_and_followed_by_sealed_ones(tmp_path: Path) -> None:
    url, definition = f"sqlite+aiosqlite:///{tmp_path / 'avant.db'}", DEFINITIONS[Party.DGFIP]
    await asyncio.to_thread(upgrade, url, definition, action=lambda config: command.upgrade(config, "0003"))
    time, wall = "2024-03-04T11:00:00+00:00", "2026-11-01T08:00:00+00:00"
    with closing(sqlite3.connect(tmp_path / "avant.db")) as base:
        base.execute("INSERT INTO bacs VALUES ('essai', 'graine', 'fige', ?, ?, 1)", (time, wall))
        link, noted = "", ""
        for rang in (1, 2, 3):
            content = f"{UN}\n{rang}\n2024-03-04T12:00:00+01:00\nacte\nart. 1\n{{}}"
            link = hashlib.sha256(f"{link}\n{content}".encode()).hexdigest()
            columns = "bac, subject, rang, time, acte, article, data, hash, wall_time"
            row = ("essai", UN, rang, time, "acte", "art. 1", "{}", link, wall)
            base.execute(f"INSERT INTO journal ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            line = ("essai", rang, wall, None, "porte", "accepte", "", "compte", "GET /essai", "{}")
            noted = hashlib.sha256("\n".join([noted, *("" if v is None else str(v) for v in line)]).encode()).hexdigest()
            base.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*line, noted))
        base.execute("INSERT INTO chains VALUES ('essai', ?, 3, ?)", (UN, link))
        base.execute("INSERT INTO audit_tetes VALUES ('essai', 3, ?)", (noted,))
        base.commit()
    await asyncio.to_thread(upgrade, url, definition)
    service = Service(definition, Settings(database_url=url), open_database(url), [Trust(ephemere()), Boites()])
    ancreur = Ancreur(service, Notaire(ephemere(), service.party))
    await service.start()
    try:
        assert await constats(service, ancreur) == set()

        async def noter(work: Work) -> None:
            work.record(UN, "acte", "art. 1")

        await service.ask("essai", noter)
        await service.note("essai", "porte", "compte", "GET /essai")
        assert await ancreur.ancrer() == 1
        assert await constats(service, ancreur) == set()
        async with service.database.read() as tx:
            assert [line.rang for line in await journal.lines(tx, "essai", subject=UN)] == [1, 2, 3, 4]
        await change(service, update(J).where(acte(1, 2)).values(data='{"a":1}'), update(A).where(A.c.rang == 2).values(qui="autre"))
        assert await constats(service, ancreur) == {("dossier", UN, 2), ("audit", "", 2)}
    finally:
        await service.stop()
